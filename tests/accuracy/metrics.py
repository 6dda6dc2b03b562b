"""How good an answer is: pairs, counts, what is decided and at which risk; regions and how often they hold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from tests.accuracy.reports import Answer, Floats, Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Pairs:
    """Pairs of reports that were put together, beside those that belong together."""

    precision: float
    recall: float
    f1: float
    count_ratio: float


def pairs(found: Ints, true: Ints) -> Pairs:
    """Over all pairs of reports, forced guesses included. Without any pair a share is 1: nothing was wrong."""
    both = _pairs_in(np.unique(np.column_stack([found, true]), axis=0, return_counts=True)[1])
    said, real = (_pairs_in(np.unique(numbers, return_counts=True)[1]) for numbers in (found, true))
    precision, recall = both / said if said else 1.0, both / real if real else 1.0
    return Pairs(
        precision=precision,
        recall=recall,
        f1=2 * both / (said + real) if said + real else 1.0,
        count_ratio=len(np.unique(found)) / len(np.unique(true)),
    )


def _pairs_in(sizes: Ints) -> float:
    return float((sizes * (sizes - 1)).sum() / 2)


def right(found: Ints, true: Ints) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Which reports are in the camera that is theirs: cameras found and true ones are matched one to one, those that
    share the most reports first. A false merge and a false split are both wrong."""
    cells, counts = np.unique(np.column_stack([found, true]), axis=0, return_counts=True)
    order = np.lexsort((cells[:, 1], cells[:, 0], -counts))
    match: dict[int, int] = {}
    taken: set[int] = set()
    for made, real in cells[order].tolist():
        if made not in match and real not in taken:
            match[made] = real
            taken.add(real)
    return np.array([match.get(made) == real for made, real in zip(found.tolist(), true.tolist(), strict=True)], bool)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The share of reports that is decided without a person, and the share of these that is wrong (None: none is)."""

    share: float
    wrong: float | None


def decided(answer: Answer, true: Ints, threshold: float) -> Decided:
    """What is decided where everything at least so sure is."""
    automatic = answer.sure >= threshold
    wrong = ~right(answer.camera, true)[automatic]
    return Decided(share=float(automatic.mean()), wrong=float(wrong.mean()) if len(wrong) else None)


def threshold_for(answers: Sequence[tuple[Answer, Ints]], risk: float, *, margin: bool = False) -> float:
    """The least threshold at which, over these answers together, at most this share of what is decided is wrong; with
    a `margin`, at which it is no more than that with 95 % certainty (Wilson's bound, to one side): not by luck."""
    sure = np.concatenate([answer.sure for answer, _ in answers])
    good = np.concatenate([right(answer.camera, true) for answer, true in answers])
    order = np.argsort(-sure, kind="stable")
    count = np.arange(1, len(order) + 1)
    wrong = np.cumsum(~good[order])
    share = wilson(wrong, count, ONE_SIDED)[1] if margin else wrong / count
    last_of_equals = np.append(np.diff(sure[order]) != 0, True)  # what is equally sure is decided together
    allowed = np.flatnonzero((share <= risk) & last_of_equals)
    return float(sure[order][allowed[-1]]) if len(allowed) else float("inf")


def risk_curve(answer: Answer, true: Ints, shares: Floats) -> Floats:
    """`risk_at` for many shares."""
    good = right(answer.camera, true)
    return np.array([_risk(answer.sure, good, share) for share in shares.tolist()])


def risk_at(answer: Answer, true: Ints, share: float) -> float:
    """The share that is wrong among the surest reports, of which there are so many; ties count by their mean."""
    return _risk(answer.sure, right(answer.camera, true), share)


def _risk(sure: Floats, good: np.ndarray[tuple[int], np.dtype[np.bool_]], share: float) -> float:
    count = max(1, round(share * len(sure)))
    edge = np.sort(sure)[len(sure) - count]
    above, at = sure > edge, sure == edge
    return float(((~good[above]).sum() + (count - above.sum()) * (~good[at]).mean()) / count)


def closed(value: float, base: float, oracle: float) -> float:
    """Which share of the distance from a baseline to the oracle is closed."""
    return (value - base) / (oracle - base)


def binomial(hits: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share, by Wilson."""
    if not trials:
        return 0.0, 1.0
    low, high = wilson(np.array([hits]), np.array([trials]))
    return float(low[0]), float(high[0])


TWO_SIDED, ONE_SIDED = 1.959964, 1.644854  # deviations: 95 % lie between both bounds, or below the upper one alone


def wilson(hits: Ints, trials: Ints, z: float = TWO_SIDED) -> tuple[Floats, Floats]:
    """The intervals of shares, so many deviations wide, of at least one trial each."""
    share = hits / trials
    middle = share + z * z / (2 * trials)
    half = z * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    return np.maximum(0.0, (middle - half) / scale), np.minimum(1.0, (middle + half) / scale)


def interval_score(radius_m: Floats, times: Floats, level: float = 0.95) -> float:
    """The mean score of regions, in metres; the less the better. `times`: by how much a region would have to grow to
    reach the truth. Least for the radius that holds the truth at this level, so neither size nor boast pays."""
    missed = np.maximum(0.0, times - 1) * radius_m
    return float((radius_m + missed / (1 - level)).mean())
