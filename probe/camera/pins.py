"""From a look to a sighting: what a person said they saw becomes one, with one claim for each thing that was said; of
kind photo where there is a redacted picture, else a pin.
"""

from probe.aim.height import Height, Measured
from probe.aim.said import height_claim, subject_of
from probe.camera.aiming import Framing, aim_of, framing_of
from probe.camera.claims import claims_of
from probe.camera.folder import PhotoObservation
from probe.contract.evidence import LookEvidence
from probe.contract.sighting import (
    Claim,
    GoneClaim,
    HeightClaim,
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
    framing: Framing | None = None,
    *,
    walk: str,
    made: Making,
    id: str,
    why: PhotoNotKept | None = PhotoNotKept.NO_REDACTOR,
    height: Height | None = None,
) -> Sighting:
    """The pin that a look leaves, without its picture. It claims what was said: a photo alone claims nothing.

    Where no `framing` is given, the photo's own metadata says how it was framed; `why` is None where nobody wanted a
    picture.
    """
    return Sighting(
        v=1,
        id=id,
        walk=walk,
        kind=Kind.PIN,
        made=made,
        time=_moment(photo),
        observer=photo.observer,
        subject=_subject(photo, framing or framing_of(photo), height),
        evidence=(LookEvidence(note=photo.placed),),
        claims=_claims(photo, height),
        pin=Pin(photo_not_kept=why),
    )


def photo_sighting_of(
    photo: PhotoObservation,
    picture: Photo,
    framing: Framing,
    *,
    walk: str,
    made: Making,
    id: str,
    height: Height | None = None,
) -> Sighting:
    """The sighting of a look whose redacted picture is kept; `height` is what two shots have shown."""
    return Sighting(
        v=1,
        id=id,
        walk=walk,
        kind=Kind.PHOTO,
        made=made,
        time=_moment(photo),
        observer=photo.observer,
        subject=_subject(photo, framing, height),
        evidence=(LookEvidence(photo=picture.content_sha256, note=photo.placed),),
        claims=_claims(photo, height),
        photo=picture,
    )


def _claims(photo: PhotoObservation, height: Height | None) -> tuple[Claim, ...]:
    """What was said, and the height that was measured: that one goes before a guess by eye."""
    claims = claims_of(dict(photo.tags))
    if height is None or any(isinstance(claim, GoneClaim) for claim in claims):
        return claims
    return (*(claim for claim in claims if not isinstance(claim, HeightClaim)), height_claim(height))


def _moment(photo: PhotoObservation) -> Moment | None:
    if photo.taken_at is None:
        return None
    return Moment(utc=photo.taken_at, source=photo.clock, sd_s=photo.taken_sd_s)


def _subject(photo: PhotoObservation, framing: Framing, height: Height | None) -> Subject | None:
    observer, aim = photo.observer, aim_of(framing)
    if aim is None or observer is None:
        return None
    distance = None if height is None else height.distance
    if distance is None and photo.distance_m is not None:
        distance = Measured(m=photo.distance_m, sd_m=round(max(2.0, photo.distance_m * DISTANCE_SD_SHARE), 1))
    return subject_of(aim, observer, distance, elevation_known=framing.elevation_is_known)
