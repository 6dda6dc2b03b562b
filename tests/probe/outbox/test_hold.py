"""What of a sighting may be written, and under which labels."""

from datetime import date

import msgspec
import pytest

from probe.contract.geodesy import cell, moved
from probe.contract.sighting import Flood, Kind, Listened, Sighting, Subject, SubjectHow, Survey
from probe.outbox.hold import DOUBT_S, MAX_CELLS, MAX_LOSSES, PATIENT_FIXES, WalkHold
from probe.position.fix import Fix
from tests.examples import new_id, survey
from tests.probe.outbox.test_hidden_ends import at, heard, photo
from tests.probe.outbox.walks import GRID, Bench, Held, Time

HOME = (47.0, -17.0)
AWAY, FARTHER = moved(*HOME, 1500.0, 0.0), moved(*HOME, 3000.0, 0.0)


@pytest.fixture
def hold() -> WalkHold:
    """A walk that began at home and is away by now."""
    held = WalkHold(GRID, Time())
    held.moved(*HOME, 4.0)
    held.moved(*AWAY, 4.0)
    return held


def shown(hold: WalkHold, sighting: Sighting) -> Sighting:
    admitted = hold.admit(sighting)
    assert admitted is not None
    assert admitted.labels
    return admitted.sighting


def test_before_the_first_fix_and_in_the_starts_cell_nothing_is_kept() -> None:
    hold = WalkHold(GRID, Time())
    assert (hold.hidden, hold.passes_over(None)) == ("no-fix-yet", True)
    assert hold.admit(photo(None)) is hold.admit(photo(AWAY)) is None
    hold.moved(*HOME, 4.0)
    assert (hold.hidden, hold.passes_over(None)) == ("start", True)
    assert hold.admit(photo(None)) is hold.admit(photo(HOME)) is None
    hold.moved(*AWAY, 4.0)
    assert (hold.hidden, hold.passes_over(None)) == (None, False)
    assert hold.passes_over(Fix(at_s=0.0, lat=HOME[0], lon=HOME[1]))
    hold.moved(*HOME)
    assert hold.hidden == "start-again", "also when it comes back"
    assert hold.admit(photo(HOME)) is None


def test_of_a_pass_what_lies_in_the_starts_cell_is_left_out_with_its_time(hold: WalkHold) -> None:
    made = heard([HOME, AWAY, moved(*AWAY, 5.0, 0.0)], [HOME, AWAY])
    found = shown(hold, made)
    assert found.radio is not None
    assert [one.place for one in found.radio.hearings] == [at(AWAY), at(moved(*AWAY, 5.0, 0.0))]
    assert found.radio.silences == ()
    assert found.observer == at(AWAY), "the loudest of those that are left"
    assert found.time is None, "it would say when the walker was at home"
    assert hold.admit(heard([HOME, HOME])) is None
    whole = heard([AWAY], [AWAY, moved(*AWAY, 20.0, 0.0)])
    assert shown(hold, whole) == whole
    assert shown(hold, heard([AWAY, HOME])).time is not None


def test_a_silence_across_the_starts_cell_is_left_out(hold: WalkHold) -> None:
    around = [moved(*HOME, -700.0, 0.0), moved(*HOME, 700.0, 0.0)]
    found = shown(hold, heard([AWAY], around))
    assert found.radio is not None
    assert found.radio.silences == ()


def test_a_thing_in_the_starts_cell_keeps_its_bearing_alone(hold: WalkHold) -> None:
    def seen(bearing_deg: float | None) -> Subject | None:
        subject = Subject(
            how=SubjectHow.BEARING_AND_DISTANCE, place=at(HOME), bearing_deg=bearing_deg, distance_m=1500.0
        )
        return shown(hold, msgspec.structs.replace(photo(AWAY), subject=subject)).subject

    assert seen(270.0) == Subject(how=SubjectHow.BEARING, bearing_deg=270.0)
    assert seen(None) is None


def test_without_a_place_it_belongs_to_where_the_walk_was_and_is(hold: WalkHold) -> None:
    clock = hold._clock
    assert isinstance(clock, Time)
    assert hold.admit(photo(None)) is None, "it may be of a minute ago, when the walk was at home"
    clock.now_s = DOUBT_S
    first = hold.admit(photo(None))
    assert first is not None
    assert first.labels & hold.here
    hold.lost_fix()
    second = hold.admit(photo(None))
    assert second is not None
    hold.moved(*FARTHER)
    assert second.labels & hold.here, "where it was found again"
    assert not first.labels & hold.here
    hold.moved(*moved(*FARTHER, 1500.0, 0.0))
    late = hold.admit(heard([]))
    assert late is not None
    hold.moved(*FARTHER)
    assert late.labels & hold.here, "a pass without a place may be of while nobody knew where"
    hold.moved(*AWAY)
    assert second.labels & hold.here, "where it was lost"
    hold.lost_fix()
    hold.moved(*HOME)
    assert hold.gone(), "what was made on the way home is not kept"
    assert not hold.gone()


def test_a_pass_belongs_also_to_where_it_ended(hold: WalkHold) -> None:
    hold.moved(*FARTHER)
    made = hold.admit(heard([AWAY]))
    assert made is not None
    assert made.labels & hold.here
    hold.moved(*AWAY)
    assert made.labels & hold.here
    taken = hold.admit(photo(FARTHER))
    assert taken is not None
    assert not taken.labels & hold.here, "of a photo it is known where it was taken, however long it takes"


def test_a_start_that_is_known_badly_hides_more_and_a_better_one_is_waited_for() -> None:
    hold = WalkHold(GRID, Time())
    for _ in range(PATIENT_FIXES - 1):
        hold.moved(*HOME, 120.0)
        assert hold.hidden == "no-fix-yet"
    hold.moved(*moved(*HOME, 1000.0, 0.0), 10.0)
    assert hold.hides(*moved(*HOME, 1000.0, 0.0))
    assert not hold.hides(*HOME), "the good fix says where it was"
    other = WalkHold(GRID, Time())
    for _ in range(PATIENT_FIXES):
        other.moved(*HOME, 200.0)
    assert other.hides(*HOME)
    for east, north in ((200, 0), (-200, 0), (0, 200), (0, -200), (250, 250)):
        assert other.hides(*moved(*HOME, east, north))
    assert not other.hides(*AWAY)


def test_an_end_that_is_known_badly_takes_more_with_it(hold: WalkHold) -> None:
    made = [hold.admit(photo(moved(*AWAY, east, 0.0))) for east in (0.0, -300.0, 300.0)]
    hold.moved(*AWAY, 200.0)
    assert all(one is not None and one.labels & hold.end() for one in made)


def test_without_a_grid_nothing_is_hidden_and_all_is_kept_back(hub: Bench) -> None:
    with hub.outbox() as path:
        held = Held(path, grid=None)
        sightings = [photo(None), photo(HOME), survey()]
        for one in sightings:
            held.writer.put(one)
        held.write()
        assert held.hold.hidden is None
        assert hub.opened(path, released=True) == []
        assert held.finish().released == 3
        assert hub.opened(path, released=True) == sightings
        held.cut()


def test_what_is_hidden_is_counted_and_nothing_of_it_is_written(hub: Bench) -> None:
    with hub.outbox() as path:
        held = Held(path)
        assert held.writer.put(photo(HOME))
        held.hold.moved(*HOME)
        assert held.writer.put(photo(HOME))
        assert held.writer.put(survey())
        held.write()
        assert (held.writer.hidden, hub.opened(path, released=False)) == (2, [])
        held.finish()
        held.cut()


def boxes(places: list[tuple[float, float]], day: date | None = date(2026, 5, 9)) -> Sighting:
    """A survey of the contract's cells around these places."""
    names = sorted({cell(*place) for place in places})
    cells = tuple(Listened(cell=name, channels_mhz=(2437,), seconds=60) for name in names)
    return msgspec.structs.replace(survey(), id=new_id(), survey=Survey(day=day, cells=cells))


def test_surveys_leave_out_what_touches_the_start_or_the_end_and_are_divided_anew() -> None:
    hold = WalkHold(GRID, Time())
    hold.moved(*HOME)
    hold.moved(*AWAY)
    way = [moved(*HOME, 30.0 * step, 0.0) for step in range(-40, 101)]
    with_home, without = boxes(way), boxes([place for place in way if place[1] > -17.0 + 0.03])
    floods = msgspec.structs.replace(
        survey(),
        survey=Survey(floods=tuple(Flood(cell=cell(*one), transmitters=200, frames=200) for one in (HOME, FARTHER))),
    )
    assert with_home.survey is not None
    assert without.survey is not None
    hold.end()
    found = [one.sighting for one in hold.surveys([with_home, without, floods])]
    assert all(one.kind is Kind.SURVEY and one.survey is not None for one in found)
    cells = [one.cell for survey in found for one in (survey.survey or Survey()).cells]
    for place in (HOME, AWAY):
        around = [moved(*place, east, north) for east in range(-450, 451, 25) for north in range(-450, 451, 25)]
        hidden = {cell(*point) for point in around if GRID.cell(*place) in GRID.cells(*point)}
        assert len(hidden) >= 9
        assert not hidden & set(cells), "none that has a point of the hidden cell or its rim in it"
    assert len(cells) >= 5
    assert [len((one.survey or Survey()).cells) for one in found] == [len(cells), 0], "one survey for a day, and floods"
    assert [flood.cell for flood in (found[-1].survey or Survey()).floods] == [cell(*FARTHER)]


def test_memory_is_bounded_however_far_a_receiver_leaps() -> None:
    hold = WalkHold(GRID, Time())
    hold.moved(*HOME)
    for step in range(MAX_CELLS + 200):
        hold.moved(-60.0 + 0.005 * (step % 20_000), 0.01 * (step // 20_000))
        assert hold.here
    assert len(hold._labels) <= MAX_CELLS
    last = hold.here
    for _ in range(MAX_LOSSES + 10):
        hold.lost_fix()
        hold.moved(*AWAY)
        hold.moved(*FARTHER)
    assert len(hold._losses) <= MAX_LOSSES
    assert last


def test_once_it_has_ended_a_walk_goes_nowhere(hold: WalkHold) -> None:
    end = hold.end()
    hold.moved(*FARTHER)
    hold.lost_fix()
    assert hold.here == end
