"""What leaves a probe is the same, octet by octet, for any two homes in a cell whose walks are the same outside of it.

That is the strongest that can be said: whoever has all of it, of any number of walks, knows which cell it is and no
more. A walker who leaves a cell by one side more often than by others says so by their ways outside, and nothing here
hides that.
"""

from collections.abc import Sequence
from itertools import chain, pairwise
from math import hypot, log10
from random import Random

import msgspec
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from probe.contract.envelope import encode
from probe.contract.geodesy import moved, offset_m
from probe.contract.sighting import Adapter, Kind, Sighting
from probe.outbox.grid import CELL_M, RIM_M
from probe.outbox.trimming import points
from probe.position.fix import Fix
from probe.radio.frame import Dwell, Frame
from probe.sweep.sweep import Sweep
from probe.walk.making import making
from tests.examples import look, new_id
from tests.probe.outbox.walks import GRID, Bench, Held

START_S = 1_778_320_800.0
Point = tuple[float, float]  # metres east and north of the middle of the home's cell
AUDIBLE_M, SPEED_M_S = 110.0, 1.4


def middle_of_a_cell() -> tuple[float, float]:
    """The middle of a cell of the tests' grid."""
    lat, lon = 47.0, -17.0
    cell = GRID.cell(lat, lon)

    def edge(east: float, north: float) -> float:
        return next(m for m in range(500) if GRID.cell(*moved(lat, lon, east * m, north * m)) != cell)

    return moved(lat, lon, (edge(1, 0) - edge(-1, 0)) / 2, (edge(0, 1) - edge(0, -1)) / 2)


MIDDLE = middle_of_a_cell()
HOME = GRID.cell(*MIDDLE)


def leg(start: Point, end: Point) -> list[Point]:
    """A straight way, a point for each second."""
    seconds = max(1, int(hypot(end[0] - start[0], end[1] - start[1]) / SPEED_M_S))
    return [
        (start[0] + (end[0] - start[0]) * second / seconds, start[1] + (end[1] - start[1]) * second / seconds)
        for second in range(seconds)
    ]


def outside(random: Random) -> list[Point]:
    """A way outside of the home's cell, from a point in its rim and back to it."""
    edge_m = CELL_M / 2 + RIM_M - 8.0
    along = [random.uniform(-180, 180) for _ in range(2)]
    sides = {0: (edge_m, along[0]), 1: (-edge_m, along[0]), 2: (along[0], edge_m), 3: (along[0], -edge_m)}
    out = sides[random.randrange(4)]
    away = (out[0] * 1.9, out[1] * 1.9)
    turn = (away[0] + random.choice([-90, 90]), away[1] + random.choice([-90, 90]))
    stops = [out, away, turn, away, out]
    return [point for start, end in pairwise(stops) for point in leg(start, end)]


class Positions:
    """Where the walk is at each second."""

    def __init__(self, way: Sequence[Point], began_s: float) -> None:
        self._way, self._began_s = way, began_s

    def at(self, at_s: float) -> Fix | None:
        second = int(at_s - self._began_s)
        lat, lon = moved(*MIDDLE, *self._way[max(0, min(len(self._way) - 1, second))])
        return Fix(at_s=at_s, lat=lat, lon=lon, accuracy_m=5.0)


def walked(
    hub: Bench, home: Point, way: list[Point], cameras: Sequence[Point], *, from_home: bool = True
) -> list[bytes]:
    """What the hub gets of a walk that goes this way and comes home; without its random ids.

    It begins at home, or at the same place elsewhere."""
    elsewhere = (way[0][0] * 5, way[0][1] * 5)
    way_out, way_in = leg(home if from_home else elsewhere, way[0]), leg(way[-1], home)
    # The clock is the same outside, so it is another when the walker leaves home.
    whole, began_s = [*way_out, *way, *way_in], START_S - len(way_out)
    position = Positions(whole, began_s)
    with hub.outbox() as path:
        held = Held(path)
        sweep = Sweep(walk="a" * 32, made=making(Adapter.SCRIPTED, composed=True), new_id=new_id, position=position)
        sweep.passes_over = held.hold.passes_over
        for second, place in enumerate(whole):
            at_s = began_s + second
            fix = position.at(at_s)
            assert fix is not None
            held.clock.now_s = at_s
            held.hold.moved(fix.lat, fix.lon, fix.accuracy_m)
            for number, camera in enumerate(cameras):
                away_m = hypot(camera[0] - place[0], camera[1] - place[1])
                if away_m < AUDIBLE_M:
                    octets = bytes.fromhex("accc8e1020") + bytes([number])
                    sweep.take(Frame(at_s, octets, octets, 8, None, _dbm(away_m), 2437, b""))
            sweep.take(Dwell(at_s + 0.5, 2437, 1.0, 5))
            for sighting in sweep.passed(at_s):
                held.writer.put(sighting)
            held.writer.withdraw(sweep.withdrawn())
            if int(at_s - START_S) % 97 == 0:
                held.writer.put(_photo(fix))
            if int(at_s - START_S) % 5 == 0:
                held.write()
        for sighting in sweep.sightings():
            held.writer.put(sighting)
        held.writer.withdraw(sweep.withdrawn())
        held.finish()
        held.cut()
        released = hub.opened(path, released=True)
        assert released == hub.opened(path, released=False)
        for sighting in released:
            assert HOME not in {GRID.cell(*point) for point in points(sighting)}
        return [encode(msgspec.structs.replace(one, id="0" * 32)) for one in released]


def _photo(fix: Fix) -> Sighting:
    return msgspec.structs.replace(look(), observer=fix.place)


def _dbm(away_m: float) -> int:
    return round(-38.0 - 27.0 * log10(max(2.0, away_m)))


def some_cameras(random: Random) -> list[Point]:
    """Cameras in the home's cell, at its edge, and where the walks go."""
    return [(random.uniform(-480, 480), random.uniform(-480, 480)) for _ in range(24)]


within = st.floats(-CELL_M / 2 + 1, CELL_M / 2 - 1)


@settings(max_examples=settings().max_examples // 10, phases=(Phase.explicit, Phase.generate))
@given(st.tuples(within, within), st.tuples(within, within), st.integers(0, 2**32), st.booleans())
@example((180.0, 180.0), (-180.0, -180.0), 1, False)
@example((180.0, -180.0), (-180.0, 180.0), 2, False)
@example((0.0, 180.0), (0.0, -180.0), 3, False)
@example((180.0, 0.0), (-180.0, 0.0), 3, False)
@example((199.0, 199.0), (-199.0, -199.0), 4, True)
def test_two_homes_in_one_cell_leave_the_same_octets(
    hub: Bench, one: Point, other: Point, seed: int, from_home: bool
) -> None:
    random = Random(seed)
    cameras, way = some_cameras(random), outside(random)
    there = walked(hub, one, way, cameras, from_home=from_home)
    assert there == walked(hub, other, way, cameras, from_home=from_home)


def test_who_has_twenty_walks_from_one_home_knows_its_cell_and_no_more(hub: Bench) -> None:
    """The attack: of each walk the first and the last place that was released; the home is guessed to lie in their
    middle, or in the middle of the square that all released places leave free. Both guesses are the same wherever in
    the cell the home lies, so over all homes neither errs less than the cell's middle does, which needs no walk."""
    random = Random(5)
    cameras = some_cameras(random)
    ways = [outside(random) for _ in range(20)]
    homes = [(east, north) for east in (-150.0, 0.0, 150.0) for north in (-150.0, 0.0, 150.0)]
    guesses = []
    for home in (homes[0], homes[5]):
        released = [list(map(_read, walked(hub, home, way, cameras))) for way in ways]
        kinds = {sighting.kind for walk in released for sighting in walk}
        assert {Kind.RADIO, Kind.SURVEY, Kind.PIN} <= kinds, "what is looked at is not nothing"
        seen = [[offset_m(*MIDDLE, *place) for one in walk for place in points(one)] for walk in released]
        assert all(seen)
        guesses.append((_middle_of([walk[end] for walk in seen for end in (0, -1)]), _void(list(chain(*seen)))))
    assert guesses[0] == guesses[1]
    blind_m = _error_m((0.0, 0.0), homes)
    for guess in guesses[0]:
        assert _error_m(guess, homes) >= blind_m


def _middle_of(places: Sequence[Point]) -> Point:
    return sum(east for east, _ in places) / len(places), sum(north for _, north in places) / len(places)


def _void(places: Sequence[Point]) -> Point:
    """The middle of the largest square around the ways' middle in which nothing was released, to 10 m."""
    around = [(east, north) for east in range(-300, 301, 10) for north in range(-300, 301, 10)]
    free = [(min(max(abs(east - x), abs(north - y)) for x, y in places), east, north) for east, north in around]
    _, east, north = max(free)
    return float(east), float(north)


def _error_m(guess: Point, homes: Sequence[Point]) -> float:
    return sum(hypot(guess[0] - east, guess[1] - north) for east, north in homes) / len(homes)


def _read(data: bytes) -> Sighting:
    return msgspec.json.decode(data, type=Sighting)
