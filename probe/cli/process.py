"""What a process that hears other people's devices owes them: no copy of its memory on any disk."""

import ctypes
import resource

_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """No core dump of this process, whatever happens to it, and none by another user's debugger."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the limit above holds
