"""The secret grid: cells of about 400 m everywhere on earth, and a secret that outlives a card that changes bits."""

import os
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from probe.contract.geodesy import destination, distance_m, moved
from probe.outbox.grid import CELL_M, RIM_M, Grid, decode, encode, grid_beside, path_beside

latitudes = st.floats(-85, 85)
longitudes = st.floats(-180, 180)
grids = st.binary(min_size=32, max_size=32).map(Grid.of)


def extent(grid: Grid, lat: float, lon: float, bearing: float) -> float:
    """How far one can go from a point until its cell ends, in metres."""
    here, near_m, far_m = grid.cell(lat, lon), 0.0, 2 * CELL_M
    assert grid.cell(*destination(lat, lon, bearing, far_m)) != here
    while far_m - near_m > 0.01:
        middle_m = (near_m + far_m) / 2
        inside = grid.cell(*destination(lat, lon, bearing, middle_m)) == here
        near_m, far_m = (middle_m, far_m) if inside else (near_m, middle_m)
    return near_m


@given(grids, latitudes, longitudes)
@example(Grid.of(b"a" * 32), 78.2, 15.6)
@example(Grid.of(b"b" * 32), -16.8, 180.0)
@example(Grid.of(b"c" * 32), -16.8, -179.9999)
def test_a_cell_is_about_400_m_wide_and_high_wherever_it_lies(grid: Grid, lat: float, lon: float) -> None:
    high_m = extent(grid, lat, lon, 0.0) + extent(grid, lat, lon, 180.0)
    wide_m = extent(grid, lat, lon, 90.0) + extent(grid, lat, lon, 270.0)
    assert high_m == pytest.approx(CELL_M, abs=1.0)
    assert wide_m == pytest.approx(CELL_M, rel=0.02)


@given(grids, latitudes)
def test_the_date_line_is_no_seam(grid: Grid, lat: float) -> None:
    assert grid.cell(lat, 180.0) == grid.cell(lat, -180.0)
    assert grid.cells(lat, 179.99999) & grid.cells(lat, -179.99999)


@given(grids, st.floats(-90, 90), longitudes, st.floats(0, 400))
@example(Grid.of(b"d" * 32), 90.0, 0.0, 50.0)
@example(Grid.of(b"e" * 32), -90.0, 77.0, 400.0)
def test_a_point_has_a_cell_also_at_the_poles(grid: Grid, lat: float, lon: float, reach_m: float) -> None:
    assert grid.cell(lat, lon) in grid.cells(lat, lon, 0.0)
    assert 1 <= len(grid.cells(lat, lon, reach_m)) <= 16


@given(grids, st.floats(-80, 80), longitudes, st.floats(-RIM_M, RIM_M), st.floats(-RIM_M, RIM_M))
def test_the_rim_holds_whatever_lies_within_it(
    grid: Grid, lat: float, lon: float, east_m: float, north_m: float
) -> None:
    near = moved(lat, lon, east_m * 0.99, north_m * 0.99)
    assert grid.cell(*near) in grid.cells(lat, lon)


def test_two_secrets_make_two_grids_and_one_makes_one() -> None:
    assert Grid.of(b"a" * 32) == Grid.of(b"a" * 32)
    grids = {Grid.of(bytes([number]) * 32) for number in range(50)}
    assert len(grids) == 50
    for low in range(4):  # they lie anywhere, and not in one corner
        assert any(100 * low <= grid.north_m < 100 * low + 100 for grid in grids)
        assert any(90 * low <= grid.east_deg < 90 * low + 90 for grid in grids)


def test_the_secret_is_made_once_and_is_nobody_elses(tmp_path: Path) -> None:
    outbox = tmp_path / "new" / "outbox.db"
    first = grid_beside(outbox)
    path = path_beside(outbox)
    assert path.stat().st_mode & 0o077 == 0
    assert path.stat().st_mtime == 0, "no date of the first walk"
    assert grid_beside(outbox, pytest.fail) == first
    assert grid_beside(tmp_path / "other.db") != first


@given(st.integers(0, 8 * len(encode(b"s" * 32)) - 1))
@example(4 * len(encode(b"s" * 32)) - 8)  # of what stands between the copies
def test_any_bit_of_the_secret_is_mended_by_its_other_copy(bit: int) -> None:
    data = bytearray(encode(b"s" * 32))
    data[bit // 8] ^= 1 << bit % 8
    assert decode(bytes(data)) == b"s" * 32


def test_cut_anywhere_it_is_the_secret_or_none() -> None:
    data = encode(b"s" * 32)
    for end in range(len(data)):
        assert decode(data[:end]) in (None, b"s" * 32)
        assert (decode(data[:end]) is None) == (end < len(data) // 2 - 1)


@given(st.binary(max_size=200))
def test_whatever_is_in_the_file_is_no_fault(data: bytes) -> None:
    assert decode(data) is None


def test_a_damaged_copy_is_made_anew_in_silence(tmp_path: Path) -> None:
    outbox = tmp_path / "o.db"
    first, path = grid_beside(outbox), path_beside(outbox)
    whole = path.read_bytes()
    path.write_bytes(b"x" + whole[1:])
    assert grid_beside(outbox, pytest.fail) == first
    assert path.read_bytes() == whole


def test_where_no_copy_is_left_there_is_another_grid_and_it_is_said_what_that_means(tmp_path: Path) -> None:
    outbox, told = tmp_path / "o.db", list[str]()
    first = grid_beside(outbox)
    path_beside(outbox).write_bytes(b"nothing of it")
    second = grid_beside(outbox, told.append)
    assert second != first
    assert len(told) == 1
    assert "two cells have in common" in told[0]
    assert grid_beside(outbox, pytest.fail) == second


def test_what_cannot_be_read_or_written_hides_all_the_same(tmp_path: Path) -> None:
    outbox, told = tmp_path / "o.db", list[str]()
    path_beside(outbox).mkdir()
    assert isinstance(grid_beside(outbox, told.append), Grid)
    assert len(told) == 1
    (tmp_path / "file").write_bytes(b"")
    assert isinstance(grid_beside(tmp_path / "file" / "o.db", told.append), Grid)
    assert len(told) == 2


def test_a_cell_says_nothing_of_where_in_it_a_point_lies() -> None:
    grid = Grid.of(os.urandom(32))
    lat, lon = 48.85, 2.35
    within = [moved(lat, lon, east, north) for east in range(-800, 800, 50) for north in range(-800, 800, 50)]
    cells = {grid.cell(*point) for point in within}
    assert 16 <= len(cells) <= 36
    assert max(distance_m(*a, *b) for a in within for b in within[:1] if grid.cell(*a) == grid.cell(*b)) < 600
