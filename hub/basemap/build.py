"""Makes a street map in a process of its own: `python -m hub.basemap.build PARENT EXTRACT WORK [AREA]`.

An extract is a stranger's file, and what decodes it is not ours: so this process has bounds of its own for memory, the
size of files and time, ends with its parent, and clears its working folder as it ends. It writes how far it is to its
output, a line of JSON each, and at last what it made, or why it could not.
"""

import ctypes
import json
import os
import resource
import shutil
import signal
import sqlite3
import sys
from pathlib import Path
from time import monotonic
from typing import Any

from hub.basemap import STREETS, TILES, WALKERS
from hub.basemap.gather import Box, Gathering
from hub.basemap.index import IndexWriter
from hub.basemap.tiler import make_tiles
from hub.basemap.walkers import SheetWriter
from hub.errors import BadInput, HubError, StoreError

MEMORY_BYTES, FILE_BYTES, CPU_S = 6 << 30, 64 << 30, 12 * 3600
_END_WITH_PARENT, _NICE = 1, 10  # PR_SET_PDEATHSIG; sightings and the page come first


def build(extract: Path, work: Path, area: Box | None) -> dict[str, Any]:
    """Make tiles and street index in the working folder; returns what is known of them. Raises HubError."""
    started_s = monotonic()
    index = IndexWriter(work / STREETS, work / "scratch.db")
    sheets = SheetWriter(work / "ways.db")
    try:
        gathering = Gathering(work, index, sheets, area)
        day = _read(gathering, extract, work)
        gathering.close()
        _tell("index", 0.0)
        about = {"name": extract.name, "extract_bytes": extract.stat().st_size, "day": day, "box": gathering.box}
        index.finish(about)
        walkers = sheets.finish(work / WALKERS, day)
    finally:
        index.close()
        sheets.close()
    for name in ("scratch.db", "ways.db"):
        (work / name).unlink()
    (work / "nodes").unlink(missing_ok=True)
    make_tiles(gathering.paths(), work / TILES, work, area, lambda part: _tell("tiles", part))
    made = about | {"features": gathering.features, "tiles_bytes": (work / TILES).stat().st_size}
    made |= {"walkers_octets": walkers}
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return made | {
        "seconds": round(monotonic() - started_s, 1),
        "cpu_s": round(sum(one.ru_utime + one.ru_stime for one in used), 1),
        "memory_mb": round(max(one.ru_maxrss for one in used) / 1024),
        "streets": index.streets,
        "numbers": index.numbers,
    }


def _read(gathering: Gathering, extract: Path, work: Path) -> str | None:
    try:
        return gathering.read(extract, work / "nodes", lambda part: _tell("read", part))
    except (RuntimeError, ValueError) as problem:  # as libosmium says it, whatever is wrong
        if "No space left" in str(problem):
            raise StoreError(
                "the street map cannot be written: the disk is full; free some space and try again"
            ) from problem
        raise BadInput(
            f"{extract}: damaged within ({str(problem)[:120]}); download it again, for instance from "
            "download.geofabrik.de"
        ) from problem


def _tell(step: str, part: float) -> None:
    print(json.dumps({"step": step, "part": round(part, 3)}), flush=True)


def _limit(parent: int) -> None:
    """Bounds for this process and what it starts; it ends when its parent has ended, and in order."""
    os.umask(0o077)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(3))
    ctypes.CDLL(None, use_errno=True).prctl(_END_WITH_PARENT, signal.SIGTERM)
    if os.getppid() != parent:
        sys.exit(3)
    os.nice(_NICE)
    for what, most in (
        (resource.RLIMIT_DATA, MEMORY_BYTES),
        (resource.RLIMIT_FSIZE, FILE_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_CORE, 0),
    ):
        hard = resource.getrlimit(what)[1]
        bound = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(what, (bound, bound))


def main(parent: int, extract: Path, work: Path, area: Box | None) -> None:
    """Build, say what came of it, and clear the working folder once the parent has taken it, or is gone."""
    _limit(parent)
    try:
        print(json.dumps(_outcome(extract, work, area)), flush=True)
        sys.stdin.read()
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _outcome(extract: Path, work: Path, area: Box | None) -> dict[str, Any]:
    try:
        return {"made": build(extract, work, area)}
    except HubError as problem:
        return {"failed": str(problem), "store": isinstance(problem, StoreError)}
    except MemoryError:
        return {"failed": "not enough memory for this extract; cut it with --area", "store": True}
    except (OSError, sqlite3.Error) as problem:
        why = getattr(problem, "strerror", None) or problem
        told = f"the street map cannot be written ({why}); is the disk full? Free some space and try again"
        return {"failed": told, "store": True}


if __name__ == "__main__":
    cut = tuple(map(float, sys.argv[4].split(","))) if len(sys.argv) > 4 else None
    main(int(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), cut)  # type: ignore[arg-type]  # four, says the parent
