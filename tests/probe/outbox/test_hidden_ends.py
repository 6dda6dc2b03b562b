"""Where a walk starts and ends stays on the probe, whatever happens on the way."""

from dataclasses import dataclass, field

import msgspec
from hypothesis import example, given
from hypothesis import strategies as st

from probe.contract.geodesy import moved
from probe.contract.sighting import Hearing, Kind, Place, Sighting, Silence
from probe.outbox.outbox import Outbox
from probe.outbox.trimming import points
from tests.examples import look, radio
from tests.probe.outbox.walks import GRID, Bench, Held

FAR = (47.0, -17.0)
NORTH, SEAM = (78.2, 15.6), (-16.8, 179.9995)


def at(point: tuple[float, float]) -> Place:
    return Place(lat=point[0], lon=point[1], accuracy_m=5.0)


def heard(places: list[tuple[float, float]], silent: list[tuple[float, float]] | None = None) -> Sighting:
    """What a pass leaves that was heard at these places, and in vain between two."""
    made = radio()
    assert made.radio is not None
    hearings = tuple(Hearing(place=at(place), signal_dbm=-60.0 - number) for number, place in enumerate(places))
    silences = (Silence(start=at(silent[0]), end=at(silent[-1])),) if silent else ()
    return msgspec.structs.replace(
        made,
        observer=at(places[0]) if places else None,
        radio=msgspec.structs.replace(made.radio, hearings=hearings, silences=silences),
    )


def photo(place: tuple[float, float] | None) -> Sighting:
    return msgspec.structs.replace(look(), observer=None if place is None else at(place))


steps = st.one_of(
    st.tuples(st.just("go"), st.integers(-120, 120), st.integers(-120, 120)),
    st.tuples(st.just("go"), st.integers(-120, 120), st.integers(-120, 120)),
    st.tuples(st.just("jump"), st.integers(-900, 900), st.integers(-900, 900)),
    st.tuples(st.just("lose")),
    st.tuples(st.just("pass"), st.integers(0, 6)),
    st.tuples(st.just("pass"), st.integers(0, 6)),
    st.tuples(st.just("photo")),
    st.tuples(st.just("take back")),
    st.tuples(st.just("home")),
)


@dataclass
class Walk:
    """A walk of such steps. `true` is where the walker is; `trail` where fixes were; `kept` what must come through, as
    far as that is certain: what has places that are all visible, with the cells that may not turn out to be the end's.
    """

    held: Held
    true: tuple[float, float]
    first: tuple[float, float] | None = None
    last: tuple[float, float] | None = None
    trail: list[tuple[float, float]] = field(default_factory=list)
    kept: dict[str, set[tuple[int, int]]] = field(default_factory=dict)
    placeless: dict[str, set[tuple[int, int] | None]] = field(default_factory=dict)
    in_doubt: list[str] = field(default_factory=list)
    lost: bool = True

    def take(self, step: tuple) -> None:  # type: ignore[type-arg]
        self.held.clock.now_s += 30.0
        match step:
            case ("go" | "jump", east, north):
                self.true = moved(*self.true, east, north)
                self.fix()
            case ("home",):
                self.true = self.first or self.true
                self.fix()
            case ("lose",):
                self.lost = True
                self.held.hold.lost_fix()
            case ("pass", count):
                self.put(heard(self.trail[len(self.trail) - count :], self.trail[-count - 2 :]), with_here=True)
            case ("photo",):
                self.put(photo(None if self.lost else self.true), with_here=False)
            case ("take back",):
                self.held.writer.withdraw(list(self.kept)[-1:])
                for gone in list(self.kept)[-1:]:
                    del self.kept[gone]
        self.held.write()

    def fix(self) -> None:
        self.lost = False
        for one in self.in_doubt:  # it belongs also to where the walk is found again
            self.placeless[one].add(GRID.cell(*self.true))
        self.in_doubt = []
        self.first = self.first or self.true
        self.last = self.true
        self.trail.append(self.true)
        self.held.hold.moved(*self.true, 5.0)

    def put(self, sighting: Sighting, *, with_here: bool) -> None:
        assert self.held.writer.put(sighting)
        if sighting.observer is None:
            self.placeless[sighting.id] = {None if self.last is None else GRID.cell(*self.last)}
            self.in_doubt += [sighting.id] if self.lost else []
            return
        assert self.first is not None
        assert self.last is not None
        start, around = GRID.cell(*self.first), [GRID.cells(*point) for point in points(sighting)]
        if not any(start in cells for cells in around):
            here = GRID.cells(*self.last) if with_here else frozenset()
            self.kept[sighting.id] = {*here, *(cell for cells in around for cell in cells)}

    def check(self, there: list[Sighting]) -> None:
        """Nothing of where it started and ended is there, and nothing else is missing."""
        hidden = {GRID.cell(*place) for place in (self.first, self.last) if place is not None}
        ids = {sighting.id for sighting in there}
        for sighting in there:
            assert not hidden & {GRID.cell(*point) for point in points(sighting)}
            if sighting.observer is None and sighting.id in self.placeless:
                assert None not in self.placeless[sighting.id], "made before anybody knew where"
                assert not self.placeless[sighting.id] & hidden
        end = None if self.last is None else GRID.cell(*self.last)
        assert {one for one, cells in self.kept.items() if end not in cells} <= ids


@given(st.sampled_from([FAR, NORTH, SEAM]), st.lists(steps, max_size=25), st.booleans())
@example(FAR, [("go", 0, 0), ("jump", 900, 0), ("photo",), ("go", 0, 0), ("jump", 0, 900), ("home",)], True)
@example(SEAM, [("go", 0, 0), ("jump", 900, 0), ("photo",), ("jump", 500, 0), ("jump", -500, 0)], False)
@example(FAR, [("go", 0, 0), ("jump", 900, 0), ("photo",), ("jump", 0, 900), ("photo",), ("jump", 0, -900)], False)
@example(FAR, [("go", 0, 0), ("jump", 900, 0), ("lose",), ("pass", 0), ("jump", 900, 0)], True)
@example(FAR, [("go", 0, 0), ("jump", 900, 0), ("lose",), ("pass", 0), ("home",), ("jump", 900, 900)], True)
def test_no_place_of_the_start_or_the_end_is_ever_handed_over_or_stays(
    hub: Bench,
    home: tuple[float, float],
    way: list[tuple],  # type: ignore[type-arg]
    ends: bool,
) -> None:
    """By loss of fix, jumps, pauses, ways through cells of before; ended in order, or by a power cut at any commit."""
    with hub.outbox() as path:
        walk = Walk(Held(path), home)
        for step in way:
            walk.take(step)
            assert hub.opened(path, released=True) == [], "nothing is handed over on the way"
            if walk.first is not None:
                for sighting in hub.opened(path, released=False):
                    assert GRID.cell(*walk.first) not in {GRID.cell(*point) for point in points(sighting)}
        if ends:
            walk.held.finish()
        walk.held.cut()
        with Outbox(path) as box:
            box.drop_unreleased()
            assert box.standing().unreleased == 0
        there = hub.opened(path, released=True)
        assert there == hub.opened(path, released=False)
        walk.check(there)
        assert all(sighting.kind is not Kind.SURVEY for sighting in there)
