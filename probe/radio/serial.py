"""Serial ports by pyserial: finding a radio board or a receiver again wherever it is plugged in."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol

from probe.errors import BadInput, SourceLost
from probe.radio.board import Port

# Espressif, Adafruit, and the usual USB-serial bridges of development boards (Silicon Labs, WCH, FTDI).
_BOARD_VENDORS = {0x303A, 0x239A, 0x10C4, 0x1A86, 0x0403}
BOARD_BAUD = 115_200  # over USB the number means nothing


def open_port(device: str, baud: int) -> Port:
    """A port whose `read` waits for a second at most and then gives what is there.

    Raises SourceLost where it is not there now, BadInput where it never can be.
    """
    import serial

    try:
        opened = serial.Serial(device, baud, timeout=1.0, write_timeout=1.0, exclusive=True)
    except ValueError as problem:
        raise BadInput(f"{device}: {problem}") from problem
    except serial.SerialException as problem:
        if getattr(problem, "errno", None) == 13:
            raise BadInput(
                f"{device}: may not be opened; join its group and log in again: sudo usermod -aG dialout $USER"
            ) from problem
        raise SourceLost(f"{device}: cannot be opened ({problem.strerror or problem})") from problem
    return _Port(opened)


class _Port:
    """pyserial's `read(n)` waits for n bytes; this one for the first, and takes what came with it."""

    def __init__(self, opened: Any) -> None:
        self._serial = opened

    def read(self, size: int = 1, /) -> bytes:
        first: bytes = self._serial.read(1)
        waiting = self._serial.in_waiting if first else 0
        more: bytes = self._serial.read(min(waiting, size - 1)) if waiting else b""
        return first + more

    def write(self, data: bytes, /) -> int | None:
        written: int | None = self._serial.write(data)
        return written

    def close(self) -> None:
        self._serial.close()


class UsbPort(Protocol):
    """What pyserial reports of a serial port: `vid`, `pid` None where it is not on USB, `location` its socket there.

    Where a device has several ports, the location ends in which one it is: `1-1.2:1.0`.
    """

    @property
    def device(self) -> str: ...
    @property
    def vid(self) -> int | None: ...
    @property
    def pid(self) -> int | None: ...
    @property
    def serial_number(self) -> str | None: ...
    @property
    def location(self) -> str | None: ...


def _list_ports() -> list[Any]:
    """Raises SourceLost where the list cannot be read just now."""
    from serial.tools import list_ports

    try:
        return list(list_ports.comports())
    except (OSError, TypeError, ValueError) as problem:
        # pyserial stumbles over a device that goes while it is looked at
        raise SourceLost("the serial ports change just now; they are looked at again") from problem


class PortLocator:
    """A device that was named, and is found again under another name of the kernel's: ttyUSB0 comes back as ttyUSB1.

    When it is opened, what it is and where it is plugged in are remembered. Then it is looked for in the same socket,
    and in any by its serial number; without one, by its name. The last two apply only where it was the only one of its
    kind: many bridges have no number, or all the same. `ports` lists what is plugged in.
    """

    def __init__(self, device: str, ports: Callable[[], Iterable[UsbPort]] = _list_ports) -> None:
        self.device = device
        self._ports = ports
        self._remembered: UsbPort | None = None
        self._only_one_of_kind = False

    def open(self, baud: int) -> tuple[str, Port]:
        """The device's present name and its port. Raises SourceLost, BadInput as `open_port` does."""
        name = self.find()
        opened = open_port(name, baud)
        try:
            self.remember(name)
        except SourceLost:
            opened.close()
            raise
        return name, opened

    def remember(self, name: str) -> None:
        """Note what the device is that has this name now. A name that udev made stays right by itself."""
        ports = list(self._ports())
        found = next((port for port in ports if port.device == name and port.vid is not None), None)
        if found is not None:
            self._remembered, self._only_one_of_kind = (
                found,
                len([port for port in ports if _is_same_kind(port, found)]) == 1,
            )

    def find(self) -> str:
        """The name that the device has now. Raises SourceLost where the name it had is another device's."""
        remembered = self._remembered
        if remembered is None:
            return self.device
        ports = list(self._ports())
        same_kind = [port for port in ports if _is_same_kind(port, remembered)]
        found = [port for port in same_kind if port.location == remembered.location]
        if not found and self._only_one_of_kind:
            found = [port for port in same_kind if remembered.serial_number or port.device == remembered.device]
        if len(found) == 1:
            return found[0].device
        if any(port.device == remembered.device for port in ports):
            raise SourceLost(
                f"{self.device}: unplugged, and {remembered.device} is another device now; plug it in where it was"
            )
        return remembered.device


def _is_same_kind(one: UsbPort, other: UsbPort) -> bool:
    """Whether two ports are of the same kind of device, with the same number if it has any, and the same one on it."""

    def kind(port: UsbPort) -> tuple[object, ...]:
        return port.vid, port.pid, port.serial_number or None, (port.location or "").partition(":")[2]

    return kind(one) == kind(other)


def board_ports(wanted: str) -> Iterator[str]:
    """The ports on which a board may be found: `auto`, a device, or a part of its id such as a serial number.

    By id, not by number: ttyUSB0 comes back as ttyUSB1. A board with two ports carries its data on the second.
    """
    if wanted.startswith("/"):
        yield wanted
        return
    found = [port for port in _list_ports() if wanted == "auto" or wanted.lower() in _identity(port)]
    if wanted == "auto":
        found = [port for port in found if port.vid in _BOARD_VENDORS]
    yield from (port.device for port in sorted(found, key=lambda port: str(port.location or port.device), reverse=True))


def _identity(port: Any) -> str:
    return " ".join(str(part) for part in (port.serial_number, port.description, port.hwid) if part).lower()
