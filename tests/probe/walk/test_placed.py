"""Recorded walks: photos put on a track, tracks that do not fit, and what is told of both."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from probe.cli.recordings import replay_command
from probe.contract.evidence import LookEvidence
from probe.contract.sighting import Sighting
from probe.walk.outcome import Outcome
from probe.walk.recorded import Recording, replay
from tests.probe.camera.compose import GPS, RECEIVER_TIME, ZONED, photo
from tests.probe.radio.compose import beacon, pcap, radiotap

START = datetime(2026, 5, 9, 9, 30, tzinfo=UTC)


def sentence(body: str) -> str:
    check = 0
    for char in body:
        check ^= ord(char)
    return f"${body}*{check:02X}\r\n"


def track(path: Path, *, start: datetime = START, seconds: int = 120, status: str = "A") -> Path:
    """A walk north along the meridian of 2 degrees, with an accuracy of 4 m."""
    lines = []
    for second in range(seconds):
        at, minutes = start + timedelta(seconds=second), second * 0.00075
        where = f"48{minutes:08.5f},N,00200.00000,E"
        lines.append(sentence(f"GPGGA,{at:%H%M%S}.00,{where},1,09,1.0,60.0,M,0,M,,"))
        lines.append(sentence(f"GPRMC,{at:%H%M%S}.00,{status},{where},2.7,0.0,{at:%d%m%y},,,A"))
    path.write_text("".join(lines))
    return path


def frames(path: Path, *, start: datetime = START, seconds: int = 100) -> Path:
    path.write_bytes(pcap([radiotap(beacon())] * seconds, at_s=int(start.timestamp())))
    return path


def replayed(**recording: Any) -> tuple[list[Sighting], Outcome]:
    outcome = Outcome()
    return list(replay(Recording(**recording), outcome)), outcome


def test_a_photo_without_a_place_is_placed_by_the_track(tmp_path: Path) -> None:
    photo(tmp_path / "photos" / "a.jpg", None, inner=ZONED)
    sightings, outcome = replayed(photos=tmp_path / "photos", track=track(tmp_path / "t.nmea"))
    assert len(sightings) == 1
    placed = sightings[0]
    assert placed.observer is not None
    assert placed.observer.lat == pytest.approx(48.0000125, abs=1e-6)
    assert (placed.observer.accuracy_m or 0) > 20
    assert placed.time is not None
    assert placed.time.sd_s == 20.0
    look = placed.evidence[0]
    assert isinstance(look, LookEvidence)
    assert "placed by the track" in (look.note or "")
    assert (outcome.photos, outcome.placed_photos, outcome.troubles) == (1, 1, [])


def test_an_hour_off_is_told_and_mended_by_hand(tmp_path: Path) -> None:
    late = {**ZONED, 0x9003: "2026:05:09 12:30:31"}
    photo(tmp_path / "photos" / "a.jpg", None, inner=late)
    given = {"photos": tmp_path / "photos", "track": track(tmp_path / "t.nmea")}
    sightings, outcome = replayed(**given)
    assert sightings == []
    assert "the track gives none at 2026-05-09 10:30:31 UTC" in outcome.troubles[0]
    assert any("an hour apart?" in note and "--photo-offset" in note for note in outcome.notes)
    sightings, outcome = replayed(**given, photo_offset_s=-3600.0)
    assert len(sightings) == 1
    assert outcome.troubles == []
    assert any("-3600 s (as given" in note for note in outcome.notes)


def test_photos_of_the_same_camera_say_how_far_its_clock_is_off(tmp_path: Path) -> None:
    for second in (10, 20, 30):
        clock = {0x9003: f"2026:05:09 11:31:{second}"}
        receiver = {7: (9.0, 30.0, float(second)), 29: "2026:05:09"}
        photo(tmp_path / "photos" / f"{second}.jpg", {**GPS, **receiver}, inner=clock)
    photo(tmp_path / "photos" / "lost.jpg", None, inner={0x9003: "2026:05:09 11:32:00"})
    sightings, outcome = replayed(photos=tmp_path / "photos", track=track(tmp_path / "t.nmea"))
    assert len(sightings) == 4
    assert outcome.placed_photos == 1
    assert outcome.notes == [
        "the photos' clock was put right by -7260 s (from 3 photos with their receiver's time, sd 2 s)"
    ]
    placed = next(sighting for sighting in sightings if sighting.observer and sighting.observer.lat > 0)
    assert placed.time is not None
    assert placed.time.utc == START + timedelta(seconds=60)


def test_a_folder_that_gives_nothing_says_so_with_numbers(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    assert "no photo in it that can be used (0 files in 1 folder)" in replayed(photos=tmp_path / "empty")[1].troubles[0]
    (tmp_path / "other" / "x").mkdir(parents=True)
    (tmp_path / "other" / "a.txt").write_text("x")
    assert "(1 file in 2 folders" in replayed(photos=tmp_path / "other")[1].troubles[0]
    photo(tmp_path / "silent" / "a.jpg", description="OLYMPUS DIGITAL CAMERA")
    assert "none of 1 photo says anything of a camera" in replayed(photos=tmp_path / "silent")[1].troubles[0]
    photo(tmp_path / "nowhere" / "a.jpg", None)
    assert "none of 1 photo about a camera has a place" in replayed(photos=tmp_path / "nowhere")[1].troubles[1]


def test_what_is_passed_over_is_told_with_a_number(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    for number in range(3):
        photo(tmp_path / f"{number}.gif", kind="GIF")
    (tmp_path / "far").symlink_to(tmp_path.parent, target_is_directory=True)
    sightings, outcome = replayed(photos=tmp_path)
    assert len(sightings) == 1
    assert outcome.troubles == [f"{tmp_path}: 3 files passed over: GIF is not read here: export it as JPEG"]
    assert "1 link to other folders" in outcome.notes[0]


def test_what_is_left_out_is_counted(tmp_path: Path) -> None:
    for name in "ab":
        photo(tmp_path / f"{name}.jpg", {**GPS, **RECEIVER_TIME, 16: "M", 29: "2031:05:09"})
    notes = replayed(photos=tmp_path)[1].notes
    assert len(notes) == 1
    assert "left out of 2 photos: a bearing from magnetic north" in notes[0]


def test_a_track_that_fits_is_not_spoken_of(tmp_path: Path) -> None:
    outcome = replayed(frames=(frames(tmp_path / "f.pcap"),), track=track(tmp_path / "t.nmea"))[1]
    assert (outcome.troubles, outcome.notes) == ([], [])


@pytest.mark.parametrize(
    ("later", "words"), [(timedelta(hours=1), "an hour apart?"), (timedelta(days=-2), "2 days apart.")]
)
def test_a_track_that_gives_no_place_is_trouble(later: timedelta, words: str, tmp_path: Path) -> None:
    other = track(tmp_path / "t.nmea", start=START + later)
    outcome = replayed(frames=(frames(tmp_path / "f.pcap"),), track=other)[1]
    assert len(outcome.troubles) == 1
    assert words in outcome.troubles[0]
    assert "2026-05-09 09:30:00 to 09:31:39 UTC" in outcome.troubles[0]


def test_a_track_that_fits_in_part_says_how_much(tmp_path: Path) -> None:
    capture = frames(tmp_path / "f.pcap")
    most = replayed(frames=(capture,), track=track(tmp_path / "t.nmea", start=START + timedelta(seconds=30)))[1]
    assert most.troubles == []
    assert "71% of the 100 seconds" in most.notes[0]
    few = replayed(frames=(capture,), track=track(tmp_path / "t.nmea", start=START + timedelta(seconds=80)))[1]
    assert "21% of the 100 seconds" in few.troubles[0]


def test_a_track_without_a_fix_is_trouble(tmp_path: Path) -> None:
    void = track(tmp_path / "t.nmea", status="V")
    assert "no fix in it" in replayed(frames=(frames(tmp_path / "f.pcap"),), track=void)[1].troubles[0]


def test_the_command_ends_with_2_where_nothing_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    done = CliRunner().invoke(replay_command, ["--photos", str(tmp_path / "photos")])
    assert done.exit_code == 2
    assert "no photo in it" in done.stderr
    photo(tmp_path / "photos" / "a.jpg", None, inner={0x9003: "2026:05:09 11:30:31"})
    given = ["--photos", str(tmp_path / "photos"), "--track", str(track(tmp_path / "t.nmea")), "--photo-offset"]
    done = CliRunner().invoke(replay_command, [*given, "-PT2H"])
    assert done.exit_code == 0, done.stderr
    assert "1 photos that the track placed" in done.stderr
    assert CliRunner().invoke(replay_command, [*given, "-7200"]).exit_code == 0
    for nonsense in ("an hour", "P", "PT", "nan", "1e12", "PT" + "9" * 400 + "H"):
        done = CliRunner().invoke(replay_command, [*given, nonsense])
        assert done.exit_code == 2
        assert "is no time" in done.stderr


def test_photos_that_say_nothing_are_of_cameras_where_the_walker_says_so(tmp_path: Path) -> None:
    photo(tmp_path / "silent.jpg", description="")
    photo(tmp_path / "dome.jpg", description="man_made=surveillance; camera:type=dome")
    photo(tmp_path / "gone.jpg", description="removed:man_made=surveillance")
    photo(tmp_path / "guard.jpg", description="man_made=surveillance; surveillance:type=guard")
    photo(tmp_path / "tree.jpg", description="man_made=mast")
    sightings, outcome = replayed(photos=tmp_path, of_cameras=True)
    said = sorted(sorted(type(claim).__name__ for claim in sighting.claims) for sighting in sightings)
    # Who wrote that it is gone, a guard or a mast is not contradicted.
    assert said == [["GoneClaim"], ["KindClaim", "PresentClaim"], ["PresentClaim"]]
    assert outcome.silent_photos == 2
    assert len(replayed(photos=tmp_path)[0]) == 2


def test_silent_photos_are_in_the_summary(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    photo(tmp_path / "b.jpg", description=None)
    done = CliRunner().invoke(replay_command, ["--photos", str(tmp_path)])
    assert done.exit_code == 0
    assert "1 photos that say nothing of a camera" in done.stderr
