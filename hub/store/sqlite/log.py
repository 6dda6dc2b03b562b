"""The store of a hub that keeps its log in one SQLite file."""

from pathlib import Path

from hub.store.sql.store import SqlStore
from hub.store.sqlite.database import Database


class SqliteStore(SqlStore):
    """A `Store` in a hub's folder; `make` makes it where it is missing, a `read_only` one refuses changes."""

    db: Database

    def __init__(self, data: Path, *, make: bool = True, read_only: bool = False) -> None:
        super().__init__(Database(data, make=make, read_only=read_only))
