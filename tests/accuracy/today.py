"""Today's product, through the function by which the hub makes cameras of its log."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

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
from tests.accuracy.reports import Answer, Report

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
    """The cameras as the map shows them: what it is unsure of lies where that is likeliest. `sure` is the probability
    that this is right; what is only counted there, as too many say it, has none."""
    observations = observed([sighting(one) for one in reports], [f"walker-{one.day}" for one in reports])
    cameras, unplaced = derive(observations)
    if unplaced:
        raise ValueError(f"{unplaced} reports have no place")
    camera, sure = np.full(len(reports), -1, np.int64), np.zeros(len(reports))
    for number, made in enumerate(cameras):
        for observation in made.observations:
            camera[observation.seq - 1] = number
        for observation, share in zip(made.members, made.sure, strict=False):
            sure[observation.seq - 1] = share
    return Answer(camera=camera, sure=sure)
