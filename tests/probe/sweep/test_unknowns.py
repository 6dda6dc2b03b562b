"""Twenty thousand devices that are no cameras, from real makers' blocks: none is told, and none leaves a trace."""

import json
import sqlite3
from base64 import b64encode
from hashlib import blake2b, md5, sha1, sha256
from pathlib import Path
from random import Random

import pytest

from probe.detect.catalogue import Status, bundled
from tests.paired import pair
from tests.probe.radio.compose import beacon, element, pcap, radiotap
from tests.processes import HubProcess, probe

DEVICES = 20_000
CAMERA = bytes.fromhex("accc8e102030")
_MAKERS = {
    *("Apple", "Samsung", "Intel", "HewlettPackard", "Hewlett Packard", "Brother", "Canon", "Seiko Epson", "AVM"),
    *("TP-Link", "Netgear", "Sagemcom", "Freebox", "Huawei", "Xiaomi", "Espressif", "Amazon", "Google", "ASUSTek"),
    *("Sony", "LG Electronics", "Motorola Mobility", "Liteon", "Murata", "Texas Instruments"),
}


# Names of people's networks: a film's ship, families, flocks of sheep, D-Link's models, guests of a maker.
FAMILIAR = (
    *(b"MILLENNIUM-FALCON", b"TheMillennium-FALCON", b"Millennium-Falcon", b"FALCON-Guest", b"PROBE-FALCON"),
    *(b"Flockhart", b"FLOCKHART", b"flocking", b"FLOCK-123456", b"Flock-654321", b"flock-abcdef", b"DAP-1360"),
    *(b"DAP-1665-5G", b"DAP-X1860", b"DAP_Backyard", b"DAP-MyHouse", b"HAP_Guests1", b"HAP_hotel99", b"HAP_GUESTS"),
    *(b"ELSAG-Home", b"Verkada-guest", b"Camille", b"Camden CCTV club", b"FS-A1B2C3", b"Penguin-0123456789"),
)


def blocks() -> list[bytes]:
    """The address blocks of makers of phones, laptops, printers, routers and the chips in them.

    Without Samsung Techwin, which makes cameras and nothing else, and is in the catalogue for it.
    """
    from scapy.libs import manuf

    named = [maker.lower() for maker in _MAKERS]
    found = []
    for line in manuf.DATA.splitlines():
        prefix, _, rest = line.partition("\t")
        if len(prefix.strip()) == 8 and any(name in rest.lower() for name in named) and "Techwin" not in rest:
            found.append(bytes.fromhex(prefix.strip().replace(":", "")))
    return [block for block in found if not block[0] & 3]


def crowd(random: Random) -> tuple[list[bytes], list[bytes]]:
    """Frames of the crowd, and its addresses."""
    prefixes, frames, addresses = blocks(), [], []
    for number in range(DEVICES):
        address = random.choice(prefixes) + number.to_bytes(3, "big")
        addresses.append(address)
        what = number % 4
        if what == 0:  # a home router, some with names that sound like a camera's
            name = random.choice((b"Livebox-%04X", b"Freebox-%06X", b"FRITZ!Box %d", b"NETGEAR%02d", b"Cam's net %d"))
            told = name % number if number % 3 else FAMILIAR[number // 12 % len(FAMILIAR)]
            frames.append(radiotap(beacon(address, told, element(48, bytes(20)))))
        elif what == 1:  # a printer that is being set up
            wps = b"\x00\x50\xf2\x04" + b"\x10\x54\x00\x08\x00\x03\x00\x50\xf2\x04\x00\x01" + b"\x10\x21\x00\x02HP"
            frames.append(radiotap(beacon(address, b"DIRECT-%04X-printer" % number, element(221, wps))))
        else:  # a phone or a laptop that looks for its networks
            extra = element(221, b"\x00\x17\xf2\x0a\x00\x01\x04") if what == 2 else element(45, bytes(26))
            looked_for = random.choice((b"", b"eduroam", b"home", b"HAP_123456789", b"Flock", b"Flock Camera net."))
            frames.append(radiotap(beacon(address, looked_for, extra, subtype=4)))
    return frames, addresses


def forms(address: bytes) -> list[bytes]:
    """How an address could be written down, plain, encoded and hashed."""
    texts = [address.hex(), address.hex(":"), address.hex("-")]
    said = [text.encode() for text in texts] + [text.upper().encode() for text in texts]
    hashed = [how(what).digest() for what in (address, *said) for how in (md5, sha1, sha256, blake2b)]
    return [address, *said, b64encode(address), *hashed, *(digest.hex().encode() for digest in hashed)]


def traces(data: bytes, addresses: list[bytes]) -> list[bytes]:
    """The addresses of which any form is in the data."""
    lengths = {len(form) for form in forms(bytes(6))}
    windows = {length: {data[at : at + length] for at in range(len(data) - length + 1)} for length in lengths}
    return [address for address in addresses if any(form in windows[len(form)] for form in forms(address))]


def test_a_trace_would_be_found() -> None:
    for form in forms(CAMERA):
        assert traces(b"before" + form + b"after", [CAMERA]) == [CAMERA]


@pytest.mark.timeout(180)
def test_no_one_of_a_crowd_is_told_or_left_anywhere(tmp_path: Path) -> None:
    frames, addresses = crowd(Random(7))
    camera = [radiotap(beacon(CAMERA))] * 40
    (tmp_path / "crowd.pcap").write_bytes(pcap(frames[:10_000] + camera + frames[10_000:]))
    out = tmp_path / "out"
    out.mkdir()
    pair(out / "o.db", out / "hub")
    done = probe("replay", "--frames", tmp_path / "crowd.pcap", "--outbox", out / "o.db", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["frames"] == DEVICES + 40
    assert told["by_rule"] == {"vendor-oui": 1}, "a false alarm"
    listened = probe("listen", "--frames", tmp_path / "crowd.pcap", "--speed", "100000", "--json")
    hub = HubProcess(out / "hub")
    hub.start()
    try:
        sent = probe("send", "--outbox", out / "o.db", "--to", hub.mqtt_url, "--patience", "20")
    finally:
        hub.stop()
    assert sent.returncode == 0, sent.stderr
    written = b"\n".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())
    everything = b"\n".join(
        (written, *(text.encode() for run in (done, listened, sent) for text in (run.stdout, run.stderr)))
    )
    assert traces(everything, [CAMERA]), "the camera's own address must be somewhere: else this finds nothing at all"
    assert traces(everything, addresses) == []


def test_doorbells_indoor_cameras_and_drones_are_forgotten_row_by_row(tmp_path: Path) -> None:
    frames = []
    for row in bundled().rows:
        if row.status is Status.FORGET and row.evidence == "oui":
            nibbles = row.value.split("/")[0].replace(":", "").ljust(12, "1")
            frames.append(radiotap(beacon(bytes.fromhex(nibbles), b"CCTV cam")))
    assert len(frames) > 80
    (tmp_path / "homes.pcap").write_bytes(pcap(frames))
    pair(tmp_path / "o.db", tmp_path / "hub")
    done = probe("replay", "--frames", tmp_path / "homes.pcap", "--outbox", tmp_path / "o.db", "--json")
    assert json.loads(done.stdout)["sightings"] == 0
    with sqlite3.connect(tmp_path / "o.db") as db:
        assert db.execute("SELECT count(*) FROM unit").fetchone() == (0,)
    db.close()
