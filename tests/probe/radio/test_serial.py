"""A serial device that is pulled out and comes back under another name, as pyserial would tell of it."""

from dataclasses import dataclass, replace

import pytest

from probe.errors import SourceLost
from probe.radio.serial import PortLocator, board_ports
from tests.probe.radio.test_board import serial_pair


@dataclass(frozen=True, kw_only=True)
class Plugged:
    """A port in pyserial's list."""

    device: str
    vid: int | None = 0x10C4
    pid: int | None = 0xEA60
    serial_number: str | None = "0123"
    location: str | None = "1-1.2"


RECEIVER = Plugged(device="/dev/ttyUSB0")
NUMBERLESS = replace(RECEIVER, serial_number=None)
OTHER = Plugged(device="/dev/ttyUSB1", pid=0x7523, vid=0x1A86, serial_number=None, location="1-1.3")
UART = Plugged(device="/dev/ttyAMA0", vid=None, pid=None, serial_number=None, location=None)


def found(then: list[Plugged], now: list[Plugged], name: str = "/dev/ttyUSB0") -> str:
    """Under which name a device is opened now, after it was opened then."""
    ports = list(then)
    place = PortLocator(name, lambda: ports)
    assert place.find() == name
    place.remember(name)
    ports[:] = now
    return place.find()


@pytest.mark.parametrize("receiver", [RECEIVER, NUMBERLESS], ids=["with a number", "without"])
def test_in_its_socket_it_is_found_under_any_name(receiver: Plugged) -> None:
    back = replace(receiver, device="/dev/ttyUSB2")
    assert found([receiver], [back]) == "/dev/ttyUSB2"
    assert found([receiver, OTHER, UART], [UART, OTHER, back]) == "/dev/ttyUSB2"
    assert found([receiver, OTHER], [replace(OTHER, device="/dev/ttyUSB0"), back]) == "/dev/ttyUSB2", "names swapped"
    assert found([receiver], [receiver]) == "/dev/ttyUSB0"


def test_in_another_socket_it_is_found_by_its_number() -> None:
    assert found([RECEIVER], [replace(RECEIVER, device="/dev/ttyUSB3", location="1-1.4")]) == "/dev/ttyUSB3"
    assert found([NUMBERLESS], [replace(NUMBERLESS, location="1-1.4")]) == "/dev/ttyUSB0", "without one, by its name"
    assert found([NUMBERLESS], [replace(NUMBERLESS, device="/dev/ttyUSB3", location="1-1.4")]) == "/dev/ttyUSB0"


def test_another_device_with_its_name_is_left_alone() -> None:
    for taken in (OTHER, replace(RECEIVER, serial_number="9999"), replace(RECEIVER, pid=1)):
        with pytest.raises(SourceLost, match="another device now") as problem:
            found([RECEIVER], [replace(taken, device="/dev/ttyUSB0")])
        assert "\n" not in str(problem.value)


@pytest.mark.parametrize("number", [None, "0001"])
def test_of_two_that_cannot_be_told_apart_each_keeps_to_its_socket(number: str | None) -> None:
    mine = replace(RECEIVER, serial_number=number)
    twin = replace(mine, device="/dev/ttyUSB1", location="1-1.3")
    for name in ("/dev/ttyUSB1", "/dev/ttyUSB5"):
        assert found([mine, twin], [replace(twin, device=name)]) == "/dev/ttyUSB0", "which is waited for"
    with pytest.raises(SourceLost, match="another device now"):
        found([mine, twin], [replace(twin, device="/dev/ttyUSB0")])
    back = [replace(twin, device="/dev/ttyUSB0"), replace(mine, device="/dev/ttyUSB1")]
    assert found([mine, twin], back) == "/dev/ttyUSB1"


def test_of_a_device_with_two_ports_it_is_the_same_one() -> None:
    console = Plugged(device="/dev/ttyACM0", location="1-1.2:1.0")
    data = Plugged(device="/dev/ttyACM1", location="1-1.2:1.2")
    moved = [
        replace(data, device="/dev/ttyACM2", location="1-1.4:1.2"),
        replace(console, device="/dev/ttyACM3", location="1-1.4:1.0"),
    ]
    assert found([console, data], moved, "/dev/ttyACM1") == "/dev/ttyACM2"


def test_a_list_that_cannot_be_read_is_looked_at_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def comports() -> list[Plugged]:
        raise TypeError("int() can't convert non-string with explicit base")  # what pyserial says of a device that goes

    monkeypatch.setattr("serial.tools.list_ports.comports", comports)
    with pytest.raises(SourceLost, match="looked at again"):
        list(board_ports("auto"))
    with serial_pair() as (_, device), pytest.raises(SourceLost, match="looked at again"):
        PortLocator(device).open(9600)


def test_what_is_not_on_usb_or_named_by_udev_keeps_its_name() -> None:
    assert found([UART], [RECEIVER], "/dev/ttyAMA0") == "/dev/ttyAMA0"
    by_id = "/dev/serial/by-id/usb-receiver"
    assert found([RECEIVER], [replace(RECEIVER, device="/dev/ttyUSB1")], by_id) == by_id
    assert found([], [], "/dev/ttyUSB0") == "/dev/ttyUSB0"
