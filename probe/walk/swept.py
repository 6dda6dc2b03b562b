"""What a live walk and a played one have in common: sources that are supervised, one sweep, pauses, and a mend.

A fault of this program in the sweep ends no walk: what the sweep knew becomes sightings as it stands, and another sweep
goes on with the same walk.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress

from probe.contract.sighting import Making, Moment, Place, Sighting
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding
from probe.position.fix import Fix, PositionSource
from probe.radio.frame import Dwell, Event
from probe.sweep.sweep import Sweep
from probe.walk.making import new_id
from probe.walk.sources import LiveSources, SourceSupervisor

STEP_S = 1.0
NOTICE_S = 0.5  # at walking pace less than a metre
# After a fault nothing is taken in for so long: one that comes again at once must not keep a small machine busy.
_REST_S = (1.0, 2.0, 5.0, 15.0)
_CALM_S = 60.0


class SweptWalk:
    """A walk being walked, `Walking` without its clock. `sources` and `sweep` may be looked at from another thread.

    `noticed` hears where the probe is (None: it does not know), about twice a second, also in a pause: whoever hides
    the end of a walk has to know where that is. `moved` is called as the walk goes on; `failed` hears of a fault of
    this program in the sweep, where it is None the fault ends the walk.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        position: PositionSource | None,
        made: Callable[[Finding | None], Making],
        recogniser: Recogniser | None = None,
    ) -> None:
        self.id, self._recogniser = new_id(), recogniser
        self.noticed: Callable[[Fix | None], None] = lambda _fix: None
        self.moved: Callable[[], None] = lambda: None
        self.failed: Callable[[Exception], None] | None = None
        self.passes_over: Callable[[Fix | None], bool] = lambda _fix: False  # see `Sweep`
        self.made = made
        self._clock, self._position = clock, position
        self.sweep = self._begun(None)
        self.sources: Sequence[SourceSupervisor] = ()
        self.live = LiveSources(())
        self._walked = False
        self._stop = threading.Event()
        self._paused = self._resting = False
        self._from_s = float("-inf")  # what was heard before is not taken in
        self._step_s = self._notice_s = self._fault_s = clock()
        self._faults = 0

    def _listen_with(self, sources: Sequence[SourceSupervisor]) -> None:
        self.sources, self.live = sources, LiveSources(sources)

    def _begun(self, after: Sweep | None) -> Sweep:
        sweep = Sweep(
            walk=self.id, made=self.made, new_id=new_id, position=self._position, when=self.when, after=after,
            recogniser=self._recogniser,
        )  # fmt: skip
        sweep.passes_over = self._passes_over
        return sweep

    def _passes_over(self, fix: Fix | None) -> bool:
        """As whoever hides has it now: it may be told later than the sweep begins."""
        return self.passes_over(fix)

    def when(self, at_s: float) -> Moment | None:
        """The true time of a time of the walk's clock, as far as anyone knows it by now; also for what is long past."""
        raise NotImplementedError

    @property
    def over(self) -> bool:
        """Whether nothing more can come."""
        return False

    def sightings(self, started: Callable[[], None] = lambda: None) -> Iterator[Sighting]:
        """The sightings, each when its pass is over; the rest and the survey when the walk is stopped.

        `started` is called once when the sources have been opened, and may raise. It can be called again where the one
        before ended by a fault: the walk goes on.
        """
        if self._walked:
            self._listen_with(self.sources)
        self._walked = True
        if not self._stop.is_set():
            with self.live:
                started()
                for event in self.live.events():
                    self.moved()
                    yield from self._mended(self._turn(event))
                    if self._stop.is_set() or self.over:
                        self.live.stop()
        yield from self._mended(self.sweep.sightings())

    def stop(self) -> None:
        """End the walk; what is known becomes sightings. Safe from any thread."""
        self._stop.set()
        self.live.stop()

    def pause(self, paused: bool) -> None:
        """Take nothing in, and tell of no place, until it is lifted; passes end as they stand. Safe from any thread."""
        self._paused = paused

    @property
    def paused(self) -> bool:
        return self._paused

    def hold(self, mhz: int | None) -> None:
        """Keep one source that can reach a channel on it; None lets all hop again."""
        self.live.hold(mhz)

    def fix_at(self, at_s: float) -> Fix | None:
        """Where the probe was; None where nobody knows, or the walk is paused."""
        return None if self._paused or self._position is None else self._position.at(at_s)

    def place_at(self, at_s: float) -> Place | None:
        """As `fix_at`, as the contract has it; of now or a moment ago."""
        fix = self.fix_at(at_s)
        return None if fix is None else fix.place

    def _now_s(self, _event: Event | None) -> float:
        """What time it is when something was heard, or nothing for a moment."""
        return self._clock()

    def _turn(self, event: Event | None) -> Iterator[Sighting]:
        now_s = self._now_s(event)
        if self._paused and not self._resting:
            self._resting = True
            yield from self.sweep.ended()
        elif self._resting and not self._paused:
            self._resting, self._from_s = False, now_s
        if event is not None and not self._resting and _began_s(event) >= self._from_s:
            self.sweep.take(event)
        if abs(now_s - self._notice_s) >= NOTICE_S:
            self._notice_s = now_s
            self.noticed(None if self._position is None else self._position.at(now_s))
        if now_s - self._step_s >= STEP_S and not self._resting:
            self._step_s = now_s
            yield from self.sweep.passed(now_s)

    def _mended(self, sightings: Iterator[Sighting]) -> Iterator[Sighting]:
        """These sightings; where they end by a fault, what else the sweep can still give, and a new sweep after it."""
        try:
            yield from sightings
        except Exception as problem:  # the border of a part: the walk goes on
            if self.failed is None:
                raise
            self._rest_after(problem)
            yield from self._saved()
            self.sweep = self._begun(self.sweep)

    def _rest_after(self, problem: Exception) -> None:
        now_s = self._clock()
        self._faults = 0 if now_s - self._fault_s > _CALM_S else self._faults
        self._fault_s, self._from_s = now_s, now_s + _REST_S[min(self._faults, len(_REST_S) - 1)]
        self._faults += 1
        if self.failed is not None:
            self.failed(problem)

    def _saved(self) -> Iterator[Sighting]:
        """What a sweep with a fault still gives. A pass that fails is gone from it: the next try gets further."""
        sweep, before = self.sweep, len(self.sweep.passes) + 1
        while 0 < len(sweep.passes) < before:
            before = len(sweep.passes)
            with suppress(Exception):  # told already
                yield from sweep.ended()
        with suppress(Exception):
            yield from sweep.surveys()


def _began_s(event: Event) -> float:
    """When it began: a stretch of listening that reaches into a pause was not listened to for the walk."""
    return event.ended_at_s - event.seconds if isinstance(event, Dwell) else event[0]
