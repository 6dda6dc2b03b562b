"""Sightings that are written into the probe's outbox, and which of them it has acknowledged."""

from collections.abc import Callable
from pathlib import PurePosixPath

from probe.contract.envelope import encode
from tests.examples import radio
from tests.hil.bench import Bench
from tests.hil.protocols import Done, RunningCommand

EXAMPLE = "example.json"


class Writer:
    """What a writer says, line by line: the ids of acknowledged ones and their units' hashes; refusals and why."""

    def __init__(self, running: RunningCommand) -> None:
        self._running = running
        self.ids: list[str] = []
        self.hashes: list[str] = []
        self.refused: list[str] = []
        self.code: int | None = None  # once it has ended

    def read(self, count: int) -> None:
        """Read on until so many more are acknowledged."""
        enough = len(self.ids) + count
        self.read_until(lambda: len(self.ids) >= enough)

    def read_until_refused(self) -> str:
        """Read on until one more is refused; why."""
        known = len(self.refused)
        self.read_until(lambda: len(self.refused) > known)
        return self.refused[-1]

    def read_until(self, enough: Callable[[], bool]) -> None:
        while not enough():
            line = self._running.line().strip()
            assert line, f"the writer has ended: {self._running.wait().err[-1000:]}"
            self._take(line)

    def rest(self, wait_s: float = 120.0) -> "Writer":
        """Read on until it ends by itself, well or not."""
        return self._ended(self._running.wait(wait_s))

    def end(self) -> "Writer":
        """Ask it to end, and read what it still says."""
        ended = self._running.stop(30)
        assert "Traceback" not in ended.err, ended.err[-2000:]
        return self._ended(ended)

    def _ended(self, ended: Done) -> "Writer":
        self.code = ended.code
        for line in ended.out.split("\n")[:-1]:  # a line that was cut does not count
            self._take(line)
        return self

    def _take(self, line: str) -> None:
        if line.startswith("refused"):
            self.refused.append(line)
            return
        sighting, unit = line.split()
        self.ids.append(sighting)
        self.hashes.append(unit)


def writer(bench: Bench, *words: str, outbox: str | None = None, without: str | None = None) -> Writer:
    """Start to write sightings, into an outbox of the bench's probe; `words` are the writer's."""
    outbox = outbox or bench.outbox[1]
    example = str(PurePosixPath(outbox).with_name(EXAMPLE))
    bench.run("sh", "-ec", f"printf %s '{encode(radio()).decode()}' > {example}")
    options = (outbox, example, *words)
    running = bench.stimulus("writer", *options) if without is None else bench.defenceless(without, "writer", *options)
    return Writer(running)
