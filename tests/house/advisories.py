"""What we lock beside the known advisories, without a network: `python -m tests.house.advisories`, in `make check`.

pip-audit and `npm audit` cannot run without one, and their answer changes by the day; this list is dated and kept here
(`advisories.toml`), so a commit that was good stays good. `make audit` asks the registries.
"""

import json
import sys
import tomllib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
LIST = Path(__file__).parent / "advisories.toml"
NPM = tuple(ROOT / folder / "package-lock.json" for folder in ("hub/web", "tests/firmware", "tests/house/outside"))


class Advisory(NamedTuple):
    """One or several with the same remedy: `fixed` are the first versions without it, one for each line mended."""

    registry: str
    package: str
    id: str
    fixed: tuple[Version, ...]
    source: str


class Locked(NamedTuple):
    """A version of a package that a lock file names."""

    registry: str
    package: str
    version: str
    where: str


def advisories(path: Path = LIST) -> list[Advisory]:
    """The list. Raises KeyError, ValueError where a row is not one."""
    told = tomllib.loads(path.read_text())
    return [
        Advisory(registry, row["package"], row["id"], tuple(map(Version, row["fixed"])), row["source"])
        for registry in ("pypi", "npm")
        for row in told[registry]
    ]


def locked(lock: Path = ROOT / "uv.lock", npm: Iterable[Path] = NPM) -> Iterator[Locked]:
    """Every package that the lock files name; ours has no version there."""
    for package in tomllib.loads(lock.read_text())["package"]:
        if "version" in package:
            yield Locked("pypi", package["name"], package["version"], lock.name)
    for path in npm:
        for place, package in json.loads(path.read_text())["packages"].items():
            if place:
                name = place.rpartition("node_modules/")[2]
                yield Locked("npm", name, package["version"], f"{path.parent.name}/{path.name}")


def mended(version: Version, fixed: Iterable[Version]) -> bool:
    """Whether a version is without it: as new as the first good one of its own line, or newer than all lines."""
    same_line = [first for first in fixed if first.major == version.major]
    return version >= max(same_line or fixed)


def complaints(known: Iterable[Advisory], found: Iterable[Locked]) -> list[str]:
    """A sentence for each locked version that an advisory speaks of."""
    by_package: dict[tuple[str, str], list[Advisory]] = {}
    for advisory in known:
        by_package.setdefault((advisory.registry, advisory.package), []).append(advisory)
    return [
        f"{one.where}: {one.package} {one.version} has {advisory.id}, mended in "
        f"{', '.join(map(str, advisory.fixed))}; see {advisory.source}"
        for one in found
        for advisory in by_package.get((one.registry, one.package), [])
        if not mended(Version(one.version), advisory.fixed)
    ]


def low_floors(known: Iterable[Advisory], project: dict[str, Any]) -> list[str]:
    """A sentence for each requirement of ours that would take a version which an advisory speaks of."""
    extras = project["optional-dependencies"].values()
    needs = [Requirement(text) for texts in (project["dependencies"], *extras) for text in texts]
    told = []
    for need in needs:
        floor = max((Version(one.version) for one in need.specifier if one.operator == ">="), default=None)
        for advisory in known:
            if advisory.registry != "pypi" or advisory.package != canonicalize_name(need.name):
                continue
            if floor is None or not mended(floor, advisory.fixed):
                told.append(f"pyproject.toml: {need} would take a version with {advisory.id}; see {advisory.source}")
    return told


def main() -> int:
    """Say what is wrong, and how old the list is; 1 where something is wrong."""
    known, found = advisories(), list(locked())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wrong = complaints(known, found) + low_floors(known, project)
    for sentence in wrong:
        print(sentence, file=sys.stderr)
    looked = tomllib.loads(LIST.read_text())["looked"]
    print(f"{len(found)} locked packages beside {len(known)} advisories, looked at on {looked}: {len(wrong)} found")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
