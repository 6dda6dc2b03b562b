"""The areas of about a kilometre that a sighting speaks of: within one, walks of one contributor are known as such."""

from collections.abc import Iterator

from hub.merge.contributors import area_of
from probe.contract.geodesy import cell
from probe.contract.sighting import Sighting

MOST_AREAS = 256  # of one sighting: a survey of a day by bicycle has some 80. What lies beyond bears no tag


def areas_of(sighting: Sighting) -> tuple[str, ...]:
    """The areas of all its places, each once; that of what it is about comes first."""
    return tuple(dict.fromkeys(area_of(name) for name in _cells(sighting)))[:MOST_AREAS]


def _cells(sighting: Sighting) -> Iterator[str]:
    if sighting.survey is not None:
        yield from (listened.cell for listened in sighting.survey.cells)
    if sighting.subject is not None and sighting.subject.place is not None:
        yield cell(sighting.subject.place.lat, sighting.subject.place.lon)
    if sighting.observer is not None:
        yield cell(sighting.observer.lat, sighting.observer.lon)
    if sighting.radio is not None:
        yield from (cell(hearing.place.lat, hearing.place.lon) for hearing in sighting.radio.hearings)
