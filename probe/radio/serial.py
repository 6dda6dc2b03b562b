"""Serial ports by pyserial: finding a radio board or a receiver again wherever it is plugged in."""

from collections.abc import Iterator
from typing import Any

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


def board_ports(wanted: str) -> Iterator[str]:
    """The ports on which a board may be found: `auto`, a device, or a part of its id such as a serial number.

    By id, not by number: ttyUSB0 comes back as ttyUSB1. Of a board with two ports, the second carries the data.
    """
    from serial.tools import list_ports

    if wanted.startswith("/"):
        yield wanted
        return
    found = [port for port in list_ports.comports() if wanted == "auto" or wanted.lower() in _identity(port)]
    if wanted == "auto":
        found = [port for port in found if port.vid in _BOARD_VENDORS]
    yield from (port.device for port in sorted(found, key=lambda port: str(port.location or port.device), reverse=True))


def _identity(port: Any) -> str:
    return " ".join(str(part) for part in (port.serial_number, port.description, port.hwid) if part).lower()
