"""What cameras have to do with each other."""

from hub.merge.cameras import derive
from hub.merge.constraints import Constraints
from hub.merge.kin import Kin, kin_of
from hub.merge.observe import observe
from probe.contract.sighting import Sighting
from tests.examples import WALK_A, WALK_B, look, radio


def kin(*sightings: Sighting, apart: tuple[tuple[tuple[str, ...], ...], ...] = ()) -> list[tuple[str, Kin]]:
    seen = [observe(number, one, None) for number, one in enumerate(sightings, 1)]
    constraints = Constraints(together=(), apart=apart, names={})
    cameras, _ = derive([one for one in seen if one is not None], constraints)
    return [(camera.id, one) for camera, one in zip(cameras, kin_of(cameras), strict=True)]


def test_two_of_one_walk_are_told_apart_and_two_of_two_walks_are_not() -> None:
    (one, its), (other, others) = kin(look(observer=(0, 0)), look(observer=(12, 0)))
    assert (its.told_apart, others.told_apart) == ((other,), (one,))
    found = kin(look(observer=(0, 0), walk=WALK_A), look(observer=(40, 0), walk=WALK_B))
    assert [one.told_apart for _, one in found] == [(), ()]
    far = kin(look(observer=(0, 0)), look(observer=(500, 0)))
    assert [one.told_apart for _, one in far] == [(), ()]


def test_what_people_decided_tells_apart_as_well() -> None:
    seen, heard = look(observer=(0, 0)), radio(at=(16, 0))  # 8 m from what was seen
    (one, its), (other, others) = kin(seen, heard, apart=(((seen.id,), (heard.id,)),))
    assert (its.told_apart, others.told_apart) == ((other,), (one,))
    assert len(kin(seen, heard)) == 1
