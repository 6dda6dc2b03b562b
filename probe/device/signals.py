"""What a probe says by touch, sound and light: a rhythm of short and long for each of its few signs.

The rhythms differ without any pitch, so that a vibration motor or a light says the same as a buzzer. The card in the
kit has them (docs/walk.md). `Signals` plays one after the other, in a thread of its own.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from struct import pack
from typing import Protocol

from probe.errors import BadInput

Steps = tuple[tuple[int, int], ...]  # Hz, 0 for silence, and ms

SHORT_MS, LONG_MS, GAP_MS = 80, 400, 120
BETWEEN_MS = 400  # two signs
LOW, MIDDLE, HIGH = 800, 1600, 2600
MOST_WAITING = 4
WORDS = "auto, board, led:NAME, beeper:/dev/input/eventN, log, none"

# By the values of `probe.session.signs.Sign`: a rhythm, `.` short and `-` long, and a pitch for each of its tones.
RHYTHMS: dict[str, tuple[str, tuple[int, ...]]] = {
    "listening": (".", (MIDDLE,)),
    "heard": ("..", (HIGH, HIGH)),
    "photo-kept": ("-", (MIDDLE,)),
    "photo-refused": ("...", (LOW, LOW, LOW)),
    "no-fix": ("-.", (LOW, LOW)),
    "low-power": ("....", (HIGH, LOW, HIGH, LOW)),
    "paused": ("--", (MIDDLE, LOW)),
    "resumed": (".-", (LOW, MIDDLE)),
    "delivered": ("..-", (LOW, MIDDLE, HIGH)),
    "trouble": ("---", (LOW, LOW, LOW)),
}


def steps_of(sign: str) -> Steps:
    """The tones and pauses of a sign."""
    rhythm, tones = RHYTHMS[sign]
    steps: list[tuple[int, int]] = []
    for mark, hz in zip(rhythm, tones, strict=True):
        if steps:
            steps.append((0, GAP_MS))
        steps.append((hz, SHORT_MS if mark == "." else LONG_MS))
    return tuple(steps)


def drawn(sign: str) -> str:
    """The rhythm as people write it: a dot for short, a dash for long."""
    return " ".join("•" if mark == "." else "—" for mark in RHYTHMS[sign][0])


class Output(Protocol):
    """Something that plays a rhythm. `play` waits for its end or returns at once; it never raises. `trouble` is why it
    plays nothing, in a sentence."""

    name: str
    trouble: str | None

    def play(self, steps: Steps) -> None: ...


class BoardOutput:
    """The buzzer, light and motor on the radio board: it keeps time by itself."""

    name = "board"

    def __init__(self, signal: Callable[[Steps], bool], sleep: Callable[[float], None] = time.sleep) -> None:
        self.trouble: str | None = None
        self._signal, self._sleep = signal, sleep

    def play(self, steps: Steps) -> None:
        if self._signal(steps):
            self.trouble = None
            self._sleep(sum(ms for _, ms in steps) / 1000)
        else:
            self.trouble = "no radio board with a buzzer is plugged in"


class LedOutput:
    """A light of the machine's own, such as ACT on a Raspberry Pi: /sys/class/leds."""

    def __init__(
        self, name: str, root: Path = Path("/sys/class/leds"), sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self.name = f"led:{name}"
        self.trouble: str | None = None
        self._folder, self._sleep = root / name, sleep

    def play(self, steps: Steps) -> None:
        try:
            (self._folder / "trigger").write_text("none")
            most = (self._folder / "max_brightness").read_text().strip()
            for hz, ms in steps:
                (self._folder / "brightness").write_text(most if hz else "0")
                self._sleep(ms / 1000)
            (self._folder / "brightness").write_text("0")
            self.trouble = None
        except OSError as problem:
            self.trouble = f"{self._folder}: the light cannot be switched ({problem.strerror})"


class BeeperOutput:
    """A buzzer that the kernel plays (`dtoverlay=pwm-beeper`): tones are events written to its input device."""

    _EVENT, _SOUND, _TONE, _SYNC = "@llHHi", 0x12, 2, 0

    def __init__(self, device: Path, sleep: Callable[[float], None] = time.sleep) -> None:
        self.name = f"beeper:{device}"
        self.trouble: str | None = None
        self._device, self._sleep = device, sleep

    def play(self, steps: Steps) -> None:
        try:
            with self._device.open("r+b", buffering=0) as stream:
                for hz, ms in (*steps, (0, 0)):
                    stream.write(pack(self._EVENT, 0, 0, self._SOUND, self._TONE, hz))
                    stream.write(pack(self._EVENT, 0, 0, self._SYNC, 0, 0))
                    self._sleep(ms / 1000)
            self.trouble = None
        except OSError as problem:
            self.trouble = f"{self._device}: the buzzer cannot be played ({problem.strerror})"


class LogOutput:
    """A fake, for those without a kit: says what would be felt."""

    name = "log"
    trouble: str | None = None

    def __init__(self, tell: Callable[[str], None]) -> None:
        self._tell = tell

    def play(self, steps: Steps) -> None:
        rhythm = " ".join("•" if ms < LONG_MS else "—" for hz, ms in steps if hz)
        self._tell(f"signal: {rhythm}")


def outputs_at(word: str, board: Callable[[Steps], bool], tell: Callable[[str], None]) -> tuple[Output, ...]:
    """The outputs that a word means. Raises BadInput for what is none."""
    kind, mark, rest = word.partition(":")
    if word in ("auto", "board"):
        return (BoardOutput(board),)
    if word == "log":
        return (LogOutput(tell),)
    if word == "none":
        return ()
    if kind == "led" and rest and "/" not in rest and rest not in (".", ".."):
        return (LedOutput(rest),)
    if kind == "beeper" and mark and rest.startswith("/dev/input/"):
        return (BeeperOutput(Path(rest)),)
    raise BadInput(f"--signals {word!r} is nothing that plays signals; give one of: {WORDS}")


class Signals:
    """Plays signs on all outputs, one after the other. Where too many wait, the oldest gives way.

    `show` is safe from any thread and returns at once.
    """

    def __init__(self, outputs: Sequence[Output], sleep: Callable[[float], None] = time.sleep) -> None:
        self._outputs, self._sleep = tuple(outputs), sleep
        self._waiting: deque[str] = deque(maxlen=MOST_WAITING)
        self._wake = threading.Event()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="signals", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self, wait_s: float = 3.0) -> None:
        """Play what waits, and end."""
        self._stopping = True
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(wait_s)

    def show(self, sign: str) -> None:
        """Play a sign, when those before it are over. The same one does not wait twice."""
        if str(sign) not in self._waiting:
            self._waiting.append(str(sign))
            self._wake.set()

    @property
    def trouble(self) -> str | None:
        """Why nothing is played; None where something is, or nothing was to be."""
        troubles = [output.trouble for output in self._outputs]
        return troubles[0] if troubles and all(trouble is not None for trouble in troubles) else None

    def _run(self) -> None:
        while True:
            while self._waiting:
                steps = steps_of(self._waiting.popleft())
                for output in self._outputs:
                    output.play(steps)
                self._sleep(BETWEEN_MS / 1000)
            if self._stopping:
                return
            self._wake.wait()
            self._wake.clear()
