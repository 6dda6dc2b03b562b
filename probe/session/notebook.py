"""What a walker makes on a walk, and takes back: photos and pins, with what was said of each.

Nothing of a walk is handed over before its end, so until then all of it can be taken back. To say something else of a
photo is to take it back and keep another in its place: a sighting never changes. The new one is kept first, so that
whatever fails in between leaves one too many and not one too few, and taking back is tried until it is done.
"""

import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Picture
from probe.session.around import Around
from probe.session.asking import Asker
from probe.session.outcomes import Outcome, hidden_note, outcome_of, points
from probe.session.pictures import Pictures, small
from probe.session.refused import Refused
from probe.session.seen import WORKBENCH
from probe.session.signs import Sign
from probe.session.things import Happening, Spot, Things
from probe.session.view import Note, Thing
from probe.session.words import chosen, claims_said
from probe.walk.making import new_id
from probe.walk.snapshots import Snapshot

MOST_TO_WITHDRAW = 1_000


class Made:
    """How much was made on a walk and holds, and what went wrong: numbers alone, which outlive the view."""

    def __init__(self) -> None:
        self.photos = self.pins = self.undirected = 0
        self.words: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()  # by the code of the sentence

    def count(self, happened: Happening, by: int) -> None:
        """Count one more or, by -1, one less."""
        if happened.spot.hidden is not None or happened.sighting is None:
            return
        if happened.pictured:
            self.photos += by
            self.undirected += by * (not points(happened.sighting))
        else:
            self.pins += by
        for word in happened.words:
            self.words[word] += by


class Notebook:
    """Photos and pins of one walk. Safe from any thread; asks the probe around only without the lock.

    `spot` says where the walker is; `told` hears the sign for what came of a photo or pin, and whether it holds a look
    at a camera.
    """

    def __init__(
        self,
        around: Around,
        asker: Asker,
        lock: threading.RLock,
        *,
        now: Callable[[], float],
        spot: Callable[[], Spot],
        told: Callable[[Sign, bool], None],
    ) -> None:
        self.things, self.pictures, self.made = Things(), Pictures(), Made()
        self.words: tuple[str, ...] = ()
        self._around, self._asker, self._lock = around, asker, lock
        self._now, self._spot, self._told = now, spot, told
        self._walk = 0
        self._to_withdraw: list[str] = []

    def choose(self, words: tuple[str, ...]) -> None:
        """What is said of the next camera. Raises BadInput."""
        said = chosen(words)
        with self._lock:
            self.words = said

    def press(self, words: tuple[str, ...]) -> int:
        """Take a photo; what is chosen is used up by it. Raises BadInput."""
        said, spot = chosen((*self.words, *words)), self._spot()
        future = self._asker.command("take_photo", lambda: self._around.take_photo(said))
        with self._lock:
            happened = self._begin(Thing.PHOTO, said, spot)
            happened.pending, happened.note = True, Note(code="photo-being-made")
            walk = self._walk
        future.add_done_callback(lambda came: self._came(happened, walk, came))
        return happened.number

    def pin(self, words: tuple[str, ...]) -> int:
        """Keep a pin of here. Raises BadInput where the place is not known, or there is no room."""
        said, spot = chosen((*self.words, *words)), self._spot()
        sighting = self._asker.command("make_pin", lambda: self._around.make_pin(said))
        kept = self._asker.command("keep", lambda: self._around.keep(sighting))
        with self._lock:
            happened = self._begin(Thing.PIN, said, spot)
            happened.note = Note(code="pin-kept") if kept else Note(code="pin-lost")
            happened.sighting = sighting if kept else None
            self._hide(happened)
            self.made.count(happened, 1)
            self.made.refused["pin-lost"] += not kept
        good = kept and spot.hidden is None
        self._told(Sign.PHOTO_KEPT if good else Sign.PHOTO_REFUSED, good)
        return happened.number

    def retag(self, number: int, words: tuple[str, ...]) -> None:
        """Say something else of a photo or pin. Raises BadInput where that cannot be done any more."""
        said = chosen(words)
        with self._lock:
            happened = self._made(number)
            before, walk = happened.sighting, self._walk
            if happened.pending or before is None:
                raise Refused("that is not made yet: wait a moment, then say it again", "refused-not-made")
            if said == happened.words:
                return
            whole = self.pictures.whole(number) if happened.pictured else ()
        if whole is None:
            raise Refused(
                "too late: its picture is not in memory any more; undo it, and take another", "refused-too-late"
            )
        after = msgspec.structs.replace(before, id=new_id(), claims=claims_said(said, before.claims))
        pictures = tuple(Picture(v=CONTRACT_VERSION, id=new_id(), jpeg=picture.jpeg) for picture in whole)
        if not self._asker.command("keep", lambda: self._around.keep(after, pictures)):
            raise Refused("there is no room for that: it still says what it said before", "refused-no-room")
        with self._lock:
            gone = [before.id]
            if happened.undone or walk != self._walk or happened.sighting is not before:
                gone = [after.id]
            else:
                self.made.count(happened, -1)
                happened.sighting, happened.words = after, said
                self.made.count(happened, 1)
        self._take_back(gone)

    def undo(self, number: int | None) -> None:
        """Take something back. Raises BadInput where there is nothing, or not any more."""
        with self._lock:
            happened = self.things.last_undoable() if number is None else self._made(number)
            if happened is None or not happened.undoable:
                raise Refused("there is nothing to take back", "refused-nothing")
            self.made.count(happened, -1)
            happened.undone = True
            self.pictures.drop(happened.number)
            gone = [] if happened.sighting is None else [happened.sighting.id]
        self._take_back(gone)

    def heard(self, key: str, note: Note | None, spot: Spot) -> None:
        """A transmitter is new."""
        with self._lock:
            happened = self.things.add(Thing.HEARD, self._now(), Spot(None if spot.hidden else spot.at, spot.hidden))
            happened.key, happened.note = key, note

    def moved_away(self, key: str) -> None:
        """What was heard turned out to move: it is no camera on a wall."""
        with self._lock:
            happened = self.things.of(key)
            if happened is not None:
                happened.undone, happened.note = True, Note(code="heard-moved")

    def flush(self) -> bool:
        """Take back what is still to be; whether nothing is left to."""
        with self._lock:
            ids = list(self._to_withdraw)
        if not ids:
            return True
        done = self._asker.ask("withdraw", lambda: self._withdrawn(ids), otherwise=False)
        if done:
            with self._lock:
                self._to_withdraw = [id for id in self._to_withdraw if id not in ids]
        return done

    def drop_before(self, at_s: float) -> None:
        """Forget what was made before."""
        for number in self.things.drop_before(at_s):
            self.pictures.drop(number)

    def wipe(self) -> None:
        """Forget things and pictures. How many there were stays, and what is to be taken back."""
        with self._lock:
            self.things.wipe()
            self.pictures.wipe()
            self.words = ()

    def forget(self) -> None:
        """Forget the walk: what is still to come of a photo is taken back."""
        with self._lock:
            self.wipe()
            self.made = Made()
            self._to_withdraw = []
            self._walk += 1

    def _begin(self, thing: Thing, words: tuple[str, ...], spot: Spot) -> Happening:
        happened = self.things.add(thing, self._now(), spot)
        happened.words, self.words = words, ()
        return happened

    def _made(self, number: int) -> Happening:
        happened = self.things.get(number)
        if happened is None:
            raise Refused("that is not in memory any more", "refused-forgotten")
        if happened.thing is Thing.HEARD:
            raise Refused("only photos and pins can be changed", "refused-only-made")
        if happened.undone:
            raise Refused("that was taken back already", "refused-undone")
        return happened

    def _came(self, happened: Happening, walk: int, came: "Future[Snapshot]") -> None:
        """Something has come of a photo. In the thread of whoever takes them."""
        outcome, spot = outcome_of(came), self._spot()
        snapshot = outcome.snapshot
        small_one = None if snapshot is None or not snapshot.pictures else small(snapshot.pictures[-1].jpeg)
        with self._lock:
            happened.pending = False
            forgotten = walk != self._walk
            gone = [] if snapshot is None or not (happened.undone or forgotten) else [snapshot.sighting.id]
            if not gone and not forgotten:
                self._enter(happened, outcome, spot, small_one)
        self._take_back(gone)
        if not forgotten:
            hidden = happened.spot.hidden is not None
            self._told(Sign.PHOTO_REFUSED if hidden else outcome.sign, snapshot is not None and not hidden)

    def _enter(self, happened: Happening, outcome: Outcome, spot: Spot, small_one: bytes | None) -> None:
        snapshot = outcome.snapshot
        happened.note = outcome.note
        dropped = "start" if snapshot is not None and snapshot.hidden else None  # whatever else is known of the place
        happened.spot.hidden = happened.spot.hidden or spot.hidden or dropped
        if outcome.sign is Sign.PHOTO_REFUSED and happened.spot.hidden is None:
            self.made.refused[outcome.note.code] += 1
        if snapshot is not None:
            place = snapshot.sighting.observer
            happened.spot.at = None if place is None else (place.lat, place.lon)
            happened.sighting, happened.pictured = snapshot.sighting, bool(snapshot.pictures)
            if self.things.has(happened):
                self.pictures.add(happened.number, snapshot.pictures, small_one)
        self._hide(happened)
        if happened.spot.hidden == WORKBENCH and outcome.sign is Sign.PHOTO_REFUSED:
            happened.note = outcome.note  # that is what whoever tries the kit has to mend
        self.made.count(happened, 1)

    @staticmethod
    def _hide(happened: Happening) -> None:
        if happened.spot.hidden is not None:
            happened.note, happened.spot.at = hidden_note(happened.spot.hidden), None

    def _take_back(self, ids: list[str]) -> None:
        with self._lock:
            self._to_withdraw = [*self._to_withdraw, *ids][-MOST_TO_WITHDRAW:]
        self.flush()

    def _withdrawn(self, ids: list[str]) -> bool:
        self._around.withdraw(ids)
        return True
