"""The sweep ties what was recognised to where it was heard, and forgets everyone else.

Nothing of a transmitter that no rule knows is kept, not even hashed. What is kept of a camera is bounded: hearings are
averaged about every 2 m of the walk, and when there are more than 64 the spacing doubles.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Protocol

from probe.contract.geodesy import cell, distance_m
from probe.contract.sighting import (
    CONTRACT_VERSION,
    MAX_HEARINGS,
    ClockSource,
    Hearing,
    Kind,
    Listened,
    Making,
    Moment,
    Place,
    Radio,
    Sighting,
    Survey,
    bssid_text,
)
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding
from probe.position.fix import Fix, PositionSource
from probe.radio.dot11 import ssid_text

HEARING_SPACING_M = 2.0
# No camera's access point is heard farther than this by a probe on foot; what is, moves.
MAX_EXTENT_M = 500.0
EARLIEST_S = datetime(2015, 1, 1, tzinfo=UTC).timestamp()  # a capture's clock before this was never set
MAX_TRANSMITTERS = 20_000
MEMO_SIZE = 4096
# A transmitter that was not heard for so long has been passed: its sighting is made while the walk goes on.
PASS_END_S = 45.0


class Heard(Protocol):
    """What the sweep needs of a frame."""

    @property
    def captured_at_s(self) -> float: ...
    @property
    def transmitter(self) -> bytes: ...
    @property
    def ssid(self) -> bytes | None: ...
    @property
    def signal_dbm(self) -> int | None: ...
    @property
    def channel_mhz(self) -> int | None: ...


@dataclass(slots=True)
class _Spot:
    """Hearings within one step of the walk, as a running mean."""

    fix: Fix
    channel_mhz: int | None
    frames: int = 0
    signals: int = 0
    signal_sum: float = 0.0

    def add(self, signal_dbm: int | None) -> None:
        self.frames += 1
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


@dataclass(slots=True)
class _Transmitter:
    """One recognised transmitter on this walk."""

    finding: Finding
    first_s: float
    last_s: float = 0.0
    spots: list[_Spot] = field(default_factory=list)
    spacing_m: float = HEARING_SPACING_M

    def hear(self, frame: Heard, fix: Fix) -> None:
        """Add a hearing: to the last spot, or to a new one where the walk has gone on."""
        last = self.spots[-1] if self.spots else None
        if last is None or distance_m(last.fix.lat, last.fix.lon, fix.lat, fix.lon) >= self.spacing_m:
            if len(self.spots) >= MAX_HEARINGS:
                self._thin()
            last = _Spot(fix=fix, channel_mhz=frame.channel_mhz)
            self.spots.append(last)
        last.add(frame.signal_dbm)

    def _thin(self) -> None:
        """Half the spots, each with the frames of two; the loudest of a pair keeps its place."""
        self.spacing_m *= 2
        pairs = zip(self.spots[::2], self.spots[1::2], strict=True)
        self.spots = [_joined(first, second) for first, second in pairs]

    def loudest(self) -> _Spot | None:
        return max(self.spots, key=lambda spot: (spot.signal_dbm is not None, spot.signal_dbm or 0.0), default=None)

    def moves(self) -> bool:
        """Whether no single fixed place explains the hearings."""
        lats = [spot.fix.lat for spot in self.spots]
        lons = [spot.fix.lon for spot in self.spots]
        return bool(lats) and distance_m(min(lats), min(lons), max(lats), max(lons)) > MAX_EXTENT_M


def _joined(first: _Spot, second: _Spot) -> _Spot:
    louder = first if (first.signal_dbm or -999.0) >= (second.signal_dbm or -999.0) else second
    return _Spot(
        fix=louder.fix,
        channel_mhz=louder.channel_mhz,
        frames=first.frames + second.frames,
        signals=first.signals + second.signals,
        signal_sum=first.signal_sum + second.signal_sum,
    )


@dataclass(slots=True)
class _CellListened:
    """What was listened to in one cell on one day."""

    channels_mhz: set[int] = field(default_factory=set)
    seconds: float = 0.0
    last_s: float = 0.0


@dataclass(slots=True)
class SweepCounts:
    """What the sweep did: `forgotten` frames were nobody a rule knows, `moving` transmitters were dropped."""

    frames: int = 0
    recognised_frames: int = 0
    forgotten: int = 0
    without_place: int = 0
    moving: int = 0


class Sweep:
    """Feed it frames in order of time; then ask for the sightings of the walk."""

    def __init__(
        self,
        *,
        walk: str,
        made: Callable[[Finding | None], Making],
        new_id: Callable[[], str],
        position: PositionSource | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        self.counts = SweepCounts()
        self._walk = walk
        self._made = made
        self._new_id = new_id
        self._position = position
        self._recogniser = recogniser or Recogniser()
        self._known: dict[bytes, _Transmitter] = {}
        self._memo: dict[tuple[bytes, bytes | None], Finding | None] = {}
        self._cells: dict[tuple[date, str], _CellListened] = {}
        self._fix: Fix | None = None
        self._fix_at_s = float("-inf")

    def hear(self, frame: Heard) -> None:
        """Take one frame in: hold on to a camera's, forget everyone else's."""
        self.counts.frames += 1
        fix = self._locate(frame)
        finding = self._examine(frame.transmitter, frame.ssid)
        if finding is None:
            self.counts.forgotten += 1
            return
        self.counts.recognised_frames += 1
        known = self._known.get(frame.transmitter)
        if known is None:
            if len(self._known) >= MAX_TRANSMITTERS:
                return
            known = self._known[frame.transmitter] = _Transmitter(finding=finding, first_s=frame.captured_at_s)
        known.last_s = frame.captured_at_s
        if fix is None:
            self.counts.without_place += 1
        else:
            known.hear(frame, fix)

    def _examine(self, transmitter: bytes, ssid: bytes | None) -> Finding | None:
        """The rules' answer, remembered in memory for the next frames of the same transmitter."""
        key = (transmitter, ssid)
        try:
            return self._memo[key]
        except KeyError:
            if len(self._memo) >= MEMO_SIZE:
                self._memo.clear()
            finding = self._recogniser.examine(transmitter, None if ssid is None else ssid_text(ssid))
            self._memo[key] = finding
            return finding

    def passed(self, now_s: float) -> Iterator[Sighting]:
        """The sightings of the transmitters that were not heard for a while before this Unix time."""
        over = [octets for octets, known in self._known.items() if now_s - known.last_s > PASS_END_S]
        for transmitter in over:
            yield from self._end(transmitter)

    def sightings(self) -> Iterator[Sighting]:
        """What is left at the end of the walk: a sighting for each transmitter, and the survey."""
        for transmitter in list(self._known):
            yield from self._end(transmitter)
        yield from self._surveys()

    def _end(self, transmitter: bytes) -> Iterator[Sighting]:
        known = self._known.pop(transmitter)
        if known.moves():
            self.counts.moving += 1
        else:
            yield self._sighting(transmitter, known)

    def _locate(self, frame: Heard) -> Fix | None:
        """The fix of this frame. One look-up serves a tenth of a second, in which a walker moves 15 cm."""
        if self._position is None:
            return None
        if not 0.0 <= frame.captured_at_s - self._fix_at_s < 0.1:
            self._fix = self._position.at(frame.captured_at_s)
            self._fix_at_s = frame.captured_at_s
            if self._fix is not None:
                self._listen(frame, self._fix)
        return self._fix

    def _listen(self, frame: Heard, fix: Fix) -> None:
        day = datetime.fromtimestamp(frame.captured_at_s, UTC).date()
        listened = self._cells.setdefault((day, cell(fix.lat, fix.lon)), _CellListened())
        if frame.channel_mhz:
            listened.channels_mhz.add(frame.channel_mhz)
        step_s = frame.captured_at_s - listened.last_s
        if 0.0 < step_s < 10.0:
            listened.seconds += step_s
        listened.last_s = frame.captured_at_s

    def _sighting(self, transmitter: bytes, known: _Transmitter) -> Sighting:
        loudest = known.loudest()
        return Sighting(
            v=CONTRACT_VERSION,
            id=self._new_id(),
            walk=self._walk,
            kind=Kind.RADIO,
            made=self._made(known.finding),
            time=moment(known.first_s, ClockSource.CAPTURE),
            observer=None if loudest is None else loudest.fix.place,
            evidence=known.finding.evidence,
            claims=known.finding.claims,
            radio=Radio(
                transmitter=bssid_text(transmitter),
                hearings=tuple(spot.hearing() for spot in known.spots),
            ),
        )

    def _surveys(self) -> Iterator[Sighting]:
        by_day: dict[date, list[Listened]] = {}
        for (day, name), listened in sorted(self._cells.items()):
            channels = tuple(sorted(listened.channels_mhz))[:256]
            cells = by_day.setdefault(day, [])
            cells.append(Listened(cell=name, channels_mhz=channels, seconds=int(round(listened.seconds, -1))))
        for day, cells in by_day.items():
            for start in range(0, len(cells), 4096):
                yield Sighting(
                    v=CONTRACT_VERSION,
                    id=self._new_id(),
                    walk=self._walk,
                    kind=Kind.SURVEY,
                    made=self._made(None),
                    survey=Survey(day=day, cells=tuple(cells[start : start + 4096])),
                )


def moment(at_s: float, source: ClockSource) -> Moment | None:
    """The contract's time for a Unix time, or None where the clock was plainly never set."""
    if not EARLIEST_S <= at_s < 4_102_444_800:  # 2100
        return None
    return Moment(utc=datetime.fromtimestamp(at_s, UTC), source=source)


def place_of(lat: float, lon: float, accuracy_m: float | None = None) -> Place:
    """A place to a centimetre."""
    return Place(lat=round(lat, 7), lon=round(lon, 7), accuracy_m=accuracy_m)
