"""How often a transmitter asks for networks: measured by the sweep, judged by a rule."""

from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.evidence import MAX_INTERVALS, ElementsEvidence
from probe.contract.sighting import KindClaim, PresentClaim, Sighting, VendorClaim
from probe.detect.registry import Recogniser, unjustified
from probe.radio.frame import Memory, Repeat
from probe.sweep.rhythm import Rhythm
from probe.sweep.sweep import Sweep
from tests.probe.detect.compose import asking, row_of
from tests.probe.sweep.test_sweep import START_S, radio_of, sweep

ORDER = row_of("flock-safety-order-probe").value
MODULE, OWN = bytes.fromhex("d8f3bc102030"), bytes.fromhex("b41e52102030")
STEPS = [0.125] * 6


def heard(gaps_s: list[float], address: bytes = MODULE) -> Sweep:
    walk = sweep(None)
    for at_s in accumulate(gaps_s, initial=START_S):
        walk.take_frame(asking(address, ORDER, at_s))
    return walk


def strengths(sighting: Sighting) -> dict[type, str]:
    return {type(claim): str(claim.strength) for claim in sighting.claims}


@pytest.mark.parametrize(
    ("gaps_s", "present"),
    [
        (STEPS, "strong"),
        ([0.125, 0.003, 0.122, 0.125, 0.25], "strong"),  # sent or heard twice
        ([1.625, 1.625, 1.5, 0.125], "strong"),  # on one channel of thirteen, now and then beside it
        ([0.125, 0.25], "weak"),  # too little to tell
        ([], "weak"),
        ([3.9, 3.9, 3.9, 3.9], "weak"),  # a radio that hops: once in each round
        ([0.11, 0.11, 0.11, 0.11], "weak"),  # as slow, and in other steps
        ([0.02] * 8, None),  # a laptop from channel to channel
        ([0.03, 0.05, 0.04, 1.9, 0.03, 0.05], None),
        ([0.03, 0.03], "weak"),
    ],
)
def test_what_the_rhythm_says(gaps_s: list[float], present: str | None) -> None:
    walk = heard(gaps_s)
    found = radio_of(list(walk.sightings()))
    assert [strengths(sighting)[PresentClaim] for sighting in found] == ([] if present is None else [present])
    assert walk.counts.disproved == (1 if present is None else 0)
    for sighting in found:
        assert unjustified(sighting, Recogniser()) is None, "a hub comes to the same by the evidence alone"
        told = next(item for item in sighting.evidence if isinstance(item, ElementsEvidence))
        assert len(told.intervals_ms) <= len(gaps_s)


def test_only_the_makers_own_block_names_the_maker_for_sure() -> None:
    (shared,), (own,) = (radio_of(list(heard(STEPS, address).sightings())) for address in (MODULE, OWN))
    assert (strengths(shared)[VendorClaim], strengths(shared)[KindClaim]) == ("weak", "weak")
    assert (strengths(own)[VendorClaim], strengths(own)[KindClaim]) == ("strong", "strong")


def test_what_a_board_counts_by_itself_says_nothing_of_the_rhythm() -> None:
    walk = sweep(None)
    memory = Memory(1, 2)
    for second in range(20):
        at_s = START_S + second * 0.02
        frame = asking(MODULE, ORDER, at_s)._replace(memory=memory)
        walk.take(frame if second % 5 == 0 else Repeat(at_s, memory, -60, 2437, 3))
    (sighting,) = radio_of(list(walk.sightings()))
    assert strengths(sighting)[PresentClaim] == "weak"


@given(st.lists(st.floats(-5.0, 5.0) | st.sampled_from([0.0, 0.125, 1e9, -1e9]), max_size=80))
def test_few_numbers_are_kept_whatever_the_clock_does(gaps_s: list[float]) -> None:
    rhythm = Rhythm()
    for at_s in accumulate(gaps_s, initial=START_S):
        rhythm.request_heard(at_s)
    assert len(rhythm.intervals_ms) <= MAX_INTERVALS
    assert all(0 < interval <= 2000 for interval in rhythm.intervals_ms)
