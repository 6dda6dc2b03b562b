"""Makes, replaces and removes a hub's street map: beside the old one, which stays until the new one is whole.

All work happens in a folder of its own, which is gone afterwards however it ended: the process that builds clears it
when its parent dies, the parent clears it when the process dies, and whoever comes next clears what both left.
"""

import errno
import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub.basemap import STREETS, TILES, WALKERS
from hub.basemap.pbf import check_extract
from hub.basemap.tiler import program
from hub.errors import BadInput, HubError, StoreError
from hub.store.durable import ASIDE_SUFFIX, put_in_place, sync_folder
from probe.files.private import make_file

LOCK = "basemap.lock"
_WORK = "basemap."
# Measured on extracts of towns and regions; a small board takes some five times as long as a desk.
SECONDS_PER_MB, SLOW = 2.0, 5.0
WORK_PER_BYTE, WORK_BYTES = 12, 64 << 20  # what it needs on the disk while it is made
MAP_PER_BYTE = 0.9
STEPS = {"read": (0.0, 0.5), "index": (0.5, 0.1), "tiles": (0.6, 0.4)}  # where each begins, and its share
Box = tuple[float, float, float, float]
Tell = Callable[[str, float], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a street map will take: minutes on a desk's machine and on a small one, octets of the map and while it is
    made."""

    minutes: float
    slow_minutes: float
    octets: int
    work_octets: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A street map that was made: its octets and those of the street index, and what it took. `walkers_octets` are of
    what probes take along, None where that would be more than a probe may carry."""

    tiles_octets: int
    index_octets: int
    streets: int
    numbers: int
    seconds: float
    cpu_s: float
    memory_mb: int
    walkers_octets: int | None = None


def estimate(octets: int) -> Estimate:
    """What an extract of so many octets will take."""
    minutes = (1 + octets / 1e6 * SECONDS_PER_MB) / 60
    return Estimate(
        minutes=minutes,
        slow_minutes=minutes * SLOW,
        octets=int(octets * MAP_PER_BYTE),
        work_octets=octets * WORK_PER_BYTE + WORK_BYTES,
    )


def make_basemap(
    data: Path, extract: Path, *, area: Box | None = None, tell: Tell | None = None, stop: threading.Event | None = None
) -> Made:
    """Make the street map of a hub's folder from an extract.

    `tell` gets the step ("read", "index", "tiles") and the part of the whole that is done, 0 to 1. `stop` ends it
    early. Raises BadInput for what is no whole extract, StoreError where the disk does not take it, MissingExtra. Then
    the old map is as it was.
    """
    program()
    octets = check_extract(extract).octets
    with _alone(data) as lock, _work(data) as work:
        _require_space(data, octets)
        with _built(extract, work, area, lock, tell or (lambda *_: None), stop or threading.Event()) as made:
            try:
                for name in (TILES, STREETS, WALKERS):
                    if name == WALKERS and made["walkers_octets"] is None:
                        (data / name).unlink(missing_ok=True)  # of another area by now
                        continue
                    _sync(work / name)
                    put_in_place(work / name, data / name)
            except OSError as problem:
                raise _cannot_write(data, problem) from problem
    return Made(
        tiles_octets=made["tiles_bytes"],
        index_octets=(data / STREETS).stat().st_size,
        **{key: made[key] for key in ("streets", "numbers", "seconds", "cpu_s", "memory_mb", "walkers_octets")},
    )


def remove_basemap(data: Path) -> bool:
    """Take the street map away; whether there was one. Raises StoreError, BadInput while one is being made."""
    with _alone(data):
        there = [path for path in (data / TILES, data / STREETS, data / WALKERS) if path.exists()]
        try:
            for path in there:
                path.unlink()
        except OSError as problem:
            raise _cannot_write(data, problem) from problem
        sync_folder(data)
    return bool(there)


def clear_left_over(data: Path) -> None:
    """Clear what a build left that was cut off with its machine; nothing while one runs."""
    with suppress(HubError), _alone(data):
        for path in data.glob(f"{_WORK}*{ASIDE_SUFFIX}"):
            shutil.rmtree(path, ignore_errors=True)


@contextmanager
def _alone(data: Path) -> Iterator[int]:
    """Hold the lock by which one street map is made at a time, by whichever process; the lock's descriptor."""
    try:
        make_file(data / LOCK)
        descriptor = os.open(data / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    except OSError as problem:
        raise _cannot_write(data, problem) from problem
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    except BlockingIOError as problem:
        raise BadInput(f"{data}: a street map is being made there already; wait until it is done") from problem
    finally:
        os.close(descriptor)


@contextmanager
def _work(data: Path) -> Iterator[Path]:
    """A folder to work in, gone afterwards; and what earlier ones left."""
    for path in data.glob(f"{_WORK}*{ASIDE_SUFFIX}"):
        shutil.rmtree(path, ignore_errors=True)
    work = data / f"{_WORK}{secrets.token_hex(4)}{ASIDE_SUFFIX}"
    try:
        work.mkdir(mode=0o700)
    except OSError as problem:
        raise _cannot_write(data, problem) from problem
    try:
        yield work
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _require_space(data: Path, octets: int) -> None:
    need, free = estimate(octets).work_octets, shutil.disk_usage(data).free
    if need > free:
        raise StoreError(
            f"{data}: about {need / 1e6:,.0f} MB are needed while the street map is made, and {free / 1e6:,.0f} MB are "
            "free; free some space, or take the extract of a smaller area"
        )


@contextmanager
def _built(
    extract: Path, work: Path, area: Box | None, lock: int, tell: Tell, stop: threading.Event
) -> Iterator[dict[str, Any]]:
    """Let the process build, follow it, and have what it made, until the process is let go. It holds the lock as well,
    so that nobody clears under its hands."""
    command = [sys.executable, "-m", "hub.basemap.build", str(os.getpid()), str(extract.resolve()), str(work)]
    command += [] if area is None else [",".join(map(str, area))]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, pass_fds=[lock], start_new_session=True) as process:
        over = threading.Event()
        watcher = threading.Thread(target=_end_on, args=(stop, over, process), daemon=True)
        watcher.start()
        try:
            said = _follow(process, tell)
            if "made" in said:
                yield said["made"]
                return
        finally:
            over.set()
            watcher.join()
            with suppress(OSError):
                process.communicate()
    if stop.is_set():
        raise BadInput("stopped; the street map is as it was")
    if "failed" in said:
        raise (StoreError if said.get("store") else BadInput)(said["failed"])
    raise StoreError(
        f"{extract}: the process that makes the street map ended by itself (code {process.returncode}); it may have "
        "wanted more memory than there is: take the extract of a smaller area, or cut it with --area"
    )


def _follow(process: "subprocess.Popen[bytes]", tell: Tell) -> dict[str, Any]:
    """What the process says at last; nothing where it ends without a word."""
    assert process.stdout is not None  # noqa: S101
    for line in process.stdout:
        said: dict[str, Any] = json.loads(line)
        if "step" not in said:
            return said
        begin, share = STEPS[said["step"]]
        tell(said["step"], begin + share * said["part"])
    return {}


def _end_on(stop: threading.Event, over: threading.Event, process: "subprocess.Popen[bytes]") -> None:
    while not stop.is_set():
        if over.wait(0.2):
            return
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)


def _sync(path: Path) -> None:
    path.chmod(0o600)
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _cannot_write(data: Path, problem: OSError) -> StoreError:
    full = problem.errno == errno.ENOSPC
    why = "the disk is full" if full else problem.strerror
    return StoreError(
        f"{data}: the street map cannot be written ({why}); free some space, or look at the folder's owner"
    )
