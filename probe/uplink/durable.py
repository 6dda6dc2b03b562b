"""Writes a file so that it is there whole after a power cut or a stick pulled out, or not at all."""

import errno
import os
from contextlib import suppress
from pathlib import Path

from probe.contract.folder import ASIDE_SUFFIX

# File systems that cannot write down a folder by itself (some network and FUSE ones) say one of these.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF, errno.EACCES)


def write_durably(target: Path, data: bytes) -> None:
    """Write aside, to the disk, then under the right name, and that to the disk as well. Raises OSError."""
    aside = target.with_name(target.name + ASIDE_SUFFIX)
    try:
        with aside.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        aside.replace(target)
    except OSError:
        with suppress(OSError):
            aside.unlink()
        raise
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
    except OSError as problem:
        if problem.errno not in _NOT_FOR_FOLDERS:
            raise
