"""The view, made of what a session knows, and its serial: another one only where it shows something else.

What merely grows older is no change, as the phone counts on by itself: so a phone, and the probe with it, can rest.
"""

import threading
from dataclasses import dataclass, field

import msgspec

from probe.session.advice import summary
from probe.session.asking import Asker
from probe.session.heard import HeardBook, step_of
from probe.session.notebook import Notebook
from probe.session.noticing import Noticing
from probe.session.seen import Seen
from probe.session.view import Machine, Note, Phase, Stand, Tally, WalkView
from probe.session.way import Way
from probe.walk.making import SOFTWARE

TOLD_S = 20.0
OVER = (Phase.ENDING, Phase.ENDED)


@dataclass
class Known:
    """What a session knows. `seen_at_s` is when it last looked, by its own clock; None where it has not, or has
    forgotten. `paused` is what its walker asked for, whatever the probe says of itself."""

    asker: Asker
    notebook: Notebook
    seen: Seen
    debug: bool = False
    ends_shown: bool = False
    seen_at_s: float | None = None
    paused: bool = False
    forgotten: bool = False
    way: Way = field(default_factory=Way)
    heard: HeardBook = field(default_factory=HeardBook)
    noticing: Noticing = field(default_factory=Noticing)
    stands: tuple[Stand, ...] = ()
    following_ended_s: float | None = None  # by the session's clock, when the one that was followed was lost

    def note_following(self, now_s: float, *, ended: bool) -> None:
        """The one that is followed was lost now, or some time ago, which is told for a while."""
        if ended:
            self.following_ended_s = now_s
        elif self.following_ended_s is not None and now_s - self.following_ended_s > TOLD_S:
            self.following_ended_s = None

    @property
    def told(self) -> tuple[Note, ...]:
        """What is to be known beside all else."""
        lost = () if self.over or self.following_ended_s is None else (Note(code="following-lost"),)
        return (*lost, *self.seen.older)

    @property
    def over(self) -> bool:
        return self.seen.phase in OVER

    @property
    def is_paused(self) -> bool:
        return not self.over and (self.paused or self.seen.phase is Phase.PAUSED)

    @property
    def records(self) -> bool:
        """Whether what is here and now is kept."""
        return self.seen.phase is Phase.WALKING and not self.paused and self.seen.hidden is None


class Showing:
    """Makes views. To be used with the lock of the session held, but for `wait`."""

    def __init__(self, known: Known, lock: threading.RLock) -> None:
        self._known = known
        self._changed = threading.Condition(lock)
        self._serial = 1
        self._steady: WalkView | None = None

    def view(self, now_s: float) -> WalkView:
        """The view at a time of the session's clock."""
        return self._made(now_s, steady=False)

    def wait(self, serial: int, seconds: float) -> bool:
        """Wait until there is another view than that one; whether there is."""
        with self._changed:
            return self._changed.wait_for(lambda: self._serial != serial, timeout=max(0.0, seconds))

    def compare(self) -> None:
        """The probe was looked at: give another serial where that shows something else."""
        steady = self._made(self._known.seen_at_s or 0.0, steady=True)
        if steady != self._steady:
            self.touch()
            self._steady = steady

    def touch(self) -> None:
        """Something was done, or forgotten: give another serial, and hold nothing of what was shown."""
        self._steady = None
        self._serial += 1
        self._changed.notify_all()

    def _made(self, now_s: float, *, steady: bool) -> WalkView:
        """With `steady` it has no serial, and nothing that changes by itself but in large steps."""
        known, seen, notes = self._known, self._known.seen, self._known.notebook
        age_s = 0.0 if known.seen_at_s is None else max(0.0, now_s - known.seen_at_s)
        here = None
        if seen.fix is not None and not known.paused:
            fix_age_s = max(0.0, seen.now_s + age_s - seen.fix.at_s)
            here = known.way.here(seen.fix, step_of(fix_age_s) if steady else fix_age_s, seen.heading_deg)
        tally = self._tally()
        return WalkView(
            serial=0 if steady else self._serial,
            software=SOFTWARE,
            phase=Phase.PAUSED if known.is_paused else seen.phase,
            parts=known.asker.parts(seen.parts),
            tally=msgspec.structs.replace(tally, seconds=0.0) if steady else tally,
            composed=seen.composed,
            debug=known.debug,
            ends_shown=known.ends_shown,
            forgotten=known.forgotten,
            hidden=seen.hidden,
            here=here,
            heard=known.heard.shown(seen.now_s + age_s, steady=steady),
            lately=tuple(notes.things.lines(now_s, notes.pictures.numbers(), over=known.over, steady=steady)),
            stands=known.stands,
            power=seen.power,
            machine=Machine() if steady else seen.machine,
            checks=seen.checks,
            calibrating=seen.calibrating,
            words=notes.words,
            camera_busy=notes.things.busy,
            told=known.told,
            advice=self._advice() if known.over else (),
        )

    def _advice(self) -> tuple[Note, ...]:
        known = self._known
        if known.forgotten:
            return (Note(code="walk-forgotten"),)
        return summary(known.seen, known.way, known.heard, known.notebook.made, known.noticing)

    def _tally(self) -> Tally:
        known, seen, made = self._known, self._known.seen, self._known.notebook.made
        if known.forgotten:
            return Tally(waiting=None if seen.waiting is None else 0)  # nothing of it was kept, nothing waits
        return Tally(
            seconds=round(known.noticing.walked_s),
            metres=round(known.way.metres),
            photos=made.photos,
            pins=made.pins,
            heard=known.heard.count,
            cells=known.way.cells,
            waiting=seen.waiting,
            kept_back=seen.kept_back,
            hidden=seen.never,
            delivered=seen.delivered,
            lost=seen.lost,
        )
