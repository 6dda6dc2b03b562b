"""Recorded readings of a compass and an accelerometer: a CSV, or one JSON object a line. Bytes from outside.

mx,my,mz,ax,ay,az
{"mx": 21.5, "my": -3.0, "mz": 44.1, "ax": 0.1, "ay": -9.7, "az": 0.6}
"""

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from math import isfinite
from pathlib import Path

from probe.aim.compass import MOST_READINGS, Reading
from probe.errors import BadInput

NAMES = ("mx", "my", "mz", "ax", "ay", "az")
MAX_BYTES = 64 << 20
_MOST_SAID = 1e6  # in any unit in use, no field and no acceleration on the ground is larger


class RecordedSensor:
    """The readings of a file. `bad` counts the lines that are none."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad = 0

    def readings(self) -> Iterator[Reading]:
        """Those that can be read. Raises BadInput where the file cannot, or holds none."""
        try:
            if self._path.stat().st_size > MAX_BYTES:
                raise BadInput(f"{self._path}: larger than {MAX_BYTES >> 20} MB; a minute of readings is enough")
            text = self._path.read_bytes().decode("utf-8-sig", "replace")
        except OSError as problem:
            raise BadInput(f"{self._path}: cannot be read ({problem.strerror}); is it the right file?") from problem
        found, self.bad = readings_in(text)
        if not found:
            raise BadInput(
                f"{self._path}: no readings in it; each line must be {','.join(NAMES)}, or JSON with these names"
            )
        yield from found


def readings_in(text: str) -> tuple[list[Reading], int]:
    """The readings in a text, and how many of its lines are none. Never raises."""
    lines = [line for line in text.replace("\0", " ").splitlines() if line.strip()]
    found: list[Reading] = []
    bad = 0
    columns: Sequence[str] = NAMES
    for number, line in enumerate(islice(lines, MOST_READINGS)):
        if line.lstrip().startswith("{"):
            reading = _of_object(line)
        else:
            cells = _cells(line)
            names = [cell.lower() for cell in cells]
            if number == 0 and set(NAMES) <= set(names):
                columns = names
                continue
            reading = _reading(dict(zip(columns, cells, strict=False)))
        if reading is None:
            bad += 1
        else:
            found.append(reading)
    return found, bad


def _cells(line: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=";" if ";" in line else ","), [])]
    except csv.Error:
        return []


def _of_object(line: str) -> Reading | None:
    try:
        told = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return _reading(told) if isinstance(told, dict) else None


def _reading(told: Mapping[str, object]) -> Reading | None:
    values = [_number(told.get(name)) for name in NAMES]
    known = [value for value in values if value is not None]
    if len(known) < len(NAMES):
        return None
    return Reading((known[0], known[1], known[2]), (known[3], known[4], known[5]))


def _number(told: object) -> float | None:
    if isinstance(told, bool) or not isinstance(told, int | float | str):
        return None
    try:
        value = float(told)
    except (ValueError, OverflowError):
        return None
    return value if isfinite(value) and abs(value) <= _MOST_SAID else None
