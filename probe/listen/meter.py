"""Warmer or colder: whether a walker comes nearer to what is heard, out of signals that jump about by several dB.

Two running means of the level, one that is quick and one that is slow, are compared. A trend begins where they are well
apart and lasts until they have met again, so that a walker who stands is not told now this and now that.
"""

from dataclasses import dataclass
from math import exp

# Chosen by simulation, with shadows and 5 dB of scatter: who stands is told otherwise a fifth of the time, who comes
# from 60 m is told so two thirds of it, and the contrary 3 %.
QUICK_S, SLOW_S = 4.0, 12.0
APART_DB, TOGETHER_DB = 2.5, 0.5
GAP_S = 12.0  # not heard for so long: what was before says nothing of now


@dataclass(slots=True)
class Meter:
    """The level of one transmitter as it is heard from time to time, in dBm; None before it was heard."""

    level: float | None = None
    _slow: float = 0.0
    _at_s: float = 0.0
    _trend: str = "same"

    def hear(self, signal_dbm: float, now_s: float) -> None:
        """It was heard so loud."""
        passed_s = now_s - self._at_s
        if self.level is None or not 0.0 <= passed_s <= GAP_S:
            self.level = self._slow = float(signal_dbm)
        else:
            self.level += (signal_dbm - self.level) * (1.0 - exp(-passed_s / QUICK_S))
            self._slow += (signal_dbm - self._slow) * (1.0 - exp(-passed_s / SLOW_S))
        self._at_s = now_s

    def trend(self, now_s: float) -> str:
        """`warmer`, `colder` or `same`; `same` also where it was not heard for some seconds."""
        if self.level is None or not 0.0 <= now_s - self._at_s <= GAP_S:
            return "same"
        change = self.level - self._slow
        if self._trend == "same" or abs(change) < TOGETHER_DB or (change > 0) != (self._trend == "warmer"):
            self._trend = "warmer" if change > APART_DB else "colder" if change < -APART_DB else "same"
        return self._trend
