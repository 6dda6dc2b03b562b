"""The areas of about a kilometre that a sighting speaks of: within one, walks of one contributor are known as such."""

from collections.abc import Iterable, Iterator, Sequence

from hub.merge.contributors import area_of, area_with
from probe.contract.geodesy import cell_numbers
from probe.contract.sighting import Place, Sighting

MOST_AREAS = 256  # of one sighting: a survey of a day by bicycle has some 80. What lies beyond bears no tag


def areas_of(sighting: Sighting) -> tuple[str, ...]:
    """The areas of all its places, each once; that of what it is about comes first."""
    areas = [] if sighting.survey is None else [area_of(listened.cell) for listened in sighting.survey.cells]
    areas += _around(list(_places(sighting)))
    return tuple(dict.fromkeys(areas))[:MOST_AREAS]


def _around(places: Sequence[Place]) -> Iterable[str]:
    """The areas of places. What lies between the corners of one area is of that area: most walks pass within one."""
    if not places:
        return ()
    lats, lons = [place.lat for place in places], [place.lon for place in places]
    south_west = area_with(*cell_numbers(min(lats), min(lons)))
    if south_west == area_with(*cell_numbers(max(lats), max(lons))):
        return (south_west,)
    return (area_with(*cell) for cell in dict.fromkeys(map(cell_numbers, lats, lons)))


def _places(sighting: Sighting) -> Iterator[Place]:
    if sighting.subject is not None and sighting.subject.place is not None:
        yield sighting.subject.place
    if sighting.observer is not None:
        yield sighting.observer
    if sighting.radio is not None:
        yield from (hearing.place for hearing in sighting.radio.hearings)
