"""Where to stand next: geometry, also at the date line; nothing through what is hidden; the same gives the same."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import probe.page
from probe.contract.geodesy import bearing_deg, distance_m, moved, offset_m, turn_deg
from probe.contract.home import Look, LookFrom, LookHow, SecondLook
from probe.contract.sighting import Place
from probe.detect.rule import Finding
from probe.guide.guide import KNOWN_WITHIN_M, MOST_STILL, MOST_WALKING, known_places, next_stands
from probe.guide.heard import ONE_SIDED_SD_M, walked_line
from probe.guide.lines import Line, lines_of
from probe.guide.seen import PhotoBearing, for_photos
from probe.guide.stand import NextStand
from probe.position.fix import Fix
from probe.sweep.hearing import Pass, Spot

PARIS, SUVA, NOWHERE = (48.8566, 2.3522), (-17.7, 179.9999), (0.0, -180.0)
WORDS = tomllib.loads((Path(probe.page.__path__[0]) / "words" / "guide.toml").read_text(encoding="utf-8"))
Metres = tuple[float, float]


def fix_at(origin: tuple[float, float], east: float, north: float) -> Fix:
    lat, lon = moved(*origin, east, north)
    return Fix(at_s=0.0, lat=lat, lon=lon, accuracy_m=4.0)


def heard(origin: tuple[float, float], *spots: tuple[float, float, int]) -> Pass:
    """A pass of hearings: metres east and north of an origin, and dBm."""
    found = []
    for east, north, dbm in spots:
        spot = Spot(fix=fix_at(origin, east, north), channel_mhz=2437)
        spot.add(dbm, 1)
        found.append(spot)
    return Pass(finding=Finding(rule="test", version=1, evidence=(), claims=()), first_s=0.0, last_s=60.0, spots=found)


def straight(origin: tuple[float, float], loudest_at: float = 30.0, end: int = 60) -> Pass:
    """A pass to the east, loudest after so many metres."""
    return heard(origin, *((float(x), 0.0, round(-45 - abs(x - loudest_at))) for x in range(0, end + 1, 4)))


def street(origin: tuple[float, float], name: str | None, *points: Metres) -> Line:
    return Line(name, tuple(moved(*origin, *point) for point in points))


def at(origin: tuple[float, float], stand: NextStand) -> Metres:
    return offset_m(*origin, stand.lat, stand.lon)


@pytest.mark.parametrize("origin", [PARIS, SUVA, NOWHERE])
def test_what_was_heard_on_one_line_is_heard_next_from_the_other_pavement(origin: tuple[float, float]) -> None:
    lines = [street(origin, "Rue Haute", (-50.0, 5.0), (150.0, 5.0))]
    stands = next_stands([(b"x", straight(origin))], fix_at(origin, 60.0, 0.0), (), lines=lines)
    assert [stand.code for stand in stands] == ["heard-other-side"]
    east, north = at(origin, stands[0])
    assert north == pytest.approx(10.0, abs=0.5)
    assert 30.0 < east < 60.0  # on the way back to the loudest place, not beyond it
    assert 14.0 <= distance_m(*moved(*origin, 30.0, 0.0), stands[0].lat, stands[0].lon) <= 40.0
    assert stands[0].transmitter == b"x"
    assert stands[0].distance_m == pytest.approx(
        distance_m(*moved(*origin, 60.0, 0.0), *moved(*origin, east, north)), 0.1
    )


@pytest.mark.parametrize("origin", [PARIS, SUVA, NOWHERE])
def test_where_no_street_is_known_both_sides_are_offered_at_right_angles(origin: tuple[float, float]) -> None:
    stands = next_stands([(b"x", straight(origin))], fix_at(origin, 60.0, 0.0), (), still=True)
    assert [stand.code for stand in stands] == ["heard-right-angle"] * 2
    places = [at(origin, stand) for stand in stands]
    assert [round(abs(north)) for _, north in places] == [15, 15]
    assert places[0][1] * places[1][1] < 0
    assert all(east == pytest.approx(30.0, abs=2.0) for east, _ in places)


def test_off_the_streets_a_way_to_the_side_is_taken() -> None:
    lines = [street(PARIS, "Rue Basse", (45.0, -100.0), (45.0, 100.0))]
    stands = next_stands([(b"x", straight(PARIS))], fix_at(PARIS, 60.0, 0.0), (), lines=lines, still=True)
    assert {stand.code for stand in stands} == {"heard-side-street"}
    assert stands[0].values["street"] == "Rue Basse"
    for stand in stands:
        east, north = at(PARIS, stand)
        assert east == pytest.approx(45.0, abs=0.5)
        assert 12.0 <= abs(north) <= 40.0


def test_what_still_gets_louder_is_walked_on_to() -> None:
    rising = straight(PARIS, loudest_at=60.0)
    assert [one.code for one in next_stands([(b"x", rising)], fix_at(PARIS, 58.0, 0.0), ())] == ["heard-walk-on"]
    passed = next_stands([(b"x", rising)], fix_at(PARIS, 100.0, 0.0), ())
    assert [one.code for one in passed] == ["heard-right-angle"]


def test_what_was_heard_on_both_sides_needs_nothing_more() -> None:
    both = heard(PARIS, *((float(x), side, -50) for side in (0.0, 14.0) for x in range(0, 61, 6)))
    line = walked_line(both.spots)
    assert line is not None
    assert line.sd_m > ONE_SIDED_SD_M
    assert next_stands([(b"x", both)], fix_at(PARIS, 60.0, 0.0), (), still=True) == ()


@pytest.mark.parametrize(
    "spots", [(), ((0.0, 0.0, -50),), ((0.0, 0.0, -50), (1.0, 0.0, -50), (2.0, 0.0, -50), (3.0, 0.0, -50))]
)
def test_too_little_says_nothing(spots: tuple[tuple[float, float, int], ...]) -> None:
    assert next_stands([(b"x", heard(PARIS, *spots))], fix_at(PARIS, 0.0, 0.0), ()) == ()
    assert next_stands([(b"x", straight(PARIS))], None, ()) == ()


@pytest.mark.parametrize("origin", [PARIS, SUVA, NOWHERE])
@pytest.mark.parametrize("bearing", [0.0, 37.0, 200.0])
def test_a_second_bearing_crosses_the_first(origin: tuple[float, float], bearing: float) -> None:
    here = fix_at(origin, 0.0, 0.0)
    photo = PhotoBearing(lat=here.lat, lon=here.lon, bearing_deg=bearing, distance_m=12.0)
    (stand,) = for_photos([photo], here)
    thing = moved(*origin, *_polar(12.0, bearing))
    assert distance_m(stand.lat, stand.lon, *thing) == pytest.approx(12.0, abs=0.5)
    assert 60.0 <= turn_deg(bearing_deg(stand.lat, stand.lon, *thing), bearing) <= 120.0
    second = PhotoBearing(lat=stand.lat, lon=stand.lon, bearing_deg=bearing_deg(stand.lat, stand.lon, *thing))
    assert for_photos([photo, second], here) == ()


def test_a_second_photo_is_taken_on_a_street() -> None:
    here = fix_at(PARIS, 0.0, 0.0)
    photo = PhotoBearing(lat=here.lat, lon=here.lon, bearing_deg=0.0, distance_m=15.0)
    (stand,) = for_photos([photo], here, [street(PARIS, "Rue", (14.0, -50.0), (14.0, 50.0))])
    assert at(PARIS, stand)[0] == pytest.approx(14.0, abs=0.2)


def test_the_nearest_known_places_are_told_with_why() -> None:
    reasons = [*Look, "of-a-later-hub"]
    places = [
        SecondLook(place=Place(lat=lat, lon=lon), reason=reasons[number % len(reasons)])
        for number in range(10)
        for lat, lon in [moved(*PARIS, 60.0 * (number + 1), 0.0)]
    ]
    stands = next_stands([], fix_at(PARIS, 0.0, 0.0), places, still=True)
    assert [stand.code for stand in stands] == ["look-asked", "look-large-doubt", "look-no-direction"]
    assert [stand.values["metres"] for stand in stands] == [60, 120, 180]
    assert next_stands([], fix_at(PARIS, -KNOWN_WITHIN_M, 0.0), places) == ()
    later = next_stands([], fix_at(PARIS, 300.0, 0.0), [places[4]])
    assert [(stand.code, round(stand.bearing_deg)) for stand in later] == [("look-again", 0)] or later[
        0
    ].code == "look-again"


def look_from(how: str, east: float, north: float, bearing: float) -> LookFrom:
    lat, lon = moved(*PARIS, east, north)
    return LookFrom(place=Place(lat=lat, lon=lon), how=how, bearing_deg=bearing)


def test_where_the_hub_says_from_where_to_look_that_is_where_it_leads_until_a_photo_was_taken_there() -> None:
    """It leads to the place on the street, and not to the camera; a photo from there that is of something else does not
    count, and what a later hub asks for is passed over."""
    camera = Place(lat=PARIS[0], lon=PARIS[1], accuracy_m=12.0)
    stands = (
        look_from("of-a-later-hub", 0.0, 50.0, 180.0),
        look_from(LookHow.PHOTO, 20.0, 0.0, 270.0),
        look_from(LookHow.PASS, 0.0, -20.0, 0.0),
    )
    known, here = SecondLook(place=camera, reason=Look.DOUBT, stands=stands), fix_at(PARIS, 60.0, 0.0)
    (first,) = next_stands([], here, [known])
    assert (first.code, first.values["metres"]) == ("look-from-photo", 40)
    assert at(PARIS, first) == pytest.approx((20.0, 0.0), abs=0.2)

    lat, lon = moved(*PARIS, 22.0, 3.0)
    away = PhotoBearing(lat=lat, lon=lon, bearing_deg=90.0)
    assert known_places([known], here, [away])[0].code == "look-from-photo"
    aimed = PhotoBearing(lat=lat, lon=lon, bearing_deg=262.0)
    assert known_places([known], here, [aimed])[0].code == "look-from-pass"
    only_photo = SecondLook(place=camera, reason=Look.DOUBT, stands=stands[:2])
    assert known_places([only_photo], here, [aimed]) == []
    later = SecondLook(place=camera, reason=Look.DOUBT, stands=stands[:1])
    assert known_places([later], here)[0].code == "look-large-doubt"


def test_nothing_leads_into_what_is_hidden_or_through_it() -> None:
    places = [SecondLook(place=Place(lat=lat, lon=lon), reason="asked") for lat, lon in [moved(*PARIS, 200.0, 0.0)]]
    here = fix_at(PARIS, 0.0, 0.0)

    def wall(lat: float, lon: float) -> bool:
        return 80.0 <= offset_m(*PARIS, lat, lon)[0] <= 130.0

    assert len(next_stands([], here, places)) == 1
    assert next_stands([], here, places, hidden=wall) == ()
    assert next_stands([], here, places, hidden=lambda lat, lon: offset_m(*PARIS, lat, lon)[0] > 190.0) == ()


def test_each_code_has_a_sentence_in_both_languages_that_takes_its_values() -> None:
    codes = {
        *("heard-walk-on", "heard-other-side", "heard-side-street", "heard-side-street-unnamed", "heard-right-angle"),
        *("photo-second", "look-again", *(f"look-{reason}" for reason in Look)),
        *(f"look-from-{how}" for how in LookHow),
    }
    assert set(WORDS) == codes
    for sentences in WORDS.values():
        assert set(sentences) == {"en", "fr"}
        assert all("{" not in sentence.format(metres=20, street="Rue Haute") for sentence in sentences.values())


def test_streets_are_read_from_what_the_hub_gave_and_only_those_that_people_walk_on() -> None:
    told = b'{"ways":[["street","Rue Haute",[1.0,2.0,1.1,2.1]],["rail",null,[0,0,1,1]],["fast","A1",[0,0,1,1]]]}'
    assert lines_of(told) == (Line("Rue Haute", ((1.0, 2.0), (1.1, 2.1))),)
    assert lines_of(b"{") == lines_of(b"[]") == lines_of(b'{"ways":3}') == ()


_metres = st.floats(-80.0, 80.0)
_spots = st.lists(st.tuples(_metres, _metres, st.integers(-95, -30)), max_size=64)
_lines = st.lists(st.tuples(_metres, _metres, _metres, _metres), max_size=8)


@given(
    origin=st.sampled_from([PARIS, SUVA, NOWHERE, (89.9, 12.0), (-60.0, 180.0)]),
    spots=_spots,
    lines=_lines,
    here=st.tuples(_metres, _metres),
    bearings=st.lists(st.tuples(_metres, _metres, st.floats(0.0, 359.9)), max_size=4),
    still=st.booleans(),
)
def test_whatever_was_heard_proposals_are_near_few_and_the_same_again(
    origin: tuple[float, float],
    spots: list[tuple[float, float, int]],
    lines: list[tuple[float, float, float, float]],
    here: Metres,
    bearings: list[tuple[float, float, float]],
    still: bool,
) -> None:
    fix = fix_at(origin, *here)
    streets = [street(origin, None, (a, b), (c, d)) for a, b, c, d in lines]
    photos = [
        PhotoBearing(lat=place.lat, lon=place.lon, bearing_deg=bearing)
        for east, north, bearing in bearings
        for place in [fix_at(origin, east, north)]
    ]
    passes = [(b"x", heard(origin, *spots))]
    stands = next_stands(passes, fix, (), still=still, photos=photos, lines=streets)
    assert stands == next_stands(passes, fix, (), still=still, photos=photos, lines=streets)
    assert len(stands) <= (MOST_STILL if still else MOST_WALKING)
    for stand in stands:
        assert -90.0 <= stand.lat <= 90.0
        assert -180.0 <= stand.lon <= 180.0
        assert 0.0 <= stand.bearing_deg < 360.0
        assert stand.distance_m <= 250.0
        assert stand.code in WORDS


def _polar(metres: float, bearing: float) -> Metres:
    from math import cos, radians, sin

    return metres * sin(radians(bearing)), metres * cos(radians(bearing))
