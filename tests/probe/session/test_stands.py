"""The target where to stand next: it is held until it is reached, or another is clearly nearer."""

from probe.position.fix import Fix
from probe.session.stands import held_on
from probe.session.view import Note, Stand
from tests.probe.session.around import NANTES, moved


def stand(key: str, north_m: float) -> Stand:
    lat, lon = moved(north_m)
    return Stand(lat=lat, lon=lon, distance_m=abs(north_m), bearing_deg=0.0, note=Note(code="stand"), key=key)


def at(north_m: float) -> Fix:
    lat, lon = moved(north_m)
    return Fix(at_s=0.0, lat=lat, lon=lon)


def test_a_target_is_held_though_another_is_a_little_nearer() -> None:
    assert moved(0.0) == NANTES
    held = held_on((stand("a", 100.0),), (stand("b", 80.0), stand("a", 130.0)), at(0.0))
    assert [(one.key, one.distance_m) for one in held] == [("a", 100.0), ("b", 80.0)], "and it stays where it was"


def test_it_is_let_go_where_it_is_reached_gone_or_another_is_clearly_nearer() -> None:
    before = (stand("a", 100.0),)
    other = (stand("b", 80.0), stand("a", 130.0))
    assert held_on(before, other, at(95.0)) == other
    assert held_on(before, other[:1], at(0.0)) == other[:1]
    near = (stand("b", 30.0), stand("a", 130.0))
    assert held_on(before, near, at(0.0)) == near
    assert held_on((), other, at(0.0)) == other
    assert held_on(before, (), at(0.0)) == ()
