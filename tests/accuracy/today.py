"""Today's product, through the function by which the hub makes cameras of its log."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from hub.merge.camera import Camera
from hub.merge.cameras import derive
from hub.merge.observe import Observation, observe
from probe.contract.sighting import (
    Adapter,
    CameraKind,
    Claim,
    ClockSource,
    DirectionClaim,
    Kind,
    KindClaim,
    Making,
    Moment,
    Mount,
    MountClaim,
    Pin,
    Place,
    PresentClaim,
    Sighting,
    Strength,
    Subject,
    SubjectHow,
)
from tests.accuracy.reports import Answer, Ints, Report

MADE = Making(adapter=Adapter.REPLAY, software="accuracy", composed=True)
FIRST_DAY = datetime(2026, 5, 9, 10, tzinfo=UTC)


def sighting(report: Report) -> Sighting:
    """A report as the contract carries it: a walker marked where the camera is, and said what is known of it."""
    claims: list[Claim] = [PresentClaim(strength=Strength.STRONG)]
    if report.kind is not None:
        claims.append(KindClaim(value=CameraKind(report.kind), strength=Strength.STRONG))
    if report.mount is not None:
        claims.append(MountClaim(value=Mount(report.mount), strength=Strength.STRONG))
    if report.direction is not None:
        claims.append(DirectionClaim(value=report.direction, strength=Strength.STRONG))
    place = Place(lat=report.lat, lon=report.lon, accuracy_m=report.accuracy_m)
    return Sighting(
        v=1,
        id=report.id,
        walk=report.walk,
        kind=Kind.PIN,
        made=MADE,
        time=on_day(report.day),
        subject=Subject(how=SubjectHow.MARKED, place=place),
        claims=tuple(claims),
        pin=Pin(),
    )


def on_day(day: int) -> Moment:
    """The time of a walk."""
    return Moment(utc=FIRST_DAY + timedelta(days=day), source=ClockSource.GNSS)


def observed(sightings: Sequence[Sighting], contributors: Sequence[str | None]) -> list[Observation]:
    """The observations in sightings, in the order of the log."""
    both = zip(sightings, contributors, strict=True)
    return [found for seq, (one, who) in enumerate(both, 1) if (found := observe(seq, one, who)) is not None]


def merged(reports: Sequence[Report]) -> Answer:
    """The cameras as the map shows them. What it is unsure of is a camera of its own there."""
    return _answer(reports, force=False)


def forced(reports: Sequence[Report]) -> Answer:
    """The same, with what it is unsure of put where it held it most probable."""
    return _answer(reports, force=True)


def _answer(reports: Sequence[Report], *, force: bool) -> Answer:
    observations = observed([sighting(one) for one in reports], [f"walker-{one.day}" for one in reports])
    cameras, unplaced = derive(observations)
    if unplaced:
        raise ValueError(f"{unplaced} reports have no place")
    camera, sure = np.full(len(reports), -1, np.int64), np.zeros(len(reports))
    number_of = {made.id: number for number, made in enumerate(cameras)}
    for number, made in enumerate(cameras):
        for observation in made.observations:
            camera[observation.seq - 1] = number
        # Only the report that began a camera may have been undecided; later ones were clear
        sure[[one.seq - 1 for one in made.observations]] = 1.0
        if made.rivals:
            sure[made.members[0].seq - 1] = 0.0
    if force:
        camera = _with_first_rival(camera, cameras, number_of)
    return Answer(camera=camera, sure=sure)


def _with_first_rival(camera: Ints, cameras: Sequence[Camera], number_of: dict[str, int]) -> Ints:
    into = list(range(len(cameras)))
    for number, made in enumerate(cameras):
        if made.rivals and made.rivals[0] in number_of:
            into[number] = number_of[made.rivals[0]]
    for number in range(len(into)):
        steps = 0
        while into[into[number]] != into[number] and steps < len(into):
            into[number], steps = into[into[number]], steps + 1
    return np.array(into, np.int64)[camera]
