"""Small logs that were read wrong once, each with its right answer. Read from the folder of real data."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from probe.contract.sighting import Sighting
from probe.importer.sightings import import_log
from probe.walk.outcome import Outcome


def read(testdata: Path, name: str) -> tuple[list[Sighting], Outcome]:
    outcome = Outcome()
    path = testdata / "cases" / "radio" / name
    if not path.exists():
        pytest.skip(f"no such case in this folder: {name}")
    return list(import_log(path, outcome)), outcome


@pytest.mark.parametrize(
    ("name", "sightings", "rows"),
    [
        ("wigle-stray-quote.csv", 20, 21),
        ("wigle-comma-name-14.csv", 2, 2),
        ("wigle-escaped-comma-16.csv", 1, 1),
        ("wigle-bom.csv", 1, 1),
        ("wigle-blank-first-line.csv", 1, 1),
        ("wigle-bracket-header.csv", 1, 1),
        ("wigle-two-sessions.csv", 2, 2),
        ("wigle-date-not-padded.csv", 1, 1),
        ("wigle-web-ble.csv", 1, 1),
        ("wigle-ble-rows.csv", 3, 3),
        ("wigle-crlf.csv.gz", 1, 1),
    ],
)
def test_what_can_be_read_is(name: str, sightings: int, rows: int, testdata: Path) -> None:
    found, outcome = read(testdata, name)
    assert (len(found), outcome.rows, outcome.troubles) == (sightings, rows, [])


@pytest.mark.parametrize("name", ["wigle-null-island-only.csv", "wigle-web-null-island.csv"])
def test_a_row_without_a_place_is_no_sighting(name: str, testdata: Path) -> None:
    found, outcome = read(testdata, name)
    assert not found
    assert "a row without a place" in outcome.troubles[0]


def test_a_row_without_a_place_hides_none_with_one(testdata: Path) -> None:
    (sighting,), outcome = read(testdata, "wigle-null-island-then-fix.csv")
    assert sighting.radio is not None
    (hearing,) = sighting.radio.hearings
    assert (hearing.place.lat, hearing.place.lon) == (48.1, 2.1)
    assert outcome.sweep.moving == 0


def test_a_date_without_its_noughts(testdata: Path) -> None:
    (sighting,), _ = read(testdata, "wigle-date-not-padded.csv")
    assert sighting.time is not None
    assert sighting.time.utc == datetime(2026, 7, 9, 8, 2, 10, tzinfo=UTC)


def test_a_name_with_a_comma_is_whole(testdata: Path) -> None:
    found, outcome = read(testdata, "wigle-comma-name-14.csv")
    assert {sighting.radio.transmitter for sighting in found if sighting.radio} == {
        "70:c9:4e:0a:0b:01",
        "b8:a4:4f:00:00:01",
    }
    assert outcome.by_rule == {"flock-suffix": 1, "vendor-oui": 1}


def test_bluetooth_is_counted_as_what_it_is(testdata: Path) -> None:
    for name, rows in (("wigle-ble-rows.csv", 3), ("wigle-web-ble.csv", 1)):
        assert read(testdata, name)[1].bluetooth_rows == rows


@pytest.mark.parametrize(
    ("name", "sightings", "said"),
    [
        ("netxml-cut.netxml", 10, "it is cut short"),
        ("netxml-nul-reference.netxml", 9, "characters that are no XML"),
        ("netxml-control-octet.netxml", 9, "characters that are no XML"),
        ("netxml-ampersand.netxml", 9, "characters that are no XML"),
    ],
)
def test_one_bad_network_costs_no_other(name: str, sightings: int, said: str, testdata: Path) -> None:
    found, outcome = read(testdata, name)
    assert len(found) == sightings
    (trouble,) = outcome.troubles
    assert said in trouble
