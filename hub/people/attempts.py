"""How often somebody may try to sign in. Nobody is locked out: what fails again and again is slowed down.

An address that has failed often must wait, a minute at most, before it may try again; others may meanwhile try the same
name. A name that fails often, from wherever, is answered late: by some seconds, also where the password is right.
"""

import math
from collections import OrderedDict
from collections.abc import Callable
from time import monotonic

FORGIVEN_S = 180.0  # after so long, one failure is forgiven
FREE, FREE_OF_NAME = 5, 20
MAX_WAIT_S, MAX_SLOW_S = 60.0, 4.0
MAX_KEPT = 4096


class _Failures:
    """Failures by a key, each forgiven after a while; the keys that failed longest ago are forgotten first."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._kept: OrderedDict[str, tuple[float, float]] = OrderedDict()  # how many, and when the last was

    def level(self, key: str) -> tuple[float, float]:
        """How many failures count now, and how long ago the last was, in seconds."""
        count, at_s = self._kept.get(key, (0.0, 0.0))
        since_s = self._clock() - at_s
        return max(0.0, count - since_s / FORGIVEN_S), since_s

    def add(self, key: str) -> None:
        self._kept[key] = self.level(key)[0] + 1, self._clock()
        self._kept.move_to_end(key)
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)


class Attempts:
    """What has failed, by address and by name."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._addresses, self._names = _Failures(clock), _Failures(clock)

    def wait_s(self, address: str) -> float:
        """For how long an address may not try again; 0 where it may."""
        level, since_s = self._addresses.level(address)
        if level < FREE:
            return 0.0
        return max(0.0, min(MAX_WAIT_S, math.exp2(min(level - FREE + 1, 10))) - since_s)

    def slow_s(self, name: str) -> float:
        """How much later to answer who gives a name."""
        level, _ = self._names.level(name.casefold())
        return 0.0 if level < FREE_OF_NAME else min(MAX_SLOW_S, 0.5 * math.exp2(min(level - FREE_OF_NAME, 10)))

    def failed(self, name: str, address: str) -> None:
        """An attempt has failed. What succeeds forgives nothing: else whoever has an account could try for ever."""
        self._addresses.add(address)
        if name:
            self._names.add(name.casefold())
