"""Where to stand next, as a walk that runs asks for it: the guide, with the streets that the hub gave along."""

from collections.abc import Callable, Sequence

from probe.contract.geodesy import degrees_off, distance_m
from probe.contract.home import SecondLook
from probe.guide.guide import next_stands
from probe.guide.lines import Line, lines_of
from probe.guide.seen import PhotoBearing
from probe.guide.stand import Hidden, NextStand
from probe.position.fix import Fix
from probe.session.stands import Aimed
from probe.sweep.hearing import Pass

AROUND_M, AGAIN_M = 150.0, 60.0
Streets = Callable[[float, float, float, float], bytes]


class Guide:
    """The finder of a session. The streets around are read again when the walk has gone on."""

    def __init__(self, streets: Streets, hidden: Hidden) -> None:
        self._streets, self._hidden = streets, hidden
        self._lines: Sequence[Line] = ()
        self._read_at: tuple[float, float] | None = None

    def __call__(
        self,
        passes: Sequence[tuple[bytes, Pass]],
        fix: Fix,
        places: Sequence[SecondLook],
        *,
        still: bool,
        photos: Sequence[Aimed],
    ) -> Sequence[NextStand]:
        """As `StandFinder` says."""
        bearings = [
            PhotoBearing(lat=one.lat, lon=one.lon, bearing_deg=one.bearing_deg, distance_m=one.distance_m)
            for one in photos
        ]
        return next_stands(
            passes, fix, places, still=still, photos=bearings, lines=self._around(fix), hidden=self._hidden
        )

    def _around(self, fix: Fix) -> Sequence[Line]:
        read_at = self._read_at
        if read_at is None or distance_m(*read_at, fix.lat, fix.lon) > AGAIN_M:
            up, aside = degrees_off(fix.lat, AROUND_M, AROUND_M)
            box = (fix.lon - aside, fix.lat - up, fix.lon + aside, fix.lat + up)
            self._lines, self._read_at = lines_of(self._streets(*box)), (fix.lat, fix.lon)
        return self._lines
