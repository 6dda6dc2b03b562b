"""Bluetooth by raw HCI against a scripted controller; what it was told proves that the scan is passive."""

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput, SourceLost
from probe.radio.bluetooth import SCAN_EXTENDED, SCAN_OLD, STOP, Bluetooth, HciSocket, read_reports
from probe.radio.frame import Advert
from probe.radio.unknowns import RecentUnknowns
from tests.probe.radio.compose import AXIS_OCTETS

DATA = b"\x02\x01\x06\x05\xff\x5b\x0d\x01\x02"


def old(address: bytes = AXIS_OCTETS, data: bytes = DATA, signal: int = -50, kind: int = 0) -> bytes:
    body = pack("<BBBB", 0x02, 1, 0, kind) + address[::-1] + bytes([len(data)]) + data + pack("<b", signal)
    return bytes([0x04, 0x3E, len(body)]) + body


def extended(address: bytes = AXIS_OCTETS, data: bytes = DATA, signal: int = -50, kind: int = 0) -> bytes:
    head = pack("<HB", 0x0010, kind) + address[::-1] + pack("<BBBbbHB", 1, 0, 255, 127, signal, 0, 0) + bytes(6)
    body = bytes([0x0D, 1]) + head + bytes([len(data)]) + data
    return bytes([0x04, 0x3E, len(body)]) + body


class Controller:
    """Answers commands with a status, then gives packets, then is gone."""

    def __init__(self, *packets: bytes, status: int = 0) -> None:
        self.sent: list[bytes] = []
        self._answers: list[bytes] = []
        self._packets, self._status = list(packets), status

    def send(self, packet: bytes) -> None:
        self.sent.append(packet)
        refuse = self._status if packet in SCAN_OLD else 0
        self._answers.append(bytes([0x04, 0x0E, 4, 1]) + packet[1:3] + bytes([refuse]))

    def receive(self, timeout_s: float) -> bytes:  # noqa: ARG002 (a script does not wait)
        if self._answers:
            return self._answers.pop(0)
        if self._packets:
            return self._packets.pop(0)
        raise OSError("gone")

    def close(self) -> None:
        """Nothing to close."""


def adverts(controller: Controller, unknowns: RecentUnknowns | None = None) -> list[Advert]:
    found = []
    try:
        for event in Bluetooth("hci0", controller, unknowns=unknowns).events():
            if isinstance(event, Advert):
                found.append(event)
                if unknowns is not None:
                    unknowns.learn(event.memory)
    except SourceLost:
        return found
    pytest.fail("the controller is gone, and nobody noticed")


@pytest.mark.parametrize("make", [old, extended])
def test_both_forms_of_reports_read_the_same(make: object) -> None:
    (report,), _ = read_reports(make())  # type: ignore[operator]
    assert report == (AXIS_OCTETS, True, -50, DATA)
    for unknown in (127, 0, -128):
        (other,), _ = read_reports(make(signal=unknown, kind=1))  # type: ignore[operator]
        assert (other.public, other.signal_dbm) == (False, None)
    assert read_reports(make(address=bytes(6), kind=0xFF)) == ([], True), "an advertiser that gives no address"  # type: ignore[operator]


def test_a_damaged_report_takes_none_of_those_before_it() -> None:
    two = bytearray(old())
    two[2], two[4] = two[2] * 2 - 2, 2
    whole = bytes(two) + old()[5:]
    assert [len(read_reports(whole[:end])[0]) for end in (len(whole), len(whole) - 1)] == [2, 1]
    assert read_reports(whole)[1]
    assert not read_reports(whole[:-1])[1]


@pytest.mark.parametrize("status", [0, 0x0C])
def test_the_controller_is_told_to_scan_passively_and_nothing_else(status: int) -> None:
    controller = Controller(extended(), old(), status=status)
    assert len(adverts(controller)) == 2
    allowed = {*SCAN_OLD, *SCAN_EXTENDED, *STOP}
    assert set(controller.sent) <= allowed
    assert SCAN_OLD[1][4] == 0, "legacy scan type: passive"
    assert SCAN_EXTENDED[1][7] == 0, "extended scan type: passive"


def test_a_controller_that_refuses_is_one_sentence() -> None:
    with pytest.raises(BadInput, match="systemctl stop bluetooth"):
        list(Bluetooth("hci0", Controller(status=0x11)).events())


def test_a_stranger_is_passed_over_the_second_time() -> None:
    assert len(adverts(Controller(old(), old(), extended()), RecentUnknowns())) == 1


@given(st.binary(max_size=80))
def test_any_packet_is_survived(data: bytes) -> None:
    for packet in (data, b"\x04\x3e" + data, b"\x04\x3e" + bytes([len(data) & 0xFF]) + data):
        reports, _ = read_reports(packet)
        assert all(len(report.address) == 6 for report in reports)


def test_cut_at_every_octet_a_report_is_refused_or_none() -> None:
    for whole in (old(), extended()):
        for end in range(len(whole)):
            assert not read_reports(whole[:end])[0]


@pytest.mark.parametrize("name", ["hci", "wlan0", "hciX", "hci 0"])
def test_a_wrong_adapter_is_one_sentence(name: str) -> None:
    with pytest.raises(BadInput, match="hci0"):
        HciSocket(name)
