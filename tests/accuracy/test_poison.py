"""What one hostile contributor can never do, however many walks and quarters."""

import pytest

from tests.accuracy.hostile import ATTACKS
from tests.accuracy.poison import Figures, Row, measure, text


@pytest.fixture(scope="module")
def measured() -> tuple[list[Row], Figures]:
    return measure(full=False)


def test_what_they_invent_is_never_of_several_people_and_never_confirmed_in_passing(
    measured: tuple[list[Row], Figures],
) -> None:
    rows, _ = measured
    assert [row.attack for row in rows] == [*ATTACKS, "all"]
    assert rows[0].invented > 0
    assert rows[1].invented > 0, "they do invent: this test sees something"
    assert [row.invented_of_several for row in rows] == [0] * len(rows)
    assert [row.offered for row in rows] == [0] * len(rows)


def test_they_declare_nothing_gone(measured: tuple[list[Row], Figures]) -> None:
    rows, _ = measured
    by_attack = {row.attack: row for row in rows}
    assert by_attack["false_surveys"].worth_a_look > 50
    assert [row.asked_gone for row in rows] == [0] * len(rows)


def test_what_they_send_of_one_town_changes_nothing_in_another(measured: tuple[list[Row], Figures]) -> None:
    """Factors are data of the program: nothing that comes in trains one."""
    _, figures = measured
    moved = figures["poison.elsewhere.moved_m"]
    assert isinstance(moved, float)
    assert moved < 0.01


def test_few_real_cameras_are_lost_and_all_is_told(measured: tuple[list[Row], Figures]) -> None:
    rows, figures = measured
    cameras = figures["poison.cameras"]
    assert isinstance(cameras, int)
    assert all(row.lost <= 0.05 * cameras for row in rows)
    assert text(rows, figures).count("\n") == len(rows) + 3
    assert {"poison.all.moved_p90_m", "poison.shifted_radio.moved_most_m", "poison.all.invented"} <= figures.keys()
