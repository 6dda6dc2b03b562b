"""Sightings written into the probe's outbox as fast as it takes them, and which of them it has acknowledged."""

from pathlib import Path

from probe.contract.envelope import encode
from tests.examples import radio
from tests.hil.bench import Bench
from tests.hil.protocols import Running


def writer(bench: Bench, seconds: float, *words: str, without: str | None = None) -> Running:
    """Start to write sightings; each line is the id of one that was acknowledged, or `refused` and why."""
    example = Path(f"{bench.data}/example.json")
    bench.run("sh", "-ec", f"printf %s '{encode(radio()).decode()}' > {example}")
    options = (bench.outbox[1], str(example), str(seconds), *words)
    return bench.stimulus("writer", *options) if without is None else bench.defenceless(without, "writer", *options)


def some(running: Running, count: int) -> list[str]:
    """The next so many acknowledged ids."""
    return [running.line().strip() for _ in range(count)]


def rest(running: Running, wait_s: float = 120.0) -> list[str]:
    """Those that it still acknowledges until it ends; a line that was cut does not count."""
    return whole(running.wait(wait_s).out)


def whole(said: str) -> list[str]:
    """The acknowledged ids in what a writer said."""
    return [line for line in said.split("\n")[:-1] if not line.startswith("refused")]


def until_refused(running: Running, ids: list[str]) -> str:
    """Read on until a write is refused; what it says. Notes what was acknowledged until then."""
    for _ in range(100_000):
        line = running.line().strip()
        if line.startswith("refused"):
            return line
        assert line, "the writer has ended"
        ids.append(line)
    raise AssertionError("never refused")


def until_taken(running: Running) -> list[str]:
    """Read on until a write is acknowledged."""
    while True:
        line = running.line().strip()
        assert line, "the writer has ended"
        if not line.startswith("refused"):
            return [line]
