"""The walker's street map: what is written is read again; damaged, cut or swollen it is refused, within bounds."""

import contextlib
import io
import zlib

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.base import ContractError
from probe.contract.envelope import digest, pack
from probe.contract.streets import (
    MAX_TILE_BYTES,
    SHEET_BYTES,
    STEPS,
    WIDE_ZOOM,
    ZOOM,
    Point,
    Sheet,
    SheetEntry,
    SheetFile,
    SheetTable,
    SheetTile,
    StreetTile,
    Way,
    WayClass,
    blocks,
    decode_sheet,
    decode_table,
    decode_tile,
    file_head,
    pack_points,
    pack_tile,
    simplified,
    tile_key,
    tile_of,
    to_degrees,
    to_steps,
    unpack_points,
)

_points = st.lists(st.tuples(st.integers(0, STEPS), st.integers(0, STEPS)), min_size=1, max_size=40)


def sample_tile() -> bytes:
    ways = (
        Way(kind=WayClass.MAIN, name=0, points=pack_points([(0, 0), (1024, 1024)])),
        Way(kind=WayClass.PATH, name=-1, points=pack_points([(5, 900), (4, 1), (700, 3)])),
    )
    packed = pack_tile(StreetTile(names=("Rue de l’Église",), ways=ways))
    assert packed is not None
    return packed


def sample_sheet() -> bytes:
    return pack(Sheet(v=1, tiles=(SheetTile(key=tile_key(ZOOM, 17059, 11948), data=sample_tile()),)))


def sample_file() -> bytes:
    sheet, key = sample_sheet(), tile_key(ZOOM, 17059, 11948)
    table = SheetTable(
        v=1, day="2026-05-01", sheets=(SheetEntry(first=key, last=key, hash=digest(sheet), octets=len(sheet)),)
    )
    return file_head(table) + sheet


@given(_points)
def test_points_come_through(points: list[Point]) -> None:
    assert unpack_points(pack_points(points)) == points


@pytest.mark.parametrize("points", [[(-1, 0)], [(0, STEPS + 1)], [(3, 3), (3 + STEPS, 3)]])
def test_points_beyond_their_tile_are_refused(points: list[Point]) -> None:
    with pytest.raises(ContractError):
        unpack_points(pack_points(points))


@pytest.mark.parametrize("zoom", [ZOOM, WIDE_ZOOM])
@given(data=st.data())
def test_tiles_have_keys_by_which_blocks_follow_each_other(zoom: int, data: st.DataObject) -> None:
    x, y = (data.draw(st.integers(0, (1 << zoom) - 1)) for _ in "xy")
    key = tile_key(zoom, x, y)
    assert tile_of(key) == (zoom, x, y)
    assert tile_key(zoom, x | 1, y | 1) - tile_key(zoom, x & ~1, y & ~1) == 3
    with pytest.raises(ContractError):
        tile_of(key + (1 << 46))


@given(st.floats(-85.0, 85.0), st.floats(-180.0, 179.9999))
def test_a_place_lies_within_a_metre_of_its_step(lat: float, lon: float) -> None:
    x, y = to_steps(lat, lon, ZOOM)
    back = to_degrees(round(x), round(y), ZOOM)
    assert abs(back[0] - lat) < 1.1e-5
    assert abs(back[1] - lon) < 1.1e-5


@given(_points.filter(lambda points: len(points) > 1), st.floats(0.5, 50.0))
def test_a_line_that_is_simplified_keeps_its_ends_and_its_shape(points: list[Point], tolerance: float) -> None:
    simple = simplified(points, tolerance)
    assert (simple[0], simple[-1]) == (points[0], points[-1])
    assert set(simple) <= set(points)
    assert simplified(simple, 0.0)[0] == points[0]


@pytest.mark.parametrize("decode", [decode_table, decode_sheet, decode_tile, unpack_points])
@given(data=st.binary(max_size=400))
def test_noise_is_refused_or_read_and_nothing_else_happens(decode: object, data: bytes) -> None:
    with contextlib.suppress(ContractError):
        decode(data)  # type: ignore[operator]


def test_cut_at_each_offset_nothing_is_taken_for_whole() -> None:
    whole = sample_file()
    sheet = sample_sheet()
    for length in range(len(whole)):
        with contextlib.suppress(ContractError):
            assert SheetFile(io.BytesIO(whole[:length])).sheet(digest(sheet)) is None
    for decode, some in ((decode_sheet, sheet), (decode_tile, sample_tile())):
        decode(some)
        for length in range(len(some)):
            with pytest.raises(ContractError):
                decode(some[:length])
    assert SheetFile(io.BytesIO(whole)).sheet(digest(sheet)) == sheet
    assert SheetFile(io.BytesIO(whole)).octets == len(whole)


@given(at=st.integers(0, len(sample_file()) - 1), octet=st.integers(1, 255))
def test_a_sheet_in_which_a_bit_has_changed_is_not_given(at: int, octet: int) -> None:
    changed = bytearray(sample_file())
    changed[at] ^= octet
    try:
        given_back = SheetFile(io.BytesIO(bytes(changed))).sheet(digest(sample_sheet()))
    except ContractError:
        return
    assert given_back in (None, sample_sheet())


def test_a_tile_that_swells_is_not_unpacked_beyond_its_bound() -> None:
    for swollen in (b"\0" * (MAX_TILE_BYTES + 1), b"\0" * (64 << 20)):
        with pytest.raises(ContractError, match="too large"):
            decode_tile(zlib.compress(swollen, 9))
    with pytest.raises(ContractError):
        decode_tile(sample_tile() + b"x")
    with pytest.raises(ContractError):
        decode_sheet(b"\0" * (257 << 10))


def test_a_table_whose_sheets_overlap_is_refused() -> None:
    entry = SheetEntry(first=5, last=9, hash=b"h" * 32, octets=10)
    other = SheetEntry(first=9, last=12, hash=b"i" * 32, octets=10)
    with pytest.raises(ValueError, match="overlap"):
        SheetTable(v=1, sheets=(entry, other))
    told = msgspec.msgpack.encode({"v": 1, "sheets": [[5, 9, b"h" * 32, 10], [9, 12, b"i" * 32, 10]]})
    with pytest.raises(ContractError, match="overlap"):
        decode_table(told)


@given(st.dictionaries(st.integers(0, 4095), st.integers(1, 40_000), min_size=1, max_size=200))
def test_blocks_hold_each_tile_once_in_order_and_stay_small(sizes: dict[int, int]) -> None:
    tiles = [(tile_key(ZOOM, 0, 0) | key, octets) for key, octets in sorted(sizes.items())]
    found = list(blocks(tiles))
    assert [one for block in found for one in block] == tiles
    assert all(len(block) == 1 or sum(octets for _, octets in block) <= SHEET_BYTES for block in found)


@given(st.dictionaries(st.integers(0, 4095), st.integers(1, 20_000), min_size=2, max_size=100), st.data())
def test_what_changes_in_one_tile_leaves_the_sheets_elsewhere_as_they_are(
    sizes: dict[int, int], data: st.DataObject
) -> None:
    other = dict(sizes)
    changed = data.draw(st.sampled_from(sorted(sizes)))
    other[changed] += 1
    kept = [{tuple(block) for block in blocks(sorted(some.items()))} for some in (_keyed(sizes), _keyed(other))]
    # A block that grows beyond its bound falls into four; all that do not hold the tile are the same.
    key = tile_key(ZOOM, 0, 0) | changed
    gone = list(kept[0] - kept[1])
    assert all(any(one[0] == key for one in block) for block in gone)


def _keyed(sizes: dict[int, int]) -> dict[int, int]:
    return {tile_key(ZOOM, 0, 0) | key: octets for key, octets in sizes.items()}
