"""A button that takes a photo: any key of an input device, such as /dev/input/event0.

A Raspberry Pi makes one of a line of its header by itself, and takes the bouncing out: see hardware/README.md.
https://www.kernel.org/doc/html/latest/input/input.html#event-interface
"""

import select
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO

_EVENT = Struct("@llHHi")  # seconds, microseconds, type, code, value, as this machine's kernel has them
_KEY, _PRESSED = 1, 1
_LOOK_S, _RETRY_S = 0.5, 2.0


def presses(stream: BinaryIO, stopped: Callable[[], bool]) -> Iterator[int]:
    """The codes of the keys as they are pressed, until the device is gone or it is stopped."""
    rest = b""
    while not stopped():
        if not select.select([stream], [], [], _LOOK_S)[0]:
            continue
        data = stream.read(_EVENT.size * 64)
        if not data:
            return
        rest += data
        whole = len(rest) - len(rest) % _EVENT.size
        for _, _, kind, code, value in _EVENT.iter_unpack(rest[:whole]):
            if kind == _KEY and value == _PRESSED:
                yield code
        rest = rest[whole:]


class Button:
    """Calls `pressed` when a key of a device goes down, from a thread of its own; waits for a device that is gone.

    `tell` hears once why a device cannot be read, and again when that has changed.
    """

    def __init__(self, device: Path, pressed: Callable[[], None], tell: Callable[[str], None]) -> None:
        self.device, self._pressed, self._tell = device, pressed, tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="button", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def _run(self) -> None:
        said: str | None = None
        while not self._stop.is_set():
            try:
                with self.device.open("rb", buffering=0) as stream:
                    said = None
                    for _ in presses(stream, self._stop.is_set):
                        self._pressed()
                why = "is gone"
            except OSError as problem:
                why = f"cannot be read ({problem.strerror})"
            if why != said and not self._stop.is_set():
                said = why
                self._tell(f"{self.device}: the button {why}; it is tried again. Is your user of the group input?")
            self._stop.wait(_RETRY_S)
