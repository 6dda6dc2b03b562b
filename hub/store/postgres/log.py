"""The store of a hub that keeps its log in a PostgreSQL database."""

from pathlib import Path

from hub.store.postgres.address import PostgresAddress
from hub.store.postgres.database import Database
from hub.store.sql.store import SqlStore


class PostgresStore(SqlStore):
    """A `Store` at an address; `folder` is the hub's, and a `read_only` one refuses changes."""

    db: Database

    def __init__(self, address: PostgresAddress, folder: Path, *, read_only: bool = False) -> None:
        super().__init__(Database(address, folder, read_only=read_only))
