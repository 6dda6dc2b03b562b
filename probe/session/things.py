"""What has happened on a walk, in order. The oldest give way, but photos and pins never to what was heard."""

from collections.abc import Iterator
from dataclasses import dataclass

from probe.contract.sighting import Sighting
from probe.session.heard import step_of
from probe.session.view import Lately, Note, Thing

MOST_MADE = 60
MOST_HEARD = 20


@dataclass(slots=True)
class Spot:
    """Where something happens: None where nobody knows, or nothing of it is kept, which `hidden` says why."""

    at: tuple[float, float] | None = None
    hidden: str | None = None


@dataclass(slots=True)
class Happening:
    """One thing. `at_s` by the clock of the session; a photo is `pending` until something has come of it."""

    number: int
    thing: Thing
    at_s: float
    spot: Spot
    words: tuple[str, ...] = ()
    note: Note | None = None
    key: str | None = None
    pending: bool = False
    sighting: Sighting | None = None
    pictured: bool = False  # its sighting names pictures
    undone: bool = False

    @property
    def undoable(self) -> bool:
        return self.thing is not Thing.HEARD and not self.undone and (self.pending or self.sighting is not None)


class Things:
    """The things of a walk by number; a number is never given twice."""

    def __init__(self) -> None:
        self._last = 0
        self._all: dict[int, Happening] = {}

    def add(self, thing: Thing, at_s: float, spot: Spot) -> Happening:
        """Something has happened."""
        self._last += 1
        happened = self._all[self._last] = Happening(self._last, thing, at_s, spot)
        self._bound(thing)
        return happened

    def _bound(self, thing: Thing) -> None:
        heard = thing is Thing.HEARD
        alike = [one.number for one in self._all.values() if (one.thing is Thing.HEARD) == heard]
        for number in alike[: max(0, len(alike) - (MOST_HEARD if heard else MOST_MADE))]:
            del self._all[number]

    def get(self, number: int) -> Happening | None:
        """One of them, while it is here."""
        return self._all.get(number)

    def has(self, happened: Happening) -> bool:
        """Whether it is still here."""
        return self._all.get(happened.number) is happened

    def drop_before(self, at_s: float) -> list[int]:
        """Forget what happened before, and is done; returns the numbers."""
        old = [one.number for one in self._all.values() if one.at_s < at_s and not one.pending]
        for number in old:
            del self._all[number]
        return old

    def last_undoable(self) -> Happening | None:
        """The last one that can be taken back."""
        return next((one for one in reversed(self._all.values()) if one.undoable), None)

    def sightings(self) -> list[Sighting]:
        """Those that hold, the last one last; none of what is hidden."""
        return [one.sighting for one in self._all.values() if one.sighting and not one.undone and not one.spot.hidden]

    def of(self, key: str) -> Happening | None:
        """That of a transmitter."""
        return next((one for one in self._all.values() if one.key == key), None)

    def lines(self, now_s: float, pictured: set[int], *, over: bool, steady: bool) -> Iterator[Lately]:
        """As the page shows them, the newest first. `steady` leaves out what only grows older."""
        for one in reversed(self._all.values()):
            ago_s = max(0.0, now_s - one.at_s)
            yield Lately(
                number=one.number,
                thing=one.thing,
                ago_s=step_of(ago_s) if steady else round(ago_s, 1),
                words=one.words,
                note=one.note,
                picture=one.number in pictured and not one.undone,
                undoable=one.undoable and not over,
                undone=one.undone,
                hidden=one.spot.hidden is not None,
                at=one.spot.at,
                key=one.key,
            )

    @property
    def busy(self) -> bool:
        """Whether something is still to come of a photo."""
        return any(one.pending for one in self._all.values())

    def wipe(self) -> None:
        """Forget all of them; the numbers go on. Who still waits for a photo knows no place of it."""
        for one in self._all.values():
            one.spot.at = one.sighting = None
        self._all.clear()
