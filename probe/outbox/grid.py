"""The secret grid of a probe: cells of about 400 m, of which those are hidden in which a walk starts or ends.

A home always lies in the same cell, so twenty walks from it say what one says: which cell. A circle around each start
would be found by where the ways break off, and a grid that changed from walk to walk would leave less of the home with
each. The grid is a secret because whoever does not know it has to find the cell first.

Rows are of equal height; each has a whole number of equal cells all around the earth, so the date line is no seam.
"""

import hashlib
import hmac
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from itertools import product
from math import cos, floor, pi, radians
from pathlib import Path

from probe.contract.geodesy import EARTH_RADIUS_M, degrees_off
from probe.files.durable import write_durably
from probe.files.private import make_folder

CELL_M = 400.0
# What is hidden is the cell and a rim around it: a receiver errs, and a home beside an edge must not depend on that.
RIM_M = 50.0
_METRES_A_DEGREE = radians(1.0) * EARTH_RADIUS_M
_SECRET_BYTES, _SUM_DIGITS = 32, 16
_DOMAIN = b"contrechamp hidden grid 1 "
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where the cells lie: the whole is moved `north_m` metres (0 to 400) and `east_deg` degrees (0 to 360)."""

    north_m: float
    east_deg: float

    @classmethod
    def of(cls, secret: bytes) -> "Grid":
        """The grid that a secret makes, always the same."""
        return cls(CELL_M * _share(secret, b"north"), 360.0 * _share(secret, b"east"))

    def cell(self, lat: float, lon: float) -> Cell:
        """The row and column of the cell that a point lies in."""
        row = floor((lat * _METRES_A_DEGREE + self.north_m) / CELL_M)
        across = ((lon + self.east_deg) % 360.0) / 360.0
        columns = _columns(self, row)
        return row, min(columns - 1, int(across * columns))

    def cells(self, lat: float, lon: float, reach_m: float = RIM_M) -> frozenset[Cell]:
        """The cells that have a point within so many metres north, south, east or west: one to four, for reaches below
        the size of a cell."""
        steps = 1 + int(2 * reach_m / CELL_M)
        offsets = [reach_m * (2 * step / steps - 1) for step in range(steps + 1)] if reach_m else [0.0]
        found = set()
        for east_m, north_m in product(offsets, offsets):
            north_deg, east_deg = degrees_off(lat, east_m, north_m)
            found.add(self.cell(max(-90.0, min(90.0, lat + north_deg)), lon + east_deg))
        return frozenset(found)


def grid_beside(outbox: Path, tell: Callable[[str], None] = lambda _sentence: None) -> Grid:
    """The grid whose secret is kept beside an outbox; one is made where there is none. Never raises.

    The secret is kept twice, with sums: one copy mends the other. Where both are damaged there is a new one, and that
    is told: whoever compares walks of before and after then sees two cells, and the home in what they have in common.
    """
    path = path_beside(outbox)
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        data = None
    except OSError as problem:
        tell(f"{path}: cannot be read ({problem.strerror or problem}), so this walk hides cells of a grid of its own")
        return Grid.of(secrets.token_bytes(_SECRET_BYTES))
    secret = None if data is None else decode(data)
    if secret is None:
        secret = secrets.token_bytes(_SECRET_BYTES)
        if data is not None:
            tell(
                f"{path}: damaged, so from now on other cells are hidden: whoever compares walks of before and after "
                "may narrow down where you live to what two cells have in common; its card may be failing"
            )
    if data != encode(secret):
        try:
            make_folder(path.parent)
            write_durably(path, encode(secret), private=True)
        except OSError as problem:
            tell(f"{path}: cannot be written ({problem.strerror or problem}), so the next walk hides other cells")
    with suppress(OSError):
        os.utime(path, (0, 0))  # a date would say when the first walk was
    return Grid.of(secret)


def path_beside(outbox: Path) -> Path:
    """Where the secret of an outbox's grid is kept."""
    return outbox.with_name(outbox.stem + ".grid")


def encode(secret: bytes) -> bytes:
    """The secret as it is kept: two lines alike, each with its sum."""
    line = secret.hex().encode() + b" " + _sum(secret) + b"\n"
    return line * 2


def decode(data: bytes) -> bytes | None:
    """The secret in such a file, from the first line that is whole; None where none is. Never raises.

    Lines are looked for at their places as well: a bit of what stands between them would spoil both.
    """
    length = 2 * _SECRET_BYTES + 1 + _SUM_DIGITS
    for line in (*data[:1000].splitlines(), data[:length], data[length + 1 : 2 * length + 1]):
        text, _, told = line.partition(b" ")
        with suppress(ValueError):
            secret = bytes.fromhex(text.decode("ascii"))
            if len(secret) == _SECRET_BYTES and hmac.compare_digest(_sum(secret), told):
                return secret
    return None


def _sum(secret: bytes) -> bytes:
    return hashlib.sha256(_DOMAIN + b"sum" + secret).hexdigest()[:_SUM_DIGITS].encode()


def _share(secret: bytes, what: bytes) -> float:
    """A number from 0 up to 1, not 1 itself, that says nothing of the secret's other numbers."""
    drawn = hmac.digest(secret, _DOMAIN + what, "sha256")
    return int.from_bytes(drawn[:6], "big") / (1 << 48)


def _columns(grid: Grid, row: int) -> int:
    """How many cells a row has all around the earth."""
    middle_deg = ((row + 0.5) * CELL_M - grid.north_m) / _METRES_A_DEGREE
    around_m = 2 * pi * EARTH_RADIUS_M * max(0.0, cos(radians(middle_deg)))
    return max(1, round(around_m / CELL_M))
