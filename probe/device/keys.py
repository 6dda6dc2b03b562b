"""A button on the probe itself: any key of an input device, such as /dev/input/event0.

A Raspberry Pi makes one of a line of its header by itself, and takes the bouncing out: see hardware/README.md.
https://www.kernel.org/doc/html/latest/input/input.html#event-interface
"""

import select
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from struct import Struct
from typing import BinaryIO, NamedTuple

from probe.device.gestures import LONG_MS

_EVENT = Struct("@llHHi")  # seconds, microseconds, type, code, value, as this machine's kernel has them
_KEY, _RELEASED, _PRESSED = 1, 0, 1
_LOOK_S, _RETRY_S = 0.5, 2.0
_LONGEST_S = 60.0  # longer, and somebody has set the clock by which the kernel stamps


class _Down(NamedTuple):
    """A key that is down: since when by our clock, and by the kernel's stamp."""

    read_s: float
    stamped_s: float

    def held_ms(self, read_s: float, stamped_s: float | None) -> int:
        """By the kernel's stamps, where they can be: a busy machine reads a press and its end in one go."""
        by_read, by_stamp = read_s - self.read_s, -1.0 if stamped_s is None else stamped_s - self.stamped_s
        return max(0, round(1000 * (by_stamp if 0 <= by_stamp < _LONGEST_S else by_read)))


def presses(
    stream: BinaryIO, stopped: Callable[[], bool], clock: Callable[[], float] = time.monotonic
) -> Iterator[int]:
    """For how many milliseconds the keys were held, until the device is gone or it is stopped.

    A press is told when it is let go, or as soon as it is a long one. A key that is down
    when the device is torn out counts as let go.
    """
    rest, down = b"", dict[int, _Down]()  # by the key's code
    while not stopped():
        now_s = clock()
        for code in [code for code, one in down.items() if now_s - one.read_s >= LONG_MS / 1000]:
            del down[code]
            yield LONG_MS
        left_s = [one.read_s + LONG_MS / 1000 - now_s for one in down.values()]
        if not select.select([stream], [], [], max(0.0, min([_LOOK_S, *left_s])))[0]:
            continue
        data = stream.read(_EVENT.size * 64)
        if not data:
            break
        rest += data
        whole = len(rest) - len(rest) % _EVENT.size
        for seconds, micros, kind, code, value in _EVENT.iter_unpack(rest[:whole]):
            stamped_s = seconds + micros / 1e6
            if kind == _KEY and value == _PRESSED:
                down.setdefault(code, _Down(clock(), stamped_s))
            elif kind == _KEY and value == _RELEASED and code in down:
                yield down.pop(code).held_ms(clock(), stamped_s)
        rest = rest[whole:]
    for one in down.values():
        yield one.held_ms(clock(), None)


class Keys:
    """Calls `held` with the milliseconds of each press of a device's keys; waits for a device that is gone.

    `trouble` is a sentence while it cannot be read; `tell` hears it once, and again when it has changed. `moved` is
    called as it looks, several times a second; where it is `stopped`, it ends as it does by `stop`.
    """

    def __init__(
        self,
        device: Path,
        held: Callable[[int], None],
        tell: Callable[[str], None],
        *,
        moved: Callable[[], None] = lambda: None,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self.device, self._held, self._tell = device, held, tell
        self._moved, self._is_stopped = moved, stopped
        self.trouble: str | None = None
        self._stop = threading.Event()

    def start(self) -> None:
        """As `run`, in a thread of its own."""
        threading.Thread(target=self.run, name="button", daemon=True).start()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        """Go on until it is stopped. What `held` raises ends it; it can be called again."""
        while not self._ends():
            try:
                with self.device.open("rb", buffering=0) as stream:
                    self.trouble = None
                    for ms in presses(stream, self._ends):
                        self._held(ms)
                why = "is gone"
            except OSError as problem:
                why = f"cannot be read ({problem.strerror})"
            if self._ends():
                return
            sentence = f"{self.device}: the button {why}; it is tried again. Is your user of the group input?"
            if sentence != self.trouble:
                self.trouble = sentence
                self._tell(sentence)
            self._stop.wait(_RETRY_S)

    def _ends(self) -> bool:
        self._moved()
        return self._stop.is_set() or self._is_stopped()
