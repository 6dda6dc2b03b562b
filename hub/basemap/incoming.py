"""Extracts on their way in: those laid into the hub's folder `incoming/`, and those sent through the page in portions.

A portion is small, so that a slow network holds no connection for long, and one that was lost is sent again.
"""

import os
import re
import secrets
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from hub.basemap import EXTENSION, INCOMING
from hub.basemap.make import estimate
from hub.basemap.pbf import MAX_EXTRACT_BYTES
from hub.errors import BadInput, StoreError
from hub.store.durable import ASIDE_SUFFIX
from probe.files.private import make_folder

PORTION_BYTES = 4 << 20
_MOST_LISTED = 50
_NAME = re.compile(r"[^\w.-]+")


@dataclass(frozen=True, slots=True)
class Waiting:
    """An extract that lies in the folder: its name and octets."""

    name: str
    octets: int


class Incoming:
    """The folder `incoming/` of a hub. One upload at a time: a new one takes the place of one that was left."""

    def __init__(self, data: Path) -> None:
        self._data, self.folder = data, data / INCOMING
        self._lock = threading.Lock()
        self._upload: tuple[str, str, int] | None = None  # its number, name and octets

    def waiting(self) -> list[Waiting]:
        """The extracts in the folder, by name; where it cannot be read, none."""
        with suppress(OSError):
            return sorted(self._found(), key=lambda one: one.name)[:_MOST_LISTED]
        return []

    def find(self, name: str) -> Path:
        """An extract that waits, by its name. Raises BadInput where there is none of that name."""
        if name not in {one.name for one in self.waiting()}:
            raise BadInput(f"{name[:80]}: no such extract in the folder {self.folder}")
        return self.folder / name

    def begin(self, name: str, octets: int) -> str:
        """Begin an upload of so many octets; its number. Raises BadInput where it is too large, StoreError."""
        if not name.endswith(EXTENSION):
            raise BadInput("an extract's name ends in .osm.pbf; choose such a file")
        if not 0 < octets <= MAX_EXTRACT_BYTES:
            raise BadInput(
                f"{octets / 2**30:.1f} GB are more than this makes a map of; take the extract of a country or a region"
            )
        with self._lock:
            self._clear()
            free = self._free()
            need = octets + estimate(octets).work_octets
            if need > free:
                raise StoreError(
                    f"about {need / 1e6:,.0f} MB are needed for it and its making, and {free / 1e6:,.0f} MB are free; "
                    "free some space, or take the extract of a smaller area"
                )
            number = secrets.token_hex(8)
            self._upload = number, _NAME.sub("-", name.removesuffix(EXTENSION))[-60:].strip(".-") or "extract", octets
            try:
                make_folder(self.folder)
                os.close(os.open(self._path(number), os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
            except OSError as problem:
                raise self._cannot(problem) from problem
            return number

    def add(self, number: str, at: int, portion: bytes) -> int:
        """Add a portion that begins at so many octets; how many there are then, which is where the next one begins.

        A portion that does not fit where the file ends is not taken. Raises BadInput where there is no such upload,
        StoreError."""
        with self._lock:
            _, _, octets = self._own(number)
            try:
                with self._path(number).open("ab") as file:
                    there = file.tell()
                    if at == there and there + len(portion) <= octets:
                        file.write(portion)
                    return file.tell()
            except OSError as problem:
                raise self._cannot(problem) from problem

    def finish(self, number: str) -> Path:
        """The whole upload, by the name of its extract. Raises BadInput where it is not whole, StoreError."""
        with self._lock:
            _, name, octets = self._own(number)
            path = self._path(number)
            try:
                if path.stat().st_size != octets:
                    raise BadInput("the file has not come whole; choose it once more")
                whole = self.folder / f"{name}.{number[:4]}{EXTENSION}"
                path.replace(whole)
            except OSError as problem:
                raise self._cannot(problem) from problem
            self._upload = None
            return whole

    def clear(self) -> None:
        """Forget an upload that was left, also by a hub that ran before."""
        with self._lock:
            self._clear()

    def _clear(self) -> None:
        self._upload = None
        for path in self.folder.glob(f"*{ASIDE_SUFFIX}"):
            path.unlink(missing_ok=True)

    def _found(self) -> Iterator[Waiting]:
        for entry in os.scandir(self.folder):
            if entry.name.endswith(EXTENSION) and entry.is_file(follow_symlinks=False):
                yield Waiting(entry.name, entry.stat().st_size)

    def _free(self) -> int:
        return shutil.disk_usage(self._data).free

    def _path(self, number: str) -> Path:
        return self.folder / f"{number}{ASIDE_SUFFIX}"

    def _own(self, number: str) -> tuple[str, str, int]:
        if self._upload is None or self._upload[0] != number:
            raise BadInput("this upload is over, or another has taken its place; choose the file once more")
        return self._upload

    def _cannot(self, problem: OSError) -> StoreError:
        return StoreError(f"{self.folder}: cannot be written ({problem.strerror}); is the disk full?")
