"""Two shots give a height: against many drawn errors, and refused where nothing comes out."""

from math import atan, degrees, exp, radians, tan
from random import Random

import pytest

from probe.aim.bearing import Aim
from probe.aim.height import LENS_M, Measured, height_of
from probe.aim.said import height_claim, subject_of
from probe.contract.sighting import Place, SubjectHow
from probe.errors import BadInput


def at(elevation_deg: float, sd_deg: float = 1.0) -> Aim:
    return Aim(elevation_deg=elevation_deg, elevation_sd_deg=sd_deg)


def angles(distance_m: float, height_m: float, lens_m: float = LENS_M.m) -> tuple[float, float]:
    return degrees(atan((height_m - lens_m) / distance_m)), -degrees(atan(lens_m / distance_m))


def test_without_errors_it_is_the_height() -> None:
    for distance_m, height_m in ((4, 3.0), (8, 4.5), (15, 6.0), (10, 1.0)):
        up, down = angles(distance_m, height_m)
        found = height_of(at(up, 0.05), at(down, 0.05), lens_height=Measured(m=LENS_M.m, sd_m=0.005))
        assert found.height.m == pytest.approx(height_m, rel=0.01)
        assert found.distance.m == pytest.approx(distance_m, rel=0.01)


@pytest.mark.parametrize(
    ("distance_m", "height_m", "sd_deg", "receiver_sd_m"),
    [(8, 4.5, 1.0, None), (8, 4.5, 1.0, 4.0), (15, 4.5, 1.0, 4.0), (15, 4.5, 2.0, 4.0), (20, 6.0, 0.5, None)],
)
def test_what_is_stated_holds_95_of_100_drawn_errors(
    distance_m: float, height_m: float, sd_deg: float, receiver_sd_m: float | None
) -> None:
    random = Random(3)
    held = halved = made = 0
    for _ in range(250):
        up, down = angles(distance_m, height_m, random.gauss(LENS_M.m, LENS_M.sd_m))
        known = None
        if receiver_sd_m is not None:
            known = Measured(m=max(0.5, random.gauss(distance_m, receiver_sd_m)), sd_m=receiver_sd_m)
        found = height_of(at(random.gauss(up, sd_deg), sd_deg), at(random.gauss(down, sd_deg), sd_deg), distance=known)
        made += 1
        held += abs(found.height.m - height_m) <= 1.96 * found.height.sd_m
        halved += abs(found.height.m - height_m) <= 0.98 * found.height.sd_m
    assert 0.92 <= held / made <= 0.995
    assert halved / made < 0.88


def test_it_is_the_posterior_that_drawing_gives() -> None:
    """Draw distances and lens heights, weigh each by how well it agrees: the same median and spread."""
    random = Random(11)
    up, down, sd = 22.0, -9.5, 1.0
    weighed = []
    for _ in range(60_000):
        angle = random.uniform(1.2, 70.0)
        lens = random.gauss(LENS_M.m, LENS_M.sd_m)
        d = LENS_M.m / tan(radians(angle))
        off = (down + degrees(atan(lens / d))) / sd
        rise = random.gauss(up, sd)
        weighed.append((lens + d * tan(radians(rise)), exp(-off * off / 2)))
    weighed.sort()
    marks: list[float] = []
    total, run = sum(weight for _, weight in weighed), 0.0
    for value, weight in weighed:
        run += weight
        if len(marks) < 3 and run >= (0.025, 0.5, 0.975)[len(marks)] * total:
            marks.append(value)
    found = height_of(at(up), at(down)).height
    assert found.m == pytest.approx(marks[1], rel=0.02)
    assert found.m + 1.96 * found.sd_m == pytest.approx(marks[2], rel=0.04)


def test_a_known_distance_stands_for_the_foot_and_helps_it() -> None:
    up, down = angles(15, 4.5)
    alone = height_of(at(up), distance=Measured(m=15, sd_m=2))
    foot = height_of(at(up), at(down))
    both = height_of(at(up), at(down), distance=Measured(m=15, sd_m=2))
    assert alone.height.m == pytest.approx(4.5, abs=0.1)
    assert both.distance.sd_m < min(alone.distance.sd_m, foot.distance.sd_m)
    assert both.height.sd_m < min(alone.height.sd_m, foot.height.sd_m)


def test_what_a_sensor_errs_alike_counts_once() -> None:
    """Both shots too high: the foot seems farther, the camera higher: a height errs more than by two errors apart."""
    up, down = angles(8, 4.5)
    apart, alike = height_of(at(up), at(down)), height_of(at(up), at(down), shared=0.9)
    assert alike.height.sd_m > 1.1 * apart.height.sd_m
    assert alike.distance.sd_m == pytest.approx(apart.distance.sd_m, rel=0.02)


@pytest.mark.parametrize(
    ("camera", "foot", "distance", "says"),
    [
        (at(20), at(1), None, "not below the horizon"),
        (at(20), at(0), None, "not below the horizon"),
        (at(20), None, None, "a shot of the foot"),
        (at(88), at(-30), None, "straight above"),
        (at(5), at(-1.0, 2.0), None, "too far away"),
        (at(20), at(-45, 0.5), Measured(m=60, sd_m=1), "contradict"),
        (at(20), at(-10), Measured(m=0, sd_m=1), "leave it out"),
    ],
)
def test_what_leads_to_no_height_is_refused_in_a_sentence(
    camera: Aim, foot: Aim | None, distance: Measured | None, says: str
) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        height_of(camera, foot, distance=distance)
    assert "\n" not in str(refused.value)


def test_a_sighting_says_it_and_never_that_it_is_exact() -> None:
    up, down = angles(8, 4.5)
    found = height_of(at(up), at(down))
    claim = height_claim(found)
    assert (claim.value, claim.sd_m) == (round(found.height.m, 2), round(found.height.sd_m, 2))
    here = Place(lat=48.85, lon=2.35)
    assert subject_of(at(up), here, found.distance) is None
    aim = Aim(elevation_deg=up, elevation_sd_deg=0.001, bearing_deg=359.999, bearing_sd_deg=0.0001)
    subject = subject_of(aim, here, found.distance)
    assert subject is not None
    assert (subject.how, subject.bearing_deg) == (SubjectHow.BEARING_AND_DISTANCE, 0.0)
    assert (subject.bearing_sd_deg, subject.elevation_sd_deg) == (0.01, 0.01)
    assert subject.place is not None
    magnetic = subject_of(
        Aim(elevation_deg=up, elevation_sd_deg=1, magnetic_bearing_deg=10, bearing_sd_deg=2), here, found.distance
    )
    assert magnetic is not None
    assert (magnetic.place, magnetic.bearing_deg, magnetic.magnetic_bearing_deg) == (None, None, 10)
