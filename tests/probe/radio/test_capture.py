"""Captures of every make, whole, odd, cut and hostile."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.radio import prism
from probe.radio.capture import open_capture
from probe.radio.dot11 import Reader
from probe.radio.elements import find_ssid, ssid_text
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns
from tests.probe.radio.compose import AXIS_OCTETS, avs, beacon, cooked, element, pcap, pcapng, ppi, vendor_first
from tests.probe.radio.compose import prism as with_prism
from tests.probe.radio.compose import radiotap as with_radiotap

WHOLE = {
    "pcap": pcap([with_radiotap(beacon()), with_radiotap(beacon(ssid=b"two"))]),
    "pcap, big-endian": pcap([with_radiotap(beacon()), with_radiotap(beacon(ssid=b"two"))], order=">"),
    "pcap in nanoseconds": pcap([with_radiotap(beacon()), with_radiotap(beacon(ssid=b"two"))], nano=True),
    "pcap of bare 802.11": pcap([beacon(), beacon(ssid=b"two")], link=105),
    "pcap of bare 802.11 with check sums": pcap([beacon() + b"sum!", beacon(ssid=b"two") + b"sum!"], link=0x24000069),
    "pcap with Prism": pcap([with_prism(beacon()), with_prism(beacon(ssid=b"two"))], link=119),
    "pcap with AVS": pcap([avs(beacon()), avs(beacon(ssid=b"two"))], link=163),
    "pcap with AVS, said to be Prism": pcap([avs(beacon()), avs(beacon(ssid=b"two"))], link=119),
    "pcap with PPI": pcap([ppi(beacon()), ppi(beacon(ssid=b"two") + b"sum!", flags=1)], link=192),
    "pcap with PPI around radiotap": pcap(
        [ppi(with_radiotap(beacon()), inner=127), ppi(with_radiotap(beacon(ssid=b"two")), inner=127)], link=192
    ),
    "pcap of all interfaces": pcap([cooked(with_radiotap(beacon())), cooked(avs(beacon(ssid=b"two")), 802)], link=113),
    "pcap of all interfaces, the second way": pcap(
        [cooked(with_radiotap(beacon()), second=True), cooked(with_radiotap(beacon(ssid=b"two")), second=True)],
        link=276,
    ),
    "pcap with a vendor's fields first": pcap(
        [vendor_first(beacon(), signal_dbm=-61), vendor_first(beacon(ssid=b"two"), signal_dbm=-61)]
    ),
    "pcapng": pcapng([with_radiotap(beacon()), with_radiotap(beacon(ssid=b"two"))]),
    "pcapng, big-endian": pcapng([with_radiotap(beacon()), with_radiotap(beacon(ssid=b"two"))], order=">"),
}


@pytest.mark.parametrize("name", WHOLE)
def test_each_kind_of_capture_reads_the_same(name: str, tmp_path: Path) -> None:
    path = tmp_path / "capture"
    path.write_bytes(WHOLE[name])
    capture = open_capture(path)
    frames = list(capture.frames())[:2]
    assert [frame.ssid for frame in frames] == [b"town", b"two"]
    assert {frame.transmitter for frame in frames} == {AXIS_OCTETS}
    assert frames[0].captured_at_s == pytest.approx(1_778_320_800.5, abs=1e-5)
    assert frames[1].captured_at_s - frames[0].captured_at_s == pytest.approx(1.0, abs=1e-5)
    if "bare" not in name:
        assert frames[0].channel_mhz == 2437
        assert frames[0].signal_dbm in (-61, -70)
    assert capture.counts.truncated_at is None
    assert capture.counts.malformed == 0


@pytest.mark.parametrize("name", WHOLE)
def test_cut_at_every_byte_it_yields_what_came_before(name: str, tmp_path: Path) -> None:
    whole, path = WHOLE[name], tmp_path / "capture"
    known = []
    path.write_bytes(whole)
    known = list(open_capture(path).frames())
    for end in range(len(whole)):
        path.write_bytes(whole[:end])
        capture = open_capture(path)
        try:
            frames = list(capture.frames())
        except BadInput as problem:
            assert str(path) in str(problem)
            assert end < 28
            continue
        assert frames == known[: len(frames)]
        assert capture.counts.truncated_at is not None or len(frames) < len(known)


@given(damage=st.binary(max_size=300), name=st.sampled_from(sorted(WHOLE)), at=st.integers(0, 200))
def test_damage_is_counted_and_never_escapes(
    damage: bytes, name: str, at: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "damaged"
    whole = WHOLE[name]
    path.write_bytes(whole[:at] + damage + whole[at + len(damage) :])
    capture = open_capture(path)
    try:
        for frame in capture.frames():
            assert len(frame.transmitter) == 6
    except BadInput as problem:
        assert "\n" not in str(problem)


@given(st.binary(max_size=200))
def test_any_packet_is_a_frame_or_counted(packet: bytes) -> None:
    counts = CaptureCounts()
    reader = Reader(counts, RecentUnknowns())
    read = reader.radiotap(packet, 0, len(packet), 0.0), reader.behind(prism.read(packet), packet, 0.0)
    told = [frame for frame in (*read, reader.unmarked(packet, 0, len(packet), 0.0)) if frame is not None]
    assert counts.frames == 3
    assert counts.passed_on == len(told)
    assert counts.passed_on + counts.skipped + counts.bad_fcs + counts.malformed >= 3


@given(st.binary(max_size=120), st.binary(max_size=20), st.binary(max_size=20))
def test_where_in_a_buffer_a_packet_lies_makes_no_difference(packet: bytes, before: bytes, after: bytes) -> None:
    alone, amid = Reader(CaptureCounts()), Reader(CaptureCounts())
    one = alone.radiotap(packet, 0, len(packet), 0.0)
    other = amid.radiotap(before + packet + after, len(before), len(before) + len(packet), 0.0)
    assert one == other
    assert alone.counts == amid.counts


def test_a_record_that_announces_too_much_ends_the_file(tmp_path: Path) -> None:
    path = tmp_path / "huge.pcap"
    whole = pcap([beacon()], link=105)
    path.write_bytes(whole + b"\0\0\0\0\0\0\0\0\xff\xff\xff\x7f\xff\xff\xff\x7f" + b"\0" * 100)
    capture = open_capture(path)
    assert len(list(capture.frames())) == 1
    assert capture.counts.truncated_at == len(whole)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b"PK\x03\x04 a zip", "not a capture"),
        (pcap([], link=1), None),
        (pcap([b"x"], link=1), "Ethernet"),
        (pcap([b"x"], link=195), "802.15.4"),
        (b"\x1f\x8b\x08 compressed", "gunzip"),
    ],
)
def test_what_is_no_capture_is_said_in_a_sentence(body: bytes, words: str | None, tmp_path: Path) -> None:
    path = tmp_path / "odd"
    path.write_bytes(body)
    if words is None:
        assert list(open_capture(path).frames()) == []
    else:
        with pytest.raises(BadInput, match=words):
            list(open_capture(path).frames())


def test_a_frame_with_an_fcs_loses_it(tmp_path: Path) -> None:
    path = tmp_path / "fcs"
    path.write_bytes(pcap([with_radiotap(beacon() + b"\xde\xad\xbe\xef", flags=0x10)]))
    (frame,) = open_capture(path).frames()
    assert frame.elements == beacon()[36:]


def test_a_frame_damaged_on_the_air_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "bad"
    path.write_bytes(pcap([with_radiotap(beacon() + b"\0\0\0\0", flags=0x50)]))
    capture = open_capture(path)
    assert not list(capture.frames())
    assert capture.counts.bad_fcs == 1


def test_fields_are_found_behind_a_timestamp_and_a_second_bitmap() -> None:
    # TSFT (aligned to 8), flags, channel, signal; a second word with another antenna's signal.
    header = bytes.fromhex("000022002b0000a020000000") + b"\0" * 4 + b"\1" * 8 + b"\x00\x02"
    header += (5180).to_bytes(2, "little") + b"\x40\x01" + b"\xbd\xaa" + b"\0\0"
    packet = header + beacon()
    frame = Reader(CaptureCounts()).radiotap(packet, 0, len(packet), 0.0)
    assert frame is not None
    assert (frame.channel_mhz, frame.signal_dbm) == (5180, -67)


@pytest.mark.parametrize("subtype", [0, 2, 4, 5, 8])
def test_scapy_reads_the_same_name_and_sender(subtype: int) -> None:
    from scapy.layers.dot11 import Dot11, Dot11Elt

    raw = beacon(subtype=subtype, ssid=b"agree", extra=element(48, bytes(20)))
    frame = Reader(CaptureCounts()).unmarked(raw, 0, len(raw), 0.0)
    theirs = Dot11(raw)
    assert frame is not None
    assert theirs.addr2 == frame.transmitter.hex(":")
    assert theirs[Dot11Elt].info == frame.ssid
    assert theirs.subtype == frame.subtype


def test_only_the_first_name_counts_and_a_long_one_is_none() -> None:
    assert find_ssid(element(0, b"first") + element(0, b"second")) == (b"first", True)
    assert find_ssid(element(0, b"x" * 33)) == (None, False)
    assert find_ssid(element(1, b"rates")) == (None, True)
    assert find_ssid(b"\0\x05ab") == (None, False)
    assert find_ssid(element(0, bytes(8))) == (b"", True), "hidden behind zeros"
    assert find_ssid(element(0, b"\0a")) == (b"\0a", True)


@given(st.binary(max_size=32))
def test_a_name_as_text_harms_no_terminal(octets: bytes) -> None:
    assert ssid_text(octets).isprintable()


def test_names_in_other_scripts_stay_readable() -> None:
    assert ssid_text("摄像头".encode()) == "摄像头"
    assert ssid_text(b"\x1b[31mred") == "\\x1b[31mred"
    assert ssid_text(b"\xff\xfe") == "\\xff\\xfe"
