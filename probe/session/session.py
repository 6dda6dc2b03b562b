"""A walk as its walker has it in hand: what the page and the button ask for, made of the probe around it.

All of it is in memory, and bounded. `tick` looks at the probe once a second; between two looks the view is that of the
last one, so that a phone that asks often costs the probe nothing.

    service ── tick, made, withdrawn ──> Session <── view, photo, undo ... ── page, button
                                            └──> Around: the probe, never asked with the lock held
"""

import threading
import time
from collections.abc import Callable

from probe.contract.base import bssid_octets
from probe.contract.home import SecondLook
from probe.contract.sighting import Sighting
from probe.errors import BadInput
from probe.session.around import Around
from probe.session.asking import Asker
from probe.session.bell import Bell
from probe.session.notebook import Notebook
from probe.session.noticing import Noticing
from probe.session.refused import Refused
from probe.session.seen import UNKNOWN, WORKBENCH, Seen, look
from probe.session.showing import OVER, Known, Showing
from probe.session.signs import Sign
from probe.session.stands import AGAIN_S, StandFinder, aimed, held_on, nowhere, stands_of
from probe.session.things import Spot
from probe.session.view import Phase, Stand, WalkView

MOST_SIGHTINGS = 2_000  # of what was heard, whose transmitters are remembered
UNWATCHED_S = 600.0  # how long something can be taken back that was made while no phone was there


class Session:
    """A `Walker` over a probe. `now` is a steady clock in seconds; `find_stands` says where to stand next.

    Once the view is wiped, no way and nothing that is heard is gathered until somebody looks at it again.
    """

    def __init__(
        self,
        around: Around,
        *,
        now: Callable[[], float] = time.monotonic,
        find_stands: StandFinder = nowhere,
        debug: bool = False,
        ends_shown: bool = False,
    ) -> None:
        self._around, self._now, self._find_stands = around, now, find_stands
        self._asker, self._bell = Asker(), Bell()
        self._lock = threading.RLock()  # of all that is known here; never held while the probe is asked
        self._ticking = threading.RLock()  # one look at a time, and none while a pause begins or ends
        self._commanding = threading.RLock()  # one command at a time
        notebook = Notebook(around, self._asker, self._lock, now=now, spot=self._spot, told=self._answer)
        self._known = Known(self._asker, notebook, Seen(now_s=0.0, phase=Phase.STARTING), debug, ends_shown)
        self._showing = Showing(self._known, self._lock)
        self._told_paused = False
        self._watched = True
        self._held_mhz: int | None = None
        self._stands_at_s: float | None = None
        self._sightings: dict[str, str] = {}  # of what was heard, by its key

    # What the service does

    def tick(self) -> None:
        """Look at the probe. To be called about once a second."""
        known = self._known
        with self._ticking:
            seen, now_s = look(self._around, self._asker, paused=known.paused, before=known.seen), self._now()
            known.notebook.flush()
            with self._lock:
                known.seen, known.seen_at_s = seen, now_s
                self._go(now_s)
                self._hear(now_s)
                known.noticing.notice(seen, self._asker.parts(seen.parts), self._bell, now_s)
                if not self._watched:
                    known.notebook.drop_before(now_s - UNWATCHED_S)
                followed = known.heard.followed
                lost = followed is not None and known.heard.is_lost(followed, now_s)
                known.note_following(now_s, ended=lost and not known.over and not known.is_paused)
                stays = followed is not None and not lost
            if stays and not known.over and not known.is_paused:
                self._keep_channel()
            else:
                self._let_go()
            self._suggest(seen, now_s)
            if not self._tell_pause():
                self._ring(now_s)
            with self._lock:
                self._showing.compare()

    def made(self, sighting: Sighting) -> None:
        """The sweep has made a sighting."""
        if sighting.radio is None:
            return
        with self._lock:
            if len(self._sightings) >= MOST_SIGHTINGS:
                del self._sightings[next(iter(self._sightings))]
            self._sightings[sighting.id] = self._known.heard.key(bssid_octets(sighting.radio.transmitter))

    def withdrawn(self, ids: list[str]) -> None:
        """The sweep has taken sightings back: what they were of has moved, or is part of a flood."""
        with self._lock:
            for key in {self._sightings.pop(id) for id in ids if id in self._sightings}:
                self._known.notebook.moved_away(key)
                self._known.heard.count = max(0, self._known.heard.count - 1)
        self._touch()

    # What the walker sees

    def view(self) -> WalkView:
        """What there is to see now."""
        self._watched = True
        if self._known.seen_at_s is None:
            self.tick()
        with self._lock:
            return self._showing.view(self._now())

    def wait(self, serial: int, seconds: float) -> bool:
        """Wait for another view than that one."""
        return self._showing.wait(serial, seconds)

    def track(self, after: int = 0) -> tuple[int, list[tuple[float, float]]]:
        """The way from its point `after` on; points of before a wipe are gone, and no number is used again."""
        with self._lock:
            return self._known.way.track(after)

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        """The streets of a box."""
        return self._asker.command("streets", lambda: self._around.streets(west, south, east, north))

    def picture(self, number: int) -> bytes:
        """The small picture of a photo."""
        with self._lock:
            jpeg = self._known.notebook.pictures.small(number)
        if jpeg is None:
            raise Refused("there is no picture of that in memory", "refused-no-picture")
        return jpeg

    def preview(self) -> bytes:
        """What the camera sees now."""
        return self._asker.command("preview", self._around.preview)

    # What the walker does

    def photo(self, words: tuple[str, ...] = ()) -> int:
        """Press the shutter."""
        return self._make(lambda: self._known.notebook.press(words))

    def pin(self, words: tuple[str, ...]) -> int:
        """Mark this place."""
        return self._make(lambda: self._known.notebook.pin(words))

    def choose(self, words: tuple[str, ...]) -> None:
        """What the next photo or pin will say."""
        self._known.notebook.choose(words)
        self._touch()

    def retag(self, number: int, words: tuple[str, ...]) -> None:
        """Say something else of a photo or pin."""
        with self._commanding:
            self._refuse_after()
            self._known.notebook.retag(number, words)
            self._touch()

    def undo(self, number: int | None = None) -> None:
        """Take something back."""
        with self._commanding:
            self._refuse_after()
            self._known.notebook.undo(number)
            self._touch()

    def follow(self, key: str | None) -> None:
        """Stay with one transmitter, on its channel."""
        with self._commanding:
            self._let_go()
            if key is not None:
                with self._lock:
                    if not self._known.heard.follow(key, self._now()):
                        raise Refused("that is not heard any more", "refused-not-heard")
                    self._known.following_ended_s = None
                self._keep_channel()
            self._touch()

    def pause(self, paused: bool) -> None:
        """Record nothing until it is lifted."""
        with self._commanding:
            if self._asker.ask("hidden", lambda: self._around.hidden, None) == WORKBENCH:
                self._give(Sign.PAUSED)  # again, whoever looks at no page: it does not go on
                raise Refused("on the workbench nothing is recorded: start the kit again", "refused-workbench")
            before = self._known.paused
            with self._lock:
                self._known.paused = before or paused  # nothing is added from now on, whatever is being looked at
            with self._ticking:
                try:
                    self._asker.command("pause", lambda: self._around.pause(paused))
                except BadInput:
                    self._known.paused = before  # the radio goes on, and the view says so
                    raise
                self._known.paused = paused
                self.tick()

    def workbench(self) -> None:
        """Record nothing from now on: the probe was started to be looked at."""
        with self._commanding:
            self._asker.command("workbench", self._around.workbench)
            self._give(Sign.PAUSED)
            self.tick()

    def end(self) -> None:
        """End the walk. What was to be taken back is taken back before."""
        with self._commanding:
            if not self._known.notebook.flush():
                raise Refused(
                    "what you took back could not be taken back yet: try again in a moment", "refused-not-back-yet"
                )
            self._let_go()
            self._asker.command("end", self._around.end)
            self.tick()

    def forget(self) -> None:
        """Forget the walk."""
        with self._commanding:
            self._asker.command("forget", self._around.forget)
            self._let_go()
            with self._lock:
                self._known.notebook.forget()
                self._known.heard.forget()
                self._known.way.forget()
                self._known.noticing, self._known.forgotten = Noticing(), True
                self._clear()
            self._touch()

    def selftest(self) -> None:
        """Begin the self-test."""
        self._asker.command("selftest", self._around.selftest)
        self.tick()

    def calibrate(self, on: bool) -> None:
        """Begin to calibrate the compass, or end it."""
        self._asker.command("calibrate", lambda: self._around.calibrate(on))
        self.tick()

    def wipe(self) -> None:
        """Forget what is shown. Sums stay, numbers go on, and what waits for the hub is not touched."""
        self._let_go()
        with self._lock:
            self._watched = False
            self._known.notebook.wipe()
            self._known.heard.wipe()
            self._known.way.wipe()
            self._clear()
        self._touch()

    # Within

    def _clear(self) -> None:
        """Forget what was seen last, so that no place and no address hangs on to it."""
        known = self._known
        known.seen, known.seen_at_s = Seen(now_s=known.seen.now_s, phase=known.seen.phase), None
        known.stands, self._stands_at_s = (), None
        self._sightings = {}

    def _make(self, make: Callable[[], int]) -> int:
        """Make a photo or pin. Where that is refused, whoever pressed a button looks at no page, and is told."""
        with self._commanding:
            try:
                self._refuse_after()
                if self._known.is_paused:
                    raise Refused("the walk is paused: lift the pause first", "refused-paused")
                return make()
            except BadInput:
                self._give(Sign.PHOTO_REFUSED)
                raise
            finally:
                self._touch()

    def _refuse_after(self) -> None:
        """Raises BadInput where the walk is over: its sightings are on their way."""
        if self._asker.ask("phase", lambda: self._around.phase, self._known.seen.phase) in OVER:
            raise Refused("the walk has ended: it is too late for that", "refused-over")

    def _spot(self) -> Spot:
        """Where the walker is now, as far as anything may know it."""
        unknown: str | None = UNKNOWN
        hidden = self._asker.ask("hidden", lambda: self._around.hidden, unknown)
        fix = None if hidden is not None or self._known.paused else self._asker.ask("fix", self._around.fix, None)
        return Spot(None if fix is None else (round(fix.lat, 6), round(fix.lon, 6)), hidden)

    def _go(self, now_s: float) -> None:
        """The way goes on, unless nothing of this place is kept."""
        known = self._known
        if known.records and known.seen.fix is not None:
            known.way.go(known.seen.fix, now_s, keep=self._watched)
        else:
            known.way.rest()

    def _hear(self, now_s: float) -> None:
        known, seen = self._known, self._known.seen
        if known.over or known.is_paused:
            known.heard.nothing()
            return
        place = seen.fix if known.records and self._watched else None
        spot = Spot(None if place is None else (round(place.lat, 6), round(place.lon, 6)), seen.hidden)
        for new in known.heard.update(seen.passes, now_s):
            known.notebook.heard(new.key, new.why, spot)
            self._bell.want(Sign.HEARD, now_s)

    def _let_go(self) -> None:
        with self._lock:
            followed, self._known.heard.followed = self._known.heard.followed, None
            held, self._held_mhz = self._held_mhz, None
        if followed is not None or held is not None:
            self._asker.ask("hold_channel", lambda: self._around.hold_channel(None), None)

    def _keep_channel(self) -> None:
        """Hold the channel of the one that is followed: it may have another by now."""
        with self._lock:
            key = self._known.heard.followed
            mhz = None if key is None else self._known.heard.channel(key)
            if mhz is None or mhz == self._held_mhz:
                return
            self._held_mhz = mhz
        self._asker.ask("hold_channel", lambda: self._around.hold_channel(mhz), None)

    def _suggest(self, seen: Seen, now_s: float) -> None:
        """Where to stand next; nowhere where nothing is kept, or nobody looks."""
        known = self._known
        if not known.records or seen.fix is None or not self._watched:
            known.stands, self._stands_at_s = (), None
            return
        if self._stands_at_s is not None and 0.0 <= now_s - self._stands_at_s < AGAIN_S:
            return
        fix, still, nothing = seen.fix, known.way.still, tuple[SecondLook, ...]()
        places = self._asker.ask("places", lambda: tuple(self._around.places()), nothing)

        with self._lock:
            photos = [one for each in known.notebook.things.sightings() if (one := aimed(each)) is not None]

        def found() -> tuple[Stand, ...]:
            suggested = self._find_stands(seen.passes, fix, places, still=still, photos=photos)
            return held_on(known.stands, stands_of(suggested, fix, known.heard.key), fix)

        nowhere_to: tuple[Stand, ...] = ()
        stands = self._asker.ask("find_stands", found, nowhere_to)
        with self._lock:
            if known.seen is seen:  # nothing was wiped meanwhile
                known.stands, self._stands_at_s = stands, now_s

    def _answer(self, sign: Sign, looked: bool) -> None:
        """Something came of a photo or pin."""
        if looked:
            with self._lock:
                self._known.heard.photo_taken(self._known.seen.now_s)
        self._give(sign)
        self._touch()

    def _tell_pause(self) -> bool:
        """Say that the walk was paused or goes on, whoever did it; whether there was anything to say."""
        with self._lock:
            if self._known.over or self._known.is_paused == self._told_paused:
                return False
            self._told_paused = self._known.is_paused
        self._give(Sign.PAUSED if self._told_paused else Sign.RESUMED)
        return True

    def _give(self, sign: Sign) -> None:
        with self._lock:
            self._bell.answered(self._now())
        self._asker.ask("sign", lambda: self._around.sign(sign), None)

    def _ring(self, now_s: float) -> None:
        with self._lock:
            sign = self._bell.next(now_s)
        if sign is not None:
            self._asker.ask("sign", lambda: self._around.sign(sign), None)

    def _touch(self) -> None:
        with self._lock:
            self._showing.touch()
