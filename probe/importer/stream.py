"""A log as a stream, whatever carries it: a file, a pipe, or gzip, with the digest of its content on the way.

Nothing is unpacked onto a disk. What gzip unpacks is bounded: a small file can hold any amount.
"""

import gzip
import hashlib
import io
import zlib
from pathlib import Path
from typing import Any, Self, cast

from probe.errors import BadInput

HEAD, _BUFFER = 512, 256 * 1024
MOST_UNPACKED = 8 << 30
_GZIP = b"\x1f\x8b"
_ARCHIVES = {b"PK\x03\x04": "a zip archive", b"BZh": "compressed with bzip2", b"\xfd7zXZ": "compressed with xz",
             b"7z\xbc\xaf": "a 7z archive", b"\x28\xb5\x2f\xfd": "compressed with zstd"}  # fmt: skip


class CutShort(Exception):
    """The stream cannot be read on from here; what came before can be used. The message says why."""


class LogStream(io.RawIOBase):
    """The content of a log, to be read once. `head` is how it begins; `packed` whether it was gzip.

    Use as a context. Raises BadInput where the file cannot be opened; reading raises CutShort.
    """

    def __init__(self, path: Path, *, most: int = MOST_UNPACKED) -> None:
        super().__init__()
        self.path, self._most = path, most
        self._sha = hashlib.sha256()
        self._size = 0
        self._views: list[io.BufferedIOBase | io.TextIOBase] = []
        self._file = _opened(path)
        self.head, self._source = self._begun(self._file)
        self.packed = self.head.startswith(_GZIP)
        if self.packed:
            unpacking = cast("io.BufferedReader", gzip.GzipFile(fileobj=self._source))
            self.head, self._source = self._begun(unpacking)
        what = next((word for magic, word in _ARCHIVES.items() if self.head.startswith(magic)), None)
        if what is not None:
            self._file.close()
            raise BadInput(f"{path}: {what}; unpack it first, and give the log in it")

    def __enter__(self) -> Self:
        return self

    def close(self) -> None:
        self._file.close()
        super().close()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        try:
            data = self._source.read1(len(view))
        except EOFError as problem:
            raise CutShort("it is cut short") from problem
        except (zlib.error, gzip.BadGzipFile) as problem:
            raise CutShort("what gzip packed is damaged") from problem
        except OSError as problem:
            raise CutShort(f"it cannot be read on ({problem.strerror})") from problem
        self._size += len(data)
        if self.packed and self._size > self._most:
            raise CutShort(f"it unpacks to more than {self._most >> 20} MB")
        self._sha.update(data)
        view[: len(data)] = data
        return len(data)

    def buffered(self) -> io.BufferedReader:
        """A view with a buffer. The stream stays open when nobody needs the view any more."""
        view = io.BufferedReader(cast("io.RawIOBase", self), _BUFFER)
        self._views.append(view)
        return cast("io.BufferedReader", view)

    def text(self) -> io.TextIOWrapper:
        """A view as lines of UTF-8; what is none is replaced."""
        view = io.TextIOWrapper(self.buffered(), encoding="utf-8-sig", errors="replace", newline="")
        self._views.append(view)
        return view

    def digest(self) -> bytes:
        """The SHA-256 of the whole content, as far as it can be read; reads what is left."""
        try:
            while self.read(1 << 20):
                pass
        except CutShort:
            pass
        return self._sha.digest()

    def _begun(self, source: io.BufferedReader) -> tuple[bytes, io.BufferedReader]:
        """How a source begins, and the source with that in front again."""
        start = b""
        try:
            while len(start) < HEAD and (data := source.read1(HEAD - len(start))):
                start += data
        except (OSError, EOFError, zlib.error) as problem:
            if not start:
                self._file.close()
                why = getattr(problem, "strerror", None) or "what gzip packed is damaged"
                raise BadInput(f"{self.path}: cannot be read ({why}); copy it again") from problem
        return start, io.BufferedReader(_Joined(start, source))


class _Joined(io.RawIOBase):
    """What was read of a source already, and then the source."""

    def __init__(self, start: bytes, source: io.BufferedReader) -> None:
        super().__init__()
        self._start, self._source = start, source

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any, /) -> int:
        view = memoryview(buffer)
        # One piece at a time: where unpacking fails, what came before it is not lost.
        data = self._start[: len(view)] or self._source.read1(len(view))
        self._start = self._start[len(data) :] if self._start else b""
        view[: len(data)] = data
        return len(data)


def _opened(path: Path) -> io.BufferedReader:
    try:
        return path.open("rb")
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a WiGLE CSV or a Kismet log") from problem
