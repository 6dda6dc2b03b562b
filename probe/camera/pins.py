"""From a look to a sighting: what a person said they saw becomes one, with one claim for each thing that was said; of
kind photo where there is a redacted picture, else a pin.
"""

from probe.aim.height import Measured
from probe.aim.said import subject_of
from probe.camera.aiming import aim_of, elevation_is_known
from probe.camera.claims import claims_of
from probe.camera.folder import PhotoObservation
from probe.contract.evidence import LookEvidence
from probe.contract.sighting import (
    Kind,
    Making,
    Moment,
    Photo,
    PhotoNotKept,
    Pin,
    Sighting,
    Subject,
)

# A walker's guess of a distance: wide on purpose.
DISTANCE_SD_SHARE = 0.3


def pin_of(
    photo: PhotoObservation,
    *,
    walk: str,
    made: Making,
    id: str,
    why: PhotoNotKept = PhotoNotKept.NO_REDACTOR,
) -> Sighting:
    """The pin that a look leaves, without its picture. It claims what was said: a photo alone claims nothing."""
    return Sighting(
        v=1,
        id=id,
        walk=walk,
        kind=Kind.PIN,
        made=made,
        time=_moment(photo),
        observer=photo.observer,
        subject=_subject(photo),
        evidence=(LookEvidence(note=photo.placed),),
        claims=claims_of(dict(photo.tags)),
        pin=Pin(photo_not_kept=why),
    )


def photo_sighting_of(
    photo: PhotoObservation, picture: Photo, size: tuple[int, int], *, walk: str, made: Making, id: str
) -> Sighting:
    """The sighting of a look whose redacted picture is kept; `size` is that of the picture, width and height."""
    return Sighting(
        v=1,
        id=id,
        walk=walk,
        kind=Kind.PHOTO,
        made=made,
        time=_moment(photo),
        observer=photo.observer,
        subject=_subject(photo, size),
        evidence=(LookEvidence(photo=picture.content_sha256, note=photo.placed),),
        claims=claims_of(dict(photo.tags)),
        photo=picture,
    )


def _moment(photo: PhotoObservation) -> Moment | None:
    if photo.taken_at is None:
        return None
    return Moment(utc=photo.taken_at, source=photo.clock, sd_s=photo.taken_sd_s)


def _subject(photo: PhotoObservation, size: tuple[int, int] | None = None) -> Subject | None:
    observer, aim = photo.observer, aim_of(photo, size)
    if aim is None or observer is None:
        return None
    distance = None
    if photo.distance_m is not None:
        distance = Measured(m=photo.distance_m, sd_m=round(max(2.0, photo.distance_m * DISTANCE_SD_SHARE), 1))
    return subject_of(aim, observer, distance, elevation_known=elevation_is_known(photo))
