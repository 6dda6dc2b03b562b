"""After a walk through the town, nothing that was written down knows anyone but cameras."""

import base64
import hashlib
from pathlib import Path
from random import Random

from hub.demo.run import DATA
from tests.paired import pair
from tests.processes import HubProcess, probe
from tests.town.__main__ import SEED
from tests.town.air import bystanders, camera_senders
from tests.town.cameras import town_cameras


def traces(address: bytes, ssid: bytes | None) -> list[bytes]:
    """How an address or a name might look in a file: plain, hex, base64, hashed."""
    text = address.hex(":")
    written = [address, text.encode(), text.upper().encode(), address.hex().encode(), base64.b64encode(address)]
    for source in (address, text.encode(), text.upper().encode()):
        for method in ("md5", "sha1", "sha256"):
            digest = hashlib.new(method, source, usedforsecurity=False)
            written += [digest.digest(), digest.hexdigest().encode()]
    return written + ([ssid] if ssid and len(ssid) > 5 else [])


def written(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_no_trace_of_anyone_else_in_any_file(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub")
    running.start()
    try:
        walk, outbox = DATA / "walk-1", tmp_path / "outbox.db"
        pair(outbox, tmp_path / "hub")
        paths = ("--frames", walk / "frames.pcap", "--track", walk / "track.nmea", "--outbox", outbox)
        assert probe("replay", *paths).returncode == 0
        kept = written(tmp_path)
        assert probe("send", "--outbox", outbox, "--to", running.mqtt_url).returncode == 0
        kept += written(tmp_path)
    finally:
        running.stop()
    kept += written(tmp_path)
    random = Random(SEED)
    cameras = camera_senders(town_cameras(random), random)
    # The search finds what is there: the cameras' own addresses.
    assert sum(sender.transmitter.hex(":").encode() in kept for sender in cameras) > 15
    for sender in bystanders(random):
        for trace in traces(sender.transmitter, sender.ssid):
            assert trace not in kept, f"a trace of {sender.transmitter.hex(':')} was written down"
