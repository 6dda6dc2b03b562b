"""The places in a sighting, and a sighting without those that are hidden."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from math import ceil

import msgspec

from probe.contract.geodesy import cell_bounds, distance_m, wrap_longitude
from probe.contract.sighting import Hearing, Listened, Place, Radio, Sighting, Silence, Subject, SubjectHow, Survey
from probe.sweep.sweep import CELLS_PER_SURVEY

Point = tuple[float, float]
Hides = Callable[[float, float], bool]
_STEP_M = 40.0  # less than the rim of a hidden cell, so that no stretch steps over one


def points(sighting: Sighting) -> Iterator[Point]:
    """Every place that a sighting other than a survey names, as (lat, lon), and points along its silences."""
    for place in (sighting.observer, None if sighting.subject is None else sighting.subject.place):
        if place is not None:
            yield place.lat, place.lon
    if sighting.radio is not None:
        for hearing in sighting.radio.hearings:
            yield hearing.place.lat, hearing.place.lon
        for silence in sighting.radio.silences:
            yield from _along(silence)


def has_place(sighting: Sighting) -> bool:
    """Whether a sighting says anywhere where the walker was."""
    radio = sighting.radio
    return sighting.observer is not None or (radio is not None and bool(radio.hearings or radio.silences))


def without_hidden(sighting: Sighting, hides: Hides) -> Sighting | None:
    """A sighting other than a survey without what lies in hidden cells; None where the walker was seen nowhere else.

    Where the first hearing goes, its time goes too: it would say when the walker was there. The place of a thing that
    was seen goes as well, and the bearing stays, by which the hub finds it.
    """
    trimmed = sighting
    radio = sighting.radio
    if radio is not None:
        heard = tuple(hearing for hearing in radio.hearings if not hides(hearing.place.lat, hearing.place.lon))
        silent = tuple(one for one in radio.silences if not any(hides(*point) for point in _along(one)))
        if radio.hearings and not heard:
            return None
        if heard[:1] != radio.hearings[:1]:
            trimmed = msgspec.structs.replace(trimmed, time=None)
        if len(heard) < len(radio.hearings):
            trimmed = msgspec.structs.replace(trimmed, observer=_loudest(heard))
        kept = Radio(transmitter=radio.transmitter, hearings=heard, silences=silent)
        trimmed = msgspec.structs.replace(trimmed, radio=kept)
    if trimmed.observer is not None and hides(trimmed.observer.lat, trimmed.observer.lon):
        return None
    return msgspec.structs.replace(trimmed, subject=_shown(trimmed.subject, hides))


def surveys_outside(surveys: Iterable[Sighting], hides_box: Callable[[str], bool]) -> Iterator[Sighting]:
    """The surveys of a walk without the contract's cells that touch a hidden one, gathered anew: how they were divided
    would say how many cells are missing."""
    made = [survey for survey in surveys if survey.survey is not None]
    days: dict[date | None, list[Listened]] = {}
    for survey in made:
        part = survey.survey or Survey()
        days.setdefault(part.day, []).extend(one for one in part.cells if not hides_box(one.cell))
    floods = [one for survey in made for one in (survey.survey or Survey()).floods if not hides_box(one.cell)]
    parts = [
        Survey(day=day, cells=tuple(cells[start : start + CELLS_PER_SURVEY]))
        for day, cells in days.items()
        for start in range(0, len(cells), CELLS_PER_SURVEY)
    ]
    if floods:
        parts.append(Survey(floods=tuple(floods)))
    for survey, part in zip(made, parts, strict=False):  # there are never more than before
        yield msgspec.structs.replace(survey, survey=part)


def box_points(cell: str, step_m: float) -> Iterator[Point]:
    """Points of a cell of the contract, its edges among them, so far apart at most."""
    west, south, east, north = cell_bounds(cell)
    widest = min((south, north, 0.0 if south <= 0 <= north else south), key=abs)
    across = max(1, ceil(distance_m(widest, west, widest, east) / step_m))
    up = max(1, ceil(distance_m(south, west, north, west) / step_m))
    for row in range(up + 1):
        for column in range(across + 1):
            yield south + (north - south) * row / up, wrap_longitude(west + (east - west) * column / across)


def _along(silence: Silence) -> Iterator[Point]:
    """Points of a stretch from one end to the other."""
    start, end = silence.start, silence.end
    steps = min(200, max(1, ceil(distance_m(start.lat, start.lon, end.lat, end.lon) / _STEP_M)))
    turn = wrap_longitude(end.lon - start.lon)
    for step in range(steps + 1):
        yield start.lat + (end.lat - start.lat) * step / steps, wrap_longitude(start.lon + turn * step / steps)


def _loudest(heard: tuple[Hearing, ...]) -> Place | None:
    loudest = max(heard, key=lambda one: (one.signal_dbm is not None, one.signal_dbm or 0.0), default=None)
    return None if loudest is None else loudest.place


def _shown(subject: Subject | None, hides: Hides) -> Subject | None:
    if subject is None or subject.place is None or not hides(subject.place.lat, subject.place.lon):
        return subject
    if subject.bearing_deg is None and subject.magnetic_bearing_deg is None:
        return None
    return msgspec.structs.replace(subject, how=SubjectHow.BEARING, place=None, distance_m=None, distance_sd_m=None)
