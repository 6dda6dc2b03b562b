"""Window by window, the map is the same: in whichever order things come, and whatever was decided and taken back."""

from collections.abc import Sequence
from datetime import timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.log.decisions import NewDecision
from hub.merge.camera import Camera, id_from
from hub.merge.cameras import derive
from hub.merge.constraints import UNCONSTRAINED, Constraints
from hub.merge.doubt import Doubt
from hub.merge.observe import Observation, observe
from hub.merge.windows import window as window_module
from hub.merge.windows.neighbourhoods import Neighbourhoods
from hub.merge.windows.tiles import TILE_DEG, is_around, part_at, tile_of, windows_of
from hub.merge.windows.window import DEEPEST, Found
from hub.review.binding import bind
from probe.contract.geodesy import degrees_off, destination, moved
from probe.contract.sighting import Place, Sighting, Subject, SubjectHow
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.merge.test_constraints import check_honoured
from tests.hub.review import world

LATS = st.floats(-90.0, 90.0)
LONS = st.floats(-180.0, 180.0, exclude_max=True)
# Where four tiles meet, where the first and the last one do, and where very few are left.
CORNER = round(48.85 / TILE_DEG) * TILE_DEG
ORIGINS = ((CORNER, 0.0), (CORNER, -180.0), (89.9999, 10.0), (-89.9995, -180.0), (0.0, 0.0))


def moved_to(sighting: Sighting, origin: tuple[float, float]) -> Sighting:
    """A sighting as if the origin of all examples were here."""

    def there(place: Place | None) -> Place | None:
        if place is None:
            return None
        zero = look(observer=(0.0, 0.0)).observer
        assert zero is not None
        scale = degrees_off(0.0, 0.0, 1.0)[0]
        north_m = (place.lat - zero.lat) / scale
        east_m = (place.lon - zero.lon) / degrees_off(zero.lat, 1.0, 0.0)[1]
        lat, lon = moved(*origin, east_m, north_m)
        return msgspec.structs.replace(place, lat=lat, lon=lon)

    radio_part, subject = sighting.radio, sighting.subject
    if radio_part is not None:
        hearings = tuple(
            msgspec.structs.replace(one, place=found)
            for one in radio_part.hearings
            if (found := there(one.place)) is not None
        )
        radio_part = msgspec.structs.replace(radio_part, hearings=hearings)
    if subject is not None:
        subject = msgspec.structs.replace(subject, place=there(subject.place))
    return msgspec.structs.replace(sighting, observer=there(sighting.observer), radio=radio_part, subject=subject)


def observed(sightings: Sequence[Sighting]) -> list[Observation]:
    return [found for seq, one in enumerate(sightings, 1) if (found := observe(seq, one, f"p{seq % 3}")) is not None]


def said(cameras: Sequence[Camera]) -> list[object]:
    """All that is known of cameras, but for the numbers of groups and divisions."""
    found: list[object] = []
    for one in cameras:
        members = tuple(member.seq for member in one.members)
        alike = tuple(member.seq for member in one.alike)
        sure = one.doubts, tuple(one.sure)
        found.append((one.id, one.estimate, members, alike, one.far_apart, sure, tuple(one.nearest_match_m)))
    return sorted(found, key=repr)


def at_once(observations: Sequence[Observation], constraints: Constraints = UNCONSTRAINED) -> Neighbourhoods:
    found = Neighbourhoods()
    found.add(observations)
    found.decide(constraints)
    found.refresh()
    return found


def same(one: Neighbourhoods, other: Neighbourhoods) -> None:
    assert said(list(one.cameras.values())) == said(list(other.cameras.values()))
    assert {key: camera.bound for key, camera in one.cameras.items()} == {
        key: camera.bound for key, camera in other.cameras.items()
    }
    assert (one.unplaced, one.at_odds, one.parted, one.cut) == (
        other.unplaced,
        other.at_odds,
        other.parted,
        other.cut,
    )
    assert all(key == camera.id for key, camera in one.cameras.items())


@settings(max_examples=150, deadline=None)
@given(
    world.sightings(),
    world.decisions,
    st.sampled_from(ORIGINS),
    st.sampled_from((2, 5, 600)),
    st.integers(0, 1 << 30).map(Random),
)
def test_the_way_there_does_not_matter(
    sightings: list[Sighting],
    decisions: list[NewDecision],
    origin: tuple[float, float],
    most: int,
    random: Random,
) -> None:
    """Any order, any batches, doubles, decisions that are taken back: the same cameras as of all at once."""
    observations = observed([moved_to(one, origin) for one in sightings])
    constraints = bind(world.decided(*decisions)).constraints
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(window_module, "MOST_WEIGHED", most)
        whole = at_once(observations, constraints)
        known: dict[str, Camera] = {}
        step_by_step = Neighbourhoods()
        coming = [*observations, *random.sample(observations, len(observations) // 2)]
        random.shuffle(coming)
        while coming:
            if random.random() < 0.4:
                some = random.sample(decisions, random.randint(0, len(decisions)))
                step_by_step.decide(bind(world.decided(*some)).constraints)
            batch = random.randint(0, 4)
            step_by_step.add(coming[:batch])
            coming = coming[batch:]
            if random.random() < 0.7:
                _follow(known, step_by_step)
        step_by_step.decide(constraints)
        _follow(known, step_by_step)
    same(step_by_step, whole)
    assert said(list(known.values())) == said(list(whole.cameras.values())), "what was told of changes is not all"
    check_honoured(observations, list(whole.cameras.values()), constraints)
    check_doubts(whole, observations)
    for one in observations:
        holding = [c for c in whole.cameras.values() if one in c.observations]
        assert step_by_step.camera_with(one.sighting.id) == (holding[0] if holding else None)


def check_doubts(found: Neighbourhoods, observations: Sequence[Observation]) -> None:
    """A doubt is about sightings of its camera. Other cameras go by the id that follows from a sighting: whichever
    camera has that one now is meant, and it is another one."""
    sighting_of = {id_from(one.sighting.id): one.sighting.id for one in observations}
    for camera in found.cameras.values():
        assert len(camera.sure) in (0, len(camera.members))
        held = {one.sighting.id for one in camera.observations}
        for doubt in camera.doubts:
            assert doubt.sightings
            assert held.issuperset(doubt.sightings)
            for other, _ in doubt.others:
                if other is not None:
                    meant = found.camera_with(sighting_of[other])
                    assert meant is not None
                    assert meant is not camera


def _follow(known: dict[str, Camera], neighbourhoods: Neighbourhoods) -> None:
    """As a reader does who hears of changes alone."""
    changes = neighbourhoods.refresh()
    for key in changes.gone:
        del known[key]
    known |= changes.changed
    assert known.keys() == neighbourhoods.cameras.keys()


@settings(max_examples=60, deadline=None)
@given(world.sightings(), world.decisions)
def test_in_the_middle_of_a_tile_it_is_what_is_derived_of_all(
    sightings: list[Sighting], decisions: list[NewDecision]
) -> None:
    middle = CORNER + TILE_DEG / 2, 0.0015
    observations = observed([moved_to(one, middle) for one in sightings])
    observations = [
        one
        for one in observations
        if one.estimate is None or tile_of(one.estimate.lat, one.estimate.lon) == tile_of(*middle)
    ]
    observations = [
        one for one in observations if all(tile_of(h.place.lat, h.place.lon) == tile_of(*middle) for h in one.hearings)
    ]
    constraints = bind(world.decided(*decisions)).constraints
    found = at_once(observations, constraints)
    cameras, unplaced = derive(observations, constraints)
    assert said(list(found.cameras.values())) == said(cameras)
    assert (found.unplaced, found.at_odds, found.parted) == (unplaced, 0, 0)


@given(LATS, LONS)
def test_every_place_is_in_its_own_window(lat: float, lon: float) -> None:
    tile = tile_of(lat, lon)
    windows = windows_of(lat, lon)
    assert tile in windows
    assert len(set(windows)) == len(windows) <= 32
    for depth in range(DEEPEST + 1):
        assert is_around(tile, part_at(tile, lat, lon, depth), lat, lon)


@given(LATS, LONS, st.floats(0.0, 359.0), st.floats(0.0, 100.0))
def test_whoever_is_near_shares_a_window(lat: float, lon: float, bearing_deg: float, metres: float) -> None:
    """Also over the date line and around a pole."""
    there = destination(lat, lon, bearing_deg, metres)
    assert tile_of(lat, lon) in windows_of(*there)
    assert tile_of(*there) in windows_of(lat, lon)


def test_what_meets_at_a_corner_of_tiles_is_one_camera_and_nobody_is_at_odds() -> None:
    for origin in ORIGINS:
        looks = [moved_to(look(walk=walk), origin) for walk in (WALK_A, WALK_B)]
        found = at_once(observed(looks))
        assert (len(found.cameras), found.at_odds, found.parted) == (1, 0, 0), origin


def test_a_group_is_whole_wherever_its_sightings_are() -> None:
    some = [look(observer=(east, 0.0)) for east in (0.0, 250.0, 3000.0)]
    found = at_once(observed(some), Constraints(together=(tuple(one.id for one in some),)))
    assert [len(camera.members) for camera in found.cameras.values()] == [3]


def test_an_arrival_resolves_the_windows_around_it_and_no_other() -> None:
    resolved: list[int] = []

    def resolve(observations: Sequence[Observation], constraints: Constraints) -> tuple[list[Camera], int]:
        resolved.append(len(observations))
        return derive(observations, constraints)

    town = observed([look(observer=(150.0 * (n % 20), 150.0 * (n // 20))) for n in range(400)])
    found = Neighbourhoods(resolve)
    found.add(town[1:])
    found.refresh()
    resolved.clear()
    found.add(town[:1])
    changes = found.refresh()
    assert len(changes.changed) == 1
    assert 1 <= len(resolved) <= 6
    assert sum(resolved) < 40
    resolved.clear()
    assert found.refresh().changed == {}
    assert resolved == []


def test_a_transmitter_that_turns_up_elsewhere_at_once_was_no_camera() -> None:
    near, far = radio(walk=WALK_A), radio(walk=WALK_B, at=(9000.0, 0.0))
    found = Neighbourhoods()
    first, second = observed([near, far])
    found.add([first])
    (key,) = found.refresh().changed
    found.add([second])
    assert found.refresh().gone == (key,)
    assert found.cameras == {}
    assert far.time is not None
    months_later = msgspec.structs.replace(far.time, utc=far.time.utc + timedelta(days=90))
    far = msgspec.structs.replace(far, time=months_later)
    assert [one.far_apart for one in at_once(observed([near, far])).cameras.values()] == [True, True]


def test_what_one_window_cannot_hold_is_cut_and_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(window_module, "MOST_WEIGHED", 20)
    crowd = observed([look(observer=(n % 10 * 3.0, n // 10 * 3.0), walk=f"{n:032x}") for n in range(100)])
    found = at_once(crowd)
    assert found.cut >= 1
    assert sum(len(one.observations) for one in found.cameras.values()) == 100
    one_place = observed([look(walk=f"{n:032x}", claims=()) for n in range(100)])
    assert sum(len(one.observations) for one in at_once(one_place).cameras.values()) == 100


def rivals(origin: tuple[float, float]) -> list[Observation]:
    """Cameras 6 m apart, and walks that are off by as much: nobody can tell for certain which is which."""
    marked = {"a": (-3.0, 3.0), "b": (0.0,), "c": (-4.0, 1.0), "d": (0.5,)}
    some = []
    for walk, places in marked.items():
        for east in places:
            seen = look(observer=(east, 0.0), walk=walk * 32, claims=())
            assert seen.observer is not None
            place = msgspec.structs.replace(seen.observer, accuracy_m=6.0)
            some.append(
                msgspec.structs.replace(seen, observer=place, subject=Subject(how=SubjectHow.MARKED, place=place))
            )
    return observed([moved_to(one, origin) for one in some])


def test_whoever_is_in_doubt_names_cameras_that_can_be_found_also_where_tiles_meet() -> None:
    for origin in ORIGINS:
        observations = rivals(origin)
        found = at_once(observations)
        check_doubts(found, observations)
        assert any(camera.doubts for camera in found.cameras.values()), origin


def test_a_camera_that_is_less_than_its_window_found_keeps_its_doubts() -> None:
    """Also one that belongs to another window, of which only this is kept."""
    first, second, third = observed([look(walk=f"{n:032x}") for n in range(3)])
    about = [one.sighting.id for one in (first, second)]
    doubts = (
        Doubt(sightings=(about[0], about[1]), here=0.6, others=((None, 0.4),)),
        Doubt(sightings=(third.sighting.id,), here=0.7, others=((None, 0.3),)),
    )
    whole = Camera(estimate=first.place, members=[first, second, third], doubts=doubts, sure=[0.6, 0.6, 0.7])
    sure = {one.sighting.id: share for one, share in zip(whole.members, whole.sure, strict=True)}
    for found in (Found(0.0, 0.0, 3, whole), Found(0.0, 0.0, 3, None, doubts, sure)):
        part = Camera(estimate=first.place, members=[first], sure=[0.9999])
        found.keep_doubts(part)
        assert part.doubts == (Doubt(sightings=(about[0],), here=0.6, others=((None, 0.4),)),)
        assert part.sure == [0.6]


def test_a_decision_that_changes_nothing_for_a_window_does_not_resolve_it() -> None:
    resolved: list[int] = []

    def resolve(observations: Sequence[Observation], constraints: Constraints) -> tuple[list[Camera], int]:
        resolved.append(len(observations))
        return derive(observations, constraints)

    some = observed([look(walk=walk) for walk in (WALK_A, WALK_B)])
    together = (tuple(one.sighting.id for one in some),)
    found = Neighbourhoods(resolve)
    found.add(some)
    found.refresh()
    found.decide(Constraints(together=together))
    found.refresh()
    resolved.clear()
    found.decide(Constraints(together=together, names={0: "c-0123456789abcdef"}))
    assert list(found.refresh().changed) == ["c-0123456789abcdef"]
    found.decide(Constraints(together=together))
    found.decide(UNCONSTRAINED)
    found.decide(Constraints(together=together))
    assert list(found.refresh().changed) == [id_from(some[0].sighting.id)]
    assert resolved == []
    found.decide(UNCONSTRAINED)
    found.refresh()
    assert resolved, "what was decided holds no more"
    same(found, at_once(some))


def test_what_windows_hold_alike_is_resolved_once() -> None:
    resolved: list[int] = []

    def resolve(observations: Sequence[Observation], constraints: Constraints) -> tuple[list[Camera], int]:
        resolved.append(len(observations))
        return derive(observations, constraints)

    some = observed([moved_to(look(walk=walk), ORIGINS[0]) for walk in (WALK_A, WALK_B)])
    found = Neighbourhoods(resolve)
    found.add(some)
    assert len(found.refresh().changed) == 1
    assert len(windows_of(some[0].place.lat, some[0].place.lon)) > 1
    assert resolved == [2]


def test_neighbours_hold_the_very_same_tiles_and_what_a_walk_has_in_common() -> None:
    """A map of a million sightings would hold a gigabyte of equal ones otherwise."""
    places = [(CORNER + up, up) for up in (0.0005, 0.0006)]
    windows = [windows_of(*place) for place in places]
    assert windows[0] is windows[1]
    assert all(any(tile_of(*place) is tile for tile in windows[0]) for place in places)
    here, there = observed([look(), look()])
    assert here.sighting.made is there.sighting.made
