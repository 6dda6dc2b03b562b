"""What a process owes those around it: no copy of its memory on any disk, and an end when one is asked for."""

import ctypes
import resource
import signal
import threading
from contextlib import suppress

_SET_DUMPABLE = 4
_MMAP_THRESHOLD, _LARGE_BYTES = -3, 1 << 20


def forbid_core_dumps() -> None:
    """No core dump of this process, whatever happens to it, and none by another user's debugger."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the limit above holds


def give_memory_back() -> None:
    """From here on, what is large goes back to the system when it is let go, a picture above all.

    glibc keeps it for the next of its size once it has seen one freed, in pieces that small things hold together: the
    probe stays 17 MB larger than it has to be, of the 200 that it may take on a small machine.
    """
    with suppress(OSError, AttributeError):  # not glibc
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE_BYTES)


def end_at_once_on_ctrl_c() -> None:
    """Until `raise_on_ctrl_c`, Ctrl-C ends this process as the kernel does it (a shell sees 130).

    For while code is loaded: a KeyboardInterrupt raised within an import is now and then swallowed by the interpreter
    (in a weak reference's callback, in an `exec`), and the program went on as if nobody had asked.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else our parent chose: `nohup`, `&` in a script
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def raise_on_ctrl_c() -> None:
    """From here on Ctrl-C raises KeyboardInterrupt: there is something to close."""
    on_main_thread = threading.current_thread() is threading.main_thread()
    if on_main_thread and signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
