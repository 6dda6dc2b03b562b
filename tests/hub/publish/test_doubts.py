"""What is unsure of a camera is told as unsure: regions of several rings, two places, sightings of one or another."""

import json
import re
from typing import Any

import msgspec
from geojson_pydantic import MultiPolygon, Polygon
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.cameras import derive
from hub.merge.doubt import Doubt
from hub.merge.observe import observe
from hub.publish.describe import describe, percents
from hub.publish.exported import exported
from hub.publish.public import public_form
from hub.publish.view import CameraDetail, DoubtView, ModeView, OtherView, feature
from hub.web.doubt import doubt_told, places_drawn, places_told
from hub.web.words import words
from probe.contract.geodesy import distance_m, moved
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.merge.test_cameras import faces
from tests.hub.publish.cameras import camera
from tests.hub.review.world import observed

ONE = "1" * 32
APART_M = 9.0
NOBODY: dict[str, CameraDetail] = {}


def plain(told: str) -> str:
    return told.replace("\u00a0", " ").replace("\u202f", " ")


def two_sided(**fields: Any) -> CameraDetail:
    """A camera that stands on either side of a street, so many metres from its middle, where the mark is."""
    middle = camera(ONE, **fields)
    rings = []
    for east_m in (-APART_M, APART_M):
        ((ring,)) = camera(ONE, east_m=east_m, radius95_m=3.0).camera.region95
        rings.append(ring)
    view = msgspec.structs.replace(middle.camera, region95=tuple(rings), radius95_m=4.2)
    places = [(moved(view.lat, view.lon, -APART_M, 0.0), 70), (moved(view.lat, view.lon, APART_M, 0.0), 30)]
    modes = tuple(ModeView(lat=at[0], lon=at[1], percent=percent) for at, percent in places)
    return msgspec.structs.replace(middle, camera=view, modes=modes, region50=(rings[0],))


def test_a_region_of_several_rings_is_a_multipolygon_and_of_one_a_polygon() -> None:
    both, one = two_sided(), camera()
    region = MultiPolygon.model_validate(feature(both.camera)["region95"])
    assert len(region.coordinates) == 2
    assert len(Polygon.model_validate(feature(one.camera)["region95"]).coordinates) == 1
    (told,) = exported([both], everything=True)
    assert MultiPolygon.model_validate(told.properties["contrechamp:region95"]) == region
    json.dumps(feature(both.camera))


def test_a_circle_told_to_the_public_holds_both_sides() -> None:
    both = two_sided()
    told = public_form(both, "p")
    for ring in both.camera.region95:
        assert all(distance_m(told.lat, told.lon, lat, lon) <= told.radius_m for lon, lat in ring)
    (said,) = exported([both], everything=False)
    assert said.properties["contrechamp:radius95"] == told.radius_m > APART_M > both.camera.radius95_m


def test_two_places_are_told_from_the_mark_the_likelier_first() -> None:
    both = two_sided()
    told = plain(places_told(both, words("en")) or "")
    assert "probably 9 m west of the mark (70 %), perhaps 9 m east of the mark (30 %)" in told
    assert "probablement à 9 m à l’ouest du point" in plain(places_told(both, words("fr")) or "")
    assert places_told(camera(), words("en")) is None
    assert [mode["percent"] for mode in places_drawn(both)["modes"]] == [70, 30]
    assert places_drawn(camera())["modes"] == []


def test_an_unsure_sighting_is_told_with_where_the_others_are() -> None:
    here, east = camera(), camera(east_m=4.0)
    doubt = DoubtView(
        sightings=(ONE,),
        here=62,
        others=(OtherView(camera=east.camera.id, percent=30), OtherView(camera=None, percent=8)),
    )
    known = {east.camera.id: east}
    assert plain(doubt_told(doubt, here.camera, known.get, words("en"))) == (
        "One sighting is of this camera with 62 %, of the one 4 m east with 30 %, or of another with 8 %; to review."
    )
    french = plain(doubt_told(doubt, here.camera, known.get, words("fr")))
    assert french == (
        "Une observation porte sur cette caméra (62 %), sur celle située à 4 m à l’est (30 %) ou sur une autre (8 %) ;"
        " à vérifier."
    )
    # A camera that is none for who asks is not told of by its place.
    assert "of one near by with 30 %" in plain(doubt_told(doubt, here.camera, NOBODY.get, words("en")))
    alone = msgspec.structs.replace(doubt, others=())
    assert plain(doubt_told(alone, here.camera, NOBODY.get, words("en"))).endswith("with 62 %; to review.")


def test_what_the_merger_is_unsure_of_is_in_the_view() -> None:
    seen = [observe(number, look(walk=walk, claims=faces(10)), "p") for number, walk in enumerate((WALK_A, WALK_B), 1)]
    (found,), _ = derive(one for one in seen if one is not None)
    assert not describe(found).camera.unsure
    unsure = found.members[1].sighting.id
    found.doubts = (Doubt(sightings=(unsure,), here=0.615, others=(("c-other", 0.305), (None, 0.08))),)
    told = describe(found)
    assert told.camera.unsure
    (doubt,) = told.doubts
    assert doubt.sightings == (unsure,)
    assert (doubt.heard, doubt.lat is not None) == (False, True)
    assert [doubt.here, *(other.percent for other in doubt.others)] == [62, 30, 8]
    (reason,) = [reason for reason in told.reasons if reason.code == "unsure_which"]
    for code in ("en", "fr"):
        said = plain(words(code).reason(reason))
        assert "62 %" in said
        assert not re.search("–|suspi|suspect", said)


@given(st.lists(st.floats(0.001, 1.0), min_size=2, max_size=8), st.floats(0.9, 1.0))
def test_percents_add_up_and_none_of_several_is_sure(weights: list[float], all_told: float) -> None:
    total = sum(weights)
    shares = [weight / total * all_told for weight in weights]
    found = percents(shares)
    assert sum(found) == round(100 * sum(shares))
    assert all(1 <= percent <= 99 for percent in found)
    assert all(abs(percent - 100 * share) < len(shares) + 1 for percent, share in zip(found, shares, strict=True))


def test_one_alone_is_told_as_it_is() -> None:
    assert percents([1.0]) == [100]
    assert percents([]) == []


def test_a_camera_s_mark_is_the_mean_of_its_region() -> None:
    for seed in range(3):
        some = [
            look(observer=(4.0 * n, 3.0 * (n + seed)), bearing_deg=60.0 + 50 * n, walk=f"{n:032x}") for n in range(3)
        ]
        for one in derive(observed([*some, radio(at=(5.0, 2.0))]))[0]:
            mark, mean = describe(one).camera, one.located.estimate
            assert (mark.lat, mark.lon) == (round(mean.lat, 7), round(mean.lon, 7))
