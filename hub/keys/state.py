"""What of the hub's keys is not secret, in one file that several processes may change, one at a time."""

import fcntl
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from hub.errors import StoreError
from hub.keys.day import FIRST_DAY, LAST_DAY, Certain, Reading, first_certain
from hub.store.durable import write_durably

STATE, LOCK = "state.json", "state.lock"


class Term(msgspec.Struct):
    """A sealing key's time: in use from a day on, destroyed after another."""

    since: date
    destroyed: date


class State(msgspec.Struct):
    """Terms by key id, in the order in which the keys were made.

    `last_day` is the day of `certain`, as earlier versions wrote it alone. `said` holds what probes' clocks have said
    beyond that day, by the probe's id, until a second one bears it out.
    """

    serial: int
    epoch: str
    last_day: date
    terms: dict[str, Term]
    certain: Certain | None = None
    said: dict[str, date] = {}

    def certain_at(self, reading: Reading) -> Certain:
        """What is certain by now."""
        if self.certain is not None:
            return self.certain.at(reading)
        day = min(max(self.last_day, FIRST_DAY), LAST_DAY)
        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        return Certain(utc_s=begin.timestamp(), boot=reading.boot, boot_s=reading.boot_s)


class StateFile:
    """The state's file: everything that reads or writes it goes through here."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._path = folder, folder / STATE
        self._seen: tuple[int, int, int] | None = None

    def read(self, reading: Reading) -> State:
        """What is there, a new state where nothing is. Raises OSError, StoreError where it is damaged."""
        self._seen = self._version()
        if self._path.exists():
            try:
                return msgspec.json.decode(self._path.read_bytes(), type=State)
            except msgspec.MsgspecError as problem:
                raise StoreError(f"{self._path}: damaged ({problem}); restore the keys from a backup") from problem
        certain = first_certain(reading)
        return State(serial=0, epoch=secrets.token_hex(16), last_day=certain.day, terms={}, certain=certain)

    def write(self, state: State) -> None:
        """Put it in the place of what is there, durably. Raises StoreError."""
        if state.certain is not None:
            state.last_day = state.certain.day
        write_durably(self._path, msgspec.json.encode(state), secret=True)
        self._seen = self._version()

    def changed(self) -> bool:
        """Whether another process has written it since."""
        return self._version() != self._seen

    @contextmanager
    def locked(self) -> Iterator[None]:
        """While this lasts, no other process reads and changes it; the kernel lets go where one ends. Raises
        StoreError."""
        try:
            descriptor = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        except OSError as problem:
            raise self._not_lockable(problem) from problem
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX)
            except OSError as problem:
                raise self._not_lockable(problem) from problem
            yield
        finally:
            os.close(descriptor)

    def _version(self) -> tuple[int, int, int] | None:
        try:
            state = self._path.stat()
        except FileNotFoundError:
            return None
        return state.st_ino, state.st_mtime_ns, state.st_size

    def _not_lockable(self, problem: OSError) -> StoreError:
        why = problem.strerror or problem
        return StoreError(f"{self._folder / LOCK}: cannot be locked ({why}); keep the hub's folder on a local disk")
