"""What the hub says of absence holds on a simulator whose laws are others."""

from math import sqrt

import pytest

from tests.accuracy.absences import Bin, Figures, measure, text


@pytest.fixture(scope="module")
def measured() -> tuple[list[Bin], Figures]:
    return measure(full=False)


def test_it_says_more_than_the_base_rate(measured: tuple[list[Bin], Figures]) -> None:
    _, figures = measured
    score, base = figures["gone.log_score"], figures["gone.log_score_base_rate"]
    assert isinstance(score, float)
    assert isinstance(base, float)
    assert score < 0.8 * base


def test_what_is_said_is_about_what_is_so(measured: tuple[list[Bin], Figures]) -> None:
    bins, _ = measured
    large = [one for one in bins if one.cameras >= 40]
    assert len(large) >= 4
    for one in large:
        sd = sqrt(one.said * (1 - one.said) / one.cameras)
        assert abs(one.gone / one.cameras - one.said) < 0.1 + 2 * sd, one
    assert text(bins, {}).count("\n") == len(bins) + 1


def test_of_those_that_are_asked_about_more_are_gone_than_by_counting_silent_walks(
    measured: tuple[list[Bin], Figures],
) -> None:
    _, figures = measured
    shares = [int(figures[f"gone.{one}_gone"] or 0) / int(figures[f"gone.{one}"] or 1) for one in ("asked", "naive")]
    assert shares[0] > shares[1] + 0.1
