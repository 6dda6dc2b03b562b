"""What a reader makes of a file, in one list."""

from collections.abc import Callable, Iterator
from pathlib import Path

from probe.importer.rows import Row, RowCounts
from probe.importer.stream import CutShort, LogStream

Reader = Callable[[LogStream, RowCounts], Iterator[Row]]


def rows_of(reader: Reader, path: Path, counts: RowCounts | None = None) -> list[Row]:
    """All rows; where the file ends too early, those before, and the reason among the faults."""
    counts = RowCounts() if counts is None else counts
    found: list[Row] = []
    with LogStream(path) as stream:
        try:
            found.extend(reader(stream, counts))
        except CutShort as problem:
            counts.faults.append(str(problem))
    return found
