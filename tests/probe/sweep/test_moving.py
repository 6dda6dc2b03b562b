"""What moves is forgotten: on composed walks, end to end; in a simulation, by shares; and real access points stay."""

import csv
from collections import defaultdict
from pathlib import Path
from random import Random
from struct import pack

import pytest

from probe.sweep.fixed import Level, no_common_place, reach_m
from tests.paired import pair
from tests.probe.radio.compose import beacon, radiotap
from tests.probe.sweep.test_unknowns import traces
from tests.processes import HubProcess, probe
from tests.town import moving
from tests.town.moving import Where
from tests.town.walks import Step
from tests.town.write import write_nmea

MIDDLE_S = 1_778_320_800
HOUSE = bytes.fromhex("accc8e000001")  # Axis, on a wall
BUS = bytes.fromhex("000463000002")  # Bosch, which the catalogue does not hold as shared
CARRIED = bytes.fromhex("0003c5000003")  # Mobotix, in a rucksack
PHONE = bytes.fromhex("bcad28000004")  # Hikvision's prefix, looking for a network
WORN = bytes.fromhex("b8a44f000005")  # Axis, body-worn, opening a network


def walk_past(folder: Path, senders: dict[bytes, tuple[Where, int]], seed: int = 3) -> None:
    """A capture and a track of a walk past all of these; the int is the frames' subtype."""
    random, packets = Random(seed), []
    for address, (where, subtype) in senders.items():
        for moment in moving.heard(where, random, every_s=2.6, usual=True):
            mark = radiotap(beacon(b"\x00\x1d\xaa\x00\x00\x01", b"neighbour"), signal_dbm=-70)
            packets.append((moment.at_s, mark))  # the channel is listened to, also where this one is silent
            if moment.dbm is not None:
                frame = beacon(address, b"" if subtype == 4 else b"net", subtype=subtype)
                packets.append((moment.at_s, radiotap(frame, signal_dbm=max(-99, round(moment.dbm)))))
    packets.sort(key=lambda packet: packet[0])
    with (folder / "walk.pcap").open("wb") as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127))
        for at_s, packet in packets:
            whole = MIDDLE_S + at_s
            file.write(pack("<IIII", int(whole), int(whole % 1 * 1e6), len(packet), len(packet)) + packet)
    steps = [
        Step(at_s=MIDDLE_S + s, true=(0.0, 0.0), given=(200.0 + moving.WALK_M_S * s, 50.0), hdop=1.0)
        for s in range(-151, 152)
    ]
    write_nmea(folder / "walk.nmea", steps)


def test_a_bus_a_phone_and_a_body_worn_device_leave_nothing_anywhere(tmp_path: Path) -> None:
    random = Random(11)
    there = {
        HOUSE: (lambda _s: (0.0, 8.0), 8),
        BUS: (moving.bus(random, 11.0), 8),
        CARRIED: (moving.carried(random), 8),
        PHONE: (moving.bus(random, -1.3), 4),
        WORN: (moving.carried(random), 8),
    }
    walk_past(tmp_path, there)
    out = tmp_path / "out"
    out.mkdir()
    for outbox in ("o.db", "live.db"):
        pair(out / outbox, out / "hub")
    recording = ("--frames", tmp_path / "walk.pcap", "--track", tmp_path / "walk.nmea")
    done = probe("replay", *recording, "--outbox", out / "o.db", "--json")
    plain = probe("replay", *recording)
    live = probe("replay", *recording, "--speed", "2000", "--outbox", out / "live.db")
    hub = HubProcess(out / "hub")
    hub.start()
    try:
        for outbox in ("o.db", "live.db"):
            probe("send", "--outbox", out / outbox, "--to", hub.mqtt_url, "--patience", "20")
    finally:
        hub.stop()
    written = b"\n".join(path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file())
    said = "".join(run.stdout + run.stderr for run in (done, plain, live))
    assert traces(written, [HOUSE]), "the house must be found"
    assert traces(said.encode(), [HOUSE])
    assert traces(written + said.encode(), [BUS, CARRIED, PHONE, WORN]) == []


def test_what_was_told_is_taken_back_when_it_turns_up_elsewhere(tmp_path: Path) -> None:
    from probe.contract.sighting import Adapter, Kind
    from probe.radio.frame import Frame
    from probe.sweep.sweep import Sweep
    from probe.walk.making import making
    from tests.examples import new_id
    from tests.probe.sweep.test_sweep import START_S, straight

    sweep = Sweep(walk="a" * 32, made=making(Adapter.SCRIPTED, composed=True), new_id=new_id, position=straight(1300))
    told = []
    for first in (10, 700):
        for second in range(first, first + 60):
            sweep.take_frame(Frame(START_S + second, BUS, BUS, 8, b"", -60, 2437, b""))
        told += list(sweep.passed(START_S + first + 120))
    radio = [sighting for sighting in told if sighting.kind is Kind.RADIO]
    assert len(radio) == 1, "the first pass looks like a house"
    assert sweep.withdrawn() == [radio[0].id]
    assert not [sighting for sighting in sweep.sightings() if sighting.kind is Kind.RADIO]


def share_kept(make: object, runs: int, seed: int) -> float:
    """The share of passes after which the sweep would still believe in a fixed place."""
    from probe.sweep.fixed import MAX_STRAIN, SHORTEST_M, SHORTEST_S, Point, strain

    random, kept = Random(seed), 0
    for _ in range(runs):
        moments = moving.heard(make(random), random)  # type: ignore[operator]
        heard = [m for m in moments if m.dbm is not None]
        if not heard:
            continue
        levels = [Level(*m.walker, m.dbm or 0.0) for m in heard]
        first_s, last_s = heard[0].at_s, heard[-1].at_s
        quiet = [Point(*m.walker) for m in moments if m.dbm is None and not first_s <= m.at_s <= last_s]
        long = last_s - first_s >= SHORTEST_S or abs(levels[-1].east - levels[0].east) >= SHORTEST_M
        kept += long and not no_common_place(levels, 15.0) and strain(levels, quiet) <= MAX_STRAIN
    return kept / runs


def test_in_a_simulated_street_most_that_stays_is_kept_and_most_that_goes_is_not() -> None:
    assert share_kept(moving.fixed, 100, 5) > 0.85
    assert share_kept(lambda random: moving.bus(random, 13.0), 60, 5) < 0.30
    assert share_kept(moving.carried, 15, 5) == 0.0


def test_a_loud_signal_comes_from_near() -> None:
    assert reach_m(-40) < 20 < reach_m(-60) < 200
    assert no_common_place([Level(0, 0, -40), Level(200, 0, -40)], 15)
    assert not no_common_place([Level(0, 0, -70), Level(200, 0, -70)], 15)
    ring = [Level(0, 0, -55), Level(150, 0, -55), Level(75, 130, -55)]  # two and two meet, all three do not
    assert no_common_place(ring, 0)
    assert not any(no_common_place([one, other], 15) for one in ring for other in ring)


@pytest.mark.realdata
def test_no_real_access_point_is_taken_for_something_that_moves(testdata: Path) -> None:
    """Four access points on masts, four clients to and fro (FEUP, 2019; levels are means of a second)."""
    passes: dict[tuple[str, str, int], list[Level]] = defaultdict(list)
    with (testdata / "rssi" / "feup" / "summary_final-exp-log.csv").open() as file:
        for row in csv.DictReader(file):
            if float(row["rssiMean"]) > -100:
                key = row["senderId"], row["receiverId"], int(float(row["systime"])) // 60
                passes[key].append(Level(float(row["receiverX"]), float(row["receiverY"]), float(row["rssiMean"])))
    assert len(passes) > 100
    wrong = [key for key, levels in passes.items() if no_common_place(levels[:64], 25.0)]
    assert wrong == []
