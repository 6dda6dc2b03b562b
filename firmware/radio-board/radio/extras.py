"""What else is on the board: a receiver, a compass, a button, and what a walker hears and feels. Hardware is handed in.

receiver: `read()` -> octets that came, b"" for none. compass: `read()` -> ((mx, my, mz) in microtesla, (ax, ay, az) in
m/s2), or None. button: `events()` -> iterable of (pressed or let go, at ms), without bouncing. player: `play(hz)`, 0
for silence. Each may be None. held: pins that go on as they are for as long as this lives.
"""

LONG_MS = 1000  # a press this long is a long one, and is told while it lasts
SENSE_MS = 100  # between two readings
SENSE_FOR_MS = 60000  # then it wants to be asked again: a probe that went away leaves nothing running
MOST_STEPS = 16
LONGEST_STEP_MS = 2000
LOWEST_HZ, HIGHEST_HZ = 50, 8000
LONGEST_SENTENCE = 120


class Extras:
    """`step()` is one turn; it never waits, and calls `say` with each message there is (False where there is no room).

    `parts` are the names of what is there.
    """

    def __init__(self, clock, receiver=None, compass=None, button=None, player=None, held=()):
        self._clock = clock
        self._held = held
        self._receiver, self._compass, self._button, self._player = receiver, compass, button, player
        named = (("receiver", receiver), ("compass", compass), ("button", button), ("player", player))
        self.parts = [name for name, part in named if part is not None]
        self._rest = b""
        self._down = None  # since when it is pressed, None while it is not, or once it was told
        self._presses = 0
        self._waits = None  # the press that could not be told yet
        self._until = None
        self._sensed = 0
        self._steps = []
        self._step_ends = 0

    def step(self, say):
        """Listen to the receiver, look at button and compass, go on with what is played."""
        now = self._clock()
        if self._receiver is not None:
            self._relay(say)
        if self._button is not None:
            self._look(now, say)
        if self._until is not None:
            self._sense(now, say)
        if self._steps:
            self._play(now)

    def do(self, wish):
        """Obey a wish of the probe's; whether it is one for here."""
        do = wish.get("do")
        if do == "sense" and isinstance(wish.get("on"), bool):
            self._until = self._clock() + SENSE_FOR_MS if wish["on"] and self._compass is not None else None
            return True
        if do == "signal" and self._player is not None:
            steps = _sound(wish.get("steps"))
            if steps is None:
                return False
            self._steps = steps
            self._begin(self._clock())
            return True
        return False

    def _relay(self, say):
        came = self._receiver.read()
        if not came:
            return
        lines = (self._rest + came).split(b"\n")
        self._rest = lines.pop()[-LONGEST_SENTENCE:]
        for piece in lines:
            line = piece.strip()
            start = line.rfind(b"$")
            if start < 0 or len(line) - start > LONGEST_SENTENCE:
                continue
            try:
                say({"type": "nmea", "line": line[start:].decode()})
            except UnicodeError:
                continue  # half a sentence, or a protocol of another kind

    def _look(self, now, say):
        for pressed, at in self._button.events():
            if pressed:
                self._down = at
            elif self._down is not None:
                self._pressed(max(0, at - self._down))
        if self._down is not None and now - self._down >= LONG_MS:
            self._pressed(LONG_MS)
        if self._waits is not None and say({"type": "button", "press": self._presses & 0xFFFF, "ms": self._waits}):
            self._waits = None

    def _pressed(self, ms):
        self._down = None
        self._presses += 1
        self._waits = ms

    def _sense(self, now, say):
        if now >= self._until:
            self._until = None
            return
        if 0 <= now - self._sensed < SENSE_MS:
            return
        self._sensed = now
        reading = self._compass.read()
        if reading is not None:
            field, up = reading
            say(
                {
                    "type": "sense",
                    "at_ms": now & 0xFFFFFFFF,
                    "m": [round(value, 2) for value in field],
                    "a": [round(value, 3) for value in up],
                }
            )

    def _play(self, now):
        if now >= self._step_ends:
            self._steps.pop(0)
            self._begin(now)

    def _begin(self, now):
        if not self._steps:
            self._player.play(0)
            return
        hz, ms = self._steps[0]
        self._step_ends = now + ms
        self._player.play(hz)


def _sound(steps):
    """The steps of a signal as (Hz, ms), or None where they are none."""
    if not isinstance(steps, list) or len(steps) > MOST_STEPS:
        return None
    sound = []
    for step in steps:
        if not isinstance(step, list) or len(step) != 2:
            return None
        hz, ms = step
        if type(hz) is not int or type(ms) is not int or not 0 < ms <= LONGEST_STEP_MS:
            return None
        if hz != 0 and not LOWEST_HZ <= hz <= HIGHEST_HZ:
            return None
        sound.append((hz, ms))
    return sound
