"""Records out of lines of comma-separated values in which names may hold anything.

A network's name is whatever its owner typed, and not every program that writes it down quotes it, or quotes it right:
a stray quote must not swallow the rows behind it, a comma must not move the columns. So each line is read by itself,
in several ways, and the first is taken by which all its columns make sense. A name that holds the end of a line is put
together again where it was cut; no more than a name may have is ever put together, and no line that is a row by itself.
"""

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TextIO, TypeVar

MAX_LINE = 64 * 1024
_MOST_LINES, _LONGEST_NAME = 8, 64  # a name has 32 octets; some programs write several characters for one
_UNESCAPED = re.compile(r"(?<!\\),")
_ESCAPED = re.compile(r"\\([,\"\\])")

_T = TypeVar("_T")
Make = Callable[[list[str]], _T]


class Lines:
    """The lines of a file with their numbers, without their ends, limited in length; they can be put back."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._back: deque[tuple[int, str | None]] = deque()
        self._number = 0

    def next(self) -> tuple[int, str | None] | None:
        """Number and text of the next line; None for the text of one that is too long; None at the end."""
        if self._back:
            return self._back.popleft()
        line = self._file.readline(MAX_LINE)
        if not line:
            return None
        self._number += 1
        if len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
            while len(line) >= MAX_LINE and not line.endswith(("\n", "\r")):
                line = self._file.readline(MAX_LINE)
            return self._number, None
        return self._number, line.replace("\0", "").rstrip("\r\n")

    def put_back(self, lines: Sequence[tuple[int, str | None]]) -> None:
        self._back.extendleft(reversed(lines))


def read_record(text: str, width: int, free: Sequence[int], make: Make[_T]) -> _T:
    """What `make` makes of a line of `width` columns, of which those in `free` may hold any text.

    Raises ValueError, in a few words, where no way of reading it makes sense.
    """
    why: ValueError | None = None
    for fields in _ways(text, width, free):
        if "\n" in text and any("\n" in field for at, field in enumerate(fields) if at not in free):
            continue
        try:
            return make(fields)
        except ValueError as problem:
            why = why or problem
    if why is None:
        why = ValueError("a column is missing" if text.count(",") < width - 1 else "it has more columns than the first")
    raise why


def read_over_lines(
    number: int, text: str, lines: Lines, width: int, free: Sequence[int], make: Make[_T], stands: Callable[[str], bool]
) -> _T:
    """As `read_record`, for a line that makes no sense: whether it does with the lines behind it, as a name was cut.

    `stands` says whether a line makes sense by itself. Raises ValueError; the lines behind are still there then.
    """
    taken: list[tuple[int, str | None]] = []
    joined = text
    while len(taken) < _MOST_LINES and (following := lines.next()) is not None:
        taken.append(following)
        if following[1] is None or stands(following[1]):
            break
        joined += "\n" + following[1]
        if len(joined) > MAX_LINE:
            break
        try:
            return read_record(joined, width, free, make)
        except ValueError:
            continue
    lines.put_back(taken)
    raise ValueError(f"line {number} cannot be put together")


def _ways(text: str, width: int, free: Sequence[int]) -> Iterator[list[str]]:
    """The ways in which a line may be meant, the most usual first."""
    strict = _strict(text)
    if strict is not None and _fits(strict, width):
        yield strict
    plain = text.split(",")
    if _fits(plain, width):
        yield plain
    escaped = [_ESCAPED.sub(r"\1", part) for part in _UNESCAPED.split(text)]
    if escaped != plain and _fits(escaped, width):
        yield escaped
    for fields in (plain,) if strict is None else (strict, plain):
        surplus = len(fields) - width
        if 0 < surplus <= _LONGEST_NAME:
            for at in free:
                name = ",".join(fields[at : at + surplus + 1])
                if len(name) <= _LONGEST_NAME:
                    yield [*fields[:at], name, *fields[at + surplus + 1 :]]


def _fits(fields: list[str], width: int) -> bool:
    """Whether there are as many columns as there should be, or empty ones behind them. A line with fewer was cut."""
    return len(fields) == width or (len(fields) > width and not any(fields[width:]))


def _strict(text: str) -> list[str] | None:
    """By the rules of CSV, or None where it breaks them."""
    try:
        records = list(csv.reader(text.splitlines(keepends=True), strict=True))
    except csv.Error:
        return None
    if len(records) != 1 or any("\n" in field and len(field) > _LONGEST_NAME for field in records[0]):
        return None
    return records[0]
