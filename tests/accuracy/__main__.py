"""`make accuracy`: which camera, and where, beside every baseline in the same run.

Prints the tables, and writes build/accuracy.json and docs/accuracy.md. The short form takes minutes on two cores;
`--full` has all areas, seeds and trials.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from tests.accuracy import locate, merge, page, real
from tests.accuracy.frozen import locating, merging
from tests.accuracy.keys import without_meaning
from tests.accuracy.positions import data_folder


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--full", action="store_true", help="all areas, seeds and trials: an hour, not minutes")
    options.add_argument("--trials", type=int, help="simulated cameras in each scenario of locating")
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
    results = measure(folder, full=asked.full, jobs=asked.jobs, trials=asked.trials)
    results.figures["seconds"] = round(time.monotonic() - begun)
    unexplained = without_meaning(results.figures)
    if unexplained:
        sys.exit(f"names that nothing explains: {', '.join(unexplained)}")
    tell(results)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(results.figures, indent=1) + "\n")
    page.write(asked.page, results)
    print(f"written to {asked.json} and {asked.page} after {results.figures['seconds']} s")


def measure(folder: Path, *, full: bool, jobs: int, trials: int | None = None) -> page.Results:
    """All of it; what has nothing to do with each other runs side by side."""
    results = page.Results(form="full" if full else "short")
    settings = [(name, level) for name in merging()["sets"] for level in merging()["levels"]]
    learn_count = locating()["trials"]["learn_count" if full else "small_learn_count"]
    with ProcessPoolExecutor(jobs) as pool:
        where = pool.submit(locate.measure, full=full, count=trials)
        which = [pool.submit(merge.measure, folder, *setting, full=full) for setting in settings]
        masts = pool.submit(real.feup, folder, learn_count)
        judged = pool.submit(real.pairs, folder)
        for (name, level), found in zip(settings, which, strict=True):
            results.merging[f"{name}_{level}"], figures = found.result()
            results.figures |= figures
        results.locating, figures = where.result()
        results.figures |= figures
        results.feup, figures = masts.result()
        results.figures |= figures
        results.pairs, figures = judged.result()
        results.figures |= figures
    results.figures["form"] = results.form
    return results


def tell(results: page.Results) -> None:
    """The tables, as the page has them."""
    print(page.merging_table(results.merging))
    for tables in (results.locating, results.feup):
        for name, lines in tables.items():
            print(f"{name}\n{page.locating_table(lines)}")
    for name, value in results.figures.items():
        if name.startswith(("together.", "pairs.")) or "closed_to" in name or ".automatic." in name:
            print(f"{name:60} {value}")


if __name__ == "__main__":
    main()
