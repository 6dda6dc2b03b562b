"""The real data that the bench stands on, counted; and a small part of the bench on it."""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial import cKDTree

from tests.accuracy import baselines, metrics, real, today
from tests.accuracy.positions import chosen, read
from tests.accuracy.reports import on_globe
from tests.accuracy.walks import Setting, walked

pytestmark = pytest.mark.realdata


def test_the_positions_are_those_of_the_sheet(testdata: Path) -> None:
    cctv = read(testdata, "cctv")
    assert len(cctv) == 5668
    where = on_globe(cctv.lat, cctv.lon)
    next_m = cKDTree(where).query(where, k=2)[0][:, 1]
    assert float((next_m <= 3).mean()) == pytest.approx(0.163, abs=0.002)
    assert float((next_m <= 25).mean()) == pytest.approx(0.607, abs=0.002)
    alpr = read(testdata, "alpr")
    assert len(alpr) == 9482
    assert float(np.isnan(alpr.direction).mean()) < 0.1


def test_the_oracle_is_not_behind_the_product_on_real_positions(testdata: Path) -> None:
    part = chosen(read(testdata, "cctv"), 0.04, learn=False)
    world = walked(part, Setting("cctv", "4_3", "smooth", 12))
    answers = {
        "oracle": baselines.oracle(world, 15.0),
        "one_to_one": baselines.one_to_one(world.reports, 22.0),
        "ours": today.merged(world.reports),
    }
    f1 = {name: metrics.pairs(answer.camera, world.camera).f1 for name, answer in answers.items()}
    assert f1["oracle"] == max(f1.values())
    assert f1["oracle"] > f1["one_to_one"] + 0.02


def test_the_half_laps_are_those_of_the_sheet(testdata: Path) -> None:
    passes = {band: real.half_laps(testdata / "rssi" / "feup", senders) for band, senders in real.BANDS.items()}
    assert {band: len(found) for band, found in passes.items()} == {"2_4_ghz": 66, "5_ghz": 83}


def test_two_walkers_at_nodes_that_people_kept_are_not_merged_unasked(testdata: Path) -> None:
    assert real.outcome(1, 0.2, 180.0) == "queued"
    found, _ = real.pairs(testdata)
    assert not [one for one in found if one.label == "both_kept" and one.outcome == "merged"]
    assert sum(one.outcome != "apart" for one in found if one.label == "one_deleted") > 60
