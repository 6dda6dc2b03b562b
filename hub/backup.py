"""An encrypted copy of a hub: its keys and its log. Whoever has it and the passphrase is the hub.

    magic, salt (16), then blocks: length (4, big-endian), ciphertext; the last one is empty

AES-256-GCM with a key of scrypt (n 2^16, r 8, p 1). A block's nonce holds its number and whether it is the
last, so that no block can be left out, moved or cut off. Inside is a tar archive of the keys' folder and `hub.db`, made
of the database where the log lies in PostgreSQL; a copy of the keys alone has the list of revoked probes instead, which
must not be forgotten either.
"""

import logging
import os
import secrets
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import BinaryIO

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from hub.data import make_hub, open_hub, read_hub, require_hub
from hub.errors import BadInput, StoreError
from hub.keys import HubKeys
from hub.keys.contributors import is_contributor_key
from hub.log.probes import Probe, RevokedKey
from hub.store.chosen import address_in, open_postgres
from hub.store.durable import ASIDE_SUFFIX, put_in_place, require_free, sync_folder, write_durably
from hub.store.postgres.address import PostgresAddress
from hub.store.registry import Registry
from hub.store.sqlite.database import FILE, is_full
from hub.store.sqlite.saved import save_as_file
from hub.store.store import Store
from probe.files.private import make_folder

REVOKED = "revoked.json"
MAGIC = b"contrechamp backup 1\n"
BLOCK = 1 << 20
MIN_PASSPHRASE = 12
_SALT = 16

_log = logging.getLogger(__name__)


def write_backup(
    data: Path,
    target: Path,
    passphrase: str,
    *,
    keys_only: bool = False,
    force: bool = False,
    note: str | None = None,
    tick: Callable[[int], None] = lambda _: None,
) -> int:
    """Write an encrypted copy; returns its size in octets. Raises BadInput, StoreError.

    A file that is there stays unless `force`d. The hub notes where the copy is: at its path, or as `note` says. `tick`
    gets the octets that are written so far; what it raises ends the work, and leaves nothing.
    """
    require_hub(data)
    require_free(target, force=force)
    if len(passphrase) < MIN_PASSPHRASE:
        raise BadInput(f"the passphrase has fewer than {MIN_PASSPHRASE} letters; four words picked at random do well")
    HubKeys(data)  # a copy of damaged keys would be none, and take the place of a good one
    address = address_in(data)
    there = address is not None or (data / FILE).is_file()
    with_log = not keys_only and there
    copy = data / f"backup-{secrets.token_hex(4)}.db"
    reach = (0, 0)
    aside = target.with_name(f"{target.name}.{secrets.token_hex(4)}{ASIDE_SUFFIX}")
    try:
        if there:
            _copy_log(data, copy, address, with_log=with_log)
        with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(MAGIC)
            with (
                closing(_Writer(file, passphrase, tick)) as encrypted,
                tarfile.open(fileobj=encrypted, mode="w|") as archive,  # type: ignore[call-overload]
            ):
                archive.add(data / "keys", "keys", filter=_without_contributor_keys)
                if with_log:
                    reach = _reach(copy)
                    archive.add(copy, FILE)
                elif there:
                    archive.add(copy, REVOKED)
            file.flush()
            os.fsync(file.fileno())
        put_in_place(aside, target, new=not force)
    except StoreError:
        raise  # an OSError too, but not the target's
    except OSError as problem:
        raise StoreError(
            f"{target}: cannot be written ({problem.strerror}); is the disk full, and is there such a folder?"
        ) from problem
    finally:
        for path in (copy, aside):
            with suppress(OSError):  # where nothing can be written, nothing was, and the reason is told already
                path.unlink(missing_ok=True)
    if with_log:
        with open_hub(data) as hub:  # so that who deletes a picture is told that this copy holds it
            where = str(target.resolve()) if note is None else note
            hub.store.complaints.note_backup(where, sightings=reach[0], decisions=reach[1])
    return target.stat().st_size


def _without_contributor_keys(file: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """A key that is destroyed at the end of its quarter would live on in a copy."""
    return None if is_contributor_key(Path(file.name).name) else file


def _copy_log(data: Path, copy: Path, address: PostgresAddress | None, *, with_log: bool) -> None:
    """The log as one SQLite file, wherever it lies; or of it the list of revoked probes alone."""
    if not with_log:
        with read_hub(data) as log:
            write_durably(copy, msgspec.json.encode(log.registry.revoked_keys()), secret=True)
    elif address is None:
        _copy_database(data / FILE, copy)
    else:
        with closing(open_postgres(address, data, read_only=True)) as store, store.db.snapshot() as snapshot:
            save_as_file(snapshot, copy)


def read_backup(source: Path, data: Path, passphrase: str) -> list[Probe]:
    """Make a hub's folder from a copy; returns the probes that are let in by it, as it does not know who was revoked
    since. Keys that are overdue are destroyed as soon as the day is certain, and probes are asked to offer again what
    they still keep.

    Raises BadInput, StoreError where no folder can be made, and then leaves nothing behind.
    """
    if data.exists() and not (data.is_dir() and not any(data.iterdir())):
        raise BadInput(f"{data}: there is something already; name an empty folder with --data")
    parts = data.with_name(f"{data.name}.part-{secrets.token_hex(4)}")
    try:
        with _opened(source) as file:
            if file.read(len(MAGIC)) != MAGIC:
                raise BadInput(f"{source}: not a backup of a hub")
            make_folder(parts)
            reader = _Reader(file, source, passphrase)
            with tarfile.open(fileobj=reader, mode="r|") as archive:  # type: ignore[call-overload]
                archive.extractall(parts, filter="data")
            reader.read()  # tar stops at its own end: only the last block says whether the file is whole
        for path in parts.rglob("*"):
            _sync(path)
        if data.exists():
            data.rmdir()
        parts.rename(data)
        sync_folder(data.parent)
    except tarfile.TarError as problem:
        raise BadInput(f"{source}: cannot be read as a backup ({problem}); try an older one") from problem
    except OSError as problem:
        raise StoreError(
            f"{data}: cannot be written ({problem.strerror}), and the backup is untouched; name a folder on a "
            "disk with room with --data"
        ) from problem
    finally:
        for path in sorted(parts.rglob("*"), reverse=True) if parts.exists() else ():
            path.rmdir() if path.is_dir() else path.unlink()
        if parts.exists():
            parts.rmdir()
    with make_hub(data) as hub:
        hub.keys.renew_epoch()
        _take_revoked(data / REVOKED, hub.registry)
        _close_shared_map(hub.store)
        return [probe for probe in hub.registry.probes() if not probe.revoked]


def _close_shared_map(store: Store) -> None:
    """A copy does not know what was made private, or which pictures were deleted, after it was made: an operator looks
    before strangers do."""
    sharing = store.public.sharing()
    if sharing.open:
        store.public.save([], msgspec.structs.replace(sharing, open=False))
        _log.warning(
            "the shared map is closed: this copy does not know what was made private or deleted since it was made; "
            "look through that, then open the map again"
        )


def _take_revoked(path: Path, registry: Registry) -> None:
    """Take over the list that comes with a copy of the keys alone."""
    if path.is_file():
        registry.take_revoked(msgspec.json.decode(path.read_bytes(), type=list[RevokedKey]))
        path.unlink()


def _opened(source: Path) -> BinaryIO:
    try:
        return source.open("rb")
    except OSError as problem:
        raise BadInput(f"{source}: cannot be read ({problem.strerror}); give the file that `backup` wrote") from problem


def _sync(path: Path) -> None:
    if path.is_dir():
        sync_folder(path)
        return
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _copy_database(source: Path, target: Path) -> None:
    """Copy a hub's log beside it, as what a hub knows lies on its own disk only. Raises StoreError."""
    try:
        os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        with closing(sqlite3.connect(source)) as db, closing(sqlite3.connect(target)) as copy:
            db.backup(copy)
    except (OSError, sqlite3.Error) as problem:
        free = shutil.disk_usage(source.parent).free
        full = isinstance(problem, sqlite3.Error) and is_full(problem, free)
        why = "the disk is full" if full else (getattr(problem, "strerror", None) or problem)
        remedy = "free some space there" if full else "see that the folder can be written"
        raise StoreError(
            f"{source.parent}: the log is copied there first, which failed ({why}); {remedy}, or save the "
            "keys alone with --keys-only"
        ) from problem


def _reach(copy: Path) -> tuple[int, int]:
    """How far the sightings and the decisions in a copied log go."""
    with closing(sqlite3.connect(copy)) as db:
        return _last(db, "sighting", "seq"), _last(db, "decision", "number")


def _last(db: sqlite3.Connection, table: str, key: str) -> int:
    """The last number of a table; 0 where it is empty, or a hub of an earlier version has none."""
    there = db.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", (table,)).fetchone()
    return int(db.execute(f"SELECT coalesce(max({key}), 0) FROM {table}").fetchone()[0]) if there else 0  # noqa: S608


def _cipher(passphrase: str, salt: bytes) -> AESGCM:
    return AESGCM(Scrypt(salt=salt, length=32, n=1 << 16, r=8, p=1).derive(passphrase.encode()))


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes((last,))


class _Writer:
    """Encrypts what is written to it; `tick` gets the octets so far."""

    def __init__(self, file: BinaryIO, passphrase: str, tick: Callable[[int], None]) -> None:
        self._tick = tick
        salt = secrets.token_bytes(_SALT)
        file.write(salt)
        self._file, self._cipher = file, _cipher(passphrase, salt)
        self._buffer, self._number = bytearray(), 0

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) >= BLOCK:
            self._write_block(bytes(self._buffer[:BLOCK]), last=False)
            del self._buffer[:BLOCK]
        return len(data)

    def close(self) -> None:
        if self._buffer:
            self._write_block(bytes(self._buffer), last=False)
            self._buffer.clear()
        self._write_block(b"", last=True)

    def _write_block(self, plain: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), plain, None)
        self._file.write(len(sealed).to_bytes(4, "big") + sealed)
        self._number += 1
        self._tick(self._number * BLOCK)


class _Reader:
    """Decrypts as it is read. Raises BadInput for a wrong passphrase or a damaged file."""

    def __init__(self, file: BinaryIO, source: Path, passphrase: str) -> None:
        self._blocks = self._decrypt(file, source, _cipher(passphrase, file.read(_SALT)))
        self._buffer = bytearray()

    def read(self, size: int = -1) -> bytes:
        while size < 0 or len(self._buffer) < size:
            block = next(self._blocks, None)
            if block is None:
                break
            self._buffer += block
        size = len(self._buffer) if size < 0 else size
        data = bytes(self._buffer[:size])
        del self._buffer[:size]
        return data

    @staticmethod
    def _decrypt(file: BinaryIO, source: Path, cipher: AESGCM) -> Iterator[bytes]:
        number = 0
        while True:
            length = int.from_bytes(file.read(4), "big")
            last = length == _TAG
            sealed = file.read(min(length, BLOCK + _TAG))
            try:
                plain = cipher.decrypt(_nonce(number, last=last), sealed, None)
            except InvalidTag as problem:
                what = "another passphrase, or the file is damaged" if number == 0 else "damaged or cut off"
                raise BadInput(f"{source}: cannot be opened ({what})") from problem
            if last:
                return
            yield plain
            number += 1


_TAG = 16
