"""Draws the live view into docs/listen.svg: the demo's first walk, heard by two adapters and a radio board."""

import re
import tempfile
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from hub.demo.run import DATA
from probe.listen.state import Watcher
from probe.listen.view import draw
from probe.walk.outcome import Outcome
from probe.walk.recorded import RecordedWalk, Recording
from tests.town.kit import record

TARGET = Path(__file__).parents[2] / "docs" / "listen.svg"
# No font from anywhere else: a document asks nobody for anything.
_FORMAT = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)


class _Enough(Exception):
    """There is something to see."""


def main() -> None:
    """Replay until something is near, lock on it, and draw."""
    with tempfile.TemporaryDirectory() as scratch, (Path(scratch) / "screen").open("w") as screen:
        frames = tuple(record(DATA / "walk-1", Path(scratch)))
        walk = RecordedWalk(Recording(frames=frames, track=DATA / "walk-1" / "track.nmea", composed=True), Outcome())
        watcher = Watcher(walk)
        console = Console(width=118, record=True, file=screen, force_terminal=True)
        since_s: list[float] = []

        def look(at_s: float) -> None:
            lines = watcher.cameras(at_s)
            watcher.sources(at_s)
            if watcher.locked is None and len(lines) >= 3 and (lines[0].signal_dbm or -99) > -60:
                watcher.lock(lines)
                since_s.append(at_s)
            if since_s and at_s - since_s[0] > 6.0:
                raise _Enough
            if watcher.locked is not None:
                for line in lines:
                    if line.key == watcher.locked:
                        watcher.trend(line, at_s)

        made = 0
        try:
            for _ in walk.sightings(wait_until=look):
                made += 1
        except _Enough:
            pass
        console.print(draw(watcher, walk.now_s, language="en", recorded=True, sightings=made))
        console.save_svg(str(TARGET), title="contrechamp-probe listen", code_format=_FORMAT, unique_id="listen")


if __name__ == "__main__":
    main()
