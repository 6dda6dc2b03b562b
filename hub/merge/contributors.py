"""How many contributors something rests on, at least. Pure.

A contributor is a probe. Which one sent a sighting is known for 30 days; what stays is a tag for each area and quarter
of a year (see `hub/keys/contributors.py`). Two tags of one area and one quarter are two contributors; whether a tag of
another area or another quarter is one of theirs, nobody knows. So what is counted is what is certain: as many as there
are distinct ones in the area and quarter that has most. One contributor never counts twice, however many walks.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from probe.contract.geodesy import CELL_ZOOM

AREA_ZOOM = 15  # web-Mercator tiles of 16 cells, 0.8 km wide at 49 degrees


class Contributed(Protocol):
    """What somebody contributed: by the probe's id, while that is known, and by tags, `term/area/tag`."""

    @property
    def contributor(self) -> str | None: ...

    @property
    def contributor_tags(self) -> tuple[str, ...]: ...


def at_least(contributed: Iterable[Contributed]) -> int:
    """How many contributors these are of, at least; 0 where nothing is known of any."""
    senders: set[str] = set()
    tags: dict[str, set[str]] = {}
    for one in contributed:
        if one.contributor is not None:
            senders.add(one.contributor)
        for tag in one.contributor_tags:
            tags.setdefault(comparable(tag), set()).add(tag)
    return max(len(senders), *(len(some) for some in tags.values())) if tags else len(senders)


def area_of(cell_name: str) -> str:
    """The area that a cell lies in, within which tags can be compared: the tile above it."""
    _, x, y = cell_name.split("/")
    return area_with(int(x), int(y))


def area_with(column: int, row: int) -> str:
    """The area with the cell of this column and row."""
    return f"{AREA_ZOOM}/{column >> CELL_ZOOM - AREA_ZOOM}/{row >> CELL_ZOOM - AREA_ZOOM}"


def comparable(tag: str) -> str:
    """What two tags have to have in common that their difference says anything: term and area."""
    return tag.rpartition("/")[0]


def who(one: Contributed) -> str | None:
    """By what its contributor is known for longest: the first of its tags, else the probe's id; None where nobody
    knows."""
    return one.contributor_tags[0] if one.contributor_tags else one.contributor


def weights_of_walks(walks: Mapping[str, Contributed]) -> dict[str, float]:
    """How much each walk (by its id, with what is known of who made it) weighs beside the others, above 0 and up to 1.

    Where it is certain that several contributors were there, each counts once within a quarter, however many walks they
    made: else whoever walks most says where a camera is. Where it may all be one's, each walk weighs 1, and so does one
    of which nobody knows whose it is. Where there are tags, by these alone: which probe it was is forgotten, and a
    camera would be elsewhere after the next start, though nothing new had come.
    """
    if at_least(map(_lasting, walks.values())) < 2:
        return dict.fromkeys(walks, 1.0)
    counted = Counter(who(one) for one in walks.values())
    return {walk: 1.0 if (key := who(one)) is None else 1.0 / counted[key] for walk, one in walks.items()}


@dataclass(frozen=True, slots=True)
class _Lasting:
    """What stays known of who contributed something."""

    contributor: str | None
    contributor_tags: tuple[str, ...]


def _lasting(one: Contributed) -> _Lasting:
    return _Lasting(None if one.contributor_tags else one.contributor, one.contributor_tags)
