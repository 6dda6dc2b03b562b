"""From a look to a sighting: what a person saw becomes a pin, with one claim for each thing that was said."""

from collections.abc import Callable

from probe.camera.folder import PhotoObservation
from probe.contract.evidence import LookEvidence
from probe.contract.geodesy import destination
from probe.contract.sighting import (
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
    PhotoNotKept,
    Pin,
    Place,
    PresentClaim,
    Sighting,
    Strength,
    Subject,
    SubjectHow,
)

# A phone's compass beside street furniture, and a walker's guess of a distance: wide on purpose.
BEARING_SD_DEG = 12.0
DISTANCE_SD_SHARE = 0.3

_KINDS = {
    "fixed": CameraKind.FIXED,
    "dome": CameraKind.DOME,
    "panning": CameraKind.PANNING,
    "alpr": CameraKind.ALPR,
}
_MOUNTS = {mount.value: mount for mount in Mount}


def pin_of(photo: PhotoObservation, *, walk: str, made: Making, new_id: Callable[[], str]) -> Sighting:
    """The pin that a look leaves, without its picture."""
    return Sighting(
        v=1,
        id=new_id(),
        walk=walk,
        kind=Kind.PIN,
        made=made,
        time=None if photo.taken_at is None else Moment(utc=photo.taken_at, source=ClockSource.EXIF),
        observer=photo.observer,
        subject=_subject(photo),
        evidence=(LookEvidence(),),
        claims=_claims(dict(photo.tags)),
        pin=Pin(photo_not_kept=PhotoNotKept.NO_REDACTOR),
    )


def _subject(photo: PhotoObservation) -> Subject | None:
    if photo.bearing_deg is None:
        return None
    if photo.distance_m is None:
        return Subject(how=SubjectHow.BEARING, bearing_deg=photo.bearing_deg, bearing_sd_deg=BEARING_SD_DEG)
    lat, lon = destination(photo.observer.lat, photo.observer.lon, photo.bearing_deg, photo.distance_m)
    return Subject(
        how=SubjectHow.BEARING_AND_DISTANCE,
        place=Place(lat=round(lat, 7), lon=round(lon, 7)),
        bearing_deg=photo.bearing_deg,
        bearing_sd_deg=BEARING_SD_DEG,
        distance_m=photo.distance_m,
        distance_sd_m=round(max(2.0, photo.distance_m * DISTANCE_SD_SHARE), 1),
    )


def _claims(tags: dict[str, str]) -> tuple[Claim, ...]:
    claims: list[Claim] = [PresentClaim(strength=Strength.STRONG, evidence=(0,))]
    # The type of surveillance says more than the shape of the housing: an ALPR is an ALPR in a dome, too.
    words = (tags.get("surveillance:type", "").lower(), tags.get("camera:type", "").lower())
    kind = next((_KINDS[word] for word in words if word in _KINDS), None)
    if kind is not None:
        claims.append(KindClaim(value=kind, strength=Strength.STRONG, evidence=(0,)))
    mount = _MOUNTS.get(tags.get("camera:mount", "").lower())
    if mount is not None:
        claims.append(MountClaim(value=mount, strength=Strength.STRONG, evidence=(0,)))
    direction = _direction(tags.get("camera:direction"))
    if direction is not None:
        claims.append(DirectionClaim(value=direction, sd_deg=20.0, strength=Strength.STRONG, evidence=(0,)))
    return tuple(claims)


_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")


def _direction(text: str | None) -> float | None:
    """One direction in degrees out of `120` or `SSW`; ranges and lists are left out, because they are not one."""
    if not text:
        return None
    if text.upper() in _POINTS:
        return _POINTS.index(text.upper()) * 22.5
    try:
        value = float(text)
    except ValueError:
        return None
    return value % 360.0 if 0 <= value <= 360 else None
