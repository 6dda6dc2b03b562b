"""Serial cables to a probe, whose far ends are here: a USB cable of QEMU's, and a real adapter."""

import itertools
import shlex
import socket
import subprocess
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from tests.hil.drivers.qemu import Qemu
from tests.hil.protocols import Absent

PERIPHERALS = "/machine/peripheral"
THERE = "for n in $(seq 100); do ls /dev/serial/by-id/*_{name}-* 2>/dev/null && exit; sleep 0.2; done; exit 1"


class QemuSerial:
    """A USB serial cable of a virtual probe. `SerialProtocol`; the real ftdi_sio drives it in there."""

    def __init__(self, machine: Qemu, name: str, folder: Path) -> None:
        self._machine, self._name, self.pulls = machine, name, True
        self._path = folder / f"{name}.socket"
        self._lines = itertools.count()
        self.socket: socket.socket | None = None

    def plug(self, *, swallow: bool = True) -> None:
        """`swallow` what the probe sends: were it not read, QEMU would stand still."""
        # A line of its own for each time: QEMU does not let go of one that had a cable in it.
        line = f"{self._name}-{next(self._lines)}-{time.monotonic_ns()}"
        self._path.unlink(missing_ok=True)
        address = {"type": "unix", "data": {"path": str(self._path)}}
        backend = {"type": "socket", "data": {"addr": address, "server": True, "wait": False}}
        self._machine.command.run("modprobe", "-a", "ftdi_sio", "usbserial")
        self._machine.qmp("chardev-add", id=line, backend=backend)
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(str(self._path))
        if swallow:
            threading.Thread(target=_swallow, args=(self.socket,), daemon=True).start()
        self._machine.qmp("device_add", driver="usb-serial", chardev=line, id=f"usb-{self._name}", serial=self._name)

    def device(self) -> str:
        return self._machine.command.run("sh", "-c", THERE.format(name=self._name), wait_s=40).out.strip()

    def unplug(self) -> None:
        if self.socket is None:
            return
        if not self._machine.running:  # what was plugged in goes with the power
            self.close()
            return
        self._machine.qmp("device_del", id=f"usb-{self._name}")
        deadline = time.monotonic() + 20.0
        while any(one["name"] == f"usb-{self._name}" for one in self._machine.qmp("qom-list", path=PERIPHERALS)):
            assert time.monotonic() < deadline, f"the cable {self._name} does not come off"
            time.sleep(0.1)
        self.close()

    def send(self, data: bytes) -> None:
        assert self.socket is not None, f"the cable {self._name} is not plugged in"
        self.socket.sendall(data)

    def close(self) -> None:
        if self.socket is not None:
            with suppress(OSError):
                self.socket.shutdown(socket.SHUT_RDWR)
            self.socket.close()
            self.socket = None


def _swallow(end: socket.socket) -> None:
    with suppress(OSError):
        while end.recv(4096):
            pass


class HostSerial:
    """A serial adapter of this machine, wired to one of the probe's. `SerialProtocol`.

    `there` is the device on the probe; `cable(False)` pulls the probe's end, such as a hub whose ports can be switched.
    Where nothing can pull it, it stays plugged in, `pulls` says so, and tests that pull it are skipped.
    """

    def __init__(self, port: str, there: str, *, baud: int = 9600, cable: Callable[[bool], None] | None = None) -> None:
        import serial

        self._there, self._cable, self.pulls = there, cable, cable is not None
        try:
            self._port = serial.Serial(port, baud, write_timeout=5.0)
        except serial.SerialException as problem:
            raise Absent(f"{port}: cannot be opened ({problem})") from problem

    def plug(self) -> None:
        if self._cable is not None:
            self._cable(True)

    def unplug(self) -> None:
        if self._cable is not None:
            self._cable(False)

    def device(self) -> str:
        return self._there

    def send(self, data: bytes) -> None:
        self._port.write(data)

    def close(self) -> None:
        self._port.close()


def switched(on: str | None, off: str | None) -> Callable[[bool], None] | None:
    """A switch that commands of this machine turn: a relay, a smart plug, uhubctl; None where there is none."""
    if on is None or off is None:
        return None

    def turn(up: bool) -> None:
        subprocess.run(shlex.split(on if up else off), check=True, capture_output=True, timeout=60)

    return turn
