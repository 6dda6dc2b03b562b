"""Fixes out of whatever sentences a receiver sends, in whatever order; what is unknown is no place."""

import io
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.position.epoch import RANGE_ERROR_M, Sentences
from probe.position.fix import Fix
from probe.position.nmea import read_fixes, said_of_log
from probe.position.sentence import LONGEST_PIECE, NmeaCounts, Splitter, read_sentence
from tests.probe.position.test_nmea import sentence

AT_S = 1_778_320_800.0
PLACE = "4806.00000,N,00206.00000,E"


def clock(second: int) -> str:
    return f"{10 + second // 3600:02d}{second // 60 % 60:02d}{second % 60:02d}.00"


def rmc(second: int = 0, *, talker: str = "GN", status: str = "A", place: str = PLACE, day: str = "090526",
        mode: str = "A,V", at: str | None = None) -> str:  # fmt: skip
    tail = f",{mode}" if mode else ""
    return sentence(f"{talker}RMC,{at or clock(second)},{status},{place},1.0,,{day},,{tail}")


def gga(second: int = 0, *, talker: str = "GN", quality: str = "1", hdop: str = "0.8", place: str = PLACE) -> str:
    return sentence(f"{talker}GGA,{clock(second)},{place},{quality},12,{hdop},30.0,M,47.0,M,,")


def gns(second: int = 0, *, mode: str = "AA", hdop: str = "0.8") -> str:
    return sentence(f"GNGNS,{clock(second)},{PLACE},{mode},12,{hdop},30.0,47.0,,")


def gll(second: int = 0, *, status: str = "A", mode: str = "A") -> str:
    return sentence(f"GNGLL,{PLACE},{clock(second)},{status},{mode}")


def gsa(hdop: str = "0.8", *, talker: str = "GN", system: str = "1") -> str:
    return sentence(f"{talker}GSA,A,3,05,07,,,,,,,,,,,1.5,{hdop},1.3,{system}")


def gst(second: int = 0, *, north: str = "3.0", east: str = "4.0") -> str:
    return sentence(f"GNGST,{clock(second)},2.0,,,,{north},{east},5.0")


def zda(second: int = 0, *, day: str = "09,05,2026") -> str:
    return sentence(f"GNZDA,{clock(second)},{day},00,00")


def dtm(datum: str) -> str:
    return sentence(f"GNDTM,{datum},,0.0,N,0.0,E,0.0,W84")


VTG = sentence("GNVTG,,T,,M,1.0,N,1.9,K,A")
GSV = sentence("GPGSV,1,1,01,05,40,083,46,1")
UBX = b"\xb5b\x01\x03\x10\x00\x9d" + bytes(14) + b"\xf4\x10"
RTCM = b"\xd3\x00\x13>\xd0\x00\x03$\x0a$GN\xff$$" + bytes(10)


def fixes(*parts: str | bytes) -> tuple[list[Fix], NmeaCounts]:
    counts = NmeaCounts()
    whole = b"".join(part if isinstance(part, bytes) else part.encode() for part in parts)
    return list(read_fixes(io.BytesIO(whole), counts)), counts


BY_HDOP, BY_ERROR = 0.8 * RANGE_ERROR_M, 5.0
COMBINATIONS = [
    ((rmc(), gga()), BY_HDOP),
    ((rmc(), gns()), BY_HDOP),
    ((rmc(), gsa()), BY_HDOP),
    ((rmc(), gst()), BY_ERROR),
    ((rmc(), gsa(), gst()), BY_ERROR),
    ((rmc(), VTG, gga(), gsa()), BY_HDOP),
    ((gga(), zda()), BY_HDOP),
    ((gns(), zda()), BY_HDOP),
    ((gll(), gsa(), zda()), BY_HDOP),
    ((gll(), gst(), zda()), BY_ERROR),
    ((gga(), zda(), gst()), BY_ERROR),
    ((rmc(),), None),
    ((gll(), zda()), None),
    ((rmc(talker="GP"), gga(talker="GP"), gsa(talker="GP")), BY_HDOP),
    ((rmc(talker="GL"), gsa("99.99", talker="GP"), gsa("0.8", talker="GL")), BY_HDOP),
    ((rmc(), gga(hdop="99.99"), gst(north="0.0", east="0.0")), None),
]


@pytest.mark.parametrize(("parts", "accuracy_m"), COMBINATIONS)
def test_any_combination_in_any_order(parts: tuple[str, ...], accuracy_m: float | None) -> None:
    for order in permutations(parts):
        found, counts = fixes(*order)
        (fix,) = found
        assert (fix.at_s, fix.lat, fix.lon) == (AT_S, 48.1, 2.1)
        assert fix.accuracy_m == (None if accuracy_m is None else pytest.approx(accuracy_m))
        assert (counts.bad, counts.without) == (0, {})


def test_second_by_second_in_any_order() -> None:
    seconds = [(rmc(second), gga(second), gst(second)) for second in range(20)]
    for order in permutations(range(3)):
        found, _ = fixes(*(said[place] for said in seconds for place in order))
        assert [fix.at_s for fix in found] == [AT_S + second for second in range(20)]
        assert {fix.accuracy_m for fix in found} == {5.0}


def test_a_sentence_that_comes_late_still_belongs_to_its_second() -> None:
    parts = [rmc(0), rmc(1), gga(0), rmc(2), gga(1), gst(0), rmc(3), gga(2), gga(3)]
    found, _ = fixes(*parts)
    assert [fix.at_s - AT_S for fix in found] == [0, 1, 2, 3]
    assert [fix.accuracy_m for fix in found] == [5.0, *[pytest.approx(BY_HDOP)] * 3]


def test_a_day_that_is_told_once_holds_before_and_after() -> None:
    minutes = list(range(0, 600, 10))
    found, counts = fixes(
        *(gga(second) for second in minutes), zda(600), *(gga(second) for second in range(600, 900, 10))
    )
    assert [fix.at_s - AT_S for fix in found] == list(range(0, 900, 10))
    assert counts.without == {}


def test_over_midnight() -> None:
    late, early = [f"2359{second:02d}.00" for second in (58, 59)], [f"0000{second:02d}.00" for second in (0, 1)]
    told = [sentence(f"GNGGA,{at},{PLACE},1,12,0.8,30.0,M,47.0,M,,") for at in (*late, *early)]
    for parts in (
        [rmc(at="235957.00"), *told],
        [*told, rmc(at="000002.00", day="100526")],
        [told[0], told[1], rmc(at="000000.00", day="100526"), told[2], told[3]],
    ):
        found, _ = fixes(*parts)
        seconds = [fix.at_s for fix in found]
        assert seconds == sorted(seconds)
        assert seconds[-1] - seconds[0] == len(seconds) - 1


def test_without_a_day_there_is_no_fix_and_that_is_told() -> None:
    found, counts = fixes(gga(0), gga(1), gll(2))
    assert not found
    (reason,) = counts.without
    assert reason.startswith("no date")
    far, counts = fixes(gga(0), rmc(3 * 3600))
    assert [fix.at_s - AT_S for fix in far] == [3 * 3600], "after hours it may be another day"


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        ((rmc(status="V"), gga()), "no fix"),
        ((rmc(), gga(quality="0")), "no fix"),
        ((rmc(), gga(quality="")), "no fix"),
        ((rmc(mode="N,V"),), "no fix"),
        ((rmc(status="V", mode="N,V"), gga(quality="0")), "no fix"),
        ((gns(mode="NN"), zda()), "no fix"),
        ((gll(status="V", mode="N"), zda()), "no fix"),
        ((rmc(status=""),), "no fix"),
        ((rmc(status="B"),), "no fix"),
        ((rmc(mode="E,V"),), "dead reckoning"),
        ((rmc(), gga(quality="6")), "dead reckoning"),
        ((rmc(mode="M,V"), gga(quality="7")), "entered by hand"),
        ((rmc(mode="S,V"), gga(quality="8")), "simulated"),
        ((dtm("P90"), rmc(), gga()), "the datum P90"),
        ((rmc(), gga(), dtm("999")), "the datum 999"),
        ((rmc(), gga(), sentence("PGRMM,European 1950")), "the datum European 1950"),
        ((sentence("PGRMM,NAD27"), rmc(), gga()), "the datum NAD27"),
        ((rmc(place="0000.00000,N,00000.00000,E"),), "the place 0, 0"),
        ((rmc(place="0000.00010,S,00000.00010,W"), gga(place="0000.00000,N,00000.00000,E")), "the place 0, 0"),
        ((rmc(place=",,,"),), "no place that can be read"),
    ],
)
def test_a_place_that_is_none(parts: tuple[str, ...], reason: str) -> None:
    for order in permutations(parts):
        found, counts = (
            fixes(*order, rmc(1), gga(1)) if not {"DTM", "RMM"} & {one[3:6] for one in parts} else fixes(*parts)
        )
        assert [fix.at_s for fix in found] in ([], [AT_S + 1])
        assert sum(counts.without.values()) == 1
        assert reason in next(iter(counts.without))
        faults, usual = said_of_log(Path("a.nmea"), counts)
        assert (len(usual), faults) == (1, []), "that there is no fix for a while is usual"


def test_garmins_usual_datum_is_the_usual_one() -> None:
    for name in ("WGS 84", "WGS84", "wgs 84", "W84", ""):
        found, counts = fixes(rmc(), gga(), sentence(f"PGRMM,{name}"), rmc(1), gga(1))
        assert ([fix.at_s for fix in found], counts.without) == ([AT_S, AT_S + 1], {})


@pytest.mark.parametrize("mode", ["A,V", "D,V", "F,V", "R,V", "P,V", "A", ""])
def test_modes_of_a_fix(mode: str) -> None:
    assert len(fixes(rmc(mode=mode))[0]) == 1
    assert len(fixes(gga(quality="2"), rmc(mode=mode))[0]) == 1
    assert len(fixes(gns(mode="NA"), rmc())[0]) == 1
    assert len(fixes(dtm("W84"), rmc(mode=mode))[0]) == 1


@pytest.mark.parametrize(
    ("place", "what"),
    [
        ("4806.00000,X,00206.00000,E", "hemisphere"),
        ("4806.00000,,00206.00000,E", "hemisphere"),
        ("4806.00000,E,00206.00000,N", "hemisphere"),
        ("4806.00000,n,00206.00000,e", "hemisphere"),
        ("4806.00000,N,00206.00000,", "hemisphere"),
        ("9106.00000,N,00206.00000,E", "place"),
        ("9000.00001,N,00206.00000,E", "place"),
        ("4806.00000,N,18100.00000,E", "place"),
        ("4860.00001,N,00206.00000,E", "place"),
        ("4899.99999,N,00206.00000,E", "place"),
        ("48.1,N,2.1,E", "place"),
        ("-4806.00000,N,00206.00000,E", "place"),
        ("4806.0000O,N,00206.00000,E", "place"),
    ],
)
def test_a_place_that_cannot_be_hides_none_that_can(place: str, what: str) -> None:
    found, counts = fixes(rmc(0, place=place), rmc(1))
    assert [fix.at_s for fix in found] == [AT_S + 1]
    assert counts.bad == 1
    assert what in (counts.first_bad or "")
    for order in permutations((rmc(place=place), gga())):
        (fix,), counts = fixes(*order)
        assert (fix.at_s, fix.lat, fix.lon) == (AT_S, 48.1, 2.1), "the date of the one, the place of the other"
        assert counts.bad == 1


def test_sixty_minutes_are_a_rounded_degree() -> None:
    """46 degrees and 59.999999 minutes, as a receiver with five decimals writes them."""
    (fix,), counts = fixes(rmc(place="4660.00000,N,00259.99999,E"))
    assert (fix.lat, round(fix.lon, 6), counts.bad) == (47.0, 3.0, 0)


def test_noughts_hide_no_place_of_the_same_second() -> None:
    for order in permutations((rmc(place="0000.0000,N,00000.0000,E"), gga())):
        (fix,), counts = fixes(*order)
        assert (fix.lat, fix.lon, counts.without) == (48.1, 2.1, {})


@pytest.mark.parametrize("at", ["300000.00", "106000.00", "100061.00", "10:00:00", "1000", "-10000.00", "aaaaaa"])
def test_a_time_that_cannot_be(at: str) -> None:
    found, counts = fixes(rmc(at=at), rmc(1))
    assert [fix.at_s for fix in found] == [AT_S + 1]
    assert "the time" in (counts.first_bad or "")


@pytest.mark.parametrize("day", ["230906", "060180", "010100", "310226", "001326", "xx0526", "090535"])
def test_a_date_that_cannot_be_is_told_and_hides_none_that_can(day: str) -> None:
    found, counts = fixes(*(rmc(second, day=day) for second in range(3)))
    assert not found
    assert counts.bad + counts.odd_days == 3
    assert [len(told) for told in said_of_log(Path("a.nmea"), counts)] == [1, 1], "the dates, and that there is no fix"
    for parts in ((rmc(0), rmc(1, day=day), rmc(2)), (rmc(0, day=day), zda(0), rmc(1, day=day), rmc(2, day=day))):
        found, _ = fixes(*parts)
        assert [fix.at_s - AT_S for fix in found] == [0, 1, 2]
    assert not fixes(gga(), zda(day="09,05,2096"))[0]
    assert not fixes(gga(), zda(day="09,05,26"))[0]


def test_other_talkers_and_a_receiver_that_speaks_for_all() -> None:
    blind = rmc(talker="GL", status="V", place=",,,", mode="N,V")
    for order in permutations((blind, rmc(talker="GN"), gga(talker="GN"))):
        (fix,), counts = fixes(*order)
        assert (fix.accuracy_m, counts.without) == (BY_HDOP, {})
    other = "4900.00000,N,00300.00000,E"
    (fix,), _ = fixes(gga(talker="GP", place=other), gga(talker="GN"), rmc(talker="GN"))
    assert fix.lat == 48.1


BETWEEN = [
    *[
        UBX,
        RTCM,
        UBX + RTCM,
        b"\x00" * 3000,
        b"\xff" * 5000,
        b"$",
        b"$$$",
        b"$\xff",
        b"\n",
        b"\r\n\r\n",
        bytes(range(256)),
    ],
    *[b"1778320800.123 ", b"[10:00:00] ", b"\\s:r3,c:1778320800*0A\\", b"\xef\xbb\xbf", b"x" * 2000, b"$" * 2000],
    *[
        b"!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*24\r\n",
        b"$GNRMC,100000",
        gga(0)[:30].encode(),
        GSV[:-2].encode(),
    ],
]


@pytest.mark.parametrize("between", BETWEEN)
def test_a_sentence_behind_anything_is_found(between: bytes) -> None:
    parts = [part for second in range(5) for part in (between, rmc(second), between, gga(second))]
    found, _ = fixes(*parts)
    assert [fix.at_s - AT_S for fix in found] == [0, 1, 2, 3, 4]
    assert {fix.accuracy_m for fix in found} == {BY_HDOP}


@pytest.mark.parametrize("between", [UBX, RTCM, b"\xef\xbb\xbf", b"1778320800.1 ", b"!AIVDM,1,1,,A,13u?,0*24\r\n"])
def test_another_protocol_is_no_damage(between: bytes) -> None:
    _, counts = fixes(between, rmc(), between, gga())
    assert counts.other
    assert counts.bad == 0


@given(data=st.binary(max_size=3000), sizes=st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_a_stream_is_cut_the_same_however_it_comes(data: bytes, sizes: list[int]) -> None:
    def pieces(step: list[int]) -> bytes:
        splitter, at, found = Splitter(), 0, list[bytes]()
        while at < len(data):
            size = step[len(found) % len(step)]
            found += [piece for _, piece in splitter.feed(data[at : at + size])]
            at += size
        found += [piece for _, piece in splitter.end()]
        assert all(len(piece) <= LONGEST_PIECE + max(step) for piece in found)
        return b"".join(found)

    assert pieces(sizes) == pieces([len(data) or 1]) == data


@given(parts=st.lists(st.one_of(st.binary(max_size=80), st.sampled_from([rmc(), gga(), gsa(), gst(), zda(), dtm("W84"),
    gll(status="V"), rmc(1), gga(1), rmc(2, day="230906")]).map(str.encode)), max_size=30))  # fmt: skip
def test_anything_in_any_order_is_survived(parts: list[bytes]) -> None:
    whole = b"".join(parts)
    for fix in read_fixes(io.BytesIO(whole), NmeaCounts()):
        assert (round(fix.lat, 6), round(fix.lon, 6)) == (48.1, 2.1)
        assert abs(fix.at_s - AT_S) < 86_400
    sentences = Sentences(NmeaCounts())
    for part in parts:
        sentences.take(part)


KINDS = ["RMC", "GGA", "GNS", "GLL", "GSA", "GST", "ZDA", "DTM"]


@given(kind=st.sampled_from(KINDS), fields=st.text(alphabet="0123456789.,-NSEWAVM:é\x00", max_size=70))
def test_odd_fields_with_a_right_check_sum(kind: str, fields: str) -> None:
    counts = NmeaCounts()
    read_sentence(sentence(f"GN{kind},{fields}").encode(), 1, counts)
    for fix in fixes(sentence(f"GN{kind},{fields}"), rmc())[0]:
        assert -90 <= fix.lat <= 90


@pytest.mark.parametrize("whole", [rmc() + gga() + gst(), zda() + gll() + gsa(), dtm("P90") + rmc()])
def test_cut_at_every_byte_and_damaged_at_every_byte(whole: str) -> None:
    data = whole.encode()
    for end in range(len(data)):
        found, _ = fixes(data[:end])
        assert len(found) <= 1
        assert len(fixes(data[:end] + b"\n", rmc(1))[0]) >= (0 if "P90" in whole else 1)
        found, _ = fixes(data[:end] + bytes([data[end] ^ 0xFF]) + data[end + 1 :])
        for fix in found:
            assert (round(fix.lat, 6), round(fix.lon, 6)) == (48.1, 2.1)
