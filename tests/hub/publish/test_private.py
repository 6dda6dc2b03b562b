"""A private dwelling's camera is shown nowhere, whatever else is said of it."""

from hub.merge.cameras import Camera, derive
from hub.merge.observe import observe
from hub.publish.private import without_private_dwellings
from probe.contract.sighting import PrivateDwellingClaim, Sighting, Strength
from tests.examples import WALK_B, look


def derived(*sightings: Sighting) -> list[Camera]:
    found = [observe(number, one, None) for number, one in enumerate(sightings, start=1)]
    return derive(one for one in found if one is not None)[0]


def private(*, value: bool, walk: str = WALK_B) -> Sighting:
    return look(walk=walk, claims=(PrivateDwellingClaim(value=value, strength=Strength.WEAK),))


def test_one_weak_claim_hides_the_camera_that_others_saw_too() -> None:
    cameras = derived(look(), private(value=True), look(observer=(400.0, 0.0)))
    assert [len(camera.members) for camera in cameras] == [2, 1]
    (shown,) = without_private_dwellings(cameras)
    assert shown is cameras[1]


def test_who_says_that_it_is_none_hides_nothing() -> None:
    cameras = derived(look(), private(value=False))
    assert without_private_dwellings(cameras) == cameras
