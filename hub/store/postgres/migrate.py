"""Brings a PostgreSQL database to the schema of today: from nothing, or from an earlier version after a copy of it."""

from pathlib import Path
from typing import Protocol

from hub.errors import BadInput, StoreError
from hub.store.engine import Engine
from hub.store.postgres.address import PostgresAddress
from hub.store.postgres.connection import Connection
from hub.store.postgres.schema import BASELINE, PLACES, Migrations, statements_for
from hub.store.postgres.snapshot import VERSION_TABLE, tables_of
from hub.store.sqlite.saved import save_as_file


class Migrated(Engine, Protocol):
    """The database that is brought forward, and its connection."""

    address: PostgresAddress
    connection: Connection


def bring_forward(database: Migrated, folder: Path, migrations: Migrations) -> None:
    """Raises BadInput where the database holds something else, StoreError where no copy can be made first, or where it
    is of a newer version."""
    version, latest = _version(database), len(migrations)
    if version > latest:
        raise StoreError(f"{database.address}: written by a newer version of contrechamp-hub; update this one")
    if 0 < version < latest:
        with database.snapshot() as snapshot:
            save_as_file(snapshot, folder / f"hub.before-{version + 1}.db", version)
    if version < latest:
        with database.transaction() as db:
            version = _version(database)  # another process may have been faster
            if version == 0:
                if others := tables_of(database.connection):
                    raise BadInput(
                        f"{database.address}: holds tables already ({others[0].name} and others) that are no hub's; "
                        "name an empty database"
                    )
                db.execute(f"CREATE TABLE {VERSION_TABLE} (version BIGINT NOT NULL, erased TEXT)")
                db.execute(f"INSERT INTO {VERSION_TABLE} VALUES (0, NULL)")  # noqa: S608 (our own words)
            for number in range(max(version + 1, BASELINE), latest + 1):
                for statement in statements_for(number, migrations):
                    db.execute(statement)
            db.execute(f"UPDATE {VERSION_TABLE} SET version = ?", (latest,))  # noqa: S608
    _add_places(database)


def _version(database: Migrated) -> int:
    if database.row("SELECT to_regclass(?)", (VERSION_TABLE,))[0] is None:
        return 0
    return int(database.row(f"SELECT version FROM {VERSION_TABLE}")[0])  # noqa: S608 (our own words)


def _add_places(database: Migrated) -> None:
    """Where PostGIS is in the database, let the derived cameras be points as well."""
    query = (
        "SELECT EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'postgis') AND NOT EXISTS (SELECT 1 FROM"
        " pg_attribute WHERE attrelid = 'camera'::regclass AND attname = 'place' AND NOT attisdropped)"
    )
    if database.row(query)[0]:
        with database.transaction() as db:
            for statement in PLACES:
                db.execute(statement)
