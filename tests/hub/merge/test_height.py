"""Heights that were claimed, as one: each by its information, and as doubtful as they differ."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.locate import fused_height
from hub.merge.observe import LEAST_HEIGHT_SD_M, USUAL_HEIGHT_SD_M, height_of
from probe.contract.sighting import HeightClaim, Strength
from tests.examples import look


def test_the_better_known_counts_more_and_two_are_surer_than_one() -> None:
    found = fused_height([(3.0, 0.2), (3.4, 0.4)])
    assert found is not None
    assert found[0] == pytest.approx(3.08)
    assert found[1] == pytest.approx(0.2 * 0.4 / (0.2**2 + 0.4**2) ** 0.5)


def test_without_any_there_is_none() -> None:
    assert fused_height([]) is None


def test_what_differs_by_more_than_it_says_is_doubtful() -> None:
    found = fused_height([(3.0, 0.1), (6.0, 0.1)])
    assert found is not None
    assert found[0] == pytest.approx(4.5)
    assert found[1] > 1


def test_a_claim_without_doubt_is_a_guess_and_none_is_exact() -> None:
    def said(sd_m: float | None, strength: Strength = Strength.STRONG) -> tuple[float, float] | None:
        return height_of(look(claims=(HeightClaim(value=3.0, sd_m=sd_m, strength=strength),)))

    assert (said(None), said(0.0)) == ((3.0, USUAL_HEIGHT_SD_M), (3.0, LEAST_HEIGHT_SD_M))
    assert said(0.3, Strength.WEAK) is None
    assert height_of(look()) is None


@given(st.lists(st.tuples(st.floats(0, 1000), st.floats(0.1, 1e5)), min_size=1, max_size=20))
def test_it_lies_among_them(heights: list[tuple[float, float]]) -> None:
    found = fused_height(heights)
    assert found is not None
    values = [value for value, _ in heights]
    assert min(values) - 1e-6 <= found[0] <= max(values) + 1e-6
    assert 0 < found[1] < 1e6
