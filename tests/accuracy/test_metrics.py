"""The metrics on cases that one can count by hand."""

import numpy as np
import pytest

from tests.accuracy import metrics
from tests.accuracy.reports import Answer, Floats, Ints


def numbers(*values: int) -> Ints:
    return np.array(values, np.int64)


def floats(*values: float) -> Floats:
    return np.array(values)


def test_pairs_of_a_false_merge_and_a_false_split() -> None:
    # Truth: {0 1 2} {3 4}; made: {0 1} {2 3 4}. Two of four pairs made are true, two of four true ones are made.
    found = metrics.pairs(numbers(7, 7, 8, 8, 8), numbers(0, 0, 0, 1, 1))
    assert (found.precision, found.recall, found.f1, found.count_ratio) == (0.5, 0.5, 0.5, 1.0)


def test_all_alone_has_no_wrong_pair_and_finds_none() -> None:
    found = metrics.pairs(numbers(0, 1, 2), numbers(0, 0, 1))
    assert (found.precision, found.recall, found.f1, found.count_ratio) == (1.0, 0.0, 0.0, 1.5)


def test_nothing_to_find_and_nothing_made_is_right() -> None:
    assert metrics.pairs(numbers(0, 1), numbers(5, 6)).f1 == 1.0


def test_a_report_is_right_where_its_camera_is_its_own() -> None:
    assert metrics.right(numbers(7, 7, 8, 8, 8), numbers(0, 0, 0, 1, 1)).tolist() == [True, True, False, True, True]
    # A camera that was split is right once; a camera of two that were merged is one of them
    assert metrics.right(numbers(1, 2, 2), numbers(0, 0, 0)).tolist() == [False, True, True]
    assert metrics.right(numbers(1, 1, 1), numbers(0, 0, 5)).tolist() == [True, True, False]


def test_what_is_decided_at_a_threshold() -> None:
    answer = Answer(camera=numbers(1, 2, 2, 9), sure=floats(0.1, 0.9, 0.8, 0.9))
    found = metrics.decided(answer, numbers(0, 0, 0, 4), 0.5)
    assert (found.share, found.wrong) == (0.75, 0.0)
    assert metrics.decided(answer, numbers(0, 0, 0, 4), 2.0) == metrics.Decided(share=0.0, wrong=None)


def test_a_threshold_keeps_to_the_risk_and_takes_equals_together() -> None:
    # Right, right, wrong, right by falling sureness
    answer = Answer(camera=numbers(0, 1, 0, 2), sure=floats(4, 3, 2, 1))
    true = numbers(0, 1, 3, 2)
    assert metrics.right(answer.camera, true).tolist() == [True, True, False, True]
    assert metrics.threshold_for([(answer, true)], 0.0) == 3
    assert metrics.threshold_for([(answer, true)], 0.3) == 1
    tied = Answer(camera=answer.camera, sure=floats(4, 2, 2, 1))
    assert metrics.threshold_for([(tied, true)], 0.0) == 4
    assert metrics.threshold_for([(Answer(camera=numbers(0, 0), sure=floats(1, 1)), numbers(0, 1))], 0.1) == np.inf


def test_a_threshold_with_a_margin_wants_more_than_luck() -> None:
    count = 2_000
    answer = Answer(camera=np.arange(count), sure=np.linspace(1, 0, count))
    true = np.arange(count)
    true[1] = 0  # the second report is of the first camera: one of so many is wrong
    answers = [(answer, true)]
    assert metrics.threshold_for(answers, 0.002) == answer.sure[-1]
    decided = int((answer.sure >= metrics.threshold_for(answers, 0.004, margin=True)).sum())
    assert decided == count
    assert metrics.threshold_for(answers, 0.002, margin=True) == np.inf, "one of 2,000 may well be one of 500"
    low, high = metrics.wilson(numbers(1, 0), numbers(2_000, 100))
    assert [(low[n], high[n]) for n in range(2)] == [metrics.binomial(1, 2_000), metrics.binomial(0, 100)]


def test_risk_at_a_share_counts_equals_by_their_mean() -> None:
    answer = Answer(camera=numbers(0, 1, 0, 2), sure=floats(4, 3, 2, 1))
    assert metrics.risk_at(answer, numbers(0, 1, 3, 2), 0.5) == 0.0
    assert metrics.risk_at(answer, numbers(0, 1, 3, 2), 0.75) == pytest.approx(1 / 3)
    flat = Answer(camera=answer.camera, sure=floats(1, 1, 1, 1))
    assert metrics.risk_at(flat, numbers(0, 1, 3, 2), 0.5) == pytest.approx(0.25)


def test_the_curve_of_risks_is_the_risk_at_each_share() -> None:
    answer = Answer(camera=numbers(0, 1, 0, 2), sure=floats(4, 3, 2, 1))
    true, shares = numbers(0, 1, 3, 2), floats(0.25, 0.5, 0.75, 1.0)
    assert metrics.risk_curve(answer, true, shares).tolist() == [
        metrics.risk_at(answer, true, share) for share in shares.tolist()
    ]


def test_the_share_of_the_way_to_the_oracle() -> None:
    assert metrics.closed(0.86, 0.80, 0.90) == pytest.approx(0.6)
    assert metrics.closed(0.78, 0.80, 0.90) < 0


def test_a_binomial_interval_is_wilsons() -> None:
    assert [*metrics.binomial(95, 100)] == pytest.approx([0.8882, 0.9785], abs=1e-4)
    assert metrics.binomial(0, 0) == (0.0, 1.0)


def test_the_score_is_least_for_the_radius_that_holds_95_of_100() -> None:
    assert metrics.interval_score(floats(10, 10), floats(0.5, 1.5)) == pytest.approx(10 + 0.5 * 5 / 0.05)
    errors = np.random.default_rng(1).rayleigh(5.0, 20_000)
    scores = {r: metrics.interval_score(np.full(len(errors), r), errors / r) for r in (8.0, 10.0, 12.2, 15.0, 18.0)}
    assert min(scores, key=lambda radius: scores[radius]) == 12.2
