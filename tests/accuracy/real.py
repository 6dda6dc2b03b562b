"""Real data with a known answer, as reports and not as gates: radio of two masts, and pairs that people judged."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hub.merge.cameras import derive
from probe.contract.geodesy import moved
from tests.accuracy.evidences import ORIGIN
from tests.accuracy.locate import Figures, Line, baseline, keys_of, learnt_radii, ours
from tests.accuracy.locators import BASELINES
from tests.accuracy.passes import Heard, Pass, Trial
from tests.accuracy.reports import Report
from tests.accuracy.today import observed, sighting

LEAST_HEARINGS, NOTHING_HEARD_DBM = 5, -100.0
BANDS = {"2_4_ghz": ("ap1", "ap3"), "5_ghz": ("ap2", "ap4")}
PAIR_ACCURACY_M = 5.0
OUTCOMES = ("merged", "queued", "apart")


def half_laps(folder: Path, senders: tuple[str, ...]) -> list[Trial]:
    """Each half lap past each of these access points; the sender is the origin."""
    laps: list[tuple[float, float]] = []
    for file in sorted(folder.glob("trace-*_laps.csv")):
        with file.open() as lines:
            rows = list(csv.DictReader(lines))
        laps += [
            (float(row["start-time"]), float(row["end-time"])) for row in rows if int(float(row["direction"])) >= 0
        ]
    found = []
    with (folder / "summary_final-exp-log.csv").open() as lines:
        heard = [row for row in csv.DictReader(lines) if float(row["rssiMean"]) > NOTHING_HEARD_DBM]
    for sender in senders:
        own = [row for row in heard if row["senderId"] == sender]
        for start, end in laps:
            during = tuple(
                Heard(float(row["receiverX"]), float(row["receiverY"]), float(row["rssiMean"]))
                for row in own
                if start <= float(row["systime"]) < end
            )
            if len(during) >= LEAST_HEARINGS:
                one = Pass(heard=during, silent=(), looks=())
                found.append(Trial(passes=(one,), streets=(), east=0.0, north=0.0))
    return found


def feup(folder: Path, learn_count: int) -> tuple[dict[str, list[Line]], Figures]:
    """The methods on FEUP's masts; radii of those without a region are the simulation's."""
    tables: dict[str, list[Line]] = {}
    figures: Figures = {}
    for band, senders in BANDS.items():
        drawn = half_laps(folder / "rssi" / "feup", senders)
        learnt = learnt_radii(learn_count)
        tables[band] = [*(baseline(method, drawn, learnt) for method in BASELINES), ours("radio", drawn)[0]]
        figures[f"feup.{band}.passes"] = len(drawn)
        for line in tables[band]:
            figures |= keys_of(f"feup.{band}.{line.method}", line)
    return tables, figures


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A pair of nodes, what people did with it (`one_deleted`, `both_kept`), and what becomes of it (see `outcome`)."""

    label: str
    distance_m: float
    outcome: str


def pairs(folder: Path) -> tuple[list[Judged], Figures]:
    """What becomes of two reports by two walkers, one at each node of a pair."""
    found = []
    with (folder / "osm" / "alpr-pairs-deleted-vs-kept.csv").open() as lines:
        for number, row in enumerate(csv.DictReader(lines)):
            turn = float(row["dir_diff"]) if row["dir_diff"] else None
            distance = float(row["dist_m"])
            found.append(Judged(label=row["label"], distance_m=distance, outcome=outcome(number, distance, turn)))
    return found, counted(found)


def counted(found: Sequence[Judged]) -> Figures:
    """How many pairs of each label became what."""
    figures: Figures = {}
    for label in ("one_deleted", "both_kept"):
        own = [one.outcome for one in found if one.label == label]
        figures |= {f"pairs.{label}.{what}": own.count(what) for what in OUTCOMES}
        figures[f"pairs.{label}.merged_or_queued"] = len(own) - own.count("apart")
    return figures


def outcome(number: int, distance_m: float, turn_deg: float | None) -> str:
    """What becomes of one pair: `merged`, `queued` (undecided, so that a person is asked) or `apart`. Where a direction
    is missing, the second report has none."""
    directions = (90.0, None if turn_deg is None else (90.0 + turn_deg) % 360)
    reports = []
    for day, direction in enumerate(directions):
        lat, lon = moved(*ORIGIN, day * distance_m, 0.0)
        reports.append(
            Report(
                id=f"{number:016x}{day:016x}",
                walk=f"{day:032x}",
                day=day,
                lat=lat,
                lon=lon,
                accuracy_m=PAIR_ACCURACY_M,
                kind="alpr",
                direction=direction,
            )
        )
    cameras, _ = derive(observed([sighting(one) for one in reports], ["one", "other"]))
    if any(camera.doubts for camera in cameras):
        return "queued"
    return "merged" if len(cameras) == 1 else "apart"
