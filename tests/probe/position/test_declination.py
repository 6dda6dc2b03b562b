"""Magnetic north and true north, where and as long as the model knows how far they are apart."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.position.declination import declination, true_bearing

pytest.importorskip("pygeomag")
AUTUMN = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    ("lat", "lon", "deg"),
    [(48.857, 2.352, 2.1), (43.296, 5.37, 2.9), (40.713, -74.006, -12.5), (47.606, -122.332, 14.9)],
)
def test_cities_whose_declination_is_on_every_chart(lat: float, lon: float, deg: float) -> None:
    found = declination(lat, lon, AUTUMN)
    assert found is not None
    assert found.deg == pytest.approx(deg, abs=0.2)
    assert 0.2 < found.sd_deg < 0.6


def test_true_is_magnetic_and_the_declination() -> None:
    turned = true_bearing(100.0, 40.713, -74.006, AUTUMN)
    assert turned is not None
    assert turned[0] == pytest.approx(87.5, abs=0.2)
    turned = true_bearing(5.0, 40.713, -74.006, AUTUMN)
    assert turned is not None
    assert turned[0] == pytest.approx(352.5, abs=0.2)


def test_after_the_models_end_nothing_is_known_and_nothing_is_raised() -> None:
    end = datetime(2030, 1, 1, tzinfo=UTC)
    assert declination(48.9, 2.4, end - timedelta(seconds=1)) is not None
    assert declination(48.9, 2.4, end - timedelta(hours=1)) is not None
    for at in (
        end,
        datetime(2031, 5, 9, tzinfo=UTC),
        datetime(9999, 12, 31, tzinfo=UTC),
        datetime(2014, 1, 1, tzinfo=UTC),
    ):
        assert declination(48.9, 2.4, at) is None
        assert true_bearing(10.0, 48.9, 2.4, at) is None
    west = timezone(timedelta(hours=-12))
    assert declination(48.9, 2.4, datetime(2029, 12, 31, 13, tzinfo=west)) is None, "by UTC it is 2030"


def test_beside_a_pole_a_compass_knows_nothing() -> None:
    assert declination(86.0, 140.0, AUTUMN) is None


@given(
    lat=st.floats(-90, 90), lon=st.floats(-180, 180), bearing=st.floats(0, 359.9),
    at=st.datetimes(timezones=st.just(UTC)),
)  # fmt: skip
def test_any_place_and_time(lat: float, lon: float, bearing: float, at: datetime) -> None:
    turned = true_bearing(bearing, lat, lon, at)
    assert turned is None or (0 <= turned[0] < 360 and turned[1] < 4)
