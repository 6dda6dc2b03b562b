"""Vector tiles of cameras, read back by another's decoder."""

from random import Random
from typing import Any

import mapbox_vector_tile
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.publish.tiles import EXTENT, GRID, LAYER, MAX_FEATURES, MAX_ZOOM, Point, TileIndex, encode

VALUES = st.one_of(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12),
    st.integers(-(1 << 53), 1 << 53),
    st.floats(allow_nan=False, allow_infinity=False),
)


def decoded(tile: bytes) -> list[dict[str, Any]]:
    if not tile:
        return []
    layer = mapbox_vector_tile.decode(tile, default_options={"y_coord_down": True})[LAYER]
    assert layer["extent"] == EXTENT
    features: list[dict[str, Any]] = layer["features"]
    return features


@given(
    st.lists(
        st.tuples(
            st.integers(-EXTENT, 2 * EXTENT),
            st.integers(-EXTENT, 2 * EXTENT),
            st.dictionaries(st.text(st.characters(codec="utf-8"), min_size=1, max_size=8), VALUES, max_size=4),
        ),
        max_size=8,
    )
)
def test_another_s_decoder_reads_what_was_written(features: list[tuple[int, int, dict[str, Any]]]) -> None:
    read = [(*one["geometry"]["coordinates"], one["properties"]) for one in decoded(encode(LAYER, features))]
    assert read == features


def town(number: int, seed: int = 1) -> list[Point]:
    random = Random(seed)
    return [
        Point(2.3 + random.uniform(0, 0.1), 48.85 + random.uniform(0, 0.05), {"id": str(one), "filed": "waiting"})
        for one in range(number)
    ]


def tile_of(lon: float, lat: float, zoom: int) -> tuple[int, int]:
    from math import asinh, pi, radians, tan

    return int((lon / 360 + 0.5) * (1 << zoom)), int((0.5 - asinh(tan(radians(lat))) / (2 * pi)) * (1 << zoom))


@pytest.mark.parametrize("zoom", [0, 5, 10, 12, 14, MAX_ZOOM])
def test_every_camera_is_in_some_tile_once(zoom: int) -> None:
    points = town(400)
    index = TileIndex(points)
    tiles = {tile_of(one.lon, one.lat, zoom) for one in points}
    counted = 0
    for tile in tiles:
        for one in decoded(index.tile(zoom, *tile)):
            x, y = one["geometry"]["coordinates"]
            if 0 <= x < EXTENT and 0 <= y < EXTENT:
                counted += one["properties"].get("point_count", 1)
    assert counted == 400


def test_no_tile_outgrows_its_bound() -> None:
    crowd = [Point(2.3, 48.85, {"id": str(one), "filed": "waiting"}) for one in range(MAX_FEATURES + 1)]
    for zoom in range(MAX_ZOOM + 1):
        found = decoded(TileIndex(crowd).tile(zoom, *tile_of(2.3, 48.85, zoom)))
        assert len(found) <= GRID * GRID
        assert sum(one["properties"].get("point_count", 1) for one in found) == MAX_FEATURES + 1


def test_what_is_hidden_is_in_no_tile_and_no_number() -> None:
    points = [*town(20), *(Point(one.lon, one.lat, {"id": "x", "filed": "gone"}) for one in town(5, seed=2))]
    (found,) = decoded(TileIndex(points).tile(0, 0, 0, lambda said: said["filed"] != "gone"))
    assert found["properties"] == {"point_count": 20}
    assert TileIndex(points).tile(0, 0, 0, lambda _: False) == b""


@given(st.integers(0, 40), st.integers(-(1 << 40), 1 << 40), st.integers(-(1 << 40), 1 << 40))
def test_a_tile_that_is_nowhere_is_empty_or_whole(zoom: int, x: int, y: int) -> None:
    decoded(TileIndex(town(3)).tile(zoom, x, y))


def test_what_lies_in_view_is_found_also_across_the_date_line() -> None:
    index = TileIndex(Point(lon, 0.0, {"id": str(lon)}) for lon in (-179.5, -10.0, 10.0, 179.5))
    assert [one.lon for one in index.inside(-20, -1, 20, 1)] == [-10.0, 10.0]
    assert [one.lon for one in index.inside(170, -1, -170, 1)] == [-179.5, 179.5]
    assert index.inside(-20, 1, 20, 2) == []
