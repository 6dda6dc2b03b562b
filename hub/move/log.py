"""Moves a hub's log from one engine to another: the whole of it in one commit, counted, and the old one is kept."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from hub.data import ServingLock, open_hub, require_hub
from hub.errors import BadInput, StoreError
from hub.store.chosen import REMEMBERED, SQLITE, address_in, open_postgres, open_store, write_address
from hub.store.durable import sync_folder, write_durably
from hub.store.engine import Engine, Snapshot
from hub.store.filling import Progress, fill
from hub.store.postgres.address import PostgresAddress
from hub.store.sql.store import SqlStore
from hub.store.sqlite.copies import FORMER
from hub.store.sqlite.database import FILE
from hub.store.sqlite.saved import save_as_file

KEPT = "hub.moved.db"  # what was hub.db until the log was moved; pictures that are deleted are erased in it as well


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """What a move has done: how many rows lie where now, and what is left at the old place."""

    rows: int
    to: str
    left: str


def rows_to_move(data: Path, target: str) -> int:
    """How many rows the log of the hub in a folder has. Raises BadInput where it cannot be moved there, StoreError."""
    require_hub(data)
    _require_elsewhere(data, target)
    with open_hub(data), _store(data) as store, store.db.snapshot() as snapshot:
        return sum(_count(store.db, table.name) for table in snapshot.tables())


def move_log(data: Path, target: str, progress: Progress | None = None) -> Moved:
    """Let the log of the hub in a folder lie elsewhere: `sqlite`, or an empty database's URL. Its hub must not run.

    Raises BadInput, StoreError; then the log is where it was.
    """
    require_hub(data)
    lock = ServingLock(data)
    try:
        known, address = _require_elsewhere(data, target)
        with _store(data) as store, store.db.transaction():  # nobody else writes meanwhile
            with store.db.snapshot() as snapshot:
                rows = (
                    _to_file(snapshot, data, progress)
                    if address is None
                    else _to_database(snapshot, address, data, progress)
                )
            left = _switch(data, known, address)
        if known is None:
            (data / FILE).rename(data / KEPT)
            sync_folder(data)
        return Moved(rows=rows, to=str(address or FILE), left=left)
    finally:
        lock.release()


def erase_old(data: Path) -> list[str]:
    """Erase what moves have left at the old place; returns what that was. Raises BadInput, StoreError."""
    require_hub(data)
    if (data / FORMER).is_file() and address_in(data) != (former := PostgresAddress.parse(_read(data / FORMER))):
        with closing(open_postgres(former, data)) as store:
            _drop(store.db)
    erased = _left(data)
    for name in (KEPT, FORMER):
        (data / name).unlink(missing_ok=True)
    sync_folder(data)
    return erased


def _require_elsewhere(data: Path, target: str) -> tuple[PostgresAddress | None, PostgresAddress | None]:
    """Where the log lies and where it is to lie; None is the folder itself. Raises BadInput."""
    known, address = address_in(data), None if target == SQLITE else PostgresAddress.parse(target)
    if known == address:
        raise BadInput(f"{data}: this hub's log lies in {known or FILE} already")
    if _left(data):
        raise BadInput(f"{data}: has a log left of an earlier move; erase it first: contrechamp-hub move --erase-old")
    return known, address


def _to_file(snapshot: Snapshot, data: Path, progress: Progress | None) -> int:
    copied = _Counted(progress)
    save_as_file(snapshot, data / FILE, progress=copied)
    return copied.rows


def _to_database(snapshot: Snapshot, address: PostgresAddress, data: Path, progress: Progress | None) -> int:
    copied = _Counted(progress)
    with closing(open_postgres(address, data)) as target:
        with target.db.snapshot() as there:
            tables = there.tables()
        if any(_count(target.db, table.name) for table in tables):
            raise BadInput(f"{address}: holds a hub's log already; name an empty database")
        with target.db.transaction() as db:
            fill(snapshot, db, tables, copied)
            for table in snapshot.tables():
                target.db.give_numbers_beyond(table.name, table.last)
    return copied.rows


def _switch(data: Path, known: PostgresAddress | None, address: PostgresAddress | None) -> str:
    """Say where the log lies from now on; returns where it lay, which is kept."""
    if known is not None:
        write_durably(data / FORMER, f"{known}\n".encode(), secret=True)
    if address is not None:
        write_address(data, address)
    else:
        (data / REMEMBERED).unlink()
        sync_folder(data)
    return str(known or data / KEPT)


class _Counted:
    """A `Progress` that counts the rows."""

    def __init__(self, progress: Progress | None) -> None:
        self.rows, self._progress = 0, progress

    def __call__(self, table: str, rows: int) -> None:
        self.rows += rows
        if self._progress is not None:
            self._progress(table, rows)


@contextmanager
def _store(data: Path) -> Iterator[SqlStore]:
    with closing(open_store(data, make=False)) as store:
        yield store


def _count(db: Engine, table: str) -> int:
    return int(db.row(f"SELECT count(*) FROM {table}")[0])  # noqa: S608 (our own words)


def _drop(db: Engine) -> None:
    with db.snapshot() as snapshot:
        tables = [table.name for table in snapshot.tables()]
    with db.transaction() as change:
        for name in (*tables, "schema_version"):
            change.execute(f"DROP TABLE IF EXISTS {name} CASCADE")


def _left(data: Path) -> list[str]:
    """What moves have left at the old place."""
    left = [str(data / KEPT)] if (data / KEPT).is_file() else []
    return left + ([_read(data / FORMER)] if (data / FORMER).is_file() else [])


def _read(path: Path) -> str:
    try:
        return path.read_text().strip()
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"{path}: cannot be read; it says where the log lay before") from problem
