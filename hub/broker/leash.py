"""Starts a program that ends with the hub, however the hub ends: `leash.py PARENT USER LIMITS PROGRAM ARGUMENT...`

A script of its own, between the hub and the program: what has to happen between fork and exec must not run in a process
with threads. It becomes USER (`-`: stays who it is), so that the kernel's promise comes after the change of user that
would undo it, limits open files to FILES, and asks the kernel to kill the program when PARENT, the hub, has ended.
"""

import ctypes
import os
import pwd
import resource
import signal
import sys

_END_WITH_PARENT, _NO_NEW_RIGHTS = 1, 38  # PR_SET_PDEATHSIG, PR_SET_NO_NEW_PRIVS


_LIMITS = (resource.RLIMIT_NOFILE, resource.RLIMIT_AS, resource.RLIMIT_FSIZE)


def main(parent: int, user: str, limits: list[int], command: list[str]) -> None:
    """Become the program. Ends with a sentence on stderr where that cannot be."""
    try:
        os.umask(0o077)
        for what, most in zip(_LIMITS, limits, strict=False):
            resource.setrlimit(what, (most, most))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # its memory holds keys
        if user != "-":
            _become(pwd.getpwnam(user))
        # A program that gains rights as it starts (setcap) would lose the promise; so it gains none.
        _ask_kernel(_NO_NEW_RIGHTS, 1)
        _ask_kernel(_END_WITH_PARENT, signal.SIGKILL)
        if os.getppid() != parent:
            sys.exit("Error: the hub has ended meanwhile.")
        os.execv(command[0], command)  # noqa: S606 (there is no shell to be in the way)
    except (OSError, KeyError, ValueError) as problem:
        sys.exit(f"Error: {command[0]} cannot be started as {user} ({problem}).")


def _become(owner: pwd.struct_passwd) -> None:
    os.initgroups(owner.pw_name, owner.pw_gid)
    os.setresgid(owner.pw_gid, owner.pw_gid, owner.pw_gid)
    os.setresuid(owner.pw_uid, owner.pw_uid, owner.pw_uid)


def _ask_kernel(option: int, value: int) -> None:
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], [int(most) for most in sys.argv[3].split(":")], sys.argv[4:])
