"""Which engine keeps a hub's log: the file `store` in its folder names a database, and without it that is `hub.db`."""

from pathlib import Path

from hub.errors import BadInput, MissingExtra, StoreError
from hub.store.durable import write_durably
from hub.store.postgres.address import PostgresAddress
from hub.store.sql.store import SqlStore
from hub.store.sqlite.database import FILE
from hub.store.sqlite.log import SqliteStore
from probe.files.private import close_folder, make_folder

REMEMBERED = "store"
SQLITE = "sqlite"


def address_in(data: Path) -> PostgresAddress | None:
    """Where the log of the hub in a folder lies; None where it is in the folder itself. Raises BadInput, StoreError."""
    try:
        return PostgresAddress.parse((data / REMEMBERED).read_text().strip())
    except (FileNotFoundError, NotADirectoryError):
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreError(f"{data / REMEMBERED}: cannot be read, so nobody knows where the hub's log is") from problem


def open_store(data: Path, *, make: bool = True, read_only: bool = False) -> SqlStore:
    """The store of the hub in a folder, whichever engine keeps it. Raises BadInput, StoreError."""
    address = address_in(data)
    if address is None:
        return SqliteStore(data, make=make, read_only=read_only)
    return open_postgres(address, data, read_only=read_only)


def open_postgres(address: PostgresAddress, data: Path, *, read_only: bool = False) -> SqlStore:
    """The store at an address. Raises MissingExtra, BadInput, StoreError."""
    try:
        from hub.store.postgres.log import PostgresStore
    except ImportError as problem:  # also where psycopg is there and libpq is not
        raise MissingExtra(
            "psycopg is not installed, which a log in PostgreSQL needs: pip install 'contrechamp[hub,postgres]'"
        ) from problem
    return PostgresStore(address, data, read_only=read_only)


def remember(data: Path, text: str) -> None:
    """Let the log of the hub in a folder lie where a person says: `sqlite`, or a database's URL. The database is opened
    once, and is a hub's from then on. Raises BadInput where the log lies elsewhere already, StoreError."""
    known = address_in(data)
    if text == SQLITE:
        if known is not None:
            raise BadInput(
                f"{data}: this hub's log lies in {known}; bring it here with: contrechamp-hub move --to sqlite"
            )
        return
    address = PostgresAddress.parse(text)
    if known == address:
        return
    if known is not None or (data / FILE).is_file():
        raise BadInput(
            f"{data}: this hub's log lies in {known or FILE}, and would be missing there; move it with: "
            f"contrechamp-hub move --to '{address}'"
        )
    try:
        make_folder(data)
        close_folder(data)
    except OSError as problem:
        raise StoreError(
            f"{data}: cannot be written ({problem.strerror}); name another folder with --data"
        ) from problem
    open_postgres(address, data).close()
    write_address(data, address)


def write_address(data: Path, address: PostgresAddress) -> None:
    """Note in a hub's folder where its log lies from now on. Raises StoreError."""
    write_durably(data / REMEMBERED, f"{address}\n".encode(), secret=True)
