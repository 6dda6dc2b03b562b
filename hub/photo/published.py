"""Copies for others: pictures that a person has looked at, with the camera's position and the day, and nothing else."""

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from hub.errors import BadInput
from hub.log.pictures import Standing
from hub.photo.brush import encoded, opened
from hub.photo.gallery import Gallery, day_of, sighting_of
from hub.publish.view import CameraDetail
from hub.store.durable import write_durably
from hub.store.store import Store
from probe.contract.sighting import Place
from probe.redact.geotag import PictureTags, geotagged

_DECIMALS = 6  # of a degree: a decimetre, finer than any camera's place is known


def published_copy(jpeg: bytes, place: Place, day: date | None) -> bytes:
    """A picture encoded anew, with a camera's position and the day of the picture. Raises BadInput."""
    place = Place(lat=round(place.lat, _DECIMALS), lon=round(place.lon, _DECIMALS))
    return geotagged(encoded(opened(jpeg)), PictureTags(place=place, day=day))


def export(store: Store, cameras: Sequence[CameraDetail], folder: Path) -> list[Path]:
    """Write the copies of all pictures that somebody has looked at, of cameras that may be shown; returns the files.

    `cameras` are those of the map, without private dwellings. Where a picture is deleted or hidden later, its copy goes
    too, as long as it still lies where it was written. Raises BadInput, StoreError.
    """
    if not folder.is_dir():
        raise BadInput(f"{folder}: there is no such folder; make it first, or name another with --to")
    written = []
    gallery = Gallery(store, lambda _: ())
    for camera in cameras:
        place = Place(lat=camera.camera.lat, lon=camera.camera.lon)
        for picture in store.pictures.named_by(camera.sighting_ids):
            jpeg = store.pictures.jpeg(picture.sha256)
            if picture.standing is not Standing.LOOKED or jpeg is None:
                continue
            copy = published_copy(jpeg, place, day_of(sighting_of(picture)))
            path = (folder / f"{camera.camera.id}-{picture.sha256[:12]}.jpg").resolve()
            store.complaints.note_published(picture.sha256, str(path), hashlib.sha256(copy).hexdigest())
            write_durably(path, copy)
            now = store.pictures.get(picture.sha256)
            if now is None or now.standing is not Standing.LOOKED or now.version != picture.version:
                gallery.withdraw_published(picture.sha256)  # it was deleted, hidden or covered meanwhile
                continue
            written.append(path)
    return written


def withdraw_gone(store: Store) -> list[str]:
    """Delete the copies of pictures that are erased: with a volunteer who left, a walk that was taken back, or because
    their time was over. Returns those that could not be deleted. Raises StoreError."""
    gallery = Gallery(store, lambda _: ())
    return [left for sha256 in store.complaints.published_of_gone() for left in gallery.withdraw_published(sha256)]
