"""Distances, bearings and cells, also where maps are torn."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.geodesy import (
    bearing_deg,
    cell,
    cell_bounds,
    destination,
    distance_m,
    moved,
    offset_m,
    turn_deg,
    wrap_bearing,
    wrap_longitude,
)

lats = st.floats(-84, 84)
lons = st.floats(-180, 180, exclude_max=True)


def test_paris_to_lyon() -> None:
    assert distance_m(48.8566, 2.3522, 45.7640, 4.8357) == pytest.approx(391_500, rel=2e-3)
    assert bearing_deg(48.8566, 2.3522, 45.7640, 4.8357) == pytest.approx(150.3, abs=0.5)


def test_across_the_date_line_is_near() -> None:
    assert distance_m(0, 179.999, 0, -179.999) == pytest.approx(222.4, abs=0.5)
    assert offset_m(0, 179.999, 0, -179.999)[0] == pytest.approx(222.4, abs=0.5)
    assert destination(0, 179.9999, 90, 100)[1] < -179


@given(lats, lons, st.floats(0, 360, exclude_max=True), st.floats(0.5, 2000))
def test_there_and_measured_again(lat: float, lon: float, bearing: float, metres: float) -> None:
    lat2, lon2 = destination(lat, lon, bearing, metres)
    assert distance_m(lat, lon, lat2, lon2) == pytest.approx(metres, rel=1e-4, abs=1e-3)
    assert turn_deg(bearing_deg(lat, lon, lat2, lon2), bearing) < 0.1


@given(lats, lons, st.floats(-300, 300), st.floats(-300, 300))
def test_an_offset_undoes_a_move(lat: float, lon: float, east: float, north: float) -> None:
    back_east, back_north = offset_m(lat, lon, *moved(lat, lon, east, north))
    assert back_east == pytest.approx(east, abs=0.3)
    assert back_north == pytest.approx(north, abs=0.3)


@given(lats, lons)
def test_a_point_lies_in_its_cell(lat: float, lon: float) -> None:
    west, south, east, north = cell_bounds(cell(lat, lon))
    assert west - 1e-9 <= lon <= east + 1e-9
    assert south - 1e-9 <= lat <= north + 1e-9


def test_a_cell_is_about_200_m_wide_in_france() -> None:
    west, south, east, _ = cell_bounds(cell(48.85, 2.35))
    assert distance_m(south, west, south, east) == pytest.approx(201, abs=3)


@given(st.floats(-1e6, 1e6))
def test_wrapping_stays_in_range(angle: float) -> None:
    assert 0 <= wrap_bearing(angle) < 360
    assert -180 <= wrap_longitude(angle) < 180
