"""The baselines, the oracle and today's product on made-up cameras."""

import numpy as np
import pytest

from tests.accuracy import baselines, merge, metrics, today
from tests.accuracy.reports import Report, World, places
from tests.accuracy.streets_of_cameras import town
from tests.accuracy.walks import Setting, walked


def report(number: int, east_m: float, day: int, **said: object) -> Report:
    lon = -17.0 + np.degrees(east_m / (6_371_008.8 * np.cos(np.radians(47.0))))
    return Report(id=f"{number:032x}", walk=f"{day:032x}", day=day, lat=47.0, lon=float(lon), **said)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def world() -> World:
    return walked(town(70), Setting("cctv", "4_3", "smooth", 3))


def test_dbscan_makes_one_of_a_chain_and_complete_link_does_not() -> None:
    row = [report(number, 10.0 * number, 0) for number in range(4)]
    assert len(set(baselines.dbscan(row, 11.0).camera.tolist())) == 1
    assert len(set(baselines.complete_link(row, 11.0).camera.tolist())) == 2


def test_the_cheapest_choice_is_one_of_all_together() -> None:
    # The first would take column 0 for 1; but then the second stays alone for 9
    rows, columns, costs = np.array([0, 0, 1]), np.array([0, 1, 0]), np.array([1.0, 2.0, 1.5])
    assert baselines.assigned((2, 2), rows, columns, costs, 9.0).tolist() == [1, 0]
    assert baselines.assigned((2, 2), rows, columns, costs, 1.2).tolist() == [0, -1]
    none = np.zeros(0, np.int64)
    assert baselines.assigned((2, 2), none, none, np.zeros(0), 9.0).tolist() == [-1, -1]


def test_one_to_one_never_puts_two_of_a_walk_together(world: World) -> None:
    for attributes in (False, True):
        camera = baselines.one_to_one(world.reports, 25.0, attributes=attributes).camera
        assert (camera >= 0).all()
        met = [(one.walk, number) for one, number in zip(world.reports, camera.tolist(), strict=True)]
        assert len(set(met)) == len(met)


def test_attributes_choose_between_two_at_one_place() -> None:
    looks = [
        *(report(1, 0.0, 0, direction=10.0), report(2, 1.0, 0, direction=200.0)),
        *(report(3, 0.4, 1, direction=200.0), report(4, 0.6, 1, direction=10.0)),
    ]
    assert baselines.one_to_one(looks, 20.0, attributes=True).camera.tolist() == [0, 1, 1, 0]
    assert baselines.one_to_one(looks, 20.0).camera.tolist() == [0, 1, 0, 1]


def test_the_surest_is_the_one_whose_next_camera_is_far() -> None:
    row = [report(number, east, 0) for number, east in enumerate((0.0, 5.0, 60.0))]
    sure = baselines.sureness(places(row), np.arange(3))
    assert sure == pytest.approx([5.0, 5.0, 55.0], abs=0.01)


def test_the_oracle_is_not_behind_any_other(world: World) -> None:
    rows, _ = merge.compare([world])
    f1 = {row.policy: row.f1 for row in rows}
    assert f1["oracle"] == max(f1.values())
    assert f1["oracle"] > f1["one_to_one"] > f1["dbscan_best"] >= f1["dbscan_25"]


def test_without_any_error_the_oracle_is_right() -> None:
    positions = town(30)
    made = walked(positions, Setting("cctv", "4_3", "grid", 3))
    lat, lon = (
        np.array([getattr(made.cameras[camera], axis) for camera in made.camera.tolist()]) for axis in ("lat", "lon")
    )
    reports = [
        Report(id=one.id, walk=one.walk, day=one.day, lat=float(lat[number]), lon=float(lon[number]))
        for number, one in enumerate(made.reports)
    ]
    nothing = np.zeros(len(reports))
    exact = World(reports=tuple(reports), camera=made.camera, east_off=nothing, north_off=nothing, cameras=made.cameras)
    assert metrics.pairs(baselines.oracle(exact, 10.0).camera, exact.camera).f1 == 1.0


def test_the_product_answers_for_every_report(world: World) -> None:
    answer = today.merged(world.reports)
    assert (answer.camera >= 0).all()
    assert 0 <= answer.sure.min() < answer.sure.max() <= 1
    right = metrics.right(answer.camera, world.camera)
    assert answer.sure[right].mean() > answer.sure[~right].mean()


def test_a_report_reaches_the_product_with_all_it_says() -> None:
    (seen,) = today.observed(
        [today.sighting(report(1, 0.0, 0, accuracy_m=7.5, kind="dome", mount="pole", direction=45.0))], [None]
    )
    assert (seen.kind, seen.mount, seen.direction) == ("dome", "pole", 45.0)
    assert seen.place.east == pytest.approx((7.5 / 1.51) ** 2)
