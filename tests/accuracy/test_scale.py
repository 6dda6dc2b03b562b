"""A large map is the real one, again and again elsewhere: as many reports, and nothing that two copies share."""

from dataclasses import replace

import pytest

from hub.merge.observe import observe
from probe.contract.geodesy import distance_m
from tests.accuracy.parts import costs
from tests.accuracy.reports import Report
from tests.accuracy.scale import Map, _reported, observations

HERE = Report(id="a" * 32, walk="b" * 32, day=0, lat=48.85, lon=2.35, accuracy_m=5.0, kind="dome", direction=90.0)
BESIDE = replace(HERE, id="c" * 32, lon=2.3501)
ELSEWHERE = replace(HERE, id="d" * 32, walk="e" * 32, lat=-33.0, lon=179.99)
WHOLE = Map(cameras=5, reports=(HERE, BESIDE, ELSEWHERE), camera=(0, 1, 2), area=(0, 0, 1), coming=())


def test_copies_are_what_the_merge_would_make_of_their_sightings() -> None:
    made = list(observations(WHOLE))
    assert made == [observe(one.seq, said, one.contributor) for one, said in zip(made, _reported(WHOLE), strict=True)]


def test_no_more_cameras_than_asked_for_are_set_down_and_none_twice() -> None:
    made = list(observations(WHOLE))
    assert [one.seq for one in made] == [1, 2, 3, 4, 5]
    assert len({one.sighting.id for one in made}) == 5
    assert not {one.walk for one in made[:3]} & {one.walk for one in made[3:]}
    assert len({round(one.place.lon, 6) for one in made}) == 5


def test_what_stood_side_by_side_still_does() -> None:
    *_, here, beside = (one.place for one in observations(WHOLE))
    apart_m = distance_m(here.lat, here.lon, beside.lat, beside.lon)
    assert apart_m == pytest.approx(distance_m(HERE.lat, HERE.lon, BESIDE.lat, BESIDE.lon), abs=1e-3)


def test_the_table_has_a_row_for_each_map() -> None:
    text = costs({"scale.10000.cpu_ms.p50": 3.25, "scale.1000000.p50_to_10000": 1.02, "scale.1000000.most_mb": 4000})
    assert [line.split(" | ")[0] for line in text.splitlines()[2:]] == ["| 10,000", "| 1,000,000"]
    assert "| 1.02 |" in text
