"""A hub's folder: told from any other folder, made, opened, and locked by the one hub that serves it."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import BadInput, StoreError
from hub.keys import FOLDER as KEYS_FOLDER
from hub.keys import SIGNING_KEY, HubKeys
from hub.store.chosen import REMEMBERED, open_store
from hub.store.registry import Registry
from hub.store.sql.registry import SqlRegistry
from hub.store.sqlite.database import FILE
from hub.store.store import Store
from probe.detect.registry import Recogniser
from probe.files.private import close_folder, make_file, make_folder

LOCK = "serving.lock"
_MAX_ADDRESS = 500


@dataclass(frozen=True, slots=True)
class HubFolder:
    """What lies in a hub's folder. Everything that judges sightings shares the recogniser, which judges none twice."""

    path: Path
    store: Store
    keys: HubKeys
    registry: Registry
    recogniser: Recogniser = field(default_factory=Recogniser)


@dataclass(frozen=True, slots=True)
class HubLog:
    """What a command that only reads sees of a hub: nothing can be changed through it."""

    store: Store
    registry: Registry


def require_hub(path: Path) -> None:
    """Raises BadInput where a folder is no hub's; nothing is made."""
    if not any(there.is_file() for there in (path / FILE, path / REMEMBERED, _signing_key(path))):
        raise BadInput(
            f"{path}: no hub is there (neither {FILE} nor {KEYS_FOLDER}/{SIGNING_KEY}); name a hub's folder with "
            "--data, or make one: `contrechamp-hub serve` and `enroll` do, `restore` brings one back from a backup"
        )


@contextmanager
def make_hub(path: Path) -> Iterator[HubFolder]:
    """The hub in a folder, made where there is none. Raises StoreError."""
    with _opened(path, make=True) as folder:
        yield folder


@contextmanager
def open_hub(path: Path) -> Iterator[HubFolder]:
    """The hub in a folder. Raises BadInput where there is none, StoreError."""
    require_hub(path)
    if not _signing_key(path).is_file():
        raise StoreError(f"{path}: the hub's keys are missing; restore the hub from a backup")
    with _opened(path, make=False) as folder:
        yield folder


@contextmanager
def read_hub(path: Path) -> Iterator[HubLog]:
    """The hub in a folder, to look at and not to change. Raises BadInput where there is none, StoreError."""
    require_hub(path)
    store = open_store(path, make=False, read_only=True)
    try:
        yield HubLog(store, SqlRegistry(store.db))
    finally:
        store.close()


class ServingLock:
    """Held by the hub that serves a folder, until it ends in whatever way: the kernel lets go of it.

    Making it raises BadInput, with the other's address, where a hub serves the folder already.
    """

    def __init__(self, path: Path) -> None:
        try:
            make_folder(path)
            close_folder(path)
            make_file(path / LOCK)
            self._descriptor = os.open(path / LOCK, os.O_RDWR | os.O_NOFOLLOW)
        except OSError as problem:
            raise StoreError(
                f"{path}: cannot be written ({problem.strerror}); name another folder with --data"
            ) from problem
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(self._descriptor, 0)
        except BlockingIOError as problem:
            other = os.pread(self._descriptor, _MAX_ADDRESS, 0).decode(errors="replace") or "just starting"
            os.close(self._descriptor)
            raise BadInput(
                f"{path}: a hub serves this folder already ({other}); end that one first, or name another folder with "
                "--data"
            ) from problem
        except OSError as problem:
            os.close(self._descriptor)
            raise StoreError(
                f"{path}: cannot be locked ({problem.strerror}); name a folder on a local disk"
            ) from problem

    def note(self, addresses: str) -> None:
        """Leave word for whoever comes second: where this hub is reached."""
        os.pwrite(self._descriptor, addresses.encode()[:_MAX_ADDRESS], 0)

    def release(self) -> None:
        """Let another hub serve the folder."""
        os.close(self._descriptor)


@contextmanager
def _opened(path: Path, *, make: bool) -> Iterator[HubFolder]:
    store = open_store(path, make=make)
    try:
        keys = HubKeys(path)
        store.today = lambda: keys.arrival_day
        store.forget_senders(keys.day)
        yield HubFolder(path, store, keys, SqlRegistry(store.db))
    finally:
        store.close()


def _signing_key(path: Path) -> Path:
    return path / KEYS_FOLDER / SIGNING_KEY
