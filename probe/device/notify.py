"""What a service tells systemd: that it listens, how it stands, that it still moves, that it ends.

A datagram of lines to the socket that systemd names. Where it names none, as in a terminal, nothing is told.
https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html
"""

import os
import socket
from collections.abc import Mapping
from contextlib import suppress

_LONGEST_STATUS = 400


class Notifier:
    """Tells the service manager of this process. Nothing here ever raises or waits: a walk does not depend on it."""

    def __init__(self, address: str | None, watchdog_s: float | None = None) -> None:
        """`address` is a path, or `@` and a name of the abstract kind; `watchdog_s` how long it waits for `alive`."""
        self._address = address if address and address[0] in "/@" else None
        self.watchdog_s = watchdog_s

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Notifier":
        """The one that the environment names, for this very process and not for its children."""
        usec, pid = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
        meant = not pid or pid == str(os.getpid())
        known = usec.isascii() and usec.isdecimal() and int(usec) > 0
        return cls(environment.get("NOTIFY_SOCKET"), int(usec) / 1e6 if known and meant else None)

    @property
    def is_heard(self) -> bool:
        """Whether a service manager listens."""
        return self._address is not None

    def ready(self, status: str) -> None:
        """The service listens."""
        self._tell("READY=1", _status(status))

    def status(self, status: str) -> None:
        """How it stands, in a line that `systemctl status` shows."""
        self._tell(_status(status))

    def alive(self) -> None:
        """It still moves; systemd ends a service that has a watchdog and says this too seldom."""
        self._tell("WATCHDOG=1")

    def stopping(self) -> None:
        """It ends, and writes down what it has."""
        self._tell("STOPPING=1")

    def _tell(self, *lines: str) -> None:
        if self._address is None:
            return
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as there:
            there.setblocking(False)
            there.sendto("\n".join(lines).encode(errors="replace"), address)


def _status(text: str) -> str:
    """A status is one line: what follows an end of line would be a message of its own."""
    return f"STATUS={' '.join(text.split())[:_LONGEST_STATUS]}"
