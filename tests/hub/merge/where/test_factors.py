"""The factors of regions: what they follow, and that they are sound for any evidence."""

from dataclasses import replace
from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.where.evidence import Bearing, Marked, WalkEvidence
from hub.merge.where.factors import (
    HALVES,
    MOSTS,
    TEMPERS,
    USUAL_HEARINGS,
    Factors,
    factors_of,
    kind_of,
    traits_of,
)
from probe.contract.sighting import Hearing, Place

LOOK = Bearing(lat=47.0, lon=-17.0, accuracy_m=4.0, bearing_deg=90.0, sd_deg=8.0)


def heard(count: int) -> tuple[Hearing, ...]:
    return (Hearing(place=Place(lat=47.0, lon=-17.0), signal_dbm=-60.0),) * count


def test_kinds_say_what_walks_bring_and_traits_how_much() -> None:
    look = WalkEvidence(walk="a", bearings=(LOOK,))
    seen = replace(look, bearings=(LOOK, replace(LOOK, distance_m=8.0)))
    loud = WalkEvidence(walk="b", hearings=heard(USUAL_HEARINGS))
    mark = WalkEvidence(walk="c", marked=(Marked(lat=47.0, lon=-17.0, east=4.0, north=4.0),))
    assert [kind_of([one]) for one in (look, loud, mark)] == ["seen", "heard", "marked"]
    assert kind_of([look, loud, mark]) == "heard_seen"
    usual = traits_of([loud], streets=False)
    assert {name for name, value in usual.items() if value} == {"at_all"}
    assert traits_of([seen, loud], streets=False)["walks_with_streets"] == 0
    both = traits_of([seen, loud], streets=True)
    assert both["walks"] == both["walks_with_streets"] == pytest.approx(log(2))
    assert both["told"] == 0.5
    assert both["streets"] == 1
    assert both["looks"] == pytest.approx(log(2 / 3))
    half = replace(loud, hearings=loud.hearings[: USUAL_HEARINGS // 2])
    assert traits_of([loud, half], streets=False)["hearings"] == pytest.approx(log(0.75))


@given(walks=st.integers(1, 40), hearings=st.integers(0, 500), looks=st.integers(0, 40), streets=st.booleans())
def test_factors_are_sound_whatever_there_is_and_one_more_hearing_never_makes_them_leap(
    walks: int, hearings: int, looks: int, streets: bool
) -> None:
    def factors(each: int) -> Factors:
        one = WalkEvidence(walk="a", hearings=heard(each), bearings=(LOOK,) * looks)
        return factors_of([one] * walks, streets=streets)

    found, next_one = factors(hearings), factors(hearings + 1)
    assert TEMPERS[0] <= found.temper <= TEMPERS[1]
    assert HALVES[0] <= found.half <= HALVES[1] < MOSTS[0] <= found.most <= MOSTS[1]
    if hearings:
        assert next_one.temper == pytest.approx(found.temper, rel=0.25)
        assert next_one.most == pytest.approx(found.most, abs=0.01)
