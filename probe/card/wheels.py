"""The programs that a card carries: our own wheel, and the wheels of all that it needs, each known by its digest.

A Pi on its first start has no network, so all of them lie on the card. They are looked for in the folder that was
named, then in a cache, and then fetched by pip; by whichever way one comes, its digest has to be the locked one.
"""

import hashlib
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from probe import __version__
from probe.config import OWN_FOLDER
from probe.errors import BadInput

MACHINES = ("aarch64", "x86_64")
_OUR_WHEEL = re.compile(r"contrechamp-(?P<version>[0-9][0-9A-Za-z.+]*)-py3-none-any\.whl")
_MOST_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class LockedWheel:
    """A wheel that is locked: `tag` is that of the Python that takes it, as `cp313`."""

    tag: str
    machine: str
    name: str
    version: str
    file: str
    sha256: str


def locked_wheels(machine: str) -> list[LockedWheel]:
    """The wheels for a machine (`aarch64`, `x86_64`), of each Python that a card serves. Raises BadInput."""
    if machine not in MACHINES:
        raise BadInput(f"there is no probe for {machine!r}; take {' or '.join(MACHINES)}")
    lines = (files("probe.card") / "files" / "wheels.tsv").read_text().splitlines()[1:]
    return [one for one in (LockedWheel(*line.split("\t")) for line in lines) if one.machine == machine]


def cache_folder() -> Path:
    """Where wheels are kept that were fetched once."""
    named = os.environ.get("XDG_CACHE_HOME")
    return (Path(named) if named else Path.home() / ".cache") / OWN_FOLDER / "wheels"


Fetch = Callable[[LockedWheel, Path], None]


def gather(wanted: Iterable[LockedWheel], brought: Path | None, cache: Path, fetch: Fetch) -> dict[str, Path]:
    """Where each wheel lies, by its name. Raises BadInput where one can be had in no way."""
    found: dict[str, Path] = {}
    for wheel in {one.file: one for one in wanted}.values():
        path = next((one for one in _places(wheel, brought, cache) if _is(one, wheel.sha256)), None)
        if path is None:
            cache.mkdir(parents=True, exist_ok=True)
            fetch(wheel, cache)
            path = cache / wheel.file
            if not _is(path, wheel.sha256):
                path.unlink(missing_ok=True)
                raise BadInput(f"{wheel.file}: what was fetched is not what is locked; try again elsewhere")
        found[wheel.file] = path
    return found


def _places(wheel: LockedWheel, brought: Path | None, cache: Path) -> list[Path]:
    return [folder / wheel.file for folder in (brought, cache) if folder is not None]


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal. Raises OSError."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _is(path: Path, sha256: str) -> bool:
    try:
        return path.is_file() and path.stat().st_size <= _MOST_BYTES and digest(path) == sha256
    except OSError:
        return False


def fetch_by_pip(wheel: LockedWheel, folder: Path) -> None:
    """Fetch one wheel by its name, version and digest. Raises BadInput: no network, no pip."""
    with tempfile.TemporaryDirectory() as scratch:
        need = Path(scratch) / "need.txt"
        need.write_text(f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n")
        tags = wheel.file.removesuffix(".whl").split("-")[-3:]
        command = [
            *(sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"),
            *("--only-binary=:all:", "--require-hashes", "--implementation", "cp", "--python-version", wheel.tag[2:]),
            *(word for platform in tags[2].split(".") for word in ("--platform", platform)),
            *("--dest", str(folder), "--requirement", str(need)),
        ]
        # Wheels that this machine has of its own are for its own processor.
        there = {name: value for name, value in os.environ.items() if name != "PIP_FIND_LINKS"}
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=there)
    if done.returncode:
        why = next(iter(done.stderr.strip().splitlines()[-1:]), "pip ended with an error")
        raise BadInput(
            f"{wheel.file} cannot be fetched ({why}); come back with a network, "
            "or name a folder that has the wheels: --wheels DIR"
        )


def version_of_wheel(own: Path) -> str:
    """The version of a wheel of ours, by its name. Raises BadInput."""
    found = _OUR_WHEEL.fullmatch(own.name)
    if found is None:
        raise BadInput(f"{own.name}: is no wheel of contrechamp")
    return found["version"]


def our_wheel(brought: Path | None, make_in: Path) -> Path:
    """Our own wheel: of the folder that was brought, else made from this checkout in `make_in`. Raises BadInput."""
    if brought is not None:
        if not brought.is_dir():
            raise BadInput(f"{brought}: no such folder; name the one that has the wheels")
        ours = [path for path in brought.iterdir() if _OUR_WHEEL.fullmatch(path.name)]
        if len(ours) == 1:
            return ours[0]
        if ours:
            raise BadInput(f"{brought}: has {len(ours)} wheels of contrechamp; leave the one that is to go on the card")
    tree = Path(__file__).parents[2]
    if not (tree / "pyproject.toml").is_file():
        raise BadInput(
            f"where is the wheel of contrechamp {__version__}? Name its folder: --wheels DIR; "
            "`pip download --no-deps contrechamp` brings it, where it is published"
        )
    built = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(make_in)]
    done = subprocess.run(built, cwd=tree, capture_output=True, text=True, check=False)
    made = sorted(make_in.glob("contrechamp-*.whl"))
    if done.returncode or not made:
        why = next(iter(done.stderr.strip().splitlines()[-1:]), "the build made no wheel")
        raise BadInput(f"the wheel of contrechamp cannot be built ({why}); run `make setup`, or name one: --wheels DIR")
    return made[0]
