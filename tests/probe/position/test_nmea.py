"""Tracks out of logs that receivers really write, and out of damaged ones."""

import io
from functools import reduce
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.position.fix import Fix
from probe.position.nmea import read_fixes, read_log
from probe.position.sentence import NmeaCounts
from probe.position.track import Track


def sentence(body: str) -> str:
    return f"${body}*{reduce(lambda total, char: total ^ char, body.encode(), 0):02X}\r\n"


GGA = sentence("GPGGA,093001.00,4700.00000,N,01700.00000,W,1,09,1.5,12.0,M,50.0,M,,")
RMC = sentence("GPRMC,093001.00,A,4700.00000,N,01700.00000,W,2.5,,090526,,,A")
VOID = sentence("GPRMC,093002.00,V,,,,,,,090526,,,N")


def fixes_of(text: str | bytes) -> tuple[list[Fix], NmeaCounts]:
    counts = NmeaCounts()
    raw = text if isinstance(text, bytes) else text.encode()
    return list(read_fixes(io.BytesIO(raw), counts)), counts


def test_a_fix_has_time_place_and_accuracy() -> None:
    (fix,), counts = fixes_of(GGA + RMC + VOID)
    assert (fix.lat, fix.lon) == (47.0, -17.0)
    assert fix.at_s == 1_778_319_001
    assert fix.accuracy_m == pytest.approx(6.0)
    assert counts.bad == 0


def test_a_wrong_checksum_is_named_by_line_and_the_rest_goes_on() -> None:
    fixes, counts = fixes_of(GGA + RMC.replace("4700.00000", "4800.00000") + RMC)
    assert len(fixes) == 1
    assert counts.bad == 1
    assert counts.first_bad is not None
    assert counts.first_bad.startswith("line 2")


@given(st.binary(max_size=400))
def test_any_bytes_are_read_without_error(data: bytes) -> None:
    fixes_of(data)
    fixes_of(GGA.encode() + data + b"\r\n" + RMC.encode())


def test_cut_at_every_byte() -> None:
    whole = (GGA + RMC).encode()
    for end in range(len(whole)):
        fixes, _ = fixes_of(whole[:end])
        assert len(fixes) <= 1


@given(st.text(alphabet="0123456789.,-NSEWAVM", max_size=60))
def test_odd_fields_with_a_right_checksum(fields: str) -> None:
    for kind in ("GPRMC", "GPGGA"):
        for fix in fixes_of(sentence(f"{kind},{fields}"))[0]:
            assert -90 <= fix.lat <= 90


def test_a_file_that_is_no_log_is_said(tmp_path: Path) -> None:
    path = tmp_path / "odd.nmea"
    path.write_bytes(b"\x00" * 5000)
    with pytest.raises(BadInput, match="no NMEA sentence"):
        read_log(path)
    path.write_bytes(b"")
    with pytest.raises(BadInput, match="empty"):
        read_log(path)
    with pytest.raises(BadInput, match="cannot be read"):
        read_log(tmp_path / "nowhere")


def fix(at_s: float, lat: float, lon: float = -17.0) -> Fix:
    return Fix(at_s=at_s, lat=lat, lon=lon, accuracy_m=5.0)


def test_between_two_fixes_the_walker_walks_straight() -> None:
    track = Track([fix(100, 47.0), fix(102, 47.0002)])
    middle = track.at(101.0)
    assert middle is not None
    assert middle.lat == pytest.approx(47.0001)


def test_in_a_long_gap_there_is_no_place() -> None:
    track = Track([fix(100, 47.0), fix(160, 47.1)])
    assert track.at(130) is None
    assert track.at(100.5) is not None
    assert track.at(90) is None
    assert Track([]).at(5) is None


def test_across_the_date_line_there_is_no_leap() -> None:
    track = Track([fix(0, 0.0, 179.9999), fix(2, 0.0, -179.9999)])
    middle = track.at(1)
    assert middle is not None
    assert abs(middle.lon) > 179.99


def test_the_order_of_fixes_does_not_matter() -> None:
    fixes = [fix(3, 47.3), fix(1, 47.1), fix(2, 47.2), fix(2, 47.2)]
    assert [one.at_s for one in Track(fixes).fixes] == [1, 2, 3]
