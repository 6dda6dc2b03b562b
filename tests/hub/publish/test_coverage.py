"""Coverage is told by cell and by month, never by day or walk."""

import json
from datetime import date

from hub.publish.coverage import coverage_geojson
from probe.contract.sighting import Listened, Survey


def survey(day: date | None, *cells: str) -> Survey:
    return Survey(day=day, cells=tuple(Listened(cell=cell, channels_mhz=(2412,), seconds=60) for cell in cells))


def test_each_cell_says_how_often_and_when_last() -> None:
    told = coverage_geojson(
        [survey(date(2026, 5, 9), "17/1/1", "17/1/2"), survey(date(2026, 7, 1), "17/1/1"), survey(None, "17/1/3")]
    )
    cells = [feature["properties"] for feature in json.loads(told)["features"]]
    assert cells == [{"walks": 2, "month": "2026-07"}, {"walks": 1, "month": "2026-05"}, {"walks": 1, "month": None}]
    assert b"2026-05-09" not in told


def test_no_survey_is_no_cell() -> None:
    assert json.loads(coverage_geojson([])) == {"type": "FeatureCollection", "features": []}
