"""Files and folders of ours are for this user alone, whatever the umask says and whoever made them.

What was open to others is closed and reported. A link, another user's file, or what is no file at all is refused: with
it somebody else decides what is read and written here. Sticks and cards whose file system knows no users (FAT) are told
of and used. The hub uses this room as well; it imports nothing but the standard library.
"""

import errno
import logging
import os
import stat
from collections.abc import Iterable
from pathlib import Path

OTHERS = 0o077
BESIDE_DATABASE = ("-wal", "-shm", "-journal")  # what SQLite lays beside a database
# File systems in which a file has no owner and no mode of its own.
_WITHOUT_USERS = {"vfat", "msdos", "exfat", "ntfs", "ntfs3", "fuseblk", "hfs", "udf", "iso9660"}
_MOUNTS = Path("/proc/self/mountinfo")
_CANNOT = (errno.EPERM, errno.EACCES, errno.EROFS, errno.ENOTSUP, errno.ENOSYS, errno.EINVAL)
_ROOT = 0

_log = logging.getLogger(__name__)
_told: set[Path] = set()


class NotOurs(PermissionError):
    """What is there is no file or folder of this user's; `strerror` says what it is instead, and what to try."""

    def __init__(self, why: str) -> None:
        super().__init__(errno.EPERM, why)

    def __str__(self) -> str:
        return str(self.strerror)


def make_folder(path: Path) -> None:
    """Make a folder for this user alone, and those above it that are missing. One that is there stays as it is. Raises
    OSError."""
    for one in reversed((path, *path.parents)):
        if not one.exists():
            try:
                one.mkdir(mode=0o700)
            except FileExistsError:
                if not one.is_dir():
                    raise


def close_folder(path: Path) -> None:
    """Close a folder of ours to others; one that everybody shares, or a home, stays open and that is told. Raises
    NotOurs, OSError."""
    there = os.lstat(path)
    if stat.S_ISLNK(there.st_mode):
        _require_owner(path, there)  # by a link of one's own a folder may well lie on another disk
        there = path.stat()
    if not stat.S_ISDIR(there.st_mode):
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(path))
    _require_owner(path, there)
    if there.st_mode & OTHERS and (there.st_mode & stat.S_ISVTX or path.resolve() in (Path.home(), Path("/"))):
        _tell(path, "is not for this alone, so it stays open to others; better name a folder of its own")
        return
    _close(path, there)


def make_file(path: Path) -> None:
    """Make an empty file for this user alone, or close the one that is there. Raises NotOurs, OSError."""
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600))
    except FileExistsError:
        close_file(path)


def close_file(path: Path) -> None:
    """Close a file of ours to others. Raises NotOurs, OSError.

    It is never opened for that: closing it again would take the locks away that SQLite holds on it in this process.
    """
    there = os.lstat(path)
    if stat.S_ISLNK(there.st_mode):
        raise NotOurs(f"{path.name} is a link to {_target(path)}; put the file itself there, or name its own place")
    if not stat.S_ISREG(there.st_mode):
        raise NotOurs(f"{path.name} is no file; move it away")
    _require_owner(path, there)
    _close(path, there)


def require_writable(path: Path) -> None:
    """Raises OSError where a file that is there cannot be written: EROFS on a disk that is read-only. It is not opened,
    see `close_file`."""
    if not os.access(path, os.R_OK | os.W_OK, effective_ids=os.access in os.supports_effective_ids):
        read_only = os.statvfs(path).f_flag & os.ST_RDONLY
        code = errno.EROFS if read_only else errno.EACCES
        raise OSError(code, os.strerror(code), str(path))
    there = path.stat()
    try:  # a disk that has just given up shows that only when something is to be changed
        os.utime(path, ns=(there.st_atime_ns, there.st_mtime_ns))
    except OSError as problem:
        if problem.errno == errno.EROFS:
            raise


def close_files(paths: Iterable[Path]) -> None:
    """Close those of these files that are there. Raises NotOurs, OSError."""
    for path in paths:
        try:
            close_file(path)
        except FileNotFoundError:
            continue


def beside_database(path: Path) -> list[Path]:
    """The files that SQLite lays beside a database."""
    return [path.with_name(path.name + suffix) for suffix in BESIDE_DATABASE]


def file_system(mounts: str, device: int) -> str | None:
    """The type of the file system with a device number, from the text of `/proc/self/mountinfo`; None where it is not
    among them."""
    number = f"{os.major(device)}:{os.minor(device)}"
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if after and before.split()[2:3] == [number]:
            return after.split()[0]
    return None


def _close(path: Path, there: os.stat_result) -> None:
    if not there.st_mode & OTHERS:
        return
    try:
        os.chmod(path, stat.S_IMODE(there.st_mode) & 0o700)
    except OSError as problem:
        if problem.errno not in _CANNOT:
            raise
    if path.stat().st_mode & OTHERS:
        why = "its disk knows no users" if _knows_no_users(there) else "only its owner can close it"
        _tell(path, f"is open to other users of this machine, and cannot be closed ({why})")
    else:
        _tell(path, "was open to other users of this machine; it is closed to them now")


def _require_owner(path: Path, there: os.stat_result) -> None:
    """Raises NotOurs for what is another user's. Root's may be used by anybody who can: root can do anything anyway."""
    us = os.geteuid()
    if there.st_uid in (us, _ROOT) or _knows_no_users(there):
        return
    if us == _ROOT:
        _tell(path, f"belongs to another user (uid {there.st_uid}), who can read and change it")
        return
    raise NotOurs(f"{path.name} belongs to another user (uid {there.st_uid}), who could read and change it")


def _knows_no_users(there: os.stat_result) -> bool:
    try:
        return file_system(_MOUNTS.read_text(errors="replace"), there.st_dev) in _WITHOUT_USERS
    except OSError:
        return False


def _target(link: Path) -> str:
    try:
        return os.readlink(link)
    except OSError:
        return "something"


def _tell(path: Path, what: str) -> None:
    """Say it once in a program's life."""
    if path not in _told:
        _told.add(path)
        _log.warning("%s %s.", path, what)
