"""One photo that somebody brings to a hub: in memory from its octets to its sighting and its redacted pictures.

Whoever brings it says that it was taken of a camera; more is claimed where the photo says more. Where it says no place,
it needs a marker that a person has put on a map: nothing is invented.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from probe.camera.aiming import framing_of
from probe.camera.claims import claims_of, is_silent
from probe.camera.folder import NoExif, PhotoObservation, read_photo
from probe.camera.keeping import LEAST_SHOWN, Kept, NotKept, PhotoKeeper
from probe.camera.pins import photo_sighting_of, pin_of
from probe.camera.placing import to_true_north
from probe.contract.envelope import Picture
from probe.contract.sighting import Adapter, Place, Sighting, Subject, SubjectHow
from probe.errors import BadInput
from probe.walk.making import digest_of, id_of, making
from probe.walk.pictures import pin_id

if TYPE_CHECKING:
    from probe.redact.redactor import Progress

_A_CAMERA = ("man_made", "surveillance")
MARKED_M = 5.0  # how well a person puts a marker where a camera hangs: 68 of 100 are nearer


class NoPlace(BadInput):
    """A photo that says no place, and for which nobody has put a marker; the message says why it has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BroughtPhoto:
    """What came of it. Where no picture is kept the sighting is a pin, and `told` says why; `notes` are what had better
    be known of the picture, and what of the photo was left out."""

    sighting: Sighting
    pictures: tuple[Picture, ...] = ()
    told: str | None = None
    notes: tuple[str, ...] = ()


def brought_photo(
    path: Path,
    keeper: PhotoKeeper,
    *,
    walk: str,
    marker: tuple[float, float] | None = None,
    named: Callable[[str], None] = lambda _id: None,
    progress: "Progress | None" = None,
) -> BroughtPhoto:
    """The sighting of a photo's file, which may lie in memory. `marker` is where the camera hangs (degrees); `named`
    gets the id that the sighting has with a picture, before that is made.

    Its id comes from the photo alone: the same one again is the same sighting. Raises BadInput where it is no photo or
    says that it shows no camera, NoPlace, NoReader.
    """
    photo = _observed(path)
    if photo.observer is None and marker is None:
        raise NoPlace((photo.no_place or "no position in it").partition(";")[0])  # a marker is what to try here
    if not claims_of(dict(photo.tags)):
        raise BadInput(f"{path}: says itself that it shows no camera; nothing of it is kept")
    digest = digest_of(path) or b""
    id = id_of(b"photo", digest)
    named(id)
    made = making(Adapter.REPLAY, composed=False)(None)
    notes = [f"left out: {reason}" for reason in photo.left_out]
    try:
        kept = keeper.keep(photo, lambda jpeg: id_of(b"picture", digest, jpeg), progress)
    except NotKept as problem:
        pin = pin_of(photo, walk=walk, made=made, id=pin_id(digest), why=problem.why)
        return BroughtPhoto(sighting=_marked(pin, marker), told=str(problem), notes=tuple(notes))
    sighting = photo_sighting_of(photo, kept.photo, framing_of(photo, kept.size), walk=walk, made=made, id=id)
    notes += _of_middle(kept)
    return BroughtPhoto(sighting=_marked(sighting, marker), pictures=kept.pictures, notes=tuple(notes))


def _observed(path: Path) -> PhotoObservation:
    try:
        photo = to_true_north(read_photo(path))
    except NoExif:
        photo = PhotoObservation(
            observer=None,
            taken_at=None,
            bearing_deg=None,
            distance_m=None,
            tags=(),
            name=str(path),
            no_place="no EXIF in it that says where it was taken",
        )
    return replace(photo, tags=(*photo.tags, _A_CAMERA)) if is_silent(dict(photo.tags)) else photo


def _marked(sighting: Sighting, marker: tuple[float, float] | None) -> Sighting:
    """The sighting with the marker as the camera's place; where the walker stood stays what the photo says of it."""
    if marker is None:
        return sighting
    place = Place(lat=round(marker[0], 7), lon=round(marker[1], 7), accuracy_m=MARKED_M)
    return msgspec.structs.replace(sighting, subject=Subject(how=SubjectHow.MARKED, place=place))


def _of_middle(kept: Kept) -> list[str]:
    if kept.shown < LEAST_SHOWN:
        return [
            "hardly anything is left of its middle without the people; take it again, with the camera there and nobody "
            "in front of it"
        ]
    if kept.faces_in_reticle:
        return ["in its middle something like a face was covered: if that was the camera, step aside and take another"]
    return []
