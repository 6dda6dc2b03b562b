"""Elements, set-up data and adverts: any bytes are survived, and what changes with every beacon makes no difference."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.evidence import Role
from probe.detect.rule import Setup
from probe.radio.dot11 import Reader
from probe.radio.elements import find_ssid, order, passing, walk, whole_part, wps
from probe.radio.frame import Advert, Frame
from probe.radio.source import CaptureCounts
from probe.radio.transmission import structures, transmission_of
from probe.radio.unknowns import RecentUnknowns
from tests.probe.radio.compose import AXIS_OCTETS, beacon, element

WPS = (
    b"\x00\x50\xf2\x04"
    + b"\x10\x21\x00\x05Axis "
    + b"\x10\x23\x00\x03M30"
    + (b"\x10\x54\x00\x08\x00\x04\x00\x50\xf2\x04\x00\x04")
)


@given(st.binary(max_size=300))
def test_any_bytes_are_survived(data: bytes) -> None:
    list(walk(data))
    find_ssid(data)
    order(data)
    wps(data)
    structures(data)
    a, b, c, d = passing(data)
    assert 0 <= a <= b <= c <= d <= len(data)
    assert data.startswith(whole_part(data))
    for subtype in (4, 8):
        transmission_of(Frame(0.0, AXIS_OCTETS, AXIS_OCTETS, subtype, None, None, None, data))
    told = transmission_of(Advert(0.0, AXIS_OCTETS, True, None, data))
    assert told.bluetooth is not None
    assert all(len(number) == 4 for number in told.bluetooth.companies + told.bluetooth.services)
    assert all(len(number) == 36 for number in told.bluetooth.services_128)


def test_set_up_data_is_read_and_cut_at_every_octet_survived() -> None:
    assert wps(element(221, WPS)) == Setup(manufacturer="Axis", model="M30", device_type="4-4")
    for end in range(len(WPS)):
        wps(element(221, WPS[:end]))
    assert wps(element(221, b"\x00\x50\xf2\x01")) is None


def test_a_frame_becomes_what_the_rules_look_at() -> None:
    body = element(0, b"net") + element(1, b"\x82") + element(221, bytes.fromhex("0050f20800000099"))
    told = transmission_of(Frame(0.0, AXIS_OCTETS, AXIS_OCTETS, 4, b"net", None, None, body))
    assert (told.role, told.order, told.elements) == (Role.STATION, "1,221.0050f208000000", ("0050f208000000",))
    assert transmission_of(Frame(0.0, AXIS_OCTETS, AXIS_OCTETS, 8, b"net", None, None, body)).role is Role.NETWORK


def test_long_bluetooth_numbers_are_those_of_sixteen_bits() -> None:
    long = bytes.fromhex("fb349b5f80000080001000000031" + "0000")
    told = transmission_of(Advert(0.0, AXIS_OCTETS, True, None, bytes([17, 0x07]) + long))
    assert told.bluetooth is not None
    assert told.bluetooth.services == ("3100",)


@given(st.integers(0, 255), st.integers(0, 255), st.binary(min_size=4, max_size=4))
def test_another_traffic_map_or_load_is_the_same_stranger(bits: int, stations: int, tim: bytes) -> None:
    def sent(bits: int, stations: int, tim: bytes) -> bytes:
        changing = element(5, tim + bytes([bits])) + element(48, bytes(20)) + element(11, bytes([stations, 0, 9, 0, 0]))
        return beacon(extra=changing)

    unknowns = RecentUnknowns()
    reader = Reader(CaptureCounts(), unknowns)
    first, second = sent(0, 1, b"\0\1\0\0"), sent(bits, stations, tim)
    frame = reader.unmarked(first, 0, len(first), 0.0)
    assert frame is not None
    unknowns.learn(frame.memory)
    assert reader.unmarked(second, 0, len(second), 0.0) is None


@given(st.integers(36, 60), st.integers(1, 255))
def test_another_name_or_body_is_not(at: int, change: int) -> None:
    unknowns = RecentUnknowns()
    reader = Reader(CaptureCounts(), unknowns)
    first = beacon(ssid=b"a name of some length, as it is")
    frame = reader.unmarked(first, 0, len(first), 0.0)
    assert frame is not None
    unknowns.learn(frame.memory)
    second = first[:at] + bytes([first[at] ^ change]) + first[at + 1 :]
    told = reader.unmarked(second, 0, len(second), 0.0)
    assert told is not None, "something that a rule may look at has changed"


OWN = "e8ccbb38-9532-46a8-9fe5-1814df172e6f"
_OWN = bytes.fromhex(OWN.replace("-", ""))[::-1]
_BASE = bytes.fromhex("00001000800000805f9b34fb")[::-1]


@pytest.mark.parametrize(
    ("kind", "body", "services", "own"),
    [
        (0x03, b"\x00\x31\x00\x32", ("3100", "3200"), ()),
        (0x06, _OWN, (), (OWN,)),
        (0x07, _OWN + _BASE + b"\x00\x31\x00\x00", ("3100",), (OWN,)),
        (0x07, _BASE + b"\x00\x31\x01\x00", (), ("00013100-0000-1000-8000-00805f9b34fb",)),
        (0x05, b"\x00\x31\x00\x00\x78\x56\x34\x12", ("3100",), ("12345678-0000-1000-8000-00805f9b34fb",)),
        (0x16, b"\xfa\xff\x0d", ("fffa",), ()),
        (0x20, b"\xfa\xff\x00\x00\x0d", ("fffa",), ()),
        (0x21, _OWN + b"data", (), (OWN,)),
        (0x21, _OWN[:-1], (), ()),
        (0x07, _OWN + b"rest", (), (OWN,)),
        (0x03, b"\x00", (), ()),
    ],
)
def test_services_are_carried_in_each_length_that_they_are_said_in(
    kind: int, body: bytes, services: tuple[str, ...], own: tuple[str, ...]
) -> None:
    data = bytes([len(body) + 1, kind]) + body
    told = transmission_of(Advert(0.0, AXIS_OCTETS, True, None, data)).bluetooth
    assert told is not None
    assert (told.services, told.services_128) == (services, own)
    for end in range(len(data)):
        transmission_of(Advert(0.0, AXIS_OCTETS, True, None, data[:end]))
