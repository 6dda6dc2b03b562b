"""Waypoints of cameras in GPX: only those that say so, and whatever a file holds, one sentence."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from probe.contract.sighting import CameraKind, Kind, KindClaim, Sighting
from probe.errors import BadInput
from probe.importer.sightings import ImportedLog
from probe.walk.outcome import Outcome

HEAD = '<?xml version="1.0"?><gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1">'
WHOLE = (
    HEAD + '<wpt lat="47.01" lon="-17.01"><time>2026-05-09T10:00:00Z</time><name>Caméra 1</name></wpt>'
    '<wpt lat="47.02" lon="-17.02"><desc>man_made=surveillance; camera:type=dome</desc></wpt>'
    '<trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>'
).encode()


def imported(folder: Path, data: bytes) -> tuple[list[Sighting], Outcome]:
    path, outcome = folder / "walk.gpx", Outcome()
    path.write_bytes(data)
    return list(ImportedLog(path, outcome).sightings()), outcome


def waypoint(inside: str, place: str = 'lat="47.01" lon="-17.01"') -> bytes:
    return f"{HEAD}<wpt {place}>{inside}</wpt></gpx>".encode()


def test_a_waypoint_that_says_so_is_a_pin_and_the_same_file_the_same_ids(tmp_path: Path) -> None:
    (first, second), outcome = imported(tmp_path, WHOLE)
    assert (first.kind, second.kind) == (Kind.PIN, Kind.PIN)
    assert first.observer is not None
    assert (first.observer.lat, first.observer.lon) == (47.01, -17.01)
    assert first.time is not None
    assert first.time.utc.isoformat() == "2026-05-09T10:00:00+00:00"
    assert [claim.value for claim in second.claims if isinstance(claim, KindClaim)] == [CameraKind.DOME]
    assert (outcome.rows, outcome.recognised_rows, outcome.troubles) == (2, 2, [])
    again, _ = imported(tmp_path, WHOLE)
    assert [one.id for one in again] == [first.id, second.id]


@pytest.mark.parametrize(
    ("inside", "is_camera"),
    [
        ("<name>CCTV, shop front</name>", True),
        ("<type>Camera</type><name>7</name>", True),
        ("<sym>Surveillance</sym>", True),
        ("<extensions><x>man_made=surveillance</x></extensions>", True),
        ("<name>Überwachungskamera</name>", True),
        ("<name>My lost camera strap lay near a camera</name>", False),
        ("<name>Speed camera</name>", False),
        ("<name>Camera shop</name>", False),
        ("<type>Radar</type><name>camera 3</name>", False),
        ("<name>Webcam of the harbour</name>", False),
        ("<desc>man_made=surveillance; surveillance:type=guard</desc>", False),
        ("<name>Bakery</name>", False),
        ("", False),
    ],
)
def test_only_what_says_that_it_is_a_camera_counts(tmp_path: Path, inside: str, is_camera: bool) -> None:
    found, outcome = imported(tmp_path, waypoint(inside))
    assert bool(found) is is_camera
    assert is_camera or "none of its 1 waypoints says that it is a camera" in outcome.notes[0]


@pytest.mark.parametrize("place", ['lat="91" lon="0"', 'lat="0" lon="0"', 'lat="nan" lon="1"', 'lat="1"', ""])
def test_a_waypoint_without_a_place_is_told_and_left_out(tmp_path: Path, place: str) -> None:
    found, outcome = imported(tmp_path, waypoint("<name>Camera</name>", place))
    assert found == []
    assert any("1 waypoints have no place" in note for note in outcome.notes)


def test_a_track_alone_says_nothing_of_cameras(tmp_path: Path) -> None:
    found, outcome = imported(tmp_path, b'<gpx><trk><trkseg><trkpt lat="1" lon="2"/></trkseg></trk></gpx>')
    assert found == []
    assert "a track alone says nothing of cameras" in outcome.notes[0]


@pytest.mark.parametrize(
    "data",
    [
        b'<!DOCTYPE gpx [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]><gpx><wpt><name>&b;</name></wpt></gpx>',
        b'<!DOCTYPE gpx SYSTEM "http://127.0.0.1:1/x.dtd"><gpx></gpx>',
        b'<!DOCTYPE gpx [<!ENTITY x SYSTEM "file:///etc/hostname">]><gpx><wpt><name>&x;</name></wpt></gpx>',
        b"<gpx>" + b"<wpt>" * 100_000,
        b'<gpx><wpt lat="' + b"1" * (3 << 20),
    ],
)
def test_entities_depth_and_length_are_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadInput) as refused:
        imported(tmp_path, data)
    assert len(str(refused.value)) < 300


def test_cut_anywhere_what_came_before_is_kept(tmp_path: Path) -> None:
    ends = [WHOLE.index(b"</wpt>") + 6, WHOLE.rindex(b"</wpt>") + 6]
    for cut in range(WHOLE.index(b"<gpx") + 5, len(WHOLE)):
        try:
            found, outcome = imported(tmp_path, WHOLE[:cut])
        except BadInput:
            assert cut < ends[0]
            continue
        assert len(found) == sum(cut >= end for end in ends)
        assert len(outcome.troubles) == 1


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=60), st.integers(0, len(WHOLE)))
def test_whatever_stands_in_it_is_read_or_refused(tmp_path: Path, odd: bytes, place: int) -> None:
    try:
        imported(tmp_path, WHOLE[:place] + odd + WHOLE[place:])
    except BadInput as refused:
        assert str(refused).startswith(str(tmp_path))
