"""The sweep ties what was recognised to where it was heard, and forgets everyone else.

`RecentUnknowns` keeps a keyed hash of a transmitter that no rule knows, for a minute, and nothing else. What is kept of
a camera is bounded: hearings are averaged about every 2 m of the walk, and when there are more than 64 the spacing
doubles.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from probe.contract.base import CONTRACT_VERSION, MAX_HEARINGS, bssid_text
from probe.contract.geodesy import cell
from probe.contract.sighting import ClockSource, Kind, Making, Moment, Radio, Sighting, Survey
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding, transmission_of_evidence
from probe.position.fix import Fix, PositionSource
from probe.radio.frame import Advert, Dwell, Event, Frame, Memory, Repeat
from probe.radio.moments import is_moment
from probe.radio.transmission import PROBE_REQUEST, transmission_of
from probe.radio.unknowns import RecentUnknowns
from probe.sweep.flood import NOWHERE, Floods
from probe.sweep.hearing import Pass, Spot
from probe.sweep.listening import Coverage, Step, Trail, silences
from probe.sweep.rhythm import Rhythm

# A transmitter that was not heard for so long has been passed: its sighting is made while the walk goes on.
PASS_END_S = 45.0
# Where silence alone says that it moves, it may be a camera that is missed while the walker stands beside it (a jammed
# channel, a deaf radio): it is waited for, as what went away does not come back.
RETURN_S = 120.0
CELLS_PER_SURVEY = 32  # as many as fit into a sealed unit, listened to on all channels
MAX_PASSES, MAX_PASSED, MAX_FINDINGS = 2_000, 2_000, 4_096


@dataclass(slots=True)
class SweepCounts:
    """What the sweep did: `forgotten` frames came from no camera that a rule knows; `moving` transmitters were dropped.

    `frames` and `forgotten` leave out those that a source passed over by itself: recent unknowns, and what the
    prefilter dropped. `flooded` frames were of more cameras than there can be; `disproved` transmitters turned out
    to be something else by how often they sent; `by_reason` says why things moved.
    """

    frames: int = 0
    recognised_frames: int = 0
    forgotten: int = 0
    without_place: int = 0
    moving: int = 0
    flooded: int = 0
    disproved: int = 0
    by_reason: dict[str, int] = field(default_factory=dict)


@dataclass(slots=True)
class _EarlierPasses:
    """Sightings that one transmitter has left on this walk, with which a later pass of it is compared."""

    sightings: list[str] = field(default_factory=list)
    spots: list[Spot] = field(default_factory=list)

    def add(self, sighting: str, spots: list[Spot]) -> None:
        self.sightings = [*self.sightings, sighting][-MAX_HEARINGS:]
        self.spots = [*self.spots, *spots][-2 * MAX_HEARINGS :]


class Sweep:
    """Feed it what the sources give, in order of time; then ask for the sightings of the walk.

    `new_id` makes a sighting's id from the transmitter's octets; for a survey it is given none. `passes_over` says of a
    fix, or of none, whether what is heard there is forgotten like a stranger: so it is in hidden cells. `after` is a
    sweep of the same walk that had a fault, and whose sightings were asked for: its counts, what it had to take back
    and what the sources share with it go on.
    """

    def __init__(
        self,
        *,
        walk: str,
        made: Callable[[Finding | None], Making],
        new_id: Callable[[bytes], str],
        position: PositionSource | None = None,
        recogniser: Recogniser | None = None,
        when: Callable[[float], Moment | None] | None = None,
        after: "Sweep | None" = None,
    ) -> None:
        self.counts: SweepCounts = SweepCounts() if after is None else after.counts
        self.passes: dict[bytes, Pass] = {}
        self.passes_over: Callable[[Fix | None], bool] = lambda _fix: False
        self._walk = walk
        self._made = made
        self._new_id = new_id
        self.position = position
        self._recogniser = recogniser or Recogniser()
        self.unknowns: RecentUnknowns = RecentUnknowns(self._recogniser.prefilter) if after is None else after.unknowns
        self._when = when or (lambda at_s: moment(at_s, ClockSource.CAPTURE))
        self._findings: dict[Memory, tuple[bytes, Finding]] = {}
        self._earlier: dict[bytes, _EarlierPasses] = {}
        self._withdrawn: list[str] = [] if after is None else after.withdrawn()
        self._trail = Trail()
        self._coverage = Coverage()
        self._floods = Floods()

    def take(self, event: Event) -> None:
        """Take in a frame, an advert or a stretch of listening."""
        if isinstance(event, Dwell):
            self._take_dwell(event)
        elif isinstance(event, Repeat):
            self._take_repeat(event)
        else:
            self.take_frame(event)

    def take_frame(self, heard: Frame | Advert) -> None:
        """Add a frame or advert of a camera to its pass; forget any other."""
        self.counts.frames += 1
        finding = self._examine(heard)
        if finding is None:
            self.counts.forgotten += 1
            self.unknowns.learn(heard.memory)
            return
        self._add_to_pass(heard.transmitter, finding, heard)

    def _take_repeat(self, heard: Repeat) -> None:
        """Add a repeat that a board reported by its slot: of a known camera, or of what is forgotten."""
        self.counts.frames += 1
        remembered = self._findings.get(heard.memory)
        if remembered is None:
            self.counts.forgotten += 1
        else:
            self._add_to_pass(remembered[0], remembered[1], heard)

    def _add_to_pass(self, transmitter: bytes, finding: Finding, heard: Frame | Advert | Repeat) -> None:
        self.counts.recognised_frames += 1
        fix = self.position.at(heard.captured_at_s) if self.position is not None else None
        if self.passes_over(fix):
            return
        current = self.passes.get(transmitter) or self._admit(transmitter, heard, finding, fix)
        if current is None:
            return
        if fix is None:
            self.counts.without_place += 1
        _note_rhythm(current.rhythm, heard)
        current.add_hearing(heard.captured_at_s, heard.signal_dbm, heard.channel_mhz, heard.times, fix)

    def _admit(
        self, transmitter: bytes, heard: Frame | Advert | Repeat, finding: Finding, fix: Fix | None
    ) -> Pass | None:
        """A new pass, unless there are more cameras here than there can be."""
        where = NOWHERE if fix is None else cell(fix.lat, fix.lon)
        if transmitter not in self._earlier:
            believed, disowned = self._floods.admit(where, transmitter, finding.rule)
            for other in disowned:
                self.passes.pop(other, None)
                self._withdraw(other)
            if not believed:
                self.counts.flooded += 1
                self.unknowns.learn(heard.memory)
                return None
        if len(self.passes) >= MAX_PASSES:
            return None
        current = Pass(finding=finding, first_s=heard.captured_at_s, last_s=heard.captured_at_s)
        self.passes[transmitter] = current
        return current

    def _examine(self, heard: Frame | Advert) -> Finding | None:
        """The rules' answer. A finding is remembered for the next frames that say the same."""
        memory = heard.memory
        if memory is not None and (remembered := self._findings.get(memory)) is not None:
            return remembered[1]
        finding = self._recogniser.examine(transmission_of(heard))
        if finding is not None and memory is not None:
            if len(self._findings) >= MAX_FINDINGS:
                self._findings.clear()
            self._findings[memory] = (heard.transmitter, finding)
        return finding

    def _examine_with_rhythm(self, current: Pass) -> Finding | None:
        """The rules' answer now that the transmitter's intervals are measured: more, the same, less or none."""
        intervals_ms = current.rhythm.intervals_ms
        examined = transmission_of_evidence(current.finding.evidence) if intervals_ms else None
        if examined is None:
            return current.finding
        return self._recogniser.examine(replace(examined, intervals_ms=intervals_ms))

    def _take_dwell(self, dwell: Dwell) -> None:
        self.unknowns.pass_time(dwell.ended_at_s)
        fix = self.position.at(dwell.ended_at_s) if self.position is not None else None
        if fix is not None and not self.passes_over(fix):
            self._trail.add(dwell, fix)
            at = self._when(dwell.ended_at_s)
            self._coverage.add(dwell, fix, None if at is None else at.utc.date())

    def passed(self, now_s: float) -> Iterator[Sighting]:
        """The sightings of the transmitters that were not heard for a while before this Unix time."""
        over = [
            octets
            for octets, current in self.passes.items()
            # Also where the clock was set back: nobody knows how long ago it was heard.
            if now_s - current.last_s > PASS_END_S or current.first_s - now_s > PASS_END_S
        ]
        for transmitter in over:
            if not self._is_awaited(transmitter, now_s):
                yield from self._end_pass(transmitter)

    def _is_awaited(self, transmitter: bytes, now_s: float) -> bool:
        """Whether a pass that silence strains is to go on for a while, in case that it is heard again."""
        current = self.passes[transmitter]
        if not 0 <= now_s - current.last_s <= RETURN_S:
            return False
        if current.awaited is None:
            current.awaited = self._why_not_fixed(transmitter, current, current.silence(self._trail)) == "strain"
        return current.awaited

    def _why_not_fixed(self, transmitter: bytes, current: Pass, silent: list[list[Step]]) -> str | None:
        earlier = self._earlier.get(transmitter)
        return current.why_not_fixed(silent, earlier.spots if earlier else ())

    def ended(self) -> Iterator[Sighting]:
        """The sightings of all transmitters that are heard now, as they stand: their passes end here."""
        for transmitter in list(self.passes):
            yield from self._end_pass(transmitter)

    def sightings(self) -> Iterator[Sighting]:
        """What is left at the end of the walk: a sighting for each transmitter, and the survey."""
        yield from self.ended()
        yield from self.surveys()

    def withdrawn(self) -> list[str]:
        """Ids of sightings already given that turned out to move or to be part of a flood. Each is returned once."""
        withdrawn, self._withdrawn = self._withdrawn, []
        return withdrawn

    def _end_pass(self, transmitter: bytes) -> Iterator[Sighting]:
        current = self.passes.pop(transmitter)
        finding = self._examine_with_rhythm(current)
        if finding is None:
            self.counts.disproved += 1
            return
        current.finding = finding
        silent = current.silence(self._trail)
        reason = self._why_not_fixed(transmitter, current, silent)
        if reason is not None:
            self.counts.moving += 1
            self.counts.by_reason[reason] = self.counts.by_reason.get(reason, 0) + 1
            # A later pass that is only short or odd says nothing against an earlier one; another place does.
            if reason in ("wide", "places"):
                self._withdraw(transmitter)
            return
        loudest = current.loudest()
        sighting = Sighting(
            v=CONTRACT_VERSION,
            id=self._new_id(transmitter),
            walk=self._walk,
            kind=Kind.RADIO,
            made=self._made(current.finding),
            time=self._when(current.first_s),
            observer=None if loudest is None else loudest.fix.place,
            evidence=current.finding.evidence,
            claims=current.finding.claims,
            radio=Radio(
                transmitter=bssid_text(transmitter),
                hearings=tuple(spot.hearing() for spot in current.spots),
                silences=silences(silent),
            ),
        )
        if transmitter in self._earlier or len(self._earlier) < MAX_PASSED:
            self._earlier.setdefault(transmitter, _EarlierPasses()).add(sighting.id, current.spots)
        yield sighting

    def _withdraw(self, transmitter: bytes) -> None:
        passed = self._earlier.pop(transmitter, None)
        if passed is not None:
            self._withdrawn += passed.sightings

    def surveys(self) -> Iterator[Sighting]:
        """What was listened to, and the floods."""
        for day, cells in self._coverage.by_day():
            for start in range(0, len(cells), CELLS_PER_SURVEY):
                yield self._survey(
                    Survey(day=None if day == date.min else day, cells=tuple(cells[start : start + CELLS_PER_SURVEY]))
                )
        floods = self._floods.reported()
        if floods:
            yield self._survey(Survey(floods=floods))

    def _survey(self, survey: Survey) -> Sighting:
        return Sighting(
            v=CONTRACT_VERSION,
            id=self._new_id(b""),
            walk=self._walk,
            kind=Kind.SURVEY,
            made=self._made(None),
            survey=survey,
        )


def _note_rhythm(rhythm: Rhythm, heard: Frame | Advert | Repeat) -> None:
    """Note when a probe request was heard. A board reports some late, and counts repeats by itself."""
    if isinstance(heard, Frame) and heard.subtype == PROBE_REQUEST and heard.times == 1:
        rhythm.request_heard(heard.captured_at_s)
    else:
        rhythm.interrupt()


def moment(at_s: float, source: ClockSource) -> Moment | None:
    """The contract's time for a Unix time, or None where the clock was plainly never set."""
    if not is_moment(at_s):
        return None
    return Moment(utc=datetime.fromtimestamp(at_s, UTC), source=source)
