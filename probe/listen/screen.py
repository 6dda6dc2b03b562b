"""Runs the live view: the walk goes on in a thread, the screen is drawn four times a second, keys are read between.

Without a terminal, or for machines, a line of state a second instead.
"""

import json
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from probe.contract.sighting import Sighting
from probe.listen.state import Watcher
from probe.listen.view import draw

_DRAW_S = 0.25
_UP, _DOWN = {"k", "\x1b[A", "\x1bOA"}, {"j", "\x1b[B", "\x1bOB"}


class Runner:
    """Walks in a thread of its own and counts what comes of it."""

    def __init__(self, sightings: Iterator[Sighting], keep: Callable[[Sighting], None]) -> None:
        self.made = 0
        self.problem: BaseException | None = None
        self._sightings, self._keep = sightings, keep
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="walk", daemon=True)
        self._thread.start()

    def _run(self) -> None:
        try:
            for sighting in self._sightings:
                self._keep(sighting)
                self.made += 1
        except BaseException as problem:  # noqa: BLE001 (handed to the thread that waits)
            self.problem = problem

    @property
    def over(self) -> bool:
        return not self._thread.is_alive()

    def finish(self) -> None:
        """Wait for the end of the walk, and raise what ended it badly."""
        self._thread.join(timeout=10.0)
        if self.problem is not None:
            raise self.problem


def show(
    watcher: Watcher,
    runner: Runner,
    *,
    now: Callable[[], float],
    hold: Callable[[int | None], None],
    language: str,
    recorded: bool,
    until_s: float | None,
    as_json: bool,
) -> None:
    """Show the walk until it is over, `q` is pressed, or `until_s` of the monotonic clock has come."""

    def is_running() -> bool:
        return not runner.over and (until_s is None or time.monotonic() < until_s)

    if as_json or not (sys.stdout.isatty() and sys.stdin.isatty()):
        while is_running():
            _print_state(watcher, runner, now(), as_json=as_json)
            deadline = time.monotonic() + 1.0
            while is_running() and time.monotonic() < deadline:
                time.sleep(0.05)
        _print_state(watcher, runner, now(), as_json=as_json)
        return
    from rich.live import Live

    with _raw_keys() as read_key, Live(auto_refresh=False, screen=True) as screen:
        while is_running():
            view = draw(watcher, now(), language=language, recorded=recorded, sightings=runner.made)
            screen.update(view, refresh=True)
            if not _handle_key(read_key(_DRAW_S), watcher, now(), hold):
                return


def _handle_key(key: str, watcher: Watcher, now_s: float, hold: Callable[[int | None], None]) -> bool:
    """Do what a key says; False ends the view."""
    if key in ("q", "\x03"):
        return False
    if key in _UP:
        watcher.selected = max(0, watcher.selected - 1)
    elif key in _DOWN:
        watcher.selected += 1
    elif key in ("\r", "\n", "l"):
        locked = watcher.lock(watcher.cameras(now_s))
        hold(None if locked is None else locked.mhz)
    return True


@contextmanager
def _raw_keys() -> Iterator[Callable[[float], str]]:
    """Keys as they are pressed, without their being written on the screen."""
    import os
    import termios
    import tty

    descriptor = sys.stdin.fileno()
    before = termios.tcgetattr(descriptor)

    def read(wait_s: float) -> str:
        ready, _, _ = select.select([descriptor], [], [], wait_s)
        return os.read(descriptor, 8).decode("ascii", errors="ignore") if ready else ""

    try:
        tty.setcbreak(descriptor)
        yield read
    finally:
        termios.tcsetattr(descriptor, termios.TCSADRAIN, before)


def _print_state(watcher: Watcher, runner: Runner, now_s: float, *, as_json: bool) -> None:
    sources, cameras = watcher.sources(now_s), watcher.cameras(now_s)
    if as_json:
        state: dict[str, Any] = {
            "sources": [asdict(source) for source in sources],
            "recognised": [{**asdict(camera), "key": None} for camera in cameras],
            "sightings": runner.made,
        }
        print(json.dumps(state), flush=True)
        return
    parts = [f"{s.name}: {s.health}, {s.frames} frames ({s.share:.0%}), {s.lost} lost" for s in sources]
    print("; ".join([*parts, f"{len(cameras)} recognised now, {runner.made} sightings"]), flush=True)
