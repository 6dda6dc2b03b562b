"""Writes down which wheels a card carries: `python -m tests.house.wheel_table`, after `make lock`.

From uv.lock, which no wheel of ours holds, into `probe/card/files/wheels.tsv`, which ours does.
"""

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

from tests.locked import requirements

ROOT = Path(__file__).parents[2]
TABLE = ROOT / "probe" / "card" / "files" / "wheels.tsv"
# Debian 13's Python and Debian 12's; a Pi, and a laptop that stands in for one.
PYTHONS, MACHINES = ((3, 13), (3, 11)), ("aarch64", "x86_64")
_NEWEST_GLIBC = {(3, 13): 41, (3, 11): 36}


def table() -> str:
    """The table as it should be."""
    locked = tomllib.loads((ROOT / "uv.lock").read_text())["package"]
    lines = ["python\tmachine\tname\tversion\tfile\tsha256"]
    for python in PYTHONS:
        for machine in MACHINES:
            for name, version in [*_needed(python, machine), *_pip()]:
                (package,) = (one for one in locked if (one["name"], one.get("version")) == (name, version))
                file, digest = _best(package["wheels"], _tags(python, machine))
                lines.append(f"cp{python[0]}{python[1]}\t{machine}\t{name}\t{version}\t{file}\t{digest}")
    return "\n".join(lines) + "\n"


def _tags(python: tuple[int, int], machine: str) -> list[Tag]:
    platforms = [f"manylinux_2_{minor}_{machine}" for minor in range(_NEWEST_GLIBC[python], 16, -1)]
    platforms.append(f"manylinux2014_{machine}")
    return [*cpython_tags(python, platforms=platforms), *compatible_tags(python, platforms=platforms)]


def _best(wheels: list[dict[str, str]], tags: list[Tag]) -> tuple[str, str]:
    """The wheel that pip would take, and its digest."""
    rank = {tag: number for number, tag in enumerate(tags)}
    found = []
    for wheel in wheels:
        name = wheel["url"].rpartition("/")[2]
        fit = [rank[tag] for tag in parse_wheel_filename(name)[3] if tag in rank]
        if fit:
            found.append((min(fit), name, wheel["hash"].removeprefix("sha256:")))
    _, name, digest = min(found)
    return name, digest


def _needed(python: tuple[int, int], machine: str) -> Iterator[tuple[str, str]]:
    there = {
        "python_version": f"{python[0]}.{python[1]}",
        "python_full_version": f"{python[0]}.{python[1]}.5",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "platform_python_implementation": "CPython",
        "implementation_name": "cpython",
    }
    for line in requirements("--extra", "probe", "--extra", "camera", "--no-hashes").splitlines():
        need, _, marker = line.partition(" ; ")
        name, _, version = need.partition("==")
        if not marker or Marker(marker).evaluate(dict(there)):
            yield name, version


def _pip() -> Iterator[tuple[str, str]]:
    """What installs the others: a stock card has none."""
    for found in re.finditer(r"^pip==(\S+)", requirements("--extra", "test", "--no-hashes"), re.MULTILINE):
        yield "pip", found[1]


def main() -> None:
    """Write it."""
    TABLE.write_text(table())


if __name__ == "__main__":
    main()
