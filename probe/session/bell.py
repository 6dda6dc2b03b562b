"""Which signs are given, and when: what a walker has asked for at once, all else seldom, one after the other."""

from collections import deque
from typing import NamedTuple

from probe.session.signs import Sign

BETWEEN_S = 2.0  # signs that nobody asked for: a pattern must have ended before the next one
FLOOD_S, FLOOD = 60.0, 8  # more than so many new ones within a minute are no street's


class _Manner(NamedTuple):
    """How often a sign may be given, and how long it is still news."""

    again_s: float
    news_s: float


_ONCE = float("inf")
_MANNERS = {
    Sign.TROUBLE: _Manner(60.0, 30.0),
    Sign.LOW_POWER: _Manner(600.0, 60.0),
    Sign.NO_FIX: _Manner(120.0, 30.0),
    Sign.LISTENING: _Manner(_ONCE, 30.0),
    Sign.DELIVERED: _Manner(_ONCE, 600.0),
    Sign.HEARD: _Manner(8.0, 5.0),
}


class Bell:
    """Keeps back what would chatter. Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._last_s: dict[Sign, float] = {}
        self._any_s = -BETWEEN_S
        self._wanted: dict[Sign, float] = {}
        self._new: deque[float] = deque(maxlen=FLOOD + 1)

    def want(self, sign: Sign, now_s: float) -> None:
        """Something has happened; its sign is given when its turn comes, or not at all."""
        if sign is Sign.HEARD:
            self._new.append(now_s)
            if len(self._new) > FLOOD and now_s - self._new[0] < FLOOD_S:
                self._wanted.pop(sign, None)
                return
        if now_s - self._last_s.get(sign, -_ONCE) >= _MANNERS[sign].again_s:
            self._wanted.setdefault(sign, now_s)

    def next(self, now_s: float) -> Sign | None:
        """The sign to give now: the most urgent of those wanted; None for none."""
        self._wanted = {
            sign: at_s for sign, at_s in self._wanted.items() if 0.0 <= now_s - at_s <= _MANNERS[sign].news_s
        }
        if not self._wanted or now_s - self._any_s < BETWEEN_S:
            return None
        sign = min(self._wanted, key=list(_MANNERS).index)
        del self._wanted[sign]
        self._last_s[sign] = self._any_s = now_s
        return sign

    def answered(self, now_s: float) -> None:
        """A sign was given that a walker had asked for: the next one waits."""
        self._any_s = now_s
