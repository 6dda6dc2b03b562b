"""Ends connections of those who never log in, before they have taken every place: mosquitto waits 90 s for each.

As sshd's login grace: whoever has not logged in after a while has to go, sooner where places run short, and whoever
holds many goes first. Pairing is open to everybody, so it is a login for minutes alone. Mosquitto has no such bound (as
of 2.1), but says who logs in; and the kernel lets us hold our child's sockets as well (pidfd_getfd) and shut them; to
mosquitto, such a client has hung up.
"""

import ctypes
import logging
import os
import re
import socket
from collections import Counter, deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from pathlib import Path
from time import monotonic

from probe.contract import topics

_log = logging.getLogger(__name__)

GRACE_S, PRESSED_GRACE_S = 10.0, 4.0
PAIRING_S, PRESSED_PAIRING_S = 120.0, 20.0  # a person may still be comparing words; the probe itself needs seconds
PRESSED = 0.5  # of all places taken
EACH = 8  # connections that one address may have before it has logged in, where places run short
_LOGIN = re.compile(r"New client connected from (\S+):([0-9]+) as .*u'([^']*)'\)\.\Z")
_GETFD = 438  # pidfd_getfd, on every processor since Linux 5.6


@dataclass(slots=True)
class _Guest:
    """A connection: from where, since when, and as whom it has logged in."""

    descriptor: int
    peer: tuple[str, int]
    since_s: float
    user: str | None = None


class Doorkeeper:
    """Looks after the connections at one port of one mosquitto. `places` is how many it takes."""

    def __init__(self, pid: int, port: int, places: int, *, clock: Callable[[], float] = monotonic) -> None:
        self.pressed = False
        self._port, self._places, self._clock = port, places, clock
        self._descriptors = Path(f"/proc/{pid}/fd")
        self._pidfd = os.pidfd_open(pid)
        self._guests: dict[str, _Guest | None] = {}  # by the socket's name in /proc; None is not a probe's
        self._logins: deque[tuple[tuple[str, int], str]] = deque(maxlen=10 * places)
        self._usable: bool | None = None

    def close(self) -> None:
        """Let go of the process."""
        os.close(self._pidfd)

    def hear(self, said: str) -> None:
        """Take note of a login among mosquitto's words. Any thread may call it."""
        if (match := _LOGIN.match(said)) is not None:
            self._logins.append(((match[1], int(match[2])), match[3]))

    def look(self) -> None:
        """End the connections whose time is over."""
        try:
            guests = self._present()
        except PermissionError as problem:
            if self._usable is not False:
                self._usable = False
                _log.warning(
                    "strangers who hold connections to the broker cannot be put out here (%s): they can keep probes "
                    "out for as long as they like",
                    problem.strerror,
                )
            return
        except OSError:
            return  # mosquitto has ended
        if self._usable:
            for guest in self._over(guests):
                self._put_out(guest)

    def _present(self) -> list[_Guest]:
        """Who is connected by now. Raises OSError."""
        now_s, present = self._clock(), dict[str, _Guest | None]()
        logins = dict(self._take_logins())  # before we look: whoever has logged in is there, or has gone again
        for number in os.listdir(self._descriptors):
            try:
                name = os.readlink(self._descriptors / number)
                if name.startswith("socket:"):
                    known = name in self._guests
                    present[name] = self._guests[name] if known else self._arrived(int(number), now_s)
            except PermissionError:
                raise
            except OSError:
                continue  # closed meanwhile
        self._guests = present
        guests = [guest for guest in present.values() if guest is not None]
        for guest in guests:
            guest.user = logins.get(guest.peer, guest.user)
        self.pressed = len(guests) > PRESSED * self._places
        return guests

    def _take_logins(self) -> Iterator[tuple[tuple[str, int], str]]:
        while self._logins:
            peer, user = self._logins.popleft()
            if user == topics.HUB_USER and self._usable is None:
                self._usable = True  # mosquitto says it in the words that we know: else everybody would be a stranger
            yield peer, user

    def _arrived(self, descriptor: int, now_s: float) -> _Guest | None:
        with self._held(descriptor) as held:
            try:
                if held.family not in (socket.AF_INET, socket.AF_INET6) or held.getsockname()[1] != self._port:
                    return None
                return _Guest(descriptor, _peer(held), now_s)
            except OSError:
                return None  # it listens, or has hung up already

    def _over(self, guests: list[_Guest]) -> Iterator[_Guest]:
        """Whose time is over, those who came first first."""
        now_s, strangers = self._clock(), Counter[str]()
        grace_s, pairing_s = (PRESSED_GRACE_S, PRESSED_PAIRING_S) if self.pressed else (GRACE_S, PAIRING_S)
        for guest in sorted(guests, key=lambda guest: guest.since_s, reverse=True):
            waited_s = now_s - guest.since_s
            if guest.user is None or guest.user in topics.PAIR_USERS:
                network = _network(guest.peer[0])
                strangers[network] += 1
                many = self.pressed and strangers[network] > EACH
                if many or waited_s > (grace_s if guest.user is None else pairing_s):
                    yield guest

    def _put_out(self, guest: _Guest) -> None:
        with suppress(OSError), self._held(guest.descriptor) as held:
            if _peer(held) == guest.peer:  # still the same
                held.shutdown(socket.SHUT_RDWR)

    def _held(self, descriptor: int) -> socket.socket:
        """Mosquitto's socket, held by us as well. Raises OSError."""
        kernel = ctypes.CDLL(None, use_errno=True)
        held = kernel.syscall(_GETFD, self._pidfd, descriptor, 0)
        if held < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return socket.socket(fileno=held)


def _peer(held: socket.socket) -> tuple[str, int]:
    host, port = held.getpeername()[:2]
    return str(host).partition("%")[0], int(port)


def _network(host: str) -> str:
    """Whom an address stands for: by IPv6 anybody has 2 to the power of 64."""
    address = ip_address(host)
    return str(int(address) >> 64) if isinstance(address, IPv6Address) and not address.ipv4_mapped else host
