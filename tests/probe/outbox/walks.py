"""Walks that are held, step by step: a writer without its thread, and all that is in its outbox, opened by its hub."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hub.data import HubFolder, make_hub
from probe.contract.envelope import UnitType, decode_envelope, read_sighting, seal_info, unframe
from probe.contract.sighting import Sighting
from probe.outbox.hold import Grid, WalkHold
from probe.outbox.outbox import Outbox
from probe.outbox.unreleased import WalkEnd
from probe.outbox.writer import OutboxWriter
from probe.seal.identity import Identity
from tests.examples import new_id
from tests.paired import enrolled

_T = TypeVar("_T")
_MEMORY = Path("/dev/shm")  # where nobody waits for a disk  # noqa: S108
GRID = Grid.of(b"a grid of the tests".ljust(32))


@dataclass
class Time:
    """A clock of the test's."""

    now_s: float = 0.0

    def __call__(self) -> float:
        return self.now_s


@dataclass
class Bench:
    """A hub, and a probe that is paired with it; each walk has an outbox of its own."""

    folder: HubFolder
    identity: Identity

    @contextmanager
    def outbox(self) -> Iterator[Path]:
        """A new outbox."""
        where = Path(tempfile.mkdtemp(dir=_MEMORY if _MEMORY.is_dir() else None))
        try:
            with Outbox(where / "o.db") as box:
                box.pair(self.identity)
            yield where / "o.db"
        finally:
            shutil.rmtree(where)

    def opened(self, path: Path, *, released: bool) -> list[Sighting]:
        """What is in an outbox as only its hub can read it: what may be handed over, or all that is on disk."""
        which = "WHERE verdict IS NULL AND kept_back = 0" if released else ""
        with Outbox(path) as box:
            rows = box._db.execute(f"SELECT key, data FROM unit {which} ORDER BY number").fetchall()  # noqa: S608 (our own words)
            handed = {unit.data for _, unit in box.waiting(limit=999)} | {
                unit.data for _, unit in box.waiting(limit=999, pictures=True)
            }
        if released:
            assert handed == {data for _, data in rows}
        keys = self.folder.keys
        found = [decode_envelope(unframe(keys.open(key, data, seal_info(keys.hub_id)))) for key, data in rows]
        return [read_sighting(envelope) for envelope in found if envelope.type is UnitType.SIGHTING]


@contextmanager
def bench() -> Iterator[Bench]:
    where = Path(tempfile.mkdtemp())
    try:
        with make_hub(where / "hub") as folder:
            yield Bench(folder, enrolled(folder))
    finally:
        shutil.rmtree(where)


class Held:
    """A walk's hold and its writer, which writes when it is told to."""

    def __init__(self, path: Path, grid: Grid | None = GRID) -> None:
        self.clock = Time()
        self.hold = WalkHold(grid, self.clock)
        self.writer = OutboxWriter(path, new_id, print, budget_bytes=1 << 30, hold=self.hold)

    def write(self) -> None:
        self.writer._write()

    def finish(self) -> WalkEnd:
        return self._until_done(self.writer.finish_walk)

    def cut(self) -> None:
        """The power is cut: what is not on disk is gone, and so is whoever held the lock."""
        if self.writer._box is not None:
            self.writer._box.close()
        self.writer._let_others_in()

    def _until_done(self, what: Callable[[], _T]) -> _T:
        """What somebody else asks of the writer, which writes meanwhile."""
        with ThreadPoolExecutor(1) as pool:
            came = pool.submit(what)
            while not came.done():
                self.write()
            return came.result()
