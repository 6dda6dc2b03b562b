"""From a look to a sighting: what a person said they saw becomes one, with one claim for each thing that was said; of
kind photo where there is a redacted picture, else a pin.
"""

from probe.camera.claims import claims_of
from probe.camera.folder import PhotoObservation
from probe.contract.evidence import LookEvidence
from probe.contract.geodesy import destination
from probe.contract.sighting import (
    Kind,
    Making,
    Moment,
    Photo,
    PhotoNotKept,
    Pin,
    Place,
    Sighting,
    Subject,
    SubjectHow,
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


def photo_sighting_of(photo: PhotoObservation, picture: Photo, *, walk: str, made: Making, id: str) -> Sighting:
    """The sighting of a look whose redacted picture is kept."""
    return Sighting(
        v=1,
        id=id,
        walk=walk,
        kind=Kind.PHOTO,
        made=made,
        time=_moment(photo),
        observer=photo.observer,
        subject=_subject(photo),
        evidence=(LookEvidence(photo=picture.content_sha256, note=photo.placed),),
        claims=claims_of(dict(photo.tags)),
        photo=picture,
    )


def _moment(photo: PhotoObservation) -> Moment | None:
    if photo.taken_at is None:
        return None
    return Moment(utc=photo.taken_at, source=photo.clock, sd_s=photo.taken_sd_s)


def _subject(photo: PhotoObservation) -> Subject | None:
    observer = photo.observer
    if photo.bearing_deg is None or observer is None:
        return None
    if photo.distance_m is None:
        return Subject(how=SubjectHow.BEARING, bearing_deg=photo.bearing_deg, bearing_sd_deg=photo.bearing_sd_deg)
    lat, lon = destination(observer.lat, observer.lon, photo.bearing_deg, photo.distance_m)
    return Subject(
        how=SubjectHow.BEARING_AND_DISTANCE,
        place=Place(lat=round(lat, 7), lon=round(lon, 7)),
        bearing_deg=photo.bearing_deg,
        bearing_sd_deg=photo.bearing_sd_deg,
        distance_m=photo.distance_m,
        distance_sd_m=round(max(2.0, photo.distance_m * DISTANCE_SD_SHARE), 1),
    )
