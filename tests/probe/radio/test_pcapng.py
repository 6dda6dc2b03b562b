"""pcapng's corners: times by every resolution and offset, several interfaces and sections, what is odd or cut."""

from pathlib import Path
from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.radio.capture import Capture, open_capture
from probe.radio.frame import Frame
from tests.probe.radio import compose
from tests.probe.radio.compose import beacon, block, enhanced, interface, option, section

AT_S = 1_778_320_800
AIR = compose.radiotap(beacon())


def read(path: Path, octets: bytes) -> tuple[list[Frame], Capture]:
    path.write_bytes(octets)
    capture = open_capture(path)
    return list(capture.frames()), capture


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize(
    ("resolution", "per_s"),
    [(None, 10**6), (0, 1), (3, 10**3), (9, 10**9), (0x80, 1), (0x80 | 10, 2**10), (0x80 | 30, 2**30)],
)
@pytest.mark.parametrize("offset_s", [0, AT_S, -3600])
def test_a_time_is_ticks_by_their_resolution_and_offset(
    resolution: int | None, per_s: int, offset_s: int, order: str, tmp_path: Path
) -> None:
    options = b"" if resolution is None else option(9, bytes([resolution]), order)
    options += option(14, pack(order + "q", offset_s), order) if offset_s else b""
    ticks = (AT_S - offset_s) * per_s
    head = section(order) + interface(options=option(2, b"wlan0", order) + options, order=order)
    (frame,), _ = read(tmp_path / "t", head + enhanced(AIR, ticks, order=order))
    assert frame.captured_at_s == pytest.approx(AT_S, abs=1e-5)


def test_a_packet_of_another_kind_takes_none_of_the_others_with_it(tmp_path: Path) -> None:
    whole = section() + interface() + interface(1) + interface(251)
    whole += enhanced(AIR, AT_S * 10**6) + enhanced(b"e" * 60, AT_S * 10**6, 1) + enhanced(b"b" * 30, AT_S * 10**6, 2)
    frames, capture = read(tmp_path / "mixed", whole + enhanced(AIR, AT_S * 10**6 + 1))
    assert len(frames) == 2
    assert capture.counts.frames == 2
    assert capture.counts.others == {"Ethernet": 1, "Bluetooth LE": 1}


def test_each_section_has_its_own_byte_order_and_interfaces(tmp_path: Path) -> None:
    first = section() + interface() + enhanced(AIR, AT_S * 10**6)
    second = section(">") + interface(105, option(9, b"\0", ">"), ">") + enhanced(beacon(), AT_S + 1, order=">")
    frames, capture = read(tmp_path / "sections", first + second)
    assert [frame.channel_mhz for frame in frames] == [2437, None]
    assert [frame.captured_at_s for frame in frames] == [AT_S, AT_S + 1]
    assert capture.counts.truncated_at is None


@pytest.mark.parametrize(
    "odd",
    [
        enhanced(AIR, AT_S * 10**6, number=7),
        block(6, b"too short"),
        block(6, pack("<IIIII", 0, 0, 0, 60_000, 60_000) + AIR),
        block(1, b"odd"),
        block(3, b"") + block(2, b"short"),
    ],
)
def test_an_odd_block_is_counted_and_the_next_one_read(odd: bytes, tmp_path: Path) -> None:
    frames, capture = read(tmp_path / "odd", section() + interface() + odd + enhanced(AIR, AT_S * 10**6))
    assert len(frames) == 1
    assert capture.counts.malformed >= 1
    assert capture.counts.truncated_at is None


@pytest.mark.parametrize(
    "octets",
    [
        section() + interface(105, option(13, b"\x04")) + enhanced(beacon() + b"sum!", AT_S * 10**6),
        section() + interface(105, option(13, b"\x20")) + enhanced(beacon() + b"sum!", AT_S * 10**6),
    ],
)
def test_an_interface_may_say_that_check_sums_are_there(octets: bytes, tmp_path: Path) -> None:
    (frame,), capture = read(tmp_path / "sum", octets)
    assert frame.elements == beacon()[36:]
    assert capture.counts.malformed == 0


def test_a_packet_may_say_that_its_check_sum_is_there(tmp_path: Path) -> None:
    stored = beacon() + b"sum!"
    body = pack("<IIIII", 0, *divmod(AT_S * 10**6, 2**32), len(stored), len(stored)) + stored
    body += b"\0" * (-len(body) % 4) + option(2, pack("<I", 4 << 5)) + option(0, b"")
    (frame,), _ = read(tmp_path / "sum", section() + interface(105) + block(6, body))
    assert frame.elements == beacon()[36:]


def test_a_simple_packet_came_with_the_one_before_it_and_alone_at_no_time(tmp_path: Path) -> None:
    simple = block(3, pack("<I", len(AIR)) + AIR)
    frames, _ = read(tmp_path / "simple", section() + interface() + simple)
    assert [frame.captured_at_s for frame in frames] == [0.0]
    frames, _ = read(tmp_path / "simple", section() + interface() + enhanced(AIR, AT_S * 10**6) + simple)
    assert [frame.captured_at_s for frame in frames] == [AT_S, AT_S]


def test_a_simple_packet_is_as_long_as_its_interface_stores(tmp_path: Path) -> None:
    simple = block(3, pack("<I", len(AIR) + 500) + AIR[:60])
    (frame,), capture = read(tmp_path / "simple", section() + interface(snap=60) + simple)
    assert frame.ssid == b"town"
    assert capture.counts.malformed == 0


@pytest.mark.parametrize("at_s", [0, 86_400, 4_294_967_295])
@pytest.mark.parametrize("kind", ["pcap", "pcapng"])
def test_1970_and_2106_among_times_are_none(kind: str, at_s: int, tmp_path: Path) -> None:
    if kind == "pcap":
        odd = pack("<IIII", at_s, 0, len(AIR), len(AIR)) + AIR
        octets = compose.pcap([AIR]) + odd + compose.pcap([AIR], at_s=AT_S + 2)[24:]
    else:
        octets = section() + interface() + enhanced(AIR, AT_S * 10**6 + 500_000) + enhanced(AIR, at_s * 10**6)
        octets += enhanced(AIR, (AT_S + 2) * 10**6 + 500_000)
    frames, _ = read(tmp_path / "odd", octets)
    assert [round(frame.captured_at_s - AT_S, 1) for frame in frames] == [0.5, 0.5, 2.5]


@pytest.mark.parametrize("flags", [0, 0x10])
@pytest.mark.parametrize("kind", ["pcap", "pcapng", "bare"])
def test_a_frame_that_was_not_stored_whole_loses_its_check_sum_first(kind: str, flags: int, tmp_path: Path) -> None:
    """With a check sum of four octets behind it, a frame of which four are missing is whole."""
    frame = beacon(extra=compose.element(48, bytes(20))) + (b"sum!" if flags else b"")
    packet = compose.radiotap(frame, flags=flags)
    whole = beacon(extra=compose.element(48, bytes(20)))[36:]
    for missing in range(1, 29):
        if kind == "pcap":
            octets = compose.pcap([packet], missing=missing)
        elif kind == "bare":
            octets = compose.pcap([frame], link=0x24000069 if flags else 105, missing=missing)
        else:
            octets = section() + interface() + enhanced(packet, AT_S * 10**6, missing=missing)
        (read_frame,), capture = read(tmp_path / "cut", octets)
        cut = missing - (4 if flags else 0)
        assert read_frame.elements == (whole if cut <= 0 else whole[:12] if cut <= 22 else whole[:6]), missing
        assert read_frame.ssid == b"town"
        assert capture.counts.malformed == 0


@given(body=st.binary(max_size=120))
def test_any_block_is_survived(body: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any-block"
    for kind in (1, 2, 3, 6, 0x0BAD):
        octets = section() + interface() + block(kind, body) + enhanced(AIR, AT_S * 10**6)
        frames, capture = read(path, octets)
        assert len(frames) >= 1
        assert capture.counts.truncated_at is None
