"""Merging: every baseline, the oracle and today's product on the same simulated walks past real positions."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from statistics import mean

import numpy as np

from hub.merge.cameras import CLEAR
from tests.accuracy import baselines, metrics, pole, today
from tests.accuracy.curves import Points
from tests.accuracy.frozen import merging
from tests.accuracy.positions import Positions, chosen, read
from tests.accuracy.reports import Answer, Merger, Report, World
from tests.accuracy.walks import Setting, walked

Policy = Callable[[World], Answer]
Figures = dict[str, float | int | str | None]

# What is measured of the product: whoever brings another estimator adds it here.
OURS: dict[str, Merger] = {"ours": today.merged}
RADII_M = (4.0, 6.0, 8.0, 10.0, 13.0, 17.0, 22.0, 28.0, 36.0, 46.0)
LEARN_SEEDS = 50_000  # seeds to learn by are so much higher than those to judge by
AUTOMATIC_WRONG = (0.005, 0.01)
SHARES = np.linspace(0.02, 1.0, 50)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One policy at one setting: the means over laws and seeds. `radius_m` where one was chosen with hindsight; `each`
    is the F1 of each world, in their order."""

    policy: str
    f1: float
    precision: float
    recall: float
    count_ratio: float
    radius_m: float | None = None
    each: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is found of one set at one level of error: the table, its keys, for each of three policies which share is
    wrong of the surest ones, by how many these are, and one hard pole (None: there is none here)."""

    rows: list[Row]
    figures: Figures
    risks: dict[str, Points]
    pole: pole.Pole | None


def measure(folder: Path, name: str, level: str, *, full: bool, of_areas: float = 1.0) -> Found:
    """All of one set at one level of error; `of_areas` is the share that is taken of the areas of the form."""
    frozen = merging()
    share = of_areas * frozen["sets"][name]["share" if full else "small_share"]
    judged, learnt = (_positions(folder, name, share, learn=learn) for learn in (False, True))
    seeds = frozen["walks"]["seeds" if full else "small_seeds"]
    return measured(
        judged, learnt, [Setting(name, level, law, seed) for law in frozen["bias"]["laws"] for seed in seeds]
    )


def measured(judged: Positions, learnt: Positions, settings: Sequence[Setting]) -> Found:
    """The same on these positions; the settings are of one set and level, one for each law and seed."""
    name, level = settings[0].name, settings[0].level
    known = [walked(judged, setting) for setting in settings]
    rows, answers = compare(known)
    learning = [walked(learnt, replace(setting, seed=setting.seed + LEARN_SEEDS)) for setting in settings]
    prefix = f"merge.{name}_{level}"
    figures: Figures = {f"{prefix}.cameras": len(judged), f"{prefix}.reports": sum(len(a.camera) for a, _ in answers)}
    by_policy = {row.policy: row for row in rows}
    for row in rows:
        figures[f"{prefix}.{row.policy}.f1"] = round(row.f1, 4)
        figures[f"{prefix}.{row.policy}.count_ratio"] = round(row.count_ratio, 4)
        for law in dict.fromkeys(setting.law for setting in settings):
            of_law = [f1 for f1, setting in zip(row.each, settings, strict=True) if setting.law == law]
            figures[f"{prefix}.{row.policy}.{law}.f1"] = round(mean(of_law), 4)
    figures |= _closed(prefix, by_policy)
    figures |= _automatic(prefix, answers, [(OURS["ours"](world.reports), world) for world in learning])
    plain, attributed = (
        [(merge(world.reports, by_policy[name].radius_m or 0.0), world) for world in known]
        for name, merge in (("one_to_one", baselines.one_to_one), ("one_to_one_attributes", with_attributes))
    )
    figures |= _risk(f"{prefix}.ours", answers) | _risk(f"{prefix}.one_to_one", plain)
    found_of = {"ours": answers, "one_to_one": plain, "one_to_one_attributes": attributed}
    for row in _variants(judged, settings):
        rows.append(row)
        variant = row.policy.removeprefix("ours_")
        figures[f"{prefix}.ours.{variant}.f1"] = round(row.f1, 4)
        figures[f"{prefix}.ours.{variant}.count_ratio"] = round(row.count_ratio, 4)
    return Found(
        rows=rows,
        figures=figures,
        risks={policy: _risks(found) for policy, found in found_of.items()},
        pole=pole.hard_pole(known[0], {policy: found[0][0] for policy, found in found_of.items()}),
    )


def _variants(judged: Positions, settings: Sequence[Setting]) -> list[Row]:
    """The product where reports differ: none says how accurate it is, or all say where the camera looks."""
    variants = {
        "no_accuracy": [replace(setting, told=False) for setting in settings],
        "every_direction": [replace(setting, every_direction=True) for setting in settings],
    }
    rows = []
    for variant, changed in variants.items():
        worlds = [walked(judged, setting) for setting in changed]
        rows.append(_row(f"ours_{variant}", worlds, lambda world: OURS["ours"](world.reports)))
    return rows


@cache
def _positions(folder: Path, name: str, share: float, *, learn: bool) -> Positions:
    return chosen(read(folder, name), share, learn=learn)


def compare(worlds: Sequence[World]) -> tuple[list[Row], list[tuple[Answer, World]]]:
    """All policies on the same worlds, and the answers of ours. Radii of baselines are the best of a sweep on these
    very worlds: hindsight that no estimator of ours is given."""
    rows = [
        _row("dbscan_25", worlds, lambda world: baselines.dbscan(world.reports, 25.0)),
        _best("dbscan_best", worlds, baselines.dbscan),
        _best("complete_link", worlds, baselines.complete_link),
        _best("one_to_one", worlds, baselines.one_to_one),
        _best("one_to_one_attributes", worlds, with_attributes),
    ]
    answers: list[tuple[Answer, World]] = []
    for policy, merger in OURS.items():
        found = [(merger(world.reports), world) for world in worlds]
        rows.append(_summed(policy, found))
        answers = answers or found
    best = max((_row("oracle", worlds, _oracle(radius), radius) for radius in RADII_M), key=lambda row: row.f1)
    return [*rows, best], answers


def with_attributes(reports: Sequence[Report], radius_m: float) -> Answer:
    """One to one with the first version's weights of what is said of cameras."""
    return baselines.one_to_one(reports, radius_m, attributes=True)


def _oracle(radius_m: float) -> Policy:
    return lambda world: baselines.oracle(world, radius_m)


def _best(name: str, worlds: Sequence[World], merge: Callable[[Sequence[Report], float], Answer]) -> Row:
    def at(radius_m: float) -> Row:
        return _row(name, worlds, lambda world: merge(world.reports, radius_m), radius_m)

    return max((at(radius_m) for radius_m in RADII_M), key=lambda row: row.f1)


def _row(name: str, worlds: Sequence[World], policy: Policy, radius_m: float | None = None) -> Row:
    return _summed(name, [(policy(world), world) for world in worlds], radius_m)


def _summed(name: str, found: Sequence[tuple[Answer, World]], radius_m: float | None = None) -> Row:
    each = [metrics.pairs(answer.camera, world.camera) for answer, world in found]
    return Row(
        policy=name,
        f1=mean(one.f1 for one in each),
        precision=mean(one.precision for one in each),
        recall=mean(one.recall for one in each),
        count_ratio=mean(one.count_ratio for one in each),
        radius_m=radius_m,
        each=tuple(one.f1 for one in each),
    )


def _closed(prefix: str, rows: dict[str, Row]) -> Figures:
    ours, oracle = rows["ours"].f1, rows["oracle"].f1
    return {
        f"{prefix}.closed_to_oracle": round(metrics.closed(ours, rows["one_to_one"].f1, oracle), 4),
        f"{prefix}.closed_to_oracle_from_attributes": round(
            metrics.closed(ours, rows["one_to_one_attributes"].f1, oracle), 4
        ),
    }


def _automatic(prefix: str, judged: list[tuple[Answer, World]], learning: list[tuple[Answer, World]]) -> Figures:
    """What is decided without a person: as the product does it today, and with thresholds learnt elsewhere."""
    figures: Figures = {}
    known = [(answer, world.camera) for answer, world in learning]
    thresholds = {"today": CLEAR} | {
        f"at_{risk * 100:g}_percent": metrics.threshold_for(known, risk) for risk in AUTOMATIC_WRONG
    }
    for name, threshold in thresholds.items():
        each = [metrics.decided(answer, world.camera, threshold) for answer, world in judged]
        share = mean(one.share for one in each)
        wrong = sum(one.share * (one.wrong or 0.0) for one in each) / sum(one.share for one in each) if share else None
        key = f"{prefix}.automatic.{name.replace('.', '_')}"
        figures |= {f"{key}.share": round(share, 4), f"{key}.wrong": None if wrong is None else round(wrong, 5)}
    return figures


def _risk(prefix: str, found: Sequence[tuple[Answer, World]]) -> Figures:
    """The share that is wrong among the surest tenth, 30 % and half of reports, and of all."""
    figures: Figures = {}
    for share in (0.1, 0.3, 0.5, 1.0):
        risk = mean(metrics.risk_at(answer, world.camera, share) for answer, world in found)
        figures[f"{prefix}.wrong_of_surest_{share * 100:.0f}"] = round(risk, 5)
    return figures


def _risks(found: Sequence[tuple[Answer, World]]) -> Points:
    wrong = np.mean([metrics.risk_curve(answer, world.camera, SHARES) for answer, world in found], axis=0)
    return list(zip(SHARES.tolist(), wrong.tolist(), strict=True))
