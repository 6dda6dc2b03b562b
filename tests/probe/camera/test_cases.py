"""Photos and tracks that outsiders made, each with the answer that is right: see the README beside them.

They lie in the folder that CONTRECHAMP_TESTDATA names; the same kinds are composed in the tests beside this one.
"""

import warnings
from pathlib import Path
from typing import Any

import pytest

from probe.contract.sighting import DirectionClaim, PresentClaim, Sighting, Strength, claim_about
from probe.walk.outcome import Outcome
from probe.walk.recorded import Recording, replay

DEMO = Path(__file__).parents[3] / "hub" / "demo" / "data" / "walk-1"
PLACE, UTC = (45.5, -30.25), "2026-05-09T09:30:01+00:00"


@pytest.fixture
def cases(testdata: Path) -> Path:
    folder = testdata / "cases" / "photo"
    if not folder.is_dir():
        pytest.skip("no such cases in this CONTRECHAMP_TESTDATA")
    return folder


def replayed(photos: Path) -> tuple[list[Sighting], Outcome]:
    outcome = Outcome()
    with warnings.catch_warnings(action="error"):
        return list(replay(Recording(photos=photos), outcome)), outcome


def alone(path: Path, tmp_path: Path) -> tuple[list[Sighting], Outcome]:
    """What comes of one photo in a folder of its own."""
    (tmp_path / path.name).write_bytes(path.read_bytes())
    return replayed(tmp_path)


def facts(sighting: Sighting) -> dict[str, Any]:
    place, subject = sighting.observer, sighting.subject
    return {
        "place": None if place is None else (place.lat, place.lon),
        "time": None if sighting.time is None else sighting.time.utc.isoformat(),
        "bearing": None if subject is None else subject.bearing_deg,
        **{claim_about(claim): getattr(claim, "value", claim.strength) for claim in sighting.claims},
    }


GOOD = {"place": PLACE, "time": UTC, "bearing": 90.0, "present": Strength.STRONG, "kind": "dome"}
PLAIN = {key: value for key, value in GOOD.items() if key != "kind"}

RIGHT: dict[str, dict[str, Any]] = {
    "00-control/ok.jpg": GOOD,
    "01-direction-list/list.jpg": PLAIN | {"kind": "fixed"},
    "01-direction-list/list-nospace.jpg": PLAIN,
    "01-direction-list/range.jpg": PLAIN,
    "02-direction-key/direction.jpg": PLAIN | {"kind": "alpr", "direction": 135.0},
    "02-direction-key/camera-direction.jpg": PLAIN | {"kind": "alpr", "direction": 135.0},
    **{f"04-gps-date/{name}.jpg": GOOD for name in ("rollover", "hyphens", "empty-date")},
    **{f"04-gps-date/{name}.jpg": GOOD for name in ("hour-30", "future", "no-gps-time")},
    "04-gps-date/local-only.jpg": GOOD | {"time": None},
    "05-hemisphere/lower.jpg": GOOD,
    "06-rational/seconds-0-0.jpg": GOOD,
    "06-rational/bearing-0-0.jpg": GOOD | {"bearing": None},
    "06-rational/two-parts.jpg": GOOD | {"place": (45.5083333, -30.2583333)},
    "07-bearing/360.jpg": GOOD | {"bearing": 0.0},
    "07-bearing/370.jpg": GOOD | {"bearing": None},
    "07-bearing/ref-M.jpg": GOOD | {"bearing": 80.7},  # the declination there is 9.3 degrees west
    "07-bearing/ref-missing.jpg": GOOD,
    "08-datum/wgs84.jpg": GOOD,
    "09-not-a-camera/gunshot.jpg": PLAIN | {"kind": "gunshot_detector"},
    "09-not-a-camera/removed.jpg": {"place": PLACE, "time": UTC, "bearing": 90.0, "gone": Strength.STRONG},
    **{f"10-suffix/a.{suffix}": GOOD for suffix in ("HEIC", "jpe", "jfif", "mpo", "avif")},
    "11-subfolder/DCIM/100MEDIA/ok.jpg": GOOD,
    **{f"12-large/{size}mp/x.jpg": GOOD for size in (50, 108, 200)},
    **{f"13-orientation/o{number}.jpg": GOOD for number in range(2, 9)},
    **{f"14-modes/{name}": GOOD for name in ("cmyk.jpg", "i16.png", "l.webp", "two.jpg", "cut-in-scan.jpg")},
}  # fmt: skip
REFUSED = {
    "03-null-island/zero.jpg": "0, 0",
    "03-null-island/status-void.jpg": "no fix",
    "05-hemisphere/west-O.jpg": "'O' instead of E or W",
    "05-hemisphere/nonsense-X.jpg": "'X' instead of E or W",
    "05-hemisphere/swapped.jpg": "'W' instead of N or S",
    "05-hemisphere/missing.jpg": "nothing instead of N or S",
    "06-rational/all-0-0.jpg": "no number",
    "06-rational/minutes-75.jpg": "out of range",
    "08-datum/tokyo.jpg": "TOKYO",
}
SILENT = ("lamp.jpg", "no-description.jpg", "olympus.jpg")


@pytest.mark.parametrize("name", RIGHT)
def test_a_photo_gives_what_it_says(name: str, cases: Path, tmp_path: Path) -> None:
    sightings, outcome = alone(cases / name, tmp_path)
    assert [facts(sighting) for sighting in sightings] == [RIGHT[name]]
    assert outcome.troubles == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_photo_without_a_place_is_told(name: str, cases: Path, tmp_path: Path) -> None:
    sightings, outcome = alone(cases / name, tmp_path)
    assert sightings == []
    assert REFUSED[name] in outcome.troubles[0]


def test_every_case_is_looked_at(cases: Path) -> None:
    there = {str(path.relative_to(cases)) for path in cases.glob("[01]*/**/*") if path.is_file()}
    assert there == {*RIGHT, *REFUSED, *(f"09-not-a-camera/{name}" for name in SILENT)}


def test_what_says_nothing_of_a_camera_claims_none_and_is_told(cases: Path) -> None:
    sightings, outcome = replayed(cases / "09-not-a-camera")
    assert len(sightings) == 2
    assert outcome.silent_photos == len(SILENT)
    kinds = [{claim_about(claim) for claim in sighting.claims} for sighting in sightings]
    assert sorted(map(sorted, kinds)) == [["gone"], ["kind", "present"]]


@pytest.mark.parametrize(
    ("folder", "photos"), [("10-suffix", 5), ("11-subfolder/DCIM", 1), ("12-large", 3), ("05-hemisphere", 1)]
)
def test_whole_folders(folder: str, photos: int, cases: Path) -> None:
    sightings, _ = replayed(cases / folder)
    assert len(sightings) == photos
    assert all(any(isinstance(claim, PresentClaim) for claim in sighting.claims) for sighting in sightings)
    assert not any(isinstance(claim, DirectionClaim) for sighting in sightings for claim in sighting.claims)


def test_seconds_that_are_no_number_are_told(cases: Path, tmp_path: Path) -> None:
    sightings, outcome = alone(cases / "06-rational" / "seconds-0-0.jpg", tmp_path)
    assert sightings[0].observer is not None
    assert sightings[0].observer.accuracy_m == 1855.0
    assert "good to 2 km only" in outcome.notes[0]


def test_a_track_of_an_hour_later_is_told(cases: Path) -> None:
    outcome = Outcome()
    track = cases / "21-clock" / "demo-walk-1-track-one-hour-late.nmea"
    sightings = list(replay(Recording(frames=(DEMO / "frames.pcap",), track=track), outcome))
    assert not any(sighting.observer for sighting in sightings)
    assert [
        trouble for trouble in outcome.troubles if "an hour apart?" in trouble and "10:30:00 to 10:55:30" in trouble
    ]


def test_a_track_of_another_day_is_told(testdata: Path) -> None:
    radio = testdata / "cases" / "radio"
    if not radio.is_dir():
        pytest.skip("no such cases in this CONTRECHAMP_TESTDATA")
    outcome = Outcome()
    recording = Recording(frames=(radio / "cap-plain.pcap",), track=radio / "nmea-other-day.nmea")
    assert [sighting.observer for sighting in replay(recording, outcome)] == [None]
    assert len(outcome.troubles) == 1
    assert "gave no place" in outcome.troubles[0]
    assert "a day apart" in outcome.troubles[0]
