"""Somebody sends out five thousand cameras at one corner, with names that would like to do harm."""

import json
from pathlib import Path
from struct import pack

from tests.paired import pair
from tests.probe.radio.compose import beacon, radiotap
from tests.processes import HubProcess, hub, probe
from tests.town.walks import Step
from tests.town.write import write_nmea

START_S, CORNER = 1_778_320_800, (200.0, 50.0)
NASTY = [
    b"\x1b]0;owned\x07\x1b[2J",
    b"<script>alert(1)</script>",
    b'=HYPERLINK("http://x","y")',
    b"\r\n\x00HAP_Q7K2MD",
    b"'; DROP TABLE unit; --",
    b"\xe2\x80\xae\xff\xfe[bold]x[/]",
]


def record(folder: Path, packets: list[tuple[float, bytes]], seconds: int) -> tuple[str | Path, ...]:
    with (folder / "walk.pcap").open("wb") as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127))
        for at_s, packet in packets:
            whole = START_S + at_s
            file.write(pack("<IIII", int(whole), int(whole % 1 * 1e6), len(packet), len(packet)) + packet)
    steps = [Step(at_s=START_S + s, true=CORNER, given=CORNER, hdop=1.0) for s in range(seconds + 2)]
    write_nmea(folder / "walk.nmea", steps)
    return "--frames", folder / "walk.pcap", "--track", folder / "walk.nmea"


def test_a_flood_becomes_one_sighting_and_bounded_storage(tmp_path: Path) -> None:
    spoofed = [
        (number * 0.02, radiotap(beacon(b"\xac\xcc\x8e" + number.to_bytes(3, "big"), b"cam%d" % number)))
        for number in range(5000)
    ]
    pair(tmp_path / "o.db", tmp_path / "hub")
    recording = record(tmp_path, spoofed, 100)
    done = probe("replay", *recording, "--outbox", tmp_path / "o.db", "--json")
    told = json.loads(done.stdout)
    assert told["by_rule"] == {}
    lines = [json.loads(line) for line in probe("replay", *recording).stdout.splitlines()]
    floods = [line for line in lines if line.get("survey", {}).get("floods")]
    assert len(floods) == 1
    (flood,) = floods[0]["survey"]["floods"]
    assert 4000 <= flood["transmitters"] <= 6000
    assert flood["rules"] == ["vendor-oui"]
    server = HubProcess(tmp_path / "hub")
    server.start()
    try:
        probe("send", "--outbox", tmp_path / "o.db", "--to", server.mqtt_url, "--patience", "20")
    finally:
        server.stop()
    status = json.loads(hub("status", "--data", tmp_path / "hub", "--json").stdout)
    assert (status["cameras"], status["floods"]) == (0, 1)
    assert b"accc8e" not in (tmp_path / "o.db").read_bytes()
    assert (tmp_path / "o.db").stat().st_size < 200_000


def test_a_slow_flood_takes_back_what_was_believed(tmp_path: Path) -> None:
    spoofed = []
    for number in range(130):
        address = b"\xac\xcc\x8e" + number.to_bytes(3, "big")
        spoofed += [(number * 50.0 + s, radiotap(beacon(address), signal_dbm=-60)) for s in range(0, 40, 5)]
    pair(tmp_path / "o.db", tmp_path / "hub")
    recording = record(tmp_path, spoofed, 6600)
    done = probe("replay", *recording, "--json", "--speed", "1000000", "--outbox", tmp_path / "o.db")
    assert done.returncode == 0, done.stderr
    told = json.loads(probe("status", "--outbox", tmp_path / "o.db", "--json").stdout)
    sealed = told["queued"]
    server = HubProcess(tmp_path / "hub")
    server.start()
    try:
        probe("send", "--outbox", tmp_path / "o.db", "--to", server.mqtt_url, "--patience", "20")
    finally:
        server.stop()
    status = json.loads(hub("status", "--data", tmp_path / "hub", "--json").stdout)
    assert (status["cameras"], status["floods"]) == (0, 1)
    assert status["sightings"] <= 2 < sealed, "the survey, the flood, and what takes back what was believed"


def test_nasty_names_come_through_harmless(tmp_path: Path) -> None:
    packets = []
    for number, name in enumerate(NASTY):
        address = b"\xac\xcc\x8e\x00\x00" + bytes([number])
        packets += [(s + number / 10, radiotap(beacon(address, name[:32]), signal_dbm=-60)) for s in range(60)]
    packets += [(s + 0.9, radiotap(beacon(b"\x00\x1d\xaa\x00\x00\x01", b"HAP_A\x1b[2J"))) for s in range(60)]
    pair(tmp_path / "o.db", tmp_path / "hub")
    recording = record(tmp_path, sorted(packets), 60)
    replayed = probe("replay", *recording)
    probe("replay", *recording, "--outbox", tmp_path / "o.db")
    listened = probe("listen", *recording, "--speed", "1000", "--json")
    server = HubProcess(tmp_path / "hub")
    server.start()
    try:
        sent = probe("send", "--outbox", tmp_path / "o.db", "--to", server.mqtt_url, "--patience", "20")
        assert sent.returncode == 0, sent.stderr
    finally:
        server.stop()
    exported = hub("export", "--data", tmp_path / "hub", "--format", "geojson", "--all")
    assert len(json.loads(exported.stdout)["features"]) >= 1
    for said in (replayed.stdout, replayed.stderr, listened.stdout, listened.stderr, sent.stdout, exported.stdout):
        assert all(char.isprintable() or char == "\n" for char in said)
        assert "<script" not in said or said is replayed.stdout
    assert "HYPERLINK" not in exported.stdout
