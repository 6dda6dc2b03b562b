"""What this process may ask of the kernel. Radios take two of root's powers, and nothing here takes the rest.

CAP_NET_RAW opens the sockets that listen, CAP_NET_ADMIN sets channels and modes. Whoever reads octets from the air,
from cables and cards holds these two at most, so that a fault in a decoder is not a fault of the whole machine. The
ways to give them are in docs/privileges.md. https://man7.org/linux/man-pages/man7/capabilities.7.html
"""

import ctypes
import os
import pwd
import shlex
import sys
from collections.abc import Iterable
from pathlib import Path
from struct import pack

from probe.errors import BadInput

NET_ADMIN, NET_RAW = 12, 13
RADIO = frozenset({NET_ADMIN, NET_RAW})
_NAMES = {NET_ADMIN: "CAP_NET_ADMIN", NET_RAW: "CAP_NET_RAW"}
_VERSION_3 = 0x20080522
_KEEP_CAPS, _DROP_BOUND, _NO_NEW_PRIVILEGES, _AMBIENT = 8, 24, 38, 47
_RAISE, _CLEAR_ALL = 2, 4
_LAST = Path("/proc/sys/kernel/cap_last_cap")
_STATUS = Path("/proc/thread-self/status")


def held() -> frozenset[int]:
    """The capabilities that this thread may use, by number; none where the kernel does not say."""
    try:
        lines = _STATUS.read_text().splitlines()
    except OSError:
        return frozenset()
    mask = next((int(line.split()[1], 16) for line in lines if line.startswith("CapPrm:")), 0)
    return frozenset(number for number in range(64) if mask >> number & 1)


def refused(what: str, *needed: int) -> BadInput:
    """The sentence for something that the kernel did not permit: what lacks for it, and a command that gives it."""
    lacking = [_NAMES[number] for number in needed if number not in held()]
    if not lacking:
        return BadInput(f"{what}, although {_named(needed)} is there; look for what forbids it: sudo dmesg | tail")
    if os.geteuid() == 0:
        return BadInput(
            f"{what}: root has no {' and no '.join(lacking)} here; give these to the container: "
            "--cap-add=NET_RAW --cap-add=NET_ADMIN"
        )
    return BadInput(f"{what}: that takes {' and '.join(lacking)}, not root; try: {_as_oneself()}")


def _as_oneself() -> str:
    """This very command with the two capabilities, and still as the user who gives it."""
    started = sys.argv if os.access(sys.argv[0], os.X_OK) else [sys.executable, *sys.orig_argv[1:]]
    command = shlex.join([os.path.abspath(started[0]), *started[1:]])
    return (
        f"sudo -E setpriv --reuid={os.getuid()} --regid={os.getgid()} --init-groups "
        f"--inh-caps=+net_raw,+net_admin --ambient-caps=+net_raw,+net_admin {command}"
    )


def keep_only(wanted: Iterable[int], files: Path | None = None) -> str | None:
    """Let go for good of all capabilities but those; a sentence for the walker where that changed what root may do.

    Programs that are started from here (`iw`, `ip`) hold the same, and none comes to hold more. Root becomes the user
    to whom `files` belong, where that is another one. It is done to this thread and those that it starts later: call
    it before there are others. Raises BadInput where that user could not go on.
    """
    before = held()
    if sys.platform != "linux" or not before:
        return None
    kept = before & frozenset(wanted)
    owner = _owner(files) if os.geteuid() == 0 else None
    libc = ctypes.CDLL(None, use_errno=True)
    for number in range(_last() + 1):
        if number not in kept:
            libc.prctl(_DROP_BOUND, number, 0, 0, 0)  # refused to those who hold little; then the last line does it
    if owner is not None:
        libc.prctl(_KEEP_CAPS, 1, 0, 0, 0)
        os.initgroups(owner.pw_name, owner.pw_gid)
        os.setresgid(owner.pw_gid, owner.pw_gid, owner.pw_gid)
        os.setresuid(owner.pw_uid, owner.pw_uid, owner.pw_uid)
    _hold(libc, kept)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    if before == kept:
        return None
    if owner is not None:
        return f"started as root: goes on as {owner.pw_name}, to whom {files} belongs, with {_named(kept)}"
    if os.geteuid() == 0:
        return f"started as root: keeps {_named(kept)} of its powers, and its files; better start it as a user"
    return None


def _hold(libc: ctypes.CDLL, kept: frozenset[int]) -> None:
    """Hold these and no others, for this program and for those that it starts. Raises OSError."""
    mask = sum(1 << number for number in kept)
    low, high = mask & 0xFFFFFFFF, mask >> 32
    libc.prctl(_AMBIENT, _CLEAR_ALL, 0, 0, 0)
    # effective, permitted, inheritable: first their lower halves, then the upper ones
    if libc.capset(pack("=Ii", _VERSION_3, 0), pack("=6I", low, low, low, high, high, high)):
        raise OSError(ctypes.get_errno(), "capabilities cannot be let go")
    for number in kept:
        libc.prctl(_AMBIENT, _RAISE, number, 0, 0)


def _owner(files: Path | None) -> "pwd.struct_passwd | None":
    """Whose those files are: None where they are root's, nobody's known, or not there. Raises BadInput."""
    try:
        uid = files.stat().st_uid if files is not None else 0
        owner = pwd.getpwuid(uid) if uid else None
    except (OSError, KeyError):
        return None
    unreadable = None if owner is None else _unreadable(owner.pw_uid, owner.pw_gid)
    if owner is not None and unreadable is not None:
        raise BadInput(
            f"{files} belongs to {owner.pw_name}, who cannot read this program in {unreadable}; "
            f"install it where {owner.pw_name} can, or give the file to root: chown root {files}"
        )
    return owner


def _unreadable(uid: int, gid: int) -> Path | None:
    """The folder of ours or of Python's from which a user could load nothing more; None where there is none."""
    os.setegid(gid)
    os.seteuid(uid)
    try:
        for place in (Path(__file__), Path(os.__file__)):
            try:
                place.open("rb").close()
            except OSError:
                return place.parent
        return None
    finally:
        os.seteuid(0)
        os.setegid(0)


def _last() -> int:
    try:
        return int(_LAST.read_text())
    except (OSError, ValueError):
        return 40


def _named(numbers: Iterable[int]) -> str:
    return " and ".join(_NAMES[number] for number in sorted(numbers, reverse=True)) or "no capability"
