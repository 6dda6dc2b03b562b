"""The outbox's file: SQLite in WAL with synchronous=FULL, readable also where its disk has become read-only.

The outbox does not take a disk's word alone. When ext4 gives up on a card that fails (its journal aborts), an fsync
that is under way can return without an error although nothing of it is there after the next mount (Linux 6.12; on the
virtual bench one time in six while the outbox writes without a pause). So after each commit the file system is asked
for something small that it can only refuse then.
"""

import errno
import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

from probe.config import OWN_FOLDER
from probe.errors import CommitInDoubt, DiskFull, OutboxError
from probe.files.private import beside_database, close_files, close_folder, make_file, make_folder, require_writable
from probe.outbox import labelling, recordings

# 3: with the table of recordings; 4: the identity is kept twice, with its sum; 5: units wait for the end of a walk
SCHEMA_VERSION = 5
# In a damaged file names can be damaged too, and Python cannot even decode the message that SQLite makes of them.
TROUBLE = (sqlite3.Error, UnicodeDecodeError)
_SCHEMA = (
    "CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID",
    """CREATE TABLE unit (
    number INTEGER PRIMARY KEY,  -- in the order in which they were made
    hash BLOB NOT NULL UNIQUE,
    key TEXT NOT NULL,           -- the hub's key that it was sealed to
    size INTEGER NOT NULL,
    data BLOB,                   -- NULL some days after the hub has said that it has it
    verdict TEXT,                -- NULL while no receipt has come
    reason TEXT,
    day TEXT,                    -- of the receipt, by the hub's clock
    kept_back INTEGER NOT NULL DEFAULT 0  -- 1: nobody gets it before its walk has ended; both take no octet in a row
)""",
    "CREATE INDEX unit_waiting ON unit (number, size) WHERE verdict IS NULL AND kept_back = 0",
    "CREATE INDEX unit_there ON unit (size) WHERE data IS NOT NULL",
    recordings.TABLE,
    labelling.TABLE,
)

ANOTHER = "name another with --outbox"
_OTHER_CARD = "its card may be failing: use another"
_LITTLE_BYTES = 256 << 10
_READ_ERRORS = (sqlite3.SQLITE_IOERR_READ, sqlite3.SQLITE_IOERR_SHORT_READ)
_GIVEN_UP = (errno.EROFS, errno.EIO, errno.ENODEV, errno.ENXIO, errno.ENOENT, errno.ESHUTDOWN)


def _is_full(path: Path, problem: Exception) -> bool:
    """Whether it is for want of room. SQLite calls that an I/O error too, where it is the file that it maps into memory
    or one beside it that finds none."""
    if isinstance(problem, OSError):
        return problem.errno in (errno.ENOSPC, errno.EDQUOT)
    code = _code(problem)
    if code == sqlite3.SQLITE_FULL:
        return True
    if code not in (sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN):
        return False
    if getattr(problem, "sqlite_errorcode", 0) in _READ_ERRORS:
        return False
    with suppress(OSError):
        disk = os.statvfs(path if path.exists() else path.parent)
        return disk.f_bavail * disk.f_frsize < _LITTLE_BYTES or (disk.f_files > 0 and disk.f_favail == 0)
    return False


def _code(problem: Exception) -> int:
    """SQLite's word for what is wrong, 0 where it is not SQLite that says so."""
    return int(getattr(problem, "sqlite_errorcode", 0)) & 0xFF


class OutboxFile:
    """An open outbox file. `read_only`: it is a copy in memory. Raises OutboxError where it cannot be used."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.read_only = False
        try:
            self._db = self._open()
        except (OSError, *TROUBLE) as problem:
            raise self._refused("opened", problem, ANOTHER) from problem
        try:
            self._prepare()
        except OutboxError:
            self._db.close()
            raise
        except TROUBLE as problem:
            self._db.close()
            raise self._refused("used as an outbox", problem, ANOTHER) from problem

    def close(self) -> None:
        self._db.close()

    def _open(self) -> sqlite3.Connection:
        """The file; where its disk is read-only, a copy in memory, so that what it holds can still be delivered."""
        try:
            make_folder(self.path.parent)
            if self.path.parent.name == OWN_FOLDER:  # any other may be for more than this
                close_folder(self.path.parent)
            make_file(self.path)  # nobody else's to read: the probe's key is in it
            close_files(beside_database(self.path))
            require_writable(self.path)
        except OSError as problem:
            if problem.errno != errno.EROFS or not self.path.exists():
                raise
            self.read_only = True
            wal = self.path.with_name(f"{self.path.name}-wal")
            # With nothing in the log that is written ahead, SQLite would want to make one: it must not look for it.
            how = "mode=ro" if wal.exists() and wal.stat().st_size else "immutable=1"
            memory = sqlite3.connect(":memory:", isolation_level=None)
            with closing(sqlite3.connect(f"file:{quote(str(self.path.absolute()))}?{how}", uri=True)) as there:
                there.backup(memory)
            return memory
        return sqlite3.connect(self.path, isolation_level=None, timeout=10.0)

    def _refuse_read_only(self) -> None:
        """Raises OutboxError where what is written would be gone with the program."""
        if self.read_only:
            raise OutboxError(f"{self.path}: cannot be written (its disk is read-only); use another card")

    def _prepare(self) -> None:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            self._db.execute(f"PRAGMA {pragma}")
        self._db.execute("BEGIN IMMEDIATE")
        (version,) = self._db.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in _SCHEMA:
                self._db.execute(statement)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        elif version in (2, 3, 4):
            if version == 2:
                self._db.execute(recordings.TABLE)
            labelling.add_to(self._db)
            self._db.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        if version in (0, 2, 3, 4):
            self._set_meta("schema", self._schema())
        self._db.execute("COMMIT")
        if version > SCHEMA_VERSION:
            raise OutboxError(f"{self.path}: written by a newer version of contrechamp-probe; update this one")
        if version == 1:
            raise OutboxError(
                f"{self.path}: holds unsealed sightings of an earlier version; hand them over with that version, then "
                "delete the file"
            )
        if self._meta("schema") != self._schema():
            raise OutboxError(
                f"{self.path}: damaged (its tables are not what they were); keep a copy of it, and {ANOTHER}"
            )

    def _schema(self) -> str:
        """The sum of what the file says of its tables: where a bit of it has changed, SQLite may read them wrongly."""
        said = self._rows(
            "SELECT CAST(sql AS BLOB) FROM sqlite_master WHERE type <> 'trigger' AND sql IS NOT NULL ORDER BY name"
        )
        return hashlib.sha256(b"\n".join(sql for (sql,) in said)).hexdigest()

    def _refused(self, what: str, problem: Exception, advice: str) -> OutboxError:
        """The sentence for what it cannot be: opened, read, written."""
        if _is_full(self.path, problem):
            return DiskFull(f"{self.path}: cannot be {what} (its disk is full); free some space and try again")
        if _code(problem) == sqlite3.SQLITE_BUSY:
            return OutboxError(
                f"{self.path}: cannot be {what} (another program is writing in it); try again when it has ended"
            )
        why = (problem.strerror or problem) if isinstance(problem, OSError) else problem
        told = " ".join(str(why).split())  # SQLite quotes what it cannot read, with its ends of lines
        return OutboxError(f"{self.path}: cannot be {what} ({told}); {advice}")

    def _rows(self, query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        """The answer to a question. Raises OutboxError where the file is damaged or its disk fails."""
        try:
            return self._db.execute(query, values).fetchall()
        except TROUBLE as problem:
            advice = f"the file or its card is damaged: keep a copy of it, and {ANOTHER}"
            raise self._refused("read", problem, advice) from problem

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        """What is read within is of one moment, whatever another process writes meanwhile."""
        if self._db.in_transaction:
            yield
            return
        try:
            self._db.execute("BEGIN")
            yield
        finally:
            self._roll_back()

    def _meta(self, name: str) -> str | None:
        rows = self._rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def _counter(self, name: str) -> int:
        """A counter; one that is damaged begins again."""
        with suppress(ValueError):
            return int(self._meta(name) or 0)
        return 0

    def _set_meta(self, name: str, value: str) -> None:
        self._db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    def _increase(self, name: str, count: int) -> None:
        self._set_meta(name, str(self._counter(name) + count))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """One commit. Raises OutboxError where it cannot be written: then nothing of it was; CommitInDoubt where it may
        have been."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except TROUBLE as problem:
            self._roll_back()
            raise self._refused("written", problem, _OTHER_CARD) from problem
        except BaseException:
            self._roll_back()
            raise
        if not self.read_only and not self._still_writable():
            raise CommitInDoubt(
                f"{self.path}: cannot be written (its disk does not take changes any more); {_OTHER_CARD}"
            )

    def _still_writable(self) -> bool:
        """Whether the file system still takes changes after a commit, so that the commit can be believed.

        The date makes it open its journal; one that was aborted is noticed then, and the file system becomes read-only
        at the latest in that instant. It is always the same date, which says nothing of a walk. A file system that has
        no such dates, or a file that is somebody else's, is no reason for doubt.
        """
        try:
            os.utime(self.path, (0, 0))
        except OSError as problem:
            if problem.errno in _GIVEN_UP:
                return False
        try:
            return not os.statvfs(self.path).f_flag & os.ST_RDONLY
        except OSError as problem:
            return problem.errno not in _GIVEN_UP

    def _roll_back(self) -> None:
        # A disk that fails may refuse that as well; what was not committed does not count then either.
        with suppress(sqlite3.Error):
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
