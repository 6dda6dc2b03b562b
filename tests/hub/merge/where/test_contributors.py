"""One contributor counts once for where a camera is, however many walks they made."""

from hub.merge.observe import Observation, observe
from hub.merge.where.evidence import MOST_WALKS, evidence_of
from hub.merge.where.locate import locate
from probe.contract.geodesy import distance_m
from tests.examples import radio, spot


def passes(walks: int, at: tuple[float, float], by: str, first: int) -> list[Observation]:
    found = [observe(first + n, radio(at=at, walk=f"{first + n:032x}", signal_dbm=-50.0), by) for n in range(walks)]
    return [one for one in found if one is not None]


def off_m(observations: list[Observation], at: tuple[float, float]) -> float:
    found = locate(evidence_of(observations))
    assert found is not None
    place = spot(*at)
    return distance_m(found.estimate.lat, found.estimate.lon, place.lat, place.lon)


def test_whoever_walks_most_does_not_say_where_it_is() -> None:
    one, many = passes(1, (0.0, 0.0), "a" * 64, 1), passes(9, (30.0, 0.0), "b" * 64, 100)
    apart = off_m([*one, *many], (0.0, 0.0))
    assert 8.0 < apart < 22.0, "between both, as two people say two things"


def test_where_it_may_all_be_ones_each_walk_counts() -> None:
    all_of_one = [*passes(1, (0.0, 0.0), "a" * 64, 1), *passes(9, (30.0, 0.0), "a" * 64, 100)]
    assert off_m(all_of_one, (30.0, 0.0)) < 8.0


def test_of_very_many_walks_every_contributor_has_some() -> None:
    crowd = passes(100, (0.0, 0.0), "a" * 64, 1) + passes(2, (5.0, 0.0), "b" * 64, 500)
    taken = evidence_of(crowd).walks
    assert len(taken) == MOST_WALKS
    assert {f"{500:032x}", f"{501:032x}"} <= {walk.walk for walk in taken}
    assert {walk.walk: walk.weight for walk in taken}[f"{500:032x}"] == 0.5
    assert evidence_of(reversed(crowd)) == evidence_of(crowd)
