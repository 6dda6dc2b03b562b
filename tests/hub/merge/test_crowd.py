"""The work of a derivation grows with what was sent and not with its square, whoever sent it and however.

Work is counted in calls, not in seconds: comparing two things, or weighing one against another, is at least one call.
"""

import sys
import tracemalloc
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import msgspec
import pytest

from hub.merge.cameras import Camera, derive
from hub.merge.crowd import WEIGHED_ALIKE
from hub.merge.grid import NEAREST, Grid
from hub.merge.observe import Estimate, Observation, observe
from hub.publish.describe import MAX_LISTED, describe
from hub.publish.private import without_private_dwellings
from probe.contract.geodesy import degrees_off, distance_m
from probe.contract.sighting import (
    CameraKind,
    ClockSource,
    DirectionClaim,
    Hearing,
    KindClaim,
    Moment,
    Place,
    PresentClaim,
    PrivateDwellingClaim,
    Sighting,
    Strength,
)
from tests.examples import WALK_A, look, new_id, radio, spot

HONEST, HOSTILE = "a" * 64, "b" * 64
Maker = Callable[[int], Sighting]


def walk_id(number: int) -> str:
    return f"{number:032x}"


def observed(*sightings: Sighting, by: str | None = HOSTILE, first: int = 1) -> list[Observation]:
    return [found for seq, one in enumerate(sightings, first) if (found := observe(seq, one, by)) is not None]


def calls_of(observations: Sequence[Observation]) -> int:
    """How many calls a derivation and its description make."""
    counted = 0

    def count(_frame: object, event: str, _about: object) -> None:
        nonlocal counted
        counted += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        for camera in derive(observations)[0]:
            describe(camera)
    finally:
        sys.setprofile(None)
    return counted


def scattered(number: int, metres: float) -> tuple[float, float]:
    random = Random(number)
    return random.uniform(0, metres), random.uniform(0, metres)


def turned(number: int) -> tuple[object, ...]:
    kinds = list(CameraKind)
    return (
        DirectionClaim(value=float(number * 47 % 360), strength=Strength.STRONG),
        KindClaim(value=kinds[number % len(kinds)], strength=Strength.STRONG),
    )


def on_day(sighting: Sighting, day: int) -> Sighting:
    utc = datetime(2000, 1, 1, tzinfo=UTC) + timedelta(days=day)
    return msgspec.structs.replace(sighting, time=Moment(utc=utc, source=ClockSource.CAPTURE))


HEARD = radio()


def heard(number: int = 0, east_m: float = 0.0, walk: str = WALK_A) -> Sighting:
    """A pass of the transmitter with a number; the merge does not look at its evidence."""
    assert HEARD.radio is not None
    address = f"ac:cc:8e:{number >> 16 & 255:02x}:{number >> 8 & 255:02x}:{number & 255:02x}"
    hearing = Hearing(place=spot(east_m, 0.0), signal_dbm=-60.0)
    heard = msgspec.structs.replace(HEARD.radio, transmitter=address, hearings=(hearing,))
    return msgspec.structs.replace(HEARD, id=new_id(), walk=walk, radio=heard)


FLOODS: dict[str, Maker] = {
    "each its own walk, on one spot": lambda n: look(walk=walk_id(n)),
    "each its own walk, turned and of every kind": lambda n: look(walk=walk_id(n), claims=turned(n)),
    "each its own walk, on one square": lambda n: look(observer=scattered(n, 90.0), walk=walk_id(n)),
    "one walk, on one square": lambda n: look(observer=scattered(n, 90.0), walk=WALK_A, claims=turned(n)),
    "each its own walk, far from one another": lambda n: look(observer=(n * 500.0, 0.0), walk=walk_id(n)),
    "passes of one transmitter in one place": lambda n: heard(walk=walk_id(n)),
    "passes of one transmitter everywhere, years apart": lambda n: on_day(
        heard(east_m=n * 2000.0, walk=walk_id(n)), n * 100
    ),
    "transmitters on one spot": lambda n: heard(n, walk=walk_id(n)),
    "transmitters and pins on one spot": lambda n: (
        heard(n, walk=walk_id(n)) if n % 2 else look(observer=scattered(n, 60.0), walk=walk_id(n))
    ),
}


@pytest.mark.parametrize("flood", FLOODS)
def test_twice_as_much_is_twice_the_work(flood: str) -> None:
    few, many = ([FLOODS[flood](number) for number in range(count)] for count in (300, 600))
    work = calls_of(observed(*few))
    assert work < 300 * 4000
    assert calls_of(observed(*many)) < 2.6 * work


def test_a_walk_of_very_many_pins_has_no_matrix_of_their_square() -> None:
    first, second = (
        [look(observer=scattered(number, 2000.0), walk=walk_id(walk)) for number in range(1500)] for walk in (1, 2)
    )
    some = observed(*first) + observed(*second, by=HONEST, first=10_000)
    tracemalloc.start()
    derive(some)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 40 << 20


def test_what_repeats_is_counted_and_said_and_does_not_make_the_place_surer() -> None:
    flood = [look(walk=walk_id(number)) for number in range(500)]
    cameras, unplaced = derive(observed(*flood))
    details = [describe(camera) for camera in cameras]
    assert unplaced == 0
    assert sum(detail.camera.sightings for detail in details) == 500
    more = {reason.code: reason.params for detail in details for reason in detail.reasons}["more_alike"]["more"]
    assert more == 500 - WEIGHED_ALIKE
    alone = derive(observed(*flood[:WEIGHED_ALIKE]))[0]
    assert [camera.estimate for camera in cameras] == [camera.estimate for camera in alone]


def test_the_order_of_arrival_does_not_matter() -> None:
    flood = observed(*(look(observer=scattered(n, 40.0), walk=walk_id(n), claims=turned(n)) for n in range(400)))
    shuffled = list(flood)
    Random(1).shuffle(shuffled)
    assert said(derive(flood)[0]) == said(derive(shuffled)[0])


def said(cameras: list[Camera]) -> list[tuple[str, float, int, int]]:
    return sorted((camera.id, camera.estimate.lat, len(camera.members), len(camera.alike)) for camera in cameras)


@pytest.mark.parametrize("draw", range(4))
def test_a_flood_hides_nothing_that_others_see(draw: int) -> None:
    """Two cameras, seen on two walks. In a cloud of 1,500 it can be in doubt whether two reports are of one camera, by
    what is drawn; none is lost in the cloud, and the two cameras are not one."""
    flood = observed(*(on_day(look(observer=scattered(n, 60.0), walk=walk_id(n)), n % 99) for n in range(1500)))
    others = [
        look(observer=(30.0, 30.0 * n), walk=walk_id(90_000 + w), claims=turned(3)) for w in (1, 2) for n in (0, 1)
    ]
    honest = observed(*others, by=HONEST, first=5000)
    kinds = [camera for camera in derive(flood + honest)[0] if camera.kind is not None]
    assert 2 <= len(kinds) <= 3
    sides = [{one.sighting.observer for one in camera.members if one.contributor == HONEST} for camera in kinds]
    assert {len(side) for side in sides} == {1}
    assert sum(one.contributor == HONEST for camera in kinds for one in camera.members) == len(honest)


def test_a_new_camera_where_one_contributor_has_seen_others_a_hundred_times_is_found() -> None:
    known = [look(walk=walk_id(walk), claims=turned(1)) for walk in range(100)]
    new = look(observer=(15.0, 0.0), walk=walk_id(1000), claims=turned(2))
    assert len(derive(observed(*known, new))[0]) == 2


def test_one_contributor_makes_out_so_many_cameras_of_a_block_and_the_rest_are_counted_to_them() -> None:
    flood = [look(observer=scattered(number, 50.0), walk=WALK_A) for number in range(600)]
    cameras, _ = derive(observed(*flood))
    assert len(cameras) <= 4 * 64
    assert sum(len(camera.observations) for camera in cameras) == 600


def test_one_that_only_repeats_may_still_say_that_it_is_private() -> None:
    private = (PresentClaim(strength=Strength.STRONG), PrivateDwellingClaim(value=True, strength=Strength.STRONG))
    flood = [on_day(look(walk=walk_id(number)), number) for number in range(WEIGHED_ALIKE + 1)]
    last = msgspec.structs.replace(flood[-1], claims=private)
    cameras = derive(observed(*flood[:-1], last))[0]
    assert sum(len(camera.alike) for camera in cameras) == 1
    assert len(without_private_dwellings(cameras)) == len(cameras) - 1


def test_an_address_that_was_heard_everywhere_is_no_camera() -> None:
    everywhere = [on_day(heard(east_m=n * 2000.0, walk=walk_id(n)), n * 100) for n in range(40)]
    assert derive(observed(*everywhere))[0] == []
    assert len(derive(observed(*everywhere[:3]))[0]) == 3, "it was moved twice"


def test_a_camera_lists_so_many_sightings_and_says_how_many_more_there_are() -> None:
    (camera,) = derive(observed(*(heard(walk=walk_id(number)) for number in range(MAX_LISTED + 20))))[0]
    detail = describe(camera)
    assert len(detail.evidence) == len(detail.sighting_ids) == MAX_LISTED
    assert detail.camera.sightings == MAX_LISTED + 20
    assert {reason.code: reason.params for reason in detail.reasons}["not_listed"] == {"more": 20}


def test_a_sighting_that_says_a_thing_often_says_it_once() -> None:
    claims = (KindClaim(value=CameraKind.DOME, strength=Strength.STRONG),) * 100
    (camera,) = derive(observed(look(claims=claims)))[0]
    assert [(c.about, c.sightings) for c in describe(camera).claims] == [("kind", 1), ("present", 1)]


def test_an_observation_is_a_little_larger_than_it_says() -> None:
    places = [spot(float(n), 0.0) for n in range(64)]
    assert HEARD.radio is not None
    hearings = tuple(Hearing(place=place, signal_dbm=-60.5, channel_mhz=2437) for place in places)
    long = msgspec.structs.replace(HEARD, radio=msgspec.structs.replace(HEARD.radio, hearings=hearings))
    packed = msgspec.json.encode([long] * 200)
    tracemalloc.start()
    kept = observed(*msgspec.json.decode(packed, type=list[Sighting]))
    used, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert 0.5 < used / sum(one.octets for one in kept) < 1.1


# The grid, anywhere on the globe.


def at(lat: float, lon: float) -> Estimate:
    return Estimate(lat=lat, lon=lon, east=9.0, north=9.0)


@pytest.mark.parametrize("lat", [0.0, 47.0, -69.9, 75.0, 89.0, -89.9995, 90.0])
@pytest.mark.parametrize("lon", [0.0, 12.3456789, 179.99999, -180.0, 180.0])
def test_whatever_is_within_reach_is_found(lat: float, lon: float) -> None:
    random = Random(int(lat * 10 + lon))
    places = []
    for _ in range(200):
        north, east = degrees_off(lat, random.uniform(-55, 55), random.uniform(-80, 80))
        places.append(at(max(-90.0, min(90.0, lat + north)), (lon + east + 180.0) % 360.0 - 180.0))
    for place in places:
        grid = Grid()
        grid.put(7, place)
        if distance_m(lat, lon, place.lat, place.lon) <= 58.0 and abs(lat) < 89.9:
            assert grid.near(at(lat, lon)) == [7]


def test_two_looks_across_the_date_line_are_one_camera() -> None:
    claims = turned(1)
    west, east = (
        msgspec.structs.replace(look(walk=walk_id(n), claims=claims), observer=Place(lat=10.0, lon=lon), subject=None)
        for n, lon in enumerate((179.99999, -179.99999))
    )
    assert len(derive(observed(west, east))[0]) == 1


def test_the_nearest_are_weighed_where_there_are_very_many() -> None:
    grid = Grid()
    for number in range(300):
        grid.put(number, at(47.0 + number * 1e-6, 8.0))
    assert grid.near(at(47.0, 8.0)) == list(range(NEAREST))
    grid.put(0, at(48.0, 8.0))
    assert grid.near(at(47.0, 8.0)) == list(range(1, NEAREST + 1)), "one that moved is found where it is now"
    assert grid.near(at(48.0, 8.0)) == [0]
