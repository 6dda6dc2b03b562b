"""One recognised transmitter, from when it is first heard until it has been passed."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from probe.contract.base import MAX_HEARINGS
from probe.contract.evidence import BssidEvidence, Role
from probe.contract.geodesy import distance_m, offset_m
from probe.contract.sighting import Hearing, PresentClaim, Strength
from probe.detect.rule import Finding
from probe.position.fix import Fix
from probe.sweep.fixed import FARTHEST_M, MAX_STRAIN, SHORTEST_M, SHORTEST_S, Level, Point, no_common_place, strain
from probe.sweep.listening import Step, Trail
from probe.sweep.rhythm import Rhythm

SPACING_M = 2.0
# How long before the first and after the last hearing, and between two, silence says something.
NEAR_S, GAP_S = 45.0, 10.0


@dataclass(slots=True)
class Spot:
    """Hearings within one step of the walk, as a running mean."""

    fix: Fix
    channel_mhz: int | None
    frames: int = 0
    signals: int = 0
    signal_sum: float = 0.0

    def add(self, signal_dbm: int | None, times: int) -> None:
        self.frames += times
        if signal_dbm is not None:
            self.signals += 1
            self.signal_sum += signal_dbm

    @property
    def signal_dbm(self) -> float | None:
        return round(self.signal_sum / self.signals, 1) if self.signals else None

    def hearing(self) -> Hearing:
        return Hearing(
            place=self.fix.place, signal_dbm=self.signal_dbm, channel_mhz=self.channel_mhz, frames=self.frames
        )


def _merged_spot(first: Spot, second: Spot) -> Spot:
    louder = first if (first.signal_dbm or -999.0) >= (second.signal_dbm or -999.0) else second
    return Spot(
        fix=louder.fix,
        channel_mhz=louder.channel_mhz,
        frames=first.frames + second.frames,
        signals=first.signals + second.signals,
        signal_sum=first.signal_sum + second.signal_sum,
    )


@dataclass(slots=True)
class Pass:
    """What is known of a transmitter while the walk goes past it. Times are Unix seconds.

    `awaited`: whether only silence says that it moves, so that it may be heard again; None where nobody has looked
    since it was heard last.
    """

    finding: Finding
    first_s: float
    last_s: float
    channel_mhz: int | None = None
    last_dbm: int | None = None
    frames: int = 0
    spots: list[Spot] = field(default_factory=list)
    gaps: list[tuple[float, float]] = field(default_factory=list)
    spacing_m: float = SPACING_M
    rhythm: Rhythm = field(default_factory=Rhythm)
    awaited: bool | None = None

    def add_hearing(
        self, at_s: float, signal_dbm: int | None, channel_mhz: int | None, times: int, fix: Fix | None
    ) -> None:
        """Add a hearing: to the last spot, or to a new one where the walk has gone on."""
        self.awaited = None
        if at_s - self.last_s > GAP_S and len(self.gaps) < MAX_HEARINGS:
            self.gaps.append((self.last_s, at_s))
        # A clock may be set back, and captures are put together in any order: what was heard is not silence then.
        if at_s < self.last_s:
            self.gaps = [(began_s, ended_s) for began_s, ended_s in self.gaps if not began_s < at_s < ended_s]
        self.first_s, self.last_s = min(self.first_s, at_s), max(self.last_s, at_s)
        self.frames += times
        self.channel_mhz, self.last_dbm = channel_mhz, signal_dbm
        if fix is None:
            return
        last = self.spots[-1] if self.spots else None
        if last is None or distance_m(last.fix.lat, last.fix.lon, fix.lat, fix.lon) >= self.spacing_m:
            if len(self.spots) >= MAX_HEARINGS:
                self._thin()
            last = Spot(fix=fix, channel_mhz=channel_mhz)
            self.spots.append(last)
        last.add(signal_dbm, times)

    def _thin(self) -> None:
        """Half the spots, each with the frames of two; the loudest of a pair keeps its place."""
        self.spacing_m *= 2
        pairs = zip(self.spots[::2], self.spots[1::2], strict=True)
        self.spots = [_merged_spot(first, second) for first, second in pairs]

    def loudest(self) -> Spot | None:
        return max(self.spots, key=lambda spot: (spot.signal_dbm is not None, spot.signal_dbm or 0.0), default=None)

    def silence(self, trail: Trail) -> list[list[Step]]:
        """The runs of steps near by that were listened to without hearing it.

        Only what keeps a network open is expected to speak all the time.
        """
        role = next((item.role for item in self.finding.evidence if isinstance(item, BssidEvidence)), None)
        if role is not Role.NETWORK:
            return []
        stretches = [(self.first_s - NEAR_S, self.first_s), *self.gaps, (self.last_s, self.last_s + NEAR_S)]
        return [list(trail.listened(self.channel_mhz, began_s, ended_s)) for began_s, ended_s in stretches]

    def why_not_fixed(self, silent: Sequence[Sequence[Step]], before: Sequence[Spot] = ()) -> str | None:
        """Why no fixed place explains what was heard (`wide`, `short`, `places` or `strain`); None where one does.

        `silent` are the runs of steps before, in the gaps and after, in this order. `before` are spots of earlier
        passes of the same transmitter on this walk.
        """
        if not self.spots:
            return None
        origin = self.spots[0].fix
        spots = [*self.spots, *before]
        points = [Point(*offset_m(origin.lat, origin.lon, spot.fix.lat, spot.fix.lon)) for spot in spots]
        wide_m = _extent_m(points)
        if wide_m > FARTHEST_M:
            return "wide"
        short = self.last_s - self.first_s < SHORTEST_S and wide_m < SHORTEST_M
        if short and not before and self._rests_on_weak_evidence():
            return "short"
        levels = [
            Level(*point, spot.signal_dbm)
            for point, spot in zip(points, spots, strict=True)
            if spot.signal_dbm is not None
        ]
        doubt_m = 10.0 + 2 * max((spot.fix.accuracy_m or 5.0) for spot in spots)
        if no_common_place(levels, doubt_m):
            return "places"
        # Silence between two hearings says nothing of moving: what went away does not come back. A jammed channel or
        # a deaf radio misses a camera beside which the walker stands, and that would strain any place. Nor does
        # silence after an earlier pass, which was believed.
        around = [*([] if before else silent[:1]), *silent[1:][-1:]]
        quiet = [Point(*offset_m(origin.lat, origin.lon, step.fix.lat, step.fix.lon)) for run in around for step in run]
        own = levels[: len(self.spots)]
        return "strain" if strain(own, quiet) > MAX_STRAIN else None

    def _rests_on_weak_evidence(self) -> bool:
        """Whether only weak evidence says that it is a camera."""
        claims = (claim for claim in self.finding.claims if isinstance(claim, PresentClaim))
        return all(claim.strength is Strength.WEAK for claim in claims)


def _extent_m(points: Sequence[Point]) -> float:
    east, north = [point.east for point in points], [point.north for point in points]
    return float(((max(east) - min(east)) ** 2 + (max(north) - min(north)) ** 2) ** 0.5)
