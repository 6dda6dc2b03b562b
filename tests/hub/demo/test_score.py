"""How the demo is scored: a region may be of several rings."""

import msgspec

from hub.demo.score import TownCamera, Truth, score
from probe.contract.geodesy import moved
from tests.hub.publish.test_doubts import APART_M, two_sided


def truth(east_m: float) -> Truth:
    lat, lon = moved(47.0, -17.0, east_m, 0.0)
    one = TownCamera(name="one", lat=lat, lon=lon, kind="dome", mount="pole", direction=0.0, radio=False)
    return Truth(composed=True, cameras=(one,))


def test_a_camera_on_either_side_is_in_its_region_and_one_between_them_is_not() -> None:
    both = [two_sided().camera]
    for east_m, inside in ((-APART_M, 1), (APART_M, 1), (0.0, 0)):
        found = score(both, truth(east_m))
        assert (found.asked, score([*both, *both], truth(east_m)).asked) == (0, 0)
        assert (found.found, found.invented, found.in_region) == (1, 0, inside), east_m


def test_what_is_invented_and_asked_about_is_told() -> None:
    certain = two_sided().camera
    unsure = msgspec.structs.replace(certain, unsure=True)
    for invented, asked in ((certain, 0), (unsure, 1)):
        found = score([certain, msgspec.structs.replace(invented, lat=47.01)], truth(0.0))
        assert (found.found, found.invented, found.asked) == (1, 1, asked)
