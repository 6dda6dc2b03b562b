"""A camera that a person adds on the hub's map: a marker, and what is said of it. Pure.

It becomes a sighting like any other, a fact about what a person says, of a walk of its own; that it was made by hand
stands on it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite

from hub.log.decisions import DecisionKind, NewDecision
from hub.publish.view import CameraDetail
from probe.contract.base import CONTRACT_VERSION
from probe.contract.evidence import LookEvidence
from probe.contract.geodesy import distance_m, turn_deg
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

MARKED_M = 5.0  # how well a person puts a marker where a camera hangs: 68 of 100 are nearer
DIRECTION_SD_DEG = 20.0
SAME_M, SAME_DEG = 3.0, 45.0
OPERATOR_TYPES = ("public", "private")
MOST_NOTE = 2000
BY = "person at the hub"


class Wrong(Exception):
    """A field that says nothing that can be; the message is the field's name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandMade:
    """What a person says of a camera. Degrees; None is "not said". `near` is the camera at whose pole it hangs as
    another one, `seen` the one that they have seen."""

    lat: float
    lon: float
    direction: float | None = None
    kind: CameraKind | None = None
    mount: Mount | None = None
    operator_type: str | None = None
    note: str = ""
    near: str | None = None
    seen: str | None = None


def hand_made(fields: Mapping[str, object]) -> HandMade:
    """What the fields of a form say; numbers may be written as text. Raises Wrong, with the first field that is wrong.

    A number that is none, or a place that is not on Earth, is wrong; an empty text says nothing.
    """
    lat, lon = _number(fields, "lat", 90), _number(fields, "lon", 180)
    if lat is None or lon is None:
        raise Wrong("place")
    direction = _number(fields, "direction", 360)
    if direction is not None and direction < 0:
        raise Wrong("direction")
    operator_type = _text(fields, "operator_type", 20)
    if operator_type and operator_type not in OPERATOR_TYPES:
        raise Wrong("operator_type")
    try:
        kind = CameraKind(text) if (text := _text(fields, "kind", 40)) else None
    except ValueError:
        raise Wrong("kind") from None
    try:
        mount = Mount(text) if (text := _text(fields, "mount", 40)) else None
    except ValueError:
        raise Wrong("mount") from None
    return HandMade(
        lat=lat,
        lon=lon,
        direction=None if direction is None else direction % 360.0,
        kind=kind,
        mount=mount,
        operator_type=operator_type or None,
        note=_text(fields, "note", MOST_NOTE),
        near=_text(fields, "near", 200) or None,
        seen=_text(fields, "seen", 200) or None,
    )


def sighting_of(made: HandMade, *, id: str, walk: str, at: datetime, software: str, composed: bool = False) -> Sighting:
    """The sighting of a camera that was added by hand at a time of the hub's clock; `composed` in a fictional town.

    The note is for people at the hub and never part of it: sightings are exported.
    """
    claims: list[Claim] = [PresentClaim(strength=Strength.STRONG, evidence=(0,))]
    if made.kind is not None:
        claims.append(KindClaim(value=made.kind, strength=Strength.STRONG, evidence=(0,)))
    if made.mount is not None:
        claims.append(MountClaim(value=made.mount, strength=Strength.STRONG, evidence=(0,)))
    if made.direction is not None:
        claims.append(
            DirectionClaim(value=made.direction, sd_deg=DIRECTION_SD_DEG, strength=Strength.STRONG, evidence=(0,))
        )
    return Sighting(
        v=CONTRACT_VERSION,
        id=id,
        walk=walk,
        kind=Kind.PIN,
        made=Making(adapter=Adapter.HAND, software=software, composed=composed),
        time=Moment(utc=at.astimezone(UTC).replace(microsecond=0), source=ClockSource.LOG),
        subject=Subject(
            how=SubjectHow.MARKED, place=Place(lat=round(made.lat, 7), lon=round(made.lon, 7), accuracy_m=MARKED_M)
        ),
        evidence=(LookEvidence(by=BY),),
        claims=tuple(claims),
        pin=Pin(),
    )


def duplicates(made: HandMade, cameras: Iterable[CameraDetail]) -> list[CameraDetail]:
    """The cameras that this may be already, the nearest first: within 3 m, and not looking elsewhere.

    Cameras hang side by side, so that a wider circle would warn of neighbours all evening. One that is known to look
    another way, or that people here have said is none or is gone, is another.
    """
    near = [
        (away, detail)
        for detail in cameras
        if detail.camera.review != "rejected"
        and detail.camera.gone is None
        and (away := distance_m(made.lat, made.lon, detail.camera.lat, detail.camera.lon)) <= SAME_M
        and not _looks_elsewhere(made.direction, detail.camera.direction)
    ]
    return [detail for _, detail in sorted(near, key=lambda one: one[0])]


def decisions_of(made: HandMade, id: str, near: CameraDetail | None, seen: CameraDetail | None) -> list[NewDecision]:
    """What is decided with it: what it is part of or not, whose it is, and the note.

    Another one at the same pole is never merged with its neighbours, and shares their site. One that was seen is the
    very camera whose radio was heard.
    """
    decided: list[NewDecision] = []
    if near is not None:
        decided.append(NewDecision(kind=DecisionKind.NEW, sightings=(id,), others=(near.sighting_ids,)))
        decided.append(NewDecision(kind=DecisionKind.SITE, sightings=(id,), others=(near.sighting_ids,)))
    if seen is not None:
        decided.append(
            NewDecision(kind=DecisionKind.SAME, camera=seen.camera.id, sightings=(id,), others=(seen.sighting_ids,))
        )
    if made.operator_type is not None:
        decided.append(
            NewDecision(kind=DecisionKind.RETAG, sightings=(id,), about="operator_type", value=made.operator_type)
        )
    if made.note:
        decided.append(NewDecision(kind=DecisionKind.NOTE, sightings=(id,), text=made.note))
    return decided


def _looks_elsewhere(one: float | None, other: float | None) -> bool:
    return one is not None and other is not None and turn_deg(one, other) > SAME_DEG


def _number(fields: Mapping[str, object], name: str, most: float) -> float | None:
    value = fields.get(name)
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise Wrong(name)
    try:
        number = float(value.replace(",", ".")) if isinstance(value, str) else float(value)
    except (ValueError, OverflowError):
        raise Wrong(name) from None
    if not isfinite(number) or abs(number) > most:
        raise Wrong(name)
    return number


def _text(fields: Mapping[str, object], name: str, most: int) -> str:
    value = fields.get(name)
    if value is None:
        return ""
    if not isinstance(value, str) or len(value) > most:
        raise Wrong(name)
    try:
        value.encode()  # half of a pair of surrogates is no text
    except UnicodeEncodeError:
        raise Wrong(name) from None
    return value.strip()
