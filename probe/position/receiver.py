"""A GNSS receiver on a serial port: what it says goes to the position of the walk."""

from collections.abc import Iterator

from probe.errors import SourceLost
from probe.position.live import LivePosition
from probe.position.sentence import Splitter
from probe.radio.board import Port
from probe.radio.frame import Event
from probe.radio.source import CaptureCounts


class Receiver:
    """A GNSS receiver on a serial port, kept like a source of frames so that it comes back like one."""

    kind = "gnss"

    def __init__(self, name: str, port: Port, position: LivePosition) -> None:
        self.name = name
        self.counts = CaptureCounts()
        self.hold: int | None = None
        self._port = port
        self._position = position
        self._closed = False

    def close(self) -> None:
        self._closed = True

    def events(self) -> Iterator[Event]:
        """Nothing: what it says goes to the position. Raises SourceLost where the receiver is gone."""
        splitter = Splitter()
        try:
            while not self._closed:
                try:
                    data = self._port.read(4096)
                except OSError as problem:
                    raise SourceLost(f"{self.name}: the receiver was unplugged") from problem
                for _, piece in splitter.feed(data):
                    self.counts.frames += 1
                    self._position.hear(piece)
                yield from ()
        finally:
            self._port.close()
