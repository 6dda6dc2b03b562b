"""What is aimed at, beside what was found: each aim is a number that was set before anything was measured."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from tests.accuracy.locate import OURS, TWO_WALKS_BEARINGS, Figures, Line

CLOSED = {"cctv_4_3": 0.65, "cctv_8_4": 0.58, "alpr_4_3": 0.55, "alpr_8_4": 0.55}
CLOSED_FROM_ATTRIBUTES, COUNT_OFF, NO_ACCURACY_COSTS = 0.45, 0.04, 0.02
AUTOMATIC_SHARE, AUTOMATIC_WRONG = 0.30, 0.005
MEDIAN_M, P90_M = 4.5, 9.0
COVERAGE = 0.93, 0.97


@dataclass(frozen=True, slots=True)
class Aim:
    """One aim: what it is of, what is aimed at, what was found, and whether that is reached."""

    what: str
    aim: str
    found: str
    reached: bool


def setting_name(setting: str) -> str:
    """`cctv_4_3` as people read it."""
    what, bias, noise = setting.split("_")
    return f"{what.upper()} {bias}/{noise}"


def percent(value: object, digits: int = 0) -> str:
    """A share in per cent; `none` where there is none."""
    return f"{float(value) * 100:.{digits}f} %" if isinstance(value, int | float) else "none"


def inside(share: float) -> bool:
    """Whether so many 95 % regions hold as is aimed at."""
    return COVERAGE[0] <= share <= COVERAGE[1]


def all_of(figures: Figures, locating: Mapping[str, Sequence[Line]]) -> list[Aim]:
    """The aims that this run measured."""
    return [*_merging(figures), *_locating(locating), *_together(figures), *_pairs(figures)]


def _number(figures: Figures, key: str) -> float:
    value = figures.get(key)
    return float(value) if isinstance(value, int | float) else float("nan")


def _merging(figures: Figures) -> Iterator[Aim]:
    for setting, closed in CLOSED.items():
        key, name = f"merge.{setting}", setting_name(setting)
        if f"{key}.closed_to_oracle" not in figures:
            continue
        for which, aim in (("", closed), ("_from_attributes", CLOSED_FROM_ATTRIBUTES)):
            found = _number(figures, f"{key}.closed_to_oracle{which}")
            words = f"{name}: closed of the way to the oracle, from one-to-one" + (" with attributes" if which else "")
            yield Aim(words, f"at least {percent(aim)}", percent(found), found >= aim)
        count = _number(figures, f"{key}.ours.count_ratio")
        yield Aim(f"{name}: cameras made for each true one", ".96 to 1.04", f"{count:.3f}", abs(count - 1) <= COUNT_OFF)
        lost = _number(figures, f"{key}.ours.f1") - _number(figures, f"{key}.ours.no_accuracy.f1")
        words = f"{name}: F1 lost where no accuracy is stated"
        yield Aim(words, "at most .02", f"{lost:.3f}", lost <= NO_ACCURACY_COSTS)
        yield from _automatic(figures, setting)


def _automatic(figures: Figures, setting: str) -> Iterator[Aim]:
    """By the product's own threshold, one for all: what it would decide, not what it could with a better one."""
    key, name = f"merge.{setting}", setting_name(setting)
    if setting.startswith("cctv"):
        share, wrong = (_number(figures, f"{key}.automatic.today.{what}") for what in ("share", "wrong"))
        yield Aim(
            f"{name}: decided without a person, and wrong of that",
            "at least 30 %, at most .5 % wrong",
            f"{percent(share)}, {percent(wrong, 2) if share else 'none'} wrong",
            share >= AUTOMATIC_SHARE and wrong <= AUTOMATIC_WRONG,
        )
    ours, plain = (_number(figures, f"{key}.{who}.wrong_of_surest_30") for who in ("ours", "one_to_one"))
    words = f"{name}: wrong of the surest 30 %, beside one-to-one's"
    yield Aim(words, f"below {percent(plain, 2)}", percent(ours, 2), ours < plain)


def _locating(tables: Mapping[str, Sequence[Line]]) -> Iterator[Aim]:
    if not tables:
        return
    for line in tables.get(TWO_WALKS_BEARINGS, ()):
        if line.method in OURS["bearings"]:
            streets = "with an operator's streets" if line.method == "ours_streets" else "without streets"
            words = f"Two walks on both pavements and a corner, two bearings each, {streets}: median, p90"
            found = f"{line.median:.1f} m, {line.p90:.1f} m"
            yield Aim(words, "at most 4.5 m, 9 m", found, line.median <= MEDIAN_M and line.p90 <= P90_M)
    told = [(one, lines) for lines in tables.values() for one in lines if one.method in OURS["radio"]]
    shares = [one.covered / len(one.errors) for one, _ in told]
    yield Aim(
        "95 % regions that hold the truth, in every scenario, with streets and without",
        "93 to 97 %",
        f"{percent(min(shares), 1)} to {percent(max(shares), 1)}",
        all(inside(share) for share in shares),
    )
    better = sum(
        one.score < min(line.score for line in lines if line.method not in OURS["radio"]) for one, lines in told
    )
    words = "Scenarios, with streets and without, in which the score of its regions is better than every baseline's"
    yield Aim(words, f"{len(told)} of {len(told)}", f"{better} of {len(told)}", better == len(told))


def _together(figures: Figures) -> Iterator[Aim]:
    for key, of, aim in (
        ("together", "one that was heard and photographed on two walks", 1),
        ("together.two", "two of that kind, 6 m apart", 2),
    ):
        if f"{key}.cameras_median" in figures:
            median, p90 = (_number(figures, f"{key}.cameras_{what}") for what in ("median", "p90"))
            words = f"Cameras that become of {of}: median, p90"
            yield Aim(words, f"{aim}, {aim}", f"{median:g}, {p90:g}", median == p90 == aim)


def _pairs(figures: Figures) -> Iterator[Aim]:
    if "pairs.both_kept.merged" in figures:
        merged = _number(figures, "pairs.both_kept.merged")
        yield Aim("Pairs that people kept, merged without asking", "0", f"{merged:g}", merged == 0)
