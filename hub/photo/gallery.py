"""The hub's pictures, for the operator: looked at, covered, deleted; what others may see is `published`'s.

A picture is private until a person has looked. Nothing is ever uncovered: no original exists, here or anywhere.
"""

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from hub.errors import BadInput, StoreError
from hub.log.pictures import By, Copy, Done, SecondPass, Standing, StoredPicture
from hub.photo.brush import covered
from hub.store.pictures import Changed
from hub.store.store import Store
from hub.web.pictures import PictureState, PictureView
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Box, Sighting

ENOUGH_INLIERS = 20  # that two photos show the same wall; different ones had six at most
LEAST_LETTERS = 6
_TRIES = 3

_log = logging.getLogger(__name__)

SightingsOf = Callable[[str], Sequence[str] | None]


class Gallery:
    """A `PictureSource`. Safe to use from several threads; `sightings_of` gives the ids of a camera's sightings, None
    where there is no such camera."""

    def __init__(self, store: Store, sightings_of: SightingsOf) -> None:
        self._store, self._pictures, self._complaints = store, store.pictures, store.complaints
        self._sightings_of = sightings_of

    def of_camera(self, camera_id: str) -> Sequence[PictureView]:
        """The pictures of a camera, in the log's order. Raises BadInput where there is no such camera."""
        found = self._pictures.named_by(self._sightings(camera_id))
        return [view for one in found if (view := view_of(one)) is not None]

    def jpeg(self, picture_id: str) -> bytes | None:
        """The octets of a picture as they are now; for the operator alone, as nobody may have looked."""
        return self._pictures.jpeg(picture_id)

    def look(self, picture_id: str) -> PictureView:
        """A person has looked: it may be shown. Raises BadInput."""
        picture = self.require(picture_id)
        _require_no_complaint(picture)
        view = _shown(picture)  # what cannot be read was not looked at either
        if picture.standing is Standing.LOOKED:
            return view
        self._pictures.stand(picture_id, Standing.LOOKED, Done.LOOKED)
        now = self.require(picture_id)
        _require_no_complaint(now)  # it came at this very moment
        return _shown(now)

    def take_back(self, picture_id: str) -> PictureView:
        """It may not be shown after all: it is as if nobody had looked, and the copies of it that were written are
        deleted. Raises BadInput; StoreError where one could not be deleted."""
        picture = self.require(picture_id)
        _require_no_complaint(picture)
        if picture.standing is Standing.LOOKED:
            self._pictures.stand(picture_id, Standing.NEW, Done.SHOWN)
            _require_gone(self.withdraw_published(picture_id), "private again")
        return _shown(self.require(picture_id))

    def cover(self, picture_id: str, boxes: Sequence[Box]) -> PictureView:
        """Cover rectangles for good. Raises BadInput; then nothing was changed. Raises StoreError where a copy that was
        published could not be deleted; then the picture is covered."""
        self.add_redaction(picture_id, boxes, By.OPERATOR)
        _require_gone([copy.path for copy in self._complaints.published(picture_id)], "covered")
        return _shown(self.require(picture_id))

    def add_redaction(self, picture_id: str, boxes: Sequence[Box], by: By) -> None:
        """Cover rectangles, also where somebody else covers others at the same moment. Raises BadInput."""
        for _ in range(_TRIES):
            was = self.require(picture_id)
            jpeg = self._pictures.jpeg(picture_id)
            if jpeg is None:
                break
            fresh = covered(jpeg, boxes)
            self.withdraw_published(picture_id)
            try:
                self._pictures.replace(was, fresh, boxes, by)
            except Changed:
                continue
            return
        raise BadInput("the picture is being changed by somebody else; look at it again, and try once more")

    def delete(self, picture_id: str) -> None:
        """Take a picture out of all stores, for good. Raises BadInput where there is none, StoreError where a file of
        the hub's folder could not be cleared, or a copy that was published could not be deleted: then the picture is
        gone from the hub, and the sentence names the file."""
        self.require(picture_id)
        copies = self.withdraw_published(picture_id)
        self._pictures.delete(picture_id)
        left = self._pictures.finish_erasing()
        if left:
            raise StoreError(
                f"the picture is deleted, but {', '.join(left)} could not be cleared of it: another program uses it, "
                "or a move has left it; end that one and start the hub again, or: contrechamp-hub move --erase-old"
            )
        _require_gone(copies, "deleted")

    def backups_with(self, picture_id: str) -> list[Copy]:
        """The backups that may hold a picture still, by what this hub has written down of them."""
        return self._complaints.backups_with(picture_id)

    def delete_backups(self, copies: Sequence[Copy]) -> list[str]:
        """Delete backups that are here; returns those that are not, or cannot be deleted."""
        left = []
        for copy in copies:
            try:
                Path(copy.path).unlink()
            except OSError:
                left.append(copy.path)
            else:
                self._complaints.forget_backup(copy.path)
        return left

    def alike(self, camera_id: str) -> Sequence[tuple[str, str, int]]:
        """Pairs among a camera's pictures that show the same wall, and how many points agree. Raises BadInput."""
        mine = [one.sha256 for one in self._pictures.named_by(self._sightings(camera_id))]
        pairs = self._pictures.alike(mine, least=ENOUGH_INLIERS)
        return [(pair.one, pair.other, pair.inliers) for pair in pairs if pair.one in mine and pair.other in mine]

    def find(self, letters: str) -> str:
        """The id of the picture that begins with some letters. Raises BadInput."""
        letters = letters.strip().lower()
        named = self._pictures.starting(letters) if len(letters) >= LEAST_LETTERS else []
        if len(named) > 1:
            raise BadInput(f"more than one picture begins with {letters}; give more of its letters")
        if not named:
            raise BadInput(
                f"no picture begins with {letters!r} ({LEAST_LETTERS} letters at least); "
                "`contrechamp-hub photos list` lists them"
            )
        return named[0]

    def require(self, picture_id: str) -> StoredPicture:
        """The picture with an id. Raises BadInput."""
        picture = self._pictures.get(picture_id)
        if picture is None:
            raise BadInput(f"there is no picture {picture_id[:12]} here; it may have been deleted")
        return picture

    def withdraw_published(self, picture_id: str) -> list[str]:
        """Delete the copies of a picture that were written to files. Returns those that are there and could not be
        deleted: they stay written down, so that it is tried again. What is another file by now is left alone."""
        left = []
        for copy in self._complaints.published(picture_id):
            try:
                if _is_the_copy(copy):
                    Path(copy.path).unlink()
            except FileNotFoundError:
                pass  # somebody has moved or deleted it
            except OSError as problem:
                _log.warning("%s: a copy of a picture that nobody is to see could not be deleted (%s); delete it",
                             copy.path, problem.strerror)  # fmt: skip
                left.append(copy.path)
                continue
            self._complaints.forget_published(picture_id, copy.path)
        return left

    def _sightings(self, camera_id: str) -> Sequence[str]:
        sightings = self._sightings_of(camera_id)
        if sightings is None:
            raise BadInput(f"there is no camera {camera_id}; it may have changed since: look at the map again")
        return sightings


def view_of(picture: StoredPicture) -> PictureView | None:
    """A picture as the page shows it; None where it cannot be read."""
    if picture.width is None or picture.height is None:
        return None
    sighting = sighting_of(picture)
    photo = None if sighting is None else sighting.photo
    ran = picture.second_pass
    return PictureView(
        id=picture.sha256,
        version=picture.version,
        part="scene" if picture.part is None else str(picture.part),
        sighting=picture.sighting or "",
        day=day_of(sighting),
        width=picture.width,
        height=picture.height,
        bytes=picture.octets,
        state=PictureState(picture.standing),
        second_pass=None if ran is None else ran is SecondPass.DONE,
        composed=sighting is not None and sighting.made.composed,
        bearing_deg=None if photo is None else photo.bearing_deg,
        faces_covered=picture.found,
    )


def sighting_of(picture: StoredPicture) -> Sighting | None:
    """The sighting that names a picture, where one has come that can be read."""
    if not picture.body:
        return None
    try:
        return decode_sighting(picture.body)
    except ContractError:
        return None


def day_of(sighting: Sighting | None) -> date | None:
    """The day on which a picture was taken."""
    return None if sighting is None or sighting.time is None else sighting.time.utc.date()


def _require_no_complaint(picture: StoredPicture) -> None:
    if picture.standing is Standing.HIDDEN:
        raise BadInput("a complaint about this picture is open; decide that first: `contrechamp-hub photos close`")


def _require_gone(copies: Sequence[str], done: str) -> None:
    if copies:
        raise StoreError(
            f"the picture is {done}, but a published copy could not be deleted: {', '.join(copies)}; do that"
        )


def _is_the_copy(copy: Copy) -> bool:
    """Whether a file is still the copy that was written there."""
    return hashlib.sha256(Path(copy.path).read_bytes()).hexdigest() == copy.digest


def _shown(picture: StoredPicture) -> PictureView:
    view = view_of(picture)
    if view is None:
        raise BadInput("the picture cannot be read, so nobody can look at it; delete it")
    return view
