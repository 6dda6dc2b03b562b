"""What has to do with each other: items near by, and those that people put together. Pure."""

from collections.abc import Iterable, Sequence
from itertools import product
from math import cos, floor, radians, sin

from hub.merge.which.item import Item
from probe.contract.geodesy import EARTH_RADIUS_M

CELL_M = 75.0  # items of neighbouring cubes of this size are of one part: all within 75 m, none beyond 260 m
MOST_ITEMS = 600  # of one part; a larger one, which a flood makes, is cut
AROUND = tuple(step for step in product((-1, 0, 1), repeat=3) if step > (0, 0, 0))

Cube = tuple[int, int, int]


def parts_of(items: Sequence[Item]) -> list[list[int]]:
    """The items of each part by their places in the list, in their order."""
    cubes: dict[Cube, list[int]] = {}
    for number, item in enumerate(items):
        cubes.setdefault(_cube(item), []).append(number)
    root = list(range(len(items)))

    def top(number: int) -> int:
        while root[number] != number:
            root[number] = root[root[number]]
            number = root[number]
        return number

    def join(one: int, other: int) -> None:
        low, high = sorted((top(one), top(other)))
        root[high] = low

    for cube, members in cubes.items():
        for member in members[1:]:
            join(members[0], member)
        for step in AROUND:
            there = cubes.get((cube[0] + step[0], cube[1] + step[1], cube[2] + step[2]))
            if there:
                join(members[0], there[0])
    first_of: dict[int, int] = {}
    for number, item in enumerate(items):
        if item.group is not None:
            join(first_of.setdefault(item.group, number), number)
    found: dict[int, list[int]] = {}
    for number in range(len(items)):
        found.setdefault(top(number), []).append(number)
    return [small for part in found.values() for small in _cut(items, part)]


def _cut(items: Sequence[Item], part: list[int]) -> list[list[int]]:
    """Halves of a part that is too large, along its longer side; what is of one group stays together."""
    if len(part) <= MOST_ITEMS:
        return [part]
    first_of: dict[int, int] = {}
    lead = [number if (group := items[number].group) is None else first_of.setdefault(group, number) for number in part]
    axis = max(range(3), key=lambda one: _spread(_point(items[number])[one] for number in part))
    order = sorted(zip(lead, part, strict=True), key=lambda both: (_point(items[both[0]])[axis], both))
    middle = len(order) // 2
    while middle < len(order) and order[middle][0] == order[middle - 1][0]:
        middle += 1
    if middle == len(order):
        return [part]
    return [
        small
        for half in (order[:middle], order[middle:])
        for small in _cut(items, sorted(number for _, number in half))
    ]


def _spread(values: Iterable[float]) -> float:
    numbers = list(values)
    return max(numbers) - min(numbers)


def _point(item: Item) -> tuple[float, float, float]:
    lat, lon = radians(item.lat), radians(item.lon)
    return (
        EARTH_RADIUS_M * cos(lat) * cos(lon),
        EARTH_RADIUS_M * cos(lat) * sin(lon),
        EARTH_RADIUS_M * sin(lat),
    )


def _cube(item: Item) -> Cube:
    x, y, z = _point(item)
    return floor(x / CELL_M), floor(y / CELL_M), floor(z / CELL_M)
