"""Frames explained: which ones, what is said of each, with scapy beside it or without."""

import json
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.radio.dissection import dissector
from probe.radio.link import BLUETOOTH
from probe.walk.explained import ExplainCounts, Explained, explain
from tests.probe.radio.compose import beacon, block, enhanced, interface, pcap, radiotap, section
from tests.probe.radio.test_board import HELLO, heard, lines_of
from tests.processes import probe

FLOCK = bytes.fromhex("744ca112abef")
NAMED = radiotap(beacon(FLOCK, b"Flock-12ABEF"))
HIDDEN = radiotap(beacon(FLOCK, b""))
STRANGER = radiotap(beacon(bytes.fromhex("001122334455"), b"\x1b[31mhome"))
DATA = radiotap(b"\x08\x02" + bytes(60))


def explained(path: Path, octets: bytes, **options: object) -> tuple[list[Explained], ExplainCounts]:
    path.write_bytes(octets)
    counts = ExplainCounts()
    return list(explain(path, counts, **options)), counts  # type: ignore[arg-type]


def test_of_each_transmitter_the_first_frame_and_the_first_that_is_found(tmp_path: Path) -> None:
    told, counts = explained(tmp_path / "c", pcap([DATA, HIDDEN, STRANGER, HIDDEN, NAMED, NAMED, STRANGER]))
    assert [one.heard.number for one in told] == [2, 3, 5]
    assert [bool(one.reasons and one.reasons.finding) for one in told] == [False, False, True]
    assert [one.name for one in told] == ["", "\\x1b[31mhome", "Flock-12ABEF"]
    assert (counts.packets, counts.said, counts.left_out) == (7, 6, 0)


def test_all_of_them_up_to_a_bound_or_one_by_its_number(tmp_path: Path) -> None:
    octets = pcap([DATA, HIDDEN, NAMED, NAMED])
    told, counts = explained(tmp_path / "c", octets, every=True, most=2)
    assert ([one.heard.number for one in told], counts.left_out) == ([2, 3], 1)
    ((only,), _) = explained(tmp_path / "c", octets, number=1)
    assert (only.what, only.transmitter, only.reasons) == ("packet", None, None)
    assert only.heard.remark is not None
    assert "data" in only.heard.remark
    with pytest.raises(BadInput, match="no packet 5; it holds 4"):
        explained(tmp_path / "c", octets, number=5)


@pytest.mark.parametrize(
    ("packet", "words"),
    [
        (enhanced(b"x" * 60, 0, 1), "another kind: Ethernet"),
        (enhanced(radiotap(beacon() + b"sum!", flags=0x50), 0), "check sum"),
        (enhanced(radiotap(beacon())[:30], 0), "breaks its own rules"),
        (enhanced(radiotap(beacon(FLOCK) + b"\xff"), 0), "do not end where they should"),
        (block(6, b"odd"), "makes no sense"),
    ],
)
def test_what_is_odd_about_a_packet_is_said(packet: bytes, words: str, tmp_path: Path) -> None:
    ((only,), _) = explained(tmp_path / "c", section() + interface() + interface(1) + packet, number=1)
    assert only.heard.remark is not None
    assert words in only.heard.remark
    assert only.heard.at_s is None, "1970 is no time"


def test_a_boards_lines_are_explained_with_their_line_numbers(tmp_path: Path) -> None:
    raven = b"\0\0" + FLOCK + b"\x07\x03\x00\x31\x00\x32\x00\x33"
    advert = heard(3, 2, raven, kind=BLUETOOTH)
    lines = lines_of(HELLO, heard(1, prefix=beacon(FLOCK, b"Flock-12ABEF")), heard(2, 1, b""), advert).splitlines()
    told, counts = explained(tmp_path / "b", b"".join(b"1778320800.5 %s\n" % line for line in lines))
    assert [(one.heard.number, one.what) for one in told] == [(2, "beacon")]
    assert counts.packets == 4
    ((only,), _) = explained(tmp_path / "b", b"1778320800.5 %s\n" % lines[3])
    assert (only.what, only.heard.at_s) == ("Bluetooth advertisement", 1778320800.5)
    assert only.reasons is not None
    assert only.reasons.finding is not None
    assert only.reasons.held_back is None


def test_a_cut_capture_is_explained_to_the_cut(tmp_path: Path) -> None:
    whole = pcap([NAMED, STRANGER])
    for end in range(24, len(whole)):
        told, counts = explained(tmp_path / "c", whole[:end], every=True)
        complete = end >= 24 + 16 + len(NAMED)
        assert len(told) == complete
        assert (counts.truncated_at is None) == (end in (24, 24 + 16 + len(NAMED)))


@given(octets=st.binary(max_size=200))
def test_any_octets_are_dissected_or_said_not_to_be(octets: bytes) -> None:
    dissect = dissector()
    assert dissect is not None
    for link in (1, 105, 113, 119, 127, 163, 192, 276, 9999):
        assert all(line.isprintable() for line in dissect(link, octets))


def test_without_scapy_there_is_no_dissector(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("scapy", "scapy.contrib", "scapy.contrib.avs"):
        monkeypatch.setitem(sys.modules, name, None)
    assert dissector() is None


def test_the_command_explains_and_dissects(tmp_path: Path) -> None:
    path = tmp_path / "walk.pcap"
    path.write_bytes(pcap([NAMED, STRANGER]))
    done = probe("explain", path)
    assert done.returncode == 0, done.stderr
    assert "A CAMERA, by flock-suffix: present (strong), kind alpr (strong)" in done.stdout
    assert "NO CAMERA" in done.stdout
    assert "###[ RadioTap ]###" in done.stdout
    assert "\x1b" not in done.stdout
    assert "--track" in done.stdout
    told = json.loads(probe("explain", path, "--json").stdout)
    assert [frame["rule"] for frame in told["frames"]] == ["flock-suffix", None]
    assert told["frames"][0]["rules"][0]["looked_at"][0]["saw"] == "Flock-12ABEF"
    assert told["counts"] == {"packets": 2, "say_who": 2, "left_out": 0, "truncated_at": None}
    assert told["scapy"] is True


@pytest.mark.parametrize(
    ("octets", "words", "more"),
    [
        (None, "cannot be read", ()),
        (b"PK\x03\x04 a zip", "not a capture", ()),
        (b"", "empty", ()),
        (pcap([b"x" * 60], link=1), "Ethernet", ()),
        (pcap([NAMED]), "no packet 2", ("--frame", "2")),
        (pcap([NAMED])[:-3], "cut short at byte 24", ()),
        (pcap([NAMED]), "not both", ("--frame", "1", "--all")),
    ],
)
def test_what_cannot_be_explained_is_a_sentence_and_2(
    octets: bytes | None, words: str, more: tuple[str, ...], tmp_path: Path
) -> None:
    path = tmp_path / "f"
    if octets is not None:
        path.write_bytes(octets)
    done = probe("explain", path, *more)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
