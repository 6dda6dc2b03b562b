"""The compass as it is used on a walk: read while the shutter is pressed, doubted near iron, calibrated in the hand."""

from datetime import date

import numpy as np
import pytest

from probe.aim.calibration import Calibration, CompassPart
from probe.aim.compass import Compass, Reading, fitted
from probe.aim.guided import GuidedCalibration, Quality, quality_of
from probe.aim.live import HeadingTrouble, LiveHeading, held_at
from probe.aim.sensor import OnReading
from probe.contract.geodesy import turn_deg
from probe.errors import BadInput
from tests.probe.aim.turned import FIELD_UT, Held, field_and_up, reading, turned

DAY = date(2026, 5, 9)


class Sensor:
    """A sensor that gives what a test gives it, while it is being read."""

    def __init__(self) -> None:
        self.trouble: str | None = None
        self.on: OnReading | None = None
        self.starts = 0

    def is_read(self) -> bool:
        return self.on is not None

    def start(self, on_reading: OnReading) -> None:
        self.on = on_reading
        self.starts += 1

    def stop(self) -> None:
        self.on = None

    def give(self, readings: list[Reading], from_s: float = 0.0, apart_s: float = 0.1) -> None:
        for number, one in enumerate(readings):
            if self.on is not None:
                self.on(one, from_s + number * apart_s)


@pytest.fixture(scope="module")
def compass() -> Compass:
    return fitted(turned())


def held_still(held: Held, number: int, seed: int, *, iron: np.ndarray | None = None) -> list[Reading]:
    rng = np.random.default_rng(seed)
    made = []
    for _ in range(number):
        one = reading(held, rng)
        if iron is not None:
            one = Reading(tuple(np.array(one.field) + iron), one.up)
        made.append(one)
    return made


def live(compass: Compass | None) -> tuple[LiveHeading, Sensor]:
    sensor = Sensor()
    part = None if compass is None else CompassPart(v=1, day=DAY, compass=compass)
    return LiveHeading(sensor, Calibration(compass=part), lambda: 1.0), sensor


def test_the_sensor_is_read_while_the_shutter_is_pressed_and_at_no_other_time(compass: Compass) -> None:
    heading, sensor = live(compass)
    assert not sensor.is_read()
    assert heading.heading_deg() is None
    with heading.pressed():
        with heading.pressed():
            sensor.give(held_still(Held(40, 20, 2), 10, 1))
            now = heading.heading_deg()
        assert sensor.is_read(), "somebody still needs it"
    assert not sensor.is_read()
    assert sensor.starts == 1
    assert now is not None
    assert turn_deg(now, 40) < 6
    held = heading.held(0.5)
    assert held.trouble is None
    assert held.attitude is not None
    assert held.attitude.heading_deg is not None
    assert turn_deg(held.attitude.heading_deg, 40) < 6
    assert held.attitude.pitch_deg == pytest.approx(20, abs=1.5)
    assert heading.held(30.0).trouble is HeadingTrouble.NO_SENSOR, "readings of long ago say nothing"


def test_what_it_says_of_its_own_error_holds(compass: Compass) -> None:
    rng = np.random.default_rng(3)
    inside = []
    for seed in range(200):
        truth = Held(rng.uniform(0, 360), rng.uniform(-20, 45), rng.uniform(-20, 20))
        attitude = held_at(held_still(truth, 10, seed), compass).attitude
        assert attitude is not None
        assert attitude.heading_deg is not None
        inside.append(turn_deg(attitude.heading_deg, truth.heading) <= 1.96 * (attitude.heading_sd_deg or 0))
    assert np.mean(inside) >= 0.95


def test_iron_near_by_is_noticed_and_widens_the_doubt(compass: Compass) -> None:
    rng = np.random.default_rng(5)
    off, said, unnoticed = [], 0, 0
    for seed in range(200):
        truth = Held(rng.uniform(0, 360), 10.0, 0.0)
        push = rng.normal(size=3)
        push *= 0.25 * FIELD_UT / np.linalg.norm(push)
        held = held_at(held_still(truth, 10, seed, iron=push), compass)
        if held.attitude is None or held.attitude.heading_deg is None:
            said += 1
            continue
        said += held.trouble is HeadingTrouble.DISTURBED
        error = turn_deg(held.attitude.heading_deg, truth.heading)
        within = error <= 2 * (held.attitude.heading_sd_deg or 0)
        off.append(within)
        unnoticed += not within and held.trouble is None
    assert said > 0.6 * 200
    assert np.mean(off) > 0.75, "two of the three directions of a disturbance show"
    assert unnoticed < 0.25 * 200


def test_so_much_iron_that_it_says_nothing(compass: Compass) -> None:
    held = held_at(held_still(Held(90, 0, 0), 10, 1, iron=np.array((0.0, -90.0, 40.0))), compass)
    assert held.trouble is HeadingTrouble.DISTURBED
    assert held.attitude is not None
    assert (held.attitude.heading_deg, held.attitude.heading_sd_deg) == (None, None)
    assert held.attitude.pitch_deg == pytest.approx(0, abs=1.5), "gravity is not iron's affair"


def test_without_a_calibration_or_readings_there_is_no_heading(compass: Compass) -> None:
    assert held_at(held_still(Held(1, 0, 0), 10, 1), None).trouble is HeadingTrouble.UNCALIBRATED
    assert live(None)[0].trouble is HeadingTrouble.UNCALIBRATED
    assert held_at([], compass).trouble is HeadingTrouble.NO_SENSOR
    assert held_at([Reading((0, 0, 0), (0, 0, 0))] * 9, compass).attitude is None


def test_a_hand_that_shakes_is_told(compass: Compass) -> None:
    rng = np.random.default_rng(2)
    swung = [reading(Held(heading, 0, 0), rng) for heading in range(0, 60, 6)]
    assert held_at(swung, compass).trouble is HeadingTrouble.SHAKEN
    thrown = [Reading(one.field, (one.up[0] * size, one.up[1] * size, one.up[2] * size)) for one, size in zip(
        held_still(Held(10, 0, 0), 9, 1), (0.2, 0.5, 1.6, 0.7, 1.0, 2.0, 0.4, 1.4, 3.0), strict=True)]  # fmt: skip
    assert held_at(thrown, compass).trouble is HeadingTrouble.SHAKEN


def ironed(rng: np.random.Generator, noise: float) -> tuple[list[Reading], list[Reading], list[Held]]:
    """Readings of a device with iron of its own: turned by a hand that missed some sides, then held some ways."""
    hard = rng.normal(0, 30, 3)
    soft = np.eye(3) + rng.normal(0, 0.08, (3, 3))
    soft = (soft + soft.T) / 2

    def one(held: Held) -> Reading:
        field, up = field_and_up(held)
        field = soft @ field + hard + rng.normal(0, noise, 3)
        up = up + rng.normal(0, 0.05, 3)
        return Reading(tuple(field), tuple(up))

    least = rng.uniform(-1, 0.2)
    turned_ways = [Held(rng.uniform(0, 360), float(np.degrees(np.arcsin(rng.uniform(least, 1)))),
                        rng.uniform(-180, 180)) for _ in range(500)]  # fmt: skip
    ways = [Held(rng.uniform(0, 360), rng.uniform(-20, 45), rng.uniform(-15, 15)) for _ in range(20)]
    return [one(held) for held in turned_ways], [one(held) for held in ways for _ in range(10)], ways


def test_before_and_after_and_a_quality_that_is_honest() -> None:
    """Eighty devices with other iron each. Seen: before 47 degrees off in the median, after 0.3."""
    rng = np.random.default_rng(11)
    before, after = [], []
    of_quality: dict[Quality, list[bool]] = {quality: [] for quality in Quality}
    bare = Compass(
        offset=(0, 0, 0), matrix=((0.02, 0, 0), (0, 0.02, 0), (0, 0, 0.02)), residual_deg=0, dip_deg=0,
        heading_sd_deg=1, readings=0, spread=0,
    )  # fmt: skip
    for _ in range(80):
        noise = float(rng.choice([0.2, 0.6, 2.0, 4.0]))
        turning, held, ways = ironed(rng, noise)
        sensor = Sensor()
        guided = GuidedCalibration(sensor)
        guided.start()
        sensor.give(turning)
        try:
            part = guided.finish(DAY)
        except BadInput:
            continue
        for number, way in enumerate(ways):
            ten = held[number * 10 : number * 10 + 10]
            attitude = held_at(ten, part.compass).attitude
            before.append(turn_deg(bare.attitude(ten[0]).heading_deg or 0.0, way.heading))
            if attitude is None or attitude.heading_deg is None:
                continue
            after.append(turn_deg(attitude.heading_deg, way.heading))
            of_quality[quality_of(part.compass)].append(after[-1] <= 1.96 * (attitude.heading_sd_deg or 0))
    assert np.median(before) > 15
    assert np.median(after) < 3
    assert np.percentile(after, 95) < 12
    for quality, inside in of_quality.items():
        if len(inside) >= 100:
            assert np.mean(inside) >= 0.93, (quality, np.mean(inside))
    assert len(of_quality[Quality.GOOD]) >= 100
    print({q: (len(i), round(float(np.mean(i)), 3)) for q, i in of_quality.items() if i},
          np.median(before), np.percentile(before, 95), np.median(after), np.percentile(after, 95))  # fmt: skip


def test_turning_is_guided_by_the_sides_that_were_seen() -> None:
    sensor = Sensor()
    guided = GuidedCalibration(sensor)
    guided.start()
    assert (guided.seen, guided.share) == (0, 0.0)
    sensor.give(turned(200, flat=True))
    flat = guided.seen
    assert flat <= 8
    with pytest.raises(BadInput, match=r"in one plane only|turned every way"):
        guided.finish(DAY)
    guided.start()
    sensor.give(turned(400))
    assert guided.seen >= 11
    assert guided.share == 1.0
    assert guided.finish(DAY).compass.heading_sd_deg < 4


def test_a_worse_one_does_not_take_a_better_ones_place_in_silence() -> None:
    better = CompassPart(v=1, day=DAY, compass=fitted(turned()))
    sensor = Sensor()
    guided = GuidedCalibration(sensor)
    guided.start()
    sensor.give(turned(600, noise=3.0))
    with pytest.raises(BadInput, match="that one stays"):
        guided.finish(DAY, beside=better)
    assert guided.finish(DAY, beside=better, anyway=True).compass.heading_sd_deg > better.compass.heading_sd_deg


def test_what_is_gathered_is_bounded_and_a_missing_sensor_is_said() -> None:
    sensor = Sensor()
    sensor.trouble = "no radio board is plugged in"
    guided = GuidedCalibration(sensor)
    guided.start()
    assert guided.trouble == "no radio board is plugged in"
    with pytest.raises(BadInput, match="no radio board is plugged in; so there is nothing"):
        guided.finish(DAY)
    guided.start()
    sensor.give(turned(100) * 100)
    assert guided.readings == 6000
