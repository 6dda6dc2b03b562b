"""Where what people bring lies until it is taken in: photos in memory alone, files in a folder that nobody else reads.

A photo's octets show people. They lie in an anonymous file of the kernel's, which no disk holds (a machine that swaps
may swap it, as it may all memory), and are gone when it is closed. A log holds addresses of strangers' devices: its
file is for this user alone, and removed when it was read, or when the hub starts again.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

from hub.errors import StoreError
from probe.files.private import make_file, make_folder

FOLDER = "incoming"


class Brought:
    """Octets that are coming: an open file, and its `path`, which is None in memory. Removed when it is closed."""

    def __init__(self, descriptor: int, path: Path | None = None) -> None:
        self.descriptor, self.path, self.octets = descriptor, path, 0

    def write(self, part: bytes) -> None:
        """Add octets. Raises StoreError."""
        view = memoryview(part)
        try:
            while view:
                view = view[os.write(self.descriptor, view) :]
        except OSError as problem:
            raise StoreError(
                f"what you brought cannot be kept ({problem.strerror}); nothing of it was taken in, free some space"
            ) from problem
        self.octets += len(part)

    def start(self, size: int) -> bytes:
        """Its first octets."""
        return os.pread(self.descriptor, size, 0)

    def close(self) -> None:
        """Let go of it, and remove it."""
        if self.path is not None:
            with suppress(OSError):
                self.path.unlink()
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1


def in_memory() -> Brought:
    """A place in memory for what no disk may hold."""
    return Brought(os.memfd_create("photo", os.MFD_CLOEXEC))


class IncomingFolder:
    """The folder `incoming/` of a hub. What an earlier run has left in it is removed."""

    def __init__(self, data: Path) -> None:
        self._folder = data / FOLDER

    def clear(self) -> None:
        """Remove what is in it, and it. Raises StoreError."""
        try:
            for path in self._folder.iterdir() if self._folder.is_dir() else ():
                path.unlink()
            with suppress(FileNotFoundError):
                self._folder.rmdir()
        except OSError as problem:
            raise StoreError(f"{self._folder}: cannot be emptied ({problem.strerror}); remove it by hand") from problem

    def new(self, suffix: str = "") -> Brought:
        """A new file, for this user alone. Raises StoreError."""
        path = self._folder / f"{secrets.token_hex(8)}{suffix}"
        try:
            make_folder(self._folder)
            make_file(path)
            return Brought(os.open(path, os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC), path)
        except OSError as problem:
            raise StoreError(
                f"{self._folder}: cannot be written ({problem.strerror}); nothing was taken in, free some space"
            ) from problem
