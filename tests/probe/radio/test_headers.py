"""The headers in front of a frame, one by one: values, what is unknown in them, cuts at every octet, any octets."""

from collections.abc import Callable
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.radio import avs, cooked, links, ppi, prism, radiotap
from probe.radio.dot11 import Reader
from probe.radio.radiotap import Header
from probe.radio.source import CaptureCounts
from tests.probe.radio import compose
from tests.probe.radio.compose import AXIS_OCTETS, beacon, prism_item

# Link type, how it is read, a whole packet, and what its header says.
HEADERS: dict[str, tuple[int, Callable[[bytes], Header | None], bytes]] = {
    "radiotap": (127, radiotap.read, compose.radiotap(beacon())),
    "radiotap, a vendor first": (127, radiotap.read, compose.vendor_first(beacon(), signal_dbm=-61)),
    "Prism": (119, prism.read, compose.prism(beacon(), signal_dbm=-61)),
    "AVS": (163, avs.read, compose.avs(beacon())),
    "PPI": (192, ppi.read, compose.ppi(beacon())),
    "cooked": (113, cooked.read, compose.cooked(compose.radiotap(beacon()))),
    "cooked, second": (276, cooked.read_second, compose.cooked(compose.radiotap(beacon()), second=True)),
}


@pytest.mark.parametrize("name", HEADERS)
def test_each_header_says_channel_and_signal(name: str) -> None:
    link, _, packet = HEADERS[name]
    whole = links.unwrap(link, packet)
    assert whole is not None
    assert (whole.channel_mhz, whole.signal_dbm, whole.inner) == (2437, -61, links.BARE)
    assert packet[whole.length :] == beacon()


@pytest.mark.parametrize("name", HEADERS)
def test_cut_at_every_octet_a_header_is_none_or_ends_in_the_packet(name: str) -> None:
    link, read, packet = HEADERS[name]
    whole = read(packet)
    assert whole is not None
    for end in range(len(packet)):
        cut = read(packet[:end])
        assert (cut is None) == (end < whole.length)
        reader = Reader(CaptureCounts())
        frame = links.reading(link, reader).take(packet[:end], 0, end, 0.0)
        assert frame is None or frame.transmitter == AXIS_OCTETS
        assert reader.counts.frames == 1


@given(octets=st.binary(max_size=200), start=st.integers(0, 200), name=st.sampled_from(sorted(HEADERS)))
def test_any_octets_are_a_frame_or_counted(octets: bytes, start: int, name: str) -> None:
    link, read, packet = HEADERS[name]
    for damaged in (octets, packet[:start] + octets, packet[:start] + octets + packet[start + len(octets) :]):
        header = read(damaged)
        assert header is None or 0 <= header.length <= len(damaged)
        assert header is None or header.signal_dbm is None or -127 <= header.signal_dbm < 0
        assert header is None or header.channel_mhz is None or header.channel_mhz > 700
        reader = Reader(CaptureCounts())
        for missing in (0, 2, 100):
            links.reading(link, reader, 4).cut(damaged, 0, len(damaged), 0.0, missing)
        assert reader.counts.frames + sum(reader.counts.others.values()) == 3


@pytest.mark.parametrize("signal", [0, 127, -128, 20])
def test_a_signal_that_no_receiver_measures_is_unknown(signal: int) -> None:
    packets = {
        127: compose.radiotap(beacon(), signal_dbm=signal),
        119: compose.prism(beacon(), signal_dbm=signal),
        163: compose.avs(beacon(), signal_dbm=signal),
        192: compose.ppi(beacon(), signal_dbm=signal),
    }
    for link, packet in packets.items():
        frame = links.reading(link, Reader(CaptureCounts())).take(packet, 0, len(packet), 0.0)
        assert frame is not None
        assert (link, frame.signal_dbm, frame.channel_mhz) == (link, None, 2437)


@pytest.mark.parametrize("mhz", [0, 1, 1800, 65535])
def test_a_channel_in_no_band_is_unknown(mhz: int) -> None:
    for link, packet in ((127, compose.radiotap(beacon(), mhz=mhz)), (192, compose.ppi(beacon(), mhz=mhz))):
        frame = links.reading(link, Reader(CaptureCounts())).take(packet, 0, len(packet), 0.0)
        assert frame is not None
        assert (frame.signal_dbm, frame.channel_mhz) == (-61, None)


def test_radiotap_finds_its_fields_behind_more_words_and_names() -> None:
    # The wide channel field alone: flags, MHz, number, power.
    wide = pack("<BBHI", 0, 0, 16, 1 << 18) + pack("<IHBB", 0, 5975, 5, 20)
    assert radiotap.read(wide) == Header(16, 5975, None)
    # A word that goes on without new names has fields of unknown size: those before it are good, its own are not.
    on = pack("<BBHII", 0, 0, 17, 1 << 5 | 1 << 31, 1 << 3) + b"\xc4" + pack("<HH", 2437, 0)
    assert radiotap.read(on) == Header(17, None, -60)
    # Two vendors, one behind the other, and a vendor to whom nothing follows.
    words = pack("<IIII", 1 << 30 | 1 << 31, 7 | 1 << 30 | 1 << 31, 9 | 1 << 29 | 1 << 31, 1 << 5)
    fields = b"abc\0" + pack("<H", 2) + b"xy" + b"def\0" + pack("<H", 1) + b"z" + b"\xc4"
    assert radiotap.read(pack("<BBH", 0, 0, 4 + len(words) + len(fields)) + words + fields) == Header(36, None, -60)
    last = pack("<BBHI", 0, 0, 15, 1 << 5 | 1 << 30) + b"\xc4\0" + b"abc\0" + pack("<H", 0)[:1]
    assert radiotap.read(last) is None, "the vendor's length is cut"


def test_a_vendor_whose_fields_reach_beyond_the_header_is_malformed() -> None:
    packet = bytearray(compose.vendor_first(beacon()))
    packet[20:22] = b"\xff\xff"
    assert radiotap.read(bytes(packet)) is None


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("second", [False, True])
def test_prism_in_both_byte_orders_and_by_both_names(order: str, second: bool) -> None:
    items = prism_item(3, 11, order=order, second=second) + prism_item(6, -48, order=order, second=second)
    header = pack(order + "II16s", 0x41 if second else 0x44, 24 + len(items), b"wlan0") + items
    assert prism.read(header) == Header(len(header), 2462, -48)


def test_prism_does_not_know_what_its_driver_says_it_does_not() -> None:
    items = prism_item(3, 11, status=1) + prism_item(6, -48, status=1)
    header = pack("<II16s", 0x44, 24 + len(items), b"wlan0") + items
    assert prism.read(header) == Header(len(header), None, None)


@pytest.mark.parametrize(
    ("channel", "mhz"),
    [(1, 2412), (36, 5180), (0, None), (2437, 2437), (5_180_000, 5180), (58_320, 58_320), (20, None)],
)
def test_avs_says_a_channel_as_a_number_mhz_or_khz(channel: int, mhz: int | None) -> None:
    packet = compose.avs(beacon(), channel=channel)
    frame = links.reading(163, Reader(CaptureCounts())).take(packet, 0, len(packet), 0.0)
    assert frame is not None
    assert frame.channel_mhz == mhz


@pytest.mark.parametrize("signal_type", [0, 1, 3])
def test_avs_says_dbm_only_where_it_says_so(signal_type: int) -> None:
    header = avs.read(compose.avs(beacon(), signal_type=signal_type))
    assert header is not None
    assert header.signal_dbm is None


def test_ppi_says_check_sum_and_damage_and_pads_where_it_says_so() -> None:
    good, bad = ppi.read(compose.ppi(beacon(), flags=1)), ppi.read(compose.ppi(beacon(), flags=5))
    assert good is not None
    assert bad is not None
    assert (good.check_octets, good.damaged, bad.damaged) == (4, False, True)
    common = pack("<QHHHHBBbb", 0, 0, 0, 2437, 0, 0, 0, -61, -95)
    fields = pack("<HH", 30002, 3) + b"odd\0" + pack("<HH", 2, 20) + common
    padded = pack("<BBHI", 0, 1, 8 + len(fields), 105) + fields
    assert ppi.read(padded) == Header(len(padded), 2437, -61, 0)
    overrun = pack("<BBHI", 0, 0, 8 + len(common) + 4 + 4, 105) + pack("<HH", 2, 20) + common + pack("<HH", 3, 99)
    assert ppi.read(overrun) == Header(len(overrun), 2437, -61, 0), "what does not fit takes nothing with it"


@pytest.mark.parametrize(
    ("link", "packet", "name"),
    [
        (192, compose.ppi(b"ethernet", inner=1), "PPI"),
        (113, compose.cooked(b"ethernet", kind=1), "Linux cooked"),
        (1, b"ethernet", "Ethernet"),
        (251, b"", "Bluetooth LE"),
    ],
)
def test_what_is_inside_another_kind_is_counted_by_name(link: int, packet: bytes, name: str) -> None:
    reader = Reader(CaptureCounts())
    assert links.reading(link, reader).take(packet, 0, len(packet), 0.0) is None
    assert reader.counts == CaptureCounts(others={name: 1})


def test_a_packet_wrapped_again_and_again_ends() -> None:
    packet = beacon()
    for _ in range(8):
        packet = compose.ppi(packet, inner=192)
    reader = Reader(CaptureCounts())
    assert links.reading(192, reader).take(packet, 0, len(packet), 0.0) is None
    assert sum(reader.counts.others.values()) == 1
