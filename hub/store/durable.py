"""Writes a file so that a power cut, a full disk or a stick pulled out early leaves it whole: the old or the new."""

import contextlib
import os
import secrets
from pathlib import Path

from hub.errors import BadInput, StoreError

ASIDE_SUFFIX = ".part"


def write_durably(path: Path, data: bytes, *, secret: bool = False, new: bool = False) -> None:
    """Write aside, to the disk, then under its name. Raises StoreError.

    A `secret` file is for this user alone. A `new` one never takes another's place: then FileExistsError.
    """
    aside = path.with_name(f"{path.name}.{secrets.token_hex(4)}{ASIDE_SUFFIX}")
    try:
        try:
            descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600 if secret else 0o666)
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            put_in_place(aside, path, new=new)
        finally:
            aside.unlink(missing_ok=True)
    except FileExistsError:
        raise
    except OSError as problem:
        raise StoreError(
            f"{path}: cannot be written ({problem.strerror}); is the disk or stick full or locked?"
        ) from problem


def put_in_place(aside: Path, path: Path, *, new: bool = False) -> None:
    """Give a file that is on the disk already its name, durably. Raises OSError, and FileExistsError where a `new` file
    would take another's place."""
    if not new:
        aside.replace(path)
    elif _linked(aside, path):
        aside.unlink()
    else:
        aside.rename(path)
    sync_folder(path.parent)


def require_free(path: Path, *, force: bool) -> None:
    """Raises BadInput where writing to a file would overwrite another and that was not asked for."""
    if not path.parent.is_dir():
        raise BadInput(f"{path}: there is no folder {path.parent}; make it first, or name another")
    if path.exists() and not path.is_file():
        raise BadInput(f"{path}: not a file; name another")
    if path.exists() and not force:
        raise BadInput(f"{path}: there is such a file already; name another, or overwrite it with --force")


def sync_folder(folder: Path) -> None:
    """See to it that a folder's names survive a power cut, on file systems that can say so."""
    with contextlib.suppress(OSError):  # some sticks' file systems cannot sync a folder; their files are synced
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _linked(aside: Path, path: Path) -> bool:
    """Whether a file system that has links has made this one, which alone is safe against two writers at once."""
    try:
        os.link(aside, path)
    except FileExistsError:
        raise
    except OSError:  # FAT, as on most sticks, has none
        if path.exists():
            raise FileExistsError(f"{path} is there already") from None
        return False
    return True
