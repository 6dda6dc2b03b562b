"""What a process owes those around it: no copy of its memory on any disk, and an end when one is asked for."""

import ctypes
import resource
import signal
import threading

_SET_DUMPABLE = 4


def forbid_core_dumps() -> None:
    """No core dump of this process, whatever happens to it, and none by another user's debugger."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        ctypes.CDLL(None).prctl(_SET_DUMPABLE, 0, 0, 0, 0)
    except (OSError, AttributeError):
        return  # not Linux: the limit above holds


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
