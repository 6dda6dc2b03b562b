"""Places, bearings and distances out of a receiver's entries: what cannot be believed is left out and named."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.camera.exif import Gps, Value
from probe.camera.geotag import MINUTE_M, LeftOut, NoPosition, bearing_of, distance_of, place_of

GOOD: dict[int, Value] = {1: "N", 2: (45.0, 30.0, 0.0), 3: "W", 4: (30.0, 15.0, 0.0)}


def entries(**changed: Any) -> dict[int, Value]:
    """Good ones, but for those that are named; None takes one away."""
    made: dict[int, Any] = {**GOOD}
    made.update((Gps[name.upper()], value) for name, value in changed.items())
    return {tag: value for tag, value in made.items() if value is not None}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"lat": None, "lon": None}, "no position in its EXIF"),
        ({"lat": (0.0, 0.0, 0.0), "lon": (0.0, 0.0, 0.0)}, "0, 0"),
        ({"lat": (0.0, 0.0, 0.5), "lon": (0.0, 0.0, 0.0), "lon_ref": "E"}, "0, 0"),
        ({"status": "V"}, "no fix"),
        ({"status": "v"}, "no fix"),
        ({"datum": "TOKYO"}, "TOKYO"),
        ({"datum": "European 1950"}, "another datum"),
        ({"datum": "NAD27"}, "another datum"),
        ({"datum": "\x1b[31mred"}, "another datum"),
        ({"lon_ref": "O"}, "'O' instead of E or W"),
        ({"lon_ref": ""}, "nothing instead of E or W"),
        ({"lon_ref": None}, "nothing instead of E or W"),
        ({"lon_ref": "N"}, "hemisphere"),
        ({"lat_ref": "E"}, "hemisphere"),
        ({"lat_ref": "+"}, "hemisphere"),
        ({"lat_ref": b"\x01"}, "hemisphere"),
        ({"lat": (None, None, None)}, "no number"),
        ({"lat": (None, 30.0, 0.0)}, "no number"),
        ({"lat": (45.0, None, 12.0)}, "no number"),
        ({"lat": (45.0, 30.0, 0.0, 0.0)}, "no number"),
        ({"lat": "45 30 0"}, "no number"),
        ({"lat": (45.0, 75.0, 0.0)}, "out of range"),
        ({"lat": (45.0, 30.0, 1234.0)}, "out of range"),
        ({"lat": (90.0, 0.0, 1.0)}, "out of range"),
        ({"lon": (180.0, 30.0, 0.0)}, "out of range"),
        ({"lat": (-45.0, 30.0, 0.0)}, "out of range"),
        ({"lat": (45.5, 30.0, 0.0)}, "decimals and seconds"),
        ({"lat": (45.0,)}, "degrees only"),
    ],
)
def test_a_position_that_cannot_be_believed_is_none(changed: dict[str, Any], words: str) -> None:
    with pytest.raises(NoPosition, match=words) as refused:
        place_of(entries(**changed))
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("changed", "lat", "lon"),
    [
        ({}, 45.5, -30.25),
        ({"lat_ref": "s", "lon_ref": "e"}, -45.5, 30.25),
        ({"lat_ref": b"S\0", "lon_ref": "East"}, -45.5, 30.25),
        ({"status": "A", "datum": "WGS-84"}, 45.5, -30.25),
        ({"datum": "WGS 84"}, 45.5, -30.25),
        ({"datum": "WGS_1984"}, 45.5, -30.25),
        ({"datum": "wgs84"}, 45.5, -30.25),
        ({"datum": "JGD2011"}, 45.5, -30.25),
        ({"datum": ""}, 45.5, -30.25),
        ({"lat": (45.0, 30.5, None)}, 45.5083333, -30.25),
        ({"lat": (45.0, 30.5)}, 45.5083333, -30.25),
        ({"lat": (45.25, None, None)}, 45.25, -30.25),
        ({"lat": (45.25, 0.0, 0.0)}, 45.25, -30.25),
        ({"lat": (45.0, 29.0, 60.0)}, 45.5, -30.25),
        ({"lat": (0.0, 0.0, 0.0)}, 0.0, -30.25),
        ({"lon": (0.0, 0.0, 0.0)}, 45.5, 0.0),
        ({"lat": (90.0, 0.0, 0.0), "lon": (180.0, 0.0, 0.0)}, 90.0, -180.0),
    ],
)
def test_a_position_in_any_usual_spelling(changed: dict[str, Any], lat: float, lon: float) -> None:
    place, left_out = place_of(entries(**changed))
    assert (place.lat, place.lon) == (lat, lon)
    assert left_out == []
    assert place.accuracy_m is None


def test_seconds_that_are_no_number_leave_a_place_to_a_minute() -> None:
    place, left_out = place_of(entries(lat=(45.0, 30.0, None), lon=(30.0, 15.0, None)))
    assert (place.lat, place.lon, place.accuracy_m) == (45.5, -30.25, MINUTE_M)
    assert left_out == [LeftOut.SECONDS]


@pytest.mark.parametrize(("error", "accuracy_m"), [((0.0,), None), ((-3.0,), None), ((None,), None), ("5", None)])
def test_an_accuracy_that_is_none_is_absent(error: Value, accuracy_m: float | None) -> None:
    place, left_out = place_of(entries(error_m=error))
    assert place.accuracy_m == accuracy_m
    assert left_out == [LeftOut.ACCURACY]
    assert place_of(entries(error_m=(4.2,)))[0].accuracy_m == 4.2


@pytest.mark.parametrize(
    ("bearing", "reference", "value", "left_out"),
    [
        ((90.0,), "T", 90.0, None), ((90.0,), None, 90.0, None), ((360.0,), "T", 0.0, None), ((0.0,), "T", 0.0, None),
        ((359.97,), "t", 0.0, None), ((90.0,), "M", None, LeftOut.MAGNETIC), ((90.0,), "m", None, LeftOut.MAGNETIC),
        ((90.0,), "X", None, LeftOut.BEARING), ((90.0,), "", None, LeftOut.BEARING),
        ((370.0,), "T", None, LeftOut.BEARING), ((-1.0,), "T", None, LeftOut.BEARING),
        ((None,), "T", None, LeftOut.BEARING), ((1.0, 2.0), "T", None, LeftOut.BEARING),
        ("90", "T", None, LeftOut.BEARING), (None, "M", None, None),
    ],
)  # fmt: skip
def test_bearings(bearing: Value | None, reference: str | None, value: float | None, left_out: LeftOut | None) -> None:
    measured = bearing_of(entries(bearing=bearing, bearing_ref=reference))
    assert (measured.value, measured.left_out) == (value, left_out)


@pytest.mark.parametrize(
    ("distance", "reference", "value"),
    [((0.009,), "K", 9.0), ((0.009,), None, 9.0), ((0.01,), "M", 16.1), ((0.01,), "N", 18.5), ((0.009,), "", None),
     ((0.009,), "X", None), ((0.0,), "K", None), ((-1.0,), "K", None), ((5.0,), "K", None), ((None,), "K", None)],
)  # fmt: skip
def test_distances(distance: Value, reference: str | None, value: float | None) -> None:
    measured = distance_of(entries(distance=distance, distance_ref=reference))
    assert measured.value == value
    assert (measured.left_out is None) == (value is not None)


NUMBERS = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False))
VALUES = st.one_of(st.text(max_size=6), st.binary(max_size=6), st.lists(NUMBERS, max_size=4).map(tuple))


@given(st.dictionaries(st.sampled_from([*Gps]), VALUES))
def test_any_entries(made: dict[int, Value]) -> None:
    gps = {**GOOD, **made}
    try:
        place_of(gps)
    except NoPosition as reason:
        assert str(reason).isprintable()
    bearing, distance = bearing_of(gps).value, distance_of(gps).value
    assert bearing is None or 0 <= bearing < 360
    assert distance is None or 0 < distance <= 2000
