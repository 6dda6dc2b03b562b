"""Writes a file so that it is there whole after a power cut or a stick pulled out, or not at all."""

import errno
import os
from contextlib import suppress
from pathlib import Path

# File systems that cannot write down a folder by itself (some network and FUSE ones) say one of these.
_NOT_FOR_FOLDERS = (errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EBADF, errno.EACCES)
ASIDE_SUFFIX = ".part"  # as in `probe.contract.folder`: a hub that reads a stick passes it over


def write_durably(target: Path, data: bytes, *, private: bool = False) -> None:
    """Write aside, to the disk, then under the right name, and that to the disk as well. Raises OSError.

    A `private` file is for this user alone, from its first octet on.
    """
    aside = target.with_name(target.name + ASIDE_SUFFIX)
    try:
        if private:  # what somebody else laid there, or a link, is not written into
            aside.unlink(missing_ok=True)
        flags = os.O_WRONLY | os.O_CREAT | (os.O_EXCL if private else os.O_TRUNC)
        with os.fdopen(os.open(aside, flags, 0o600 if private else 0o666), "wb") as file:
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
