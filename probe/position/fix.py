"""One answer to "where and when", as a receiver gave it."""

from dataclasses import dataclass
from typing import Protocol

from probe.contract.sighting import Place


def place_of(lat: float, lon: float, accuracy_m: float | None = None) -> Place:
    """The contract's place, to a centimetre and its accuracy to a decimetre."""
    accuracy = None if accuracy_m is None else round(accuracy_m, 1)
    return Place(lat=round(lat, 7), lon=round(lon, 7), accuracy_m=accuracy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fix:
    """A position at an instant: `at_s` in Unix seconds, degrees on WGS 84, `accuracy_m` the 68 % radius."""

    at_s: float
    lat: float
    lon: float
    accuracy_m: float | None = None

    @property
    def place(self) -> Place:
        """The fix as the contract's place, to a centimetre."""
        return place_of(self.lat, self.lon, self.accuracy_m)


class PositionSource(Protocol):
    """Where the probe was. Real receivers, recorded logs and scripts all answer this one question."""

    def at(self, at_s: float) -> Fix | None:
        """The fix at this Unix time, or None where it is not known well enough to say."""
        ...
