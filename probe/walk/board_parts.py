"""The radio board's other parts, whichever board is plugged in just now: its button, its compass, what it plays."""

import threading
from collections.abc import Callable

from probe.aim.compass import Reading
from probe.aim.sensor import OnReading
from probe.radio.board import Axes, Board, Steps


class BoardParts:
    """Hears what a board tells besides frames, and speaks to it. A `HeadingSensor`, and what `BoardOutput` plays on.

    `pressed` of `on_press` is called in the thread that reads the board.
    """

    def __init__(self) -> None:
        self.on_press: Callable[[int], None] = lambda _ms: None
        self.trouble: str | None = "no radio board is plugged in"
        self._board: Board | None = None
        self._on_reading: OnReading | None = None
        self._lock = threading.Lock()

    def plugged_in(self, board: Board) -> Board:
        """From now on it is this one."""
        with self._lock:
            self._board, self.trouble = board, None
        return board

    def unplugged(self, board: Board) -> None:
        """This one is gone, where it was not replaced already."""
        with self._lock:
            if self._board is board:
                self._board, self.trouble = None, "the radio board is not plugged in"

    def has(self, part: str) -> bool:
        """Whether the board that is plugged in says that it has a part."""
        board = self._board
        return board is not None and board.has(part) is True

    def may_have(self, part: str) -> bool:
        """Whether a board may have a part: until one says that it has not. An old one, which says nothing, has none."""
        board = self._board
        return board is None or not board.about or board.has(part) is True

    def signal(self, steps: Steps) -> bool:
        """Have it played; whether there is a board that could."""
        board = self._board
        if board is None or board.has("player") is False:
            return False
        board.signal(steps)
        return True

    def start(self, on_reading: OnReading) -> None:
        """Readings of its compass, from now on."""
        with self._lock:
            self._on_reading, board = on_reading, self._board
        if board is None:
            return
        if board.has("compass") is False:
            self.trouble = "the radio board has no compass"
        board.sense(True)

    def stop(self) -> None:
        """No readings any more."""
        with self._lock:
            self._on_reading, board = None, self._board
        if board is not None:
            board.sense(False)

    def pressed(self, ms: int) -> None:
        self.on_press(ms)

    def sensed(self, field: Axes, up: Axes, at_s: float) -> None:
        heard = self._on_reading
        if heard is not None:
            heard(Reading(field, up), at_s)
