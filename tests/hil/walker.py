"""A walker on a bench: a service that runs as on a kit, a phone, and ground whose hidden cells are known."""

import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import PurePosixPath
from typing import Any

from probe.contract.geodesy import distance_m, moved
from probe.contract.sighting import Sighting
from probe.outbox.grid import CELL_M, RIM_M, Cell, Grid, decode
from probe.outbox.trimming import box_points, points
from tests.hil.bench import Bench
from tests.hil.drivers import nmea
from tests.hil.protocols import Done, RunningCommand
from tests.hil.town import ORIGIN
from tests.patience import Patience

PAGE, READY_S = "127.0.0.1:8470", 120
REACH_M = 75.0  # beyond, a camera is not heard
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ground:
    """A way eastwards through the middle of a row of hidden cells, by metres east of the edge between two of them."""

    grid: Grid
    edge: Place

    @classmethod
    def of(cls, bench: Bench) -> "Ground":
        """The ground as the probe's own secret lays it out."""
        path = str(PurePosixPath(bench.outbox[1]).with_suffix(".grid"))
        secret = decode(bench.run("cat", path).out.encode())
        assert secret is not None, "the probe has no grid"
        return cls.on(Grid.of(secret))

    @classmethod
    def on(cls, grid: Grid) -> "Ground":
        """The ground that a grid lays out."""
        north_m = next(m for m in range(1, 402) if _cell(grid, 0, m)[0] != _cell(grid, 0, m - 1)[0]) + CELL_M / 2
        east_m = next(m for m in range(1, 402) if _cell(grid, m, north_m) != _cell(grid, m - 1, north_m))
        return cls(grid, moved(*ORIGIN, east_m, north_m))

    def at(self, east_m: float) -> Place:
        return moved(*self.edge, east_m, 0.0)

    def cells(self, *east_m: float) -> set[Cell]:
        """The cells of these places."""
        return {self.grid.cell(*self.at(metres)) for metres in east_m}

    def shows(self, sighting: Sighting) -> set[Cell]:
        """The cells that a sighting says anything of."""
        places = list(points(sighting))
        if sighting.survey is not None:
            places += [place for one in sighting.survey.cells for place in box_points(one.cell, RIM_M)]
        return {self.grid.cell(*place) for place in places}


def _cell(grid: Grid, east_m: float, north_m: float) -> Cell:
    return grid.cell(*moved(*ORIGIN, east_m, north_m))


@dataclass
class Walker:
    """Somebody on that ground with the kit: each second the receiver says where, and cameras are as loud as they are
    far. `cameras` is where each stands, in metres east on the way and beside it, and what speaks for it."""

    bench: Bench
    ground: Ground
    at_m: float
    cameras: dict[RunningCommand, float] = field(default_factory=dict)
    seconds: int = 0
    _next_s: float = 0.0

    def go(self, to_m: float, pace_m_s: float) -> None:
        while self.at_m != to_m:
            step_m = min(pace_m_s, abs(to_m - self.at_m))
            self.at_m += step_m if to_m > self.at_m else -step_m
            self.second()

    def stand(self, seconds: int) -> None:
        for _ in range(seconds):
            self.second()

    def until(self, true: Callable[[], bool], what: str, within_s: int, *, fix: bool = True) -> None:
        """Stand until something is true: so many seconds of the walk, and more where this machine is busy."""
        until_s, patience = self.seconds + within_s, Patience(within_s)
        while not true():
            in_vain = self.seconds >= until_s and patience.over()
            assert not in_vain, f"waited {patience.waited_s:.0f} s in vain for {what}"
            self.second(fix=fix)

    def second(self, *, fix: bool = True) -> None:
        """One second passes here; less is waited where the last one took longer."""
        now_s = time.monotonic()
        time.sleep(max(0.0, self._next_s - now_s))
        self._next_s = max(now_s, self._next_s) + 1.0
        self.seconds += 1
        now, place = datetime.now(UTC), self.ground.at(self.at_m)
        if fix:
            self.bench.fix(now, *place)
        else:
            self.bench.gnss.send(nmea.no_fix(now))
        for air, at_m in self.cameras.items():
            away_m = distance_m(*place, *moved(*self.ground.at(at_m), 0.0, 9.0))
            air.say("silence" if away_m > REACH_M else f"{50.0 - 38.0 - 27.5 * math.log10(away_m):.1f}")


class Phone:
    """The walker's phone, signed in to the page."""

    def __init__(self, bench: Bench) -> None:
        code = str(PurePosixPath(bench.outbox[1]).with_name("page-code"))
        self._running = bench.stimulus("phone", f"http://{PAGE}", code)
        self.last: dict[str, Any] = {}

    def view(self) -> dict[str, Any]:
        self.last = dict(json.loads(self._running.say("view")))
        return self.last

    def do(self, what: str, **words: Any) -> dict[str, Any]:
        told = dict(json.loads(self._running.say(f"{what} {json.dumps(words)}")))
        assert "refused" not in told, told
        return told

    def part(self, name: str) -> str:
        """How a part of the probe is."""
        return str(self._part(name)["health"])

    def note(self, name: str) -> str | None:
        """The code of the sentence about a part, where there is one."""
        note = self._part(name).get("note")
        return None if note is None else str(note["code"])

    def _part(self, name: str) -> dict[str, Any]:
        return next(dict(part) for part in self.view()["parts"] if part["name"] == name)


@dataclass(frozen=True, slots=True)
class Service:
    """A probe that runs as its unit starts it: by a file of settings, and with a manager that hears of it."""

    running: RunningCommand
    status: str  # as it was when it was ready
    phone: Phone

    @property
    def listening_s(self) -> float:
        """From the start of its process until all its sources listened."""
        words = self.status.split("listening ")[-1].split(" s after its start")
        assert len(words) == 2, self.status
        return float(words[0])

    def terminate(self, bench: Bench, watch: Callable[[], None] = lambda: None) -> Done:
        """As systemd ends it, looking on meanwhile."""
        bench.run("kill", "-TERM", self.running.pid)
        while self.running.alive():
            watch()
        return self.running.wait(90)


@contextmanager
def serving(bench: Bench, settings: Mapping[str, object], program: tuple[str, ...] | None = None) -> Iterator[Service]:
    """The service, ready."""
    lines = ["[run]", *(f"{key} = {json.dumps(value)}" for key, value in settings.items())]
    written, notified = f"{bench.data}/probe.toml", "/run/bench-manager"
    bench.run("sh", "-ec", f"printf '%s\\n' \"$@\" > {written}", "sh", *lines)
    manager = bench.stimulus("manager", notified, str(READY_S))
    words = ("run", "--settings", written, "--json", *bench.outbox)
    running = bench.start("env", f"NOTIFY_SOCKET={notified}", *(program or bench.program), *words)
    status = manager.line().strip()
    assert status, f"not ready: {running.said()[-2000:]}"
    phone = Phone(bench)
    try:
        yield Service(running, status, phone)
    except AssertionError:
        print(running.said()[-3000:], phone.last, sep="\n")  # for whoever reads the failure
        raise


def written_bytes(bench: Bench) -> int:
    """What has been written to the disk of the probe's data since it was powered up."""
    there = f"cat /sys/dev/block/$(stat -c %Hd:%Ld {bench.data})/stat"
    return 512 * int(bench.run("sh", "-ec", there).out.split()[6])
