"""The iron is taken out of a compass's readings, and readings that cannot say it are refused."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.aim.compass import Compass, Reading, fitted, turned_to
from probe.aim.readings import RecordedSensor, readings_in
from probe.contract.geodesy import turn_deg
from probe.errors import BadInput
from tests.probe.aim.turned import HARD, Held, csv_of, reading, turned


@pytest.fixture(scope="module")
def compass() -> Compass:
    return fitted(turned())


def test_the_iron_is_found_and_headings_are_right_every_way(compass: Compass) -> None:
    assert compass.offset == pytest.approx(tuple(HARD), abs=0.3)
    rng = np.random.default_rng(7)
    off, raw = [], []
    bare = Compass(
        offset=(0, 0, 0), matrix=((1, 0, 0), (0, 1, 0), (0, 0, 1)), residual_deg=0, dip_deg=0, heading_sd_deg=1,
        readings=0, spread=0,
    )  # fmt: skip
    for _ in range(300):
        held = Held(rng.uniform(0, 360), rng.uniform(-50, 60), rng.uniform(-40, 40))
        one = reading(held, rng, noise=0.05)
        found = compass.attitude(one)
        assert found.heading_deg is not None
        off.append(turn_deg(found.heading_deg, held.heading) / (found.heading_sd_deg or 0))
        raw.append(turn_deg(bare.attitude(one).heading_deg or 0, held.heading))
        assert found.pitch_deg == pytest.approx(held.pitch, abs=2)
        assert found.roll_deg == pytest.approx(held.roll, abs=3)
    assert float(np.mean(np.array(off) < 1.96)) > 0.95
    assert float(np.median(raw)) > 15  # what the iron did


def test_levelling_errs_together_with_the_pitch_and_roll(compass: Compass) -> None:
    found = compass.attitude(reading(Held(90, 10, 0), np.random.default_rng(2), 0.0))
    assert abs(found.heading_roll) + abs(found.heading_pitch) > 0.2
    assert found.heading_pitch**2 + found.heading_roll**2 <= 1


def test_quality_is_told_in_numbers_and_grows_with_the_noise(compass: Compass) -> None:
    noisy = fitted(turned(noise=1.5))
    assert compass.residual_deg < 1 < noisy.residual_deg
    assert compass.heading_sd_deg < noisy.heading_sd_deg
    assert compass.spread > 0.25


def test_a_train_that_passes_is_left_out() -> None:
    readings = turned()
    struck = [Reading((one.field[0] + 60, *one.field[1:]), one.up) for one in readings[:20]] + readings[20:]
    assert fitted(struck).offset == pytest.approx(tuple(HARD), abs=1.0)


@pytest.mark.parametrize(
    ("readings", "says"),
    [
        (turned(30), "too few"),
        (turned(300, flat=True, noise=0.0), "over"),
        (turned(300, flat=True), "over"),
        ([Reading((1, 2, 3), (0, 0, 1))] * 100, "all the same|over"),
        ([Reading((0, 0, 0), (0, 0, 1))] * 100, "all the same"),
        (turned(300, noise=12.0), "off any compass|over"),
        ([Reading(one.field, (0, 0, 0)) for one in turned(100)], "no gravity"),
    ],
)
def test_what_says_nothing_of_a_compass_is_refused_in_a_sentence(readings: list[Reading], says: str) -> None:
    with pytest.raises(BadInput, match=says) as refused:
        fitted(readings)
    assert "\n" not in str(refused.value)


def test_noise_that_is_no_field_is_refused() -> None:
    rng = np.random.default_rng(4)
    readings = [Reading(tuple(rng.normal(0, 20, 3)), (0, -9.8, 0)) for _ in range(400)]
    with pytest.raises(BadInput):
        fitted(readings)


def test_a_known_bearing_turns_the_heading(compass: Compass) -> None:
    rng = np.random.default_rng(3)
    aimed = [reading(Held(77, 5, 2), rng) for _ in range(30)]
    better = turned_to(compass, aimed, 70.0, 0.5)
    assert better.turned_deg == pytest.approx(-7, abs=2)
    assert better.attitude(aimed[0]).heading_deg == pytest.approx(70, abs=2)
    # Once more, it is not turned twice.
    assert turned_to(better, aimed, 70.0, 0.5).turned_deg == better.turned_deg
    with pytest.raises(BadInput, match="wander"):
        turned_to(compass, turned(40), 70.0, 0.5)
    with pytest.raises(BadInput, match="too few"):
        turned_to(compass, aimed[:3], 70.0, 0.5)


def test_the_axes_of_a_sensor_may_point_elsewhere() -> None:
    """Android's: right, up, and out of the screen towards the holder."""
    other = [
        Reading((one.field[0], -one.field[1], -one.field[2]), (one.up[0], -one.up[1], -one.up[2])) for one in turned()
    ]
    there = fitted(other, (1, -2, -3))
    held = reading(Held(200, 20, -10), np.random.default_rng(1), 0.0)
    found = there.attitude(
        Reading((held.field[0], -held.field[1], -held.field[2]), (held.up[0], -held.up[1], -held.up[2]))
    )
    assert found.heading_deg == pytest.approx(200, abs=3)
    assert (found.pitch_deg, found.roll_deg) == pytest.approx((20, -10), abs=1.5)


def test_readings_come_as_csv_or_json_lines_and_bad_lines_are_counted(tmp_path: Path) -> None:
    readings = turned(5)
    text = csv_of(readings)
    objects = "\n".join(
        json.dumps(dict(zip(("mx", "my", "mz", "ax", "ay", "az"), (*one.field, *one.up), strict=True)))
        for one in readings
    )
    for told in (text, text.split("\n", 1)[1], text.replace(",", ";"), "\ufeff" + text, objects):
        path = tmp_path / "readings"
        path.write_text(told + "\nnonsense\n1,2,3\n1,2,3,4,5,nan\n{\n", encoding="utf-8")
        sensor = RecordedSensor(path)
        read = list(sensor.readings())
        assert len(read) == 5
        assert read[3].field == pytest.approx(readings[3].field, abs=1e-3)
        assert sensor.bad == 4
    swapped = "az,ay,ax,mz,my,mx\n1,2,3,4,5,6\n"
    assert readings_in(swapped)[0] == [Reading((6, 5, 4), (3, 2, 1))]
    (tmp_path / "empty").write_text("")
    for name in ("empty", "missing"):
        with pytest.raises(BadInput):
            list(RecordedSensor(tmp_path / name).readings())


@given(st.text(alphabet=st.sampled_from('mxyzaeE0123456789.,;{}":-+\n\0 "\u0661nIf'), max_size=300) | st.text())
def test_no_text_breaks_the_reading(text: str) -> None:
    found, bad = readings_in(text)
    assert len(found) + bad <= text.count("\n") + len(text) + 1
    assert all(abs(value) <= 1e6 for one in found for value in (*one.field, *one.up))


def test_cut_anywhere_the_rest_is_read() -> None:
    text = csv_of(turned(4))
    for end in range(len(text)):
        found, bad = readings_in(text[:end])
        assert len(found) <= 4
        assert bad <= 1


vectors = st.tuples(*[st.floats(-1e6, 1e6, allow_nan=False)] * 3)


@given(field=vectors, up=vectors)
def test_no_reading_breaks_a_compass(compass: Compass, field: tuple[float, ...], up: tuple[float, ...]) -> None:
    one = Reading((field[0], field[1], field[2]), (up[0], up[1], up[2]))
    try:
        found = compass.attitude(one)
    except BadInput:
        return
    assert 0 <= (found.heading_deg or 0) < 360
