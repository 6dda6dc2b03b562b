"""EXIF directories: whole, cut at every octet, with one entry broken, and made of anything."""

from io import BytesIO
from struct import pack

from hypothesis import given
from hypothesis import strategies as st

from probe.camera.exif import Gps, Inner, Main, number, read_exif, text
from tests.probe.camera.compose import directory, exif, rationals

LAT = rationals((47, 1), (30, 1), (0, 0))


def structure(order: str = "<", broken: tuple[int, int, int, bytes] | None = None) -> bytes:
    """A TIFF structure with a receiver's directory; `broken` is an entry of the main one whose value lies outside."""
    head = (b"II*\0" if order == "<" else b"MM\0*") + pack(order + "I", 8)
    gps_at = 8 + 2 + 12 * (3 if broken else 2) + 4 + 12
    rows = [(0x010E, 2, 12, b"camera dome\0")]
    rows += [broken] if broken else []
    rows += [(0x8825, 4, 1, pack(order + "I", gps_at))]
    main = directory(rows, 8, order)
    if broken:  # four octets of value, which say where the many are
        main = main.replace(broken[3], pack(order + "I", 9_000_000))
    gps = [(1, 2, 2, b"N\0"), (2, 5, 3, rationals((47, 1), (30, 1), (0, 0), order=order))]
    return head + main + directory(gps, gps_at, order)


def test_both_orders_of_octets_are_read() -> None:
    for order in "<>":
        read = read_exif(BytesIO(structure(order)))
        assert text(read.main[Main.DESCRIPTION]) == "camera dome"
        assert read.gps == {Gps.LAT_REF: "N", Gps.LAT: (47.0, 30.0, None)}
        assert read.big_endian == (order == ">")


def test_an_entry_that_points_outside_takes_no_other_with_it() -> None:
    read = read_exif(BytesIO(structure(broken=(0x0110, 2, 50_000, b"\xaa\xbb\xcc\xdd"))))
    assert Main.MODEL not in read.main
    assert text(read.main[Main.DESCRIPTION]) == "camera dome"
    assert read.gps[Gps.LAT] == (47.0, 30.0, None)


def test_cut_at_every_octet_what_is_left_is_read() -> None:
    whole = structure()
    for end in range(len(whole)):
        read = read_exif(BytesIO(whole[:end]))
        assert read.gps.get(Gps.LAT) in (None, (47.0, 30.0, None))
    assert read_exif(BytesIO(whole[: -len(LAT)])).gps == {Gps.LAT_REF: "N"}


def test_it_reads_what_pillow_writes() -> None:
    made = exif(
        {1: "N", 2: (45.0, 30.5, 0.0), 31: 4.5}, inner={0x9003: "2026:05:09 11:30:01", 0x9286: b"ASCII\0\0\0\xe4"}
    )
    read = read_exif(BytesIO(made.tobytes()[6:]))
    assert read.gps == {Gps.LAT_REF: "N", Gps.LAT: (45.0, 30.5, 0.0), Gps.ERROR_M: (4.5,)}
    assert read.inner[Inner.TAKEN] == "2026:05:09 11:30:01"
    assert read.inner[Inner.USER_COMMENT] == b"ASCII\0\0\0\xe4"


def test_numbers_that_are_none_are_absent() -> None:
    for kind, value in ((5, rationals((1, 0))), (11, pack("<f", float("nan"))), (12, pack("<d", float("inf")))):
        head = b"II*\0" + pack("<I", 8)
        main = directory([(0x8825, 4, 1, pack("<I", 26))], 8)
        assert number(read_exif(BytesIO(head + main + directory([(17, kind, 1, value)], 26))).gps[17]) is None


@given(st.binary(max_size=400), st.sampled_from([b"II*\0", b"MM\0*", b"IIRO", b""]))
def test_any_octets(data: bytes, magic: bytes) -> None:
    read = read_exif(BytesIO(magic + pack("<I" if magic[:1] == b"I" else ">I", 8) + data))
    for value in (*read.main.values(), *read.inner.values(), *read.gps.values()):
        assert isinstance(value, str | bytes | tuple)


ENTRIES = st.tuples(st.sampled_from([*Gps]), st.integers(0, 255), st.integers(0, 2**32 - 1), st.binary(max_size=40))


@given(st.lists(ENTRIES))
def test_any_entries(entries: list[tuple[Gps, int, int, bytes]]) -> None:
    main = directory([(0x8825, 4, 1, pack("<I", 26))], 8)
    read_exif(BytesIO(b"II*\0" + pack("<I", 8) + main + directory([(int(t), k, c, v) for t, k, c, v in entries], 26)))
