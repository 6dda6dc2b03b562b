"""A recorded walk that is played: by a clock of its own, through the sources and the sweep of a live one."""

import json
import shutil
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

import hub.demo
from probe.contract.sighting import Adapter, ClockSource, Kind, Sighting
from probe.errors import BadInput
from probe.radio.frame import Dwell
from probe.walk.outcome import Outcome
from probe.walk.played import PlayedClock, PlayedWalk
from probe.walk.recorded import Recording, replay
from tests.probe.radio.compose import AXIS_OCTETS, beacon, radiotap

WALK = Path(hub.demo.__file__).parent / "data" / "walk-1"
AT_ONCE = 1e6


def heard(sightings: Iterator[Sighting]) -> set[str]:
    """The transmitters of sightings."""
    return {one.radio.transmitter for one in sightings if one.radio is not None and one.radio.transmitter is not None}


def test_the_clock_is_the_recordings_and_runs_from_its_start() -> None:
    now_s = count(100.0, 2.0)
    clock = PlayedClock(1e9, 10.0, lambda: next(now_s))
    assert clock() == 1e9, "it stands before"
    clock.start()
    assert clock() == 1e9 + 20.0
    assert clock.left_s(1e9 + 140.0) == 10.0


def test_a_played_walk_finds_what_a_replay_finds_and_ends_by_itself(tmp_path: Path) -> None:
    walk = PlayedWalk(WALK, AT_ONCE)
    assert (walk.composed, walk.has_receiver, walk.camera) == (True, True, f"folder:{WALK / 'photos'}")
    made = list(walk.sightings(walk.live.wait_until_started))
    withdrawn = set(walk.sweep.withdrawn())
    found = heard(one for one in made if one.id not in withdrawn)
    recording = Recording(frames=(WALK / "frames.pcap",), track=WALK / "track.nmea", composed=True)
    wanted = heard(replay(recording, Outcome()))
    assert found == wanted
    assert len(found) > 5
    assert {(one.made.adapter, one.made.composed) for one in made} == {(Adapter.REPLAY, True)}
    assert {one.walk for one in made} == {walk.id}
    assert all(one.time is None or one.time.source is ClockSource.CAPTURE for one in made)
    again = PlayedWalk(WALK, AT_ONCE)
    assert again.id != walk.id, "it is another walk each time: a hub takes each unit once"


def test_it_knows_where_it_is_and_nothing_of_it_in_a_pause() -> None:
    walk = PlayedWalk(WALK)
    fix = walk.fix_at(walk.clock())
    assert fix is not None
    assert abs(fix.lat - 47.0) < 0.1
    assert walk.place_at(walk.clock()) == fix.place
    walk.pause(True)
    assert walk.fix_at(walk.clock()) is None
    assert walk.place_at(walk.clock()) is None
    walk.pause(False)
    assert walk.fix_at(walk.clock()) == fix


def made_walk(folder: Path, seconds: int, **label: object) -> Path:
    """A walk past one camera, which stands still."""
    folder.mkdir()
    (folder / "frames.pcap").write_bytes(
        b"\xd4\xc3\xb2\xa1\x02\x00\x04\x00"
        + bytes(8)
        + b"\xff\xff\x00\x00"
        + (127).to_bytes(4, "little")
        + b"".join(packet(1_780_000_000 + second) for second in range(seconds))
    )
    if label:
        (folder / "walk.json").write_text(json.dumps(label))
    return folder


def packet(at_s: int) -> bytes:
    data = radiotap(beacon())
    return b"".join(part.to_bytes(4, "little") for part in (at_s, 0, len(data), len(data))) + data


def test_a_walk_without_a_track_has_no_receiver_and_no_photos(tmp_path: Path) -> None:
    walk = PlayedWalk(made_walk(tmp_path / "w", 30), AT_ONCE)
    assert (walk.composed, walk.has_receiver, walk.camera) == (False, False, None)
    assert walk.fix_at(walk.clock()) is None
    (made,) = (one for one in walk.sightings() if one.kind is Kind.RADIO)
    assert made.made.composed is False
    assert made.radio is not None
    assert made.radio.transmitter == AXIS_OCTETS.hex(":")


def test_a_source_that_is_opened_again_does_not_say_again_what_is_over(tmp_path: Path) -> None:
    walk = PlayedWalk(made_walk(tmp_path / "w", 100), steady=lambda: now_s[0])
    now_s, (supervisor,) = [0.0], walk.sources
    walk.clock.start()
    now_s[0] = 90.0
    walk.clock.waits_for.clear()  # as the one before leaves it
    first = next(open_events(supervisor))
    assert first[0] >= walk.clock.begin_s + 88.0


def open_events(supervisor: object) -> Iterator[tuple[float]]:
    source = supervisor.open()  # type: ignore[attr-defined]
    for event in source.events():
        if isinstance(event, Dwell):
            source.close()
        yield event


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({}, "no recorded walk"),
        ({"frames.pcap": b""}, "empty"),
        ({"frames.pcap": b"no capture of anything"}, "not a capture"),
        ({"track.nmea": b""}, "no NMEA sentence"),
        ({"track.nmea": b"\x00" * 100}, "no NMEA sentence"),
        ({"track.nmea": b"$GPRMC", "walk.json": b"{"}, "walk.json"),
        ({"track.nmea": b"$GPRMC", "walk.json": b"[" * 100_000}, "walk.json"),
        ({"track.nmea": b"$GPRMC", "walk.json": b'{"composed": "yes"}'}, "walk.json"),
    ],
)
def test_what_is_no_walk_is_refused_in_a_sentence(tmp_path: Path, files: dict[str, bytes], says: str) -> None:
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    with pytest.raises(BadInput, match=says):
        PlayedWalk(tmp_path)


def test_a_label_cut_anywhere_is_read_or_refused(tmp_path: Path) -> None:
    shutil.copyfile(WALK / "track.nmea", tmp_path / "track.nmea")
    whole = (WALK / "walk.json").read_bytes().rstrip()
    for end in range(len(whole)):
        (tmp_path / "walk.json").write_bytes(whole[:end])
        with pytest.raises(BadInput, match=r"walk\.json"):
            PlayedWalk(tmp_path)
