"""`make accuracy`: which camera, and where, beside every baseline in the same run.

Prints the tables, and writes build/accuracy.json and docs/accuracy.md with its pictures. The short form takes minutes
on two cores; `--full` has all areas, seeds and trials; `--only PART` measures a part and leaves the page as it is.
"""

import argparse
import json
import sys
import time
from collections.abc import Collection
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.accuracy import aims, locate, merge, page, parts, real, tables, together
from tests.accuracy.frozen import locating, merging
from tests.accuracy.keys import without_meaning
from tests.accuracy.positions import data_folder

SETTINGS = [(name, level) for name in merging()["sets"] for level in merging()["levels"]]
PARTS = ("merge", "locate", "real", *parts.PARTS)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--full", action="store_true", help="all areas, seeds and trials: an hour, not minutes")
    options.add_argument("--only", choices=PARTS, action="append", help="measure this alone; may be said again")
    options.add_argument("--trials", type=int, help="simulated cameras in each scenario of locating")
    options.add_argument("--seed", type=int, help="of the simulated cameras of locating, instead of the frozen one")
    options.add_argument("--share", type=float, default=1.0, help="of the areas: enough to see that it runs, not more")
    options.add_argument("--json", type=Path, default=Path("build/accuracy.json"))
    options.add_argument("--page", type=Path, default=Path("docs/accuracy.md"))
    options.add_argument("--jobs", type=int, default=2, help="processes beside each other")
    asked = options.parse_args()
    folder = data_folder()
    if folder is None:
        print(
            "accuracy: nothing was measured, as no positions of real cameras are here: let CONTRECHAMP_TESTDATA name "
            "the folder that has them",
            file=sys.stderr,
        )
        sys.exit(2)
    begun = time.monotonic()
    only = asked.only or PARTS
    how = Form(full=asked.full, trials=asked.trials, seed=asked.seed, share=asked.share)
    results = measure(folder, how, jobs=asked.jobs, only=only)
    results.figures["seconds"] = round(time.monotonic() - begun)
    unexplained = without_meaning(results.figures)
    if unexplained:
        sys.exit(f"names that nothing explains: {', '.join(unexplained)}")
    tell(results)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(results.figures, indent=1) + "\n")
    if asked.only is None:
        page.write(asked.page, results)
    written = asked.json if asked.only else f"{asked.json} and {asked.page}"
    print(f"written to {written} after {results.figures['seconds']} s")


@dataclass(frozen=True, slots=True)
class Form:
    """How much is measured: all of it or the short form; so many trials in each scenario, and by which seed, where that
    is said; and which share of the areas that the form has."""

    full: bool
    trials: int | None = None
    seed: int | None = None
    share: float = 1.0

    @property
    def name(self) -> str:
        """As the page and the figures have it."""
        name = "full" if self.full else "short"
        seed = "" if self.seed is None else f", seed {self.seed}"
        return name + ("" if self.share == 1.0 and self.trials is None else ", cut down") + seed


def measure(folder: Path, how: Form, *, jobs: int, only: Collection[str] = PARTS) -> page.Results:
    """The parts that are asked for; what has nothing to do with each other runs side by side. What is put together does
    not depend on what ends first."""
    results = page.Results(form=how.name)
    begun = time.monotonic()
    with ProcessPoolExecutor(jobs) as pool:
        running = start(pool, folder, how, only)
        titles = {future: name for name, future in running.items()}
        for number, done in enumerate(as_completed(titles), 1):
            done.result()
            say(begun, f"{number} of {len(titles)}: {titles[done]}")
        found = {name: future.result() for name, future in running.items()}
    for setting in (f"{name}_{level}" for name, level in SETTINGS if f"{name}_{level}" in found):
        take_merging(results, setting, found[setting])
    for name in (name for name in locating()["scenarios"] if name in found):
        results.locating |= found[name]
    if results.locating:
        results.figures |= locate.figures_of(results.locating) | found["together"]
    if "pairs" in found:
        results.feup, masts = found["feup"]
        results.pairs, judged = found["pairs"]
        results.figures |= masts | judged
    results.bounds = parts.bounds_m(results.locating)
    results.figures |= {f"locate.{name}.bound_m": round(bound, 2) for name, bound in results.bounds.items()}
    # Times are measured, so that nothing else runs beside these
    for name in (name for name in parts.PARTS if name in only):
        if (part := parts.measured(name, full=how.full)) is not None:
            results.others[name] = part
            results.figures |= part.figures
            say(begun, name)
    results.figures["form"] = results.form
    return results


def start(pool: ProcessPoolExecutor, folder: Path, how: Form, only: Collection[str]) -> dict[str, Future[Any]]:
    """What runs side by side, by its name: the longest first."""
    running: dict[str, Future[Any]] = {}
    if "merge" in only:
        for name, level in SETTINGS:
            running[f"{name}_{level}"] = pool.submit(
                merge.measure, folder, name, level, full=how.full, of_areas=how.share
            )
    if "locate" in only:
        for name in locating()["scenarios"]:
            running[name] = pool.submit(locate.scenario, name, full=how.full, count=how.trials, seed=how.seed)
        running["together"] = pool.submit(together.measure, full=how.full)
    if "real" in only:
        learn_count = locating()["trials"]["learn_count" if how.full else "small_learn_count"]
        running["feup"] = pool.submit(real.feup, folder, learn_count)
        running["pairs"] = pool.submit(real.pairs, folder)
    return running


def say(begun: float, what: str) -> None:
    """A line of progress, which is no part of the result."""
    print(f"{time.monotonic() - begun:5.0f} s  {what}", file=sys.stderr, flush=True)


def take_merging(results: page.Results, setting: str, found: merge.Found) -> None:
    """Put what was found of one set at one level where the page takes it from."""
    results.merging[setting], results.risks[setting] = found.rows, found.risks
    results.figures |= found.figures
    if found.pole is not None:
        results.poles[setting] = found.pole


def tell(results: page.Results) -> None:
    """The tables, as the page has them."""
    if results.merging:
        print(tables.merging(results.merging))
        print(tables.decided(results.figures))
    if results.locating:
        print(tables.regions(results.locating, results.bounds))
    for name, lines in results.feup.items():
        print(f"{name}\n{tables.locating(lines)}")
    if results.pairs:
        print(tables.pairs(results.pairs))
    for name, part in results.others.items():
        print(f"{parts.heading(name)}\n{part.text}")
    print(tables.aims(aims.all_of(results.figures, results.locating)))


if __name__ == "__main__":
    main()
