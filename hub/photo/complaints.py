"""A person finds themselves on a picture: it is hidden at once, before anybody decides, and then an operator decides.

Nobody has to say who they are. A contact that is given is kept until the complaint is closed, and no longer.
"""

from collections.abc import Callable, Sequence
from datetime import date

from hub.errors import BadInput
from hub.log.pictures import Complaint, Done, Standing
from hub.photo.gallery import Gallery, day_of, sighting_of
from hub.store.store import Store

MAX_TEXT = 1000

SightingsOf = Callable[[str], Sequence[str] | None]  # of a camera, by the hub's id or the shared map's; None: no camera


def complain(
    store: Store,
    gallery: Gallery,
    *,
    about: str,
    sightings: Sequence[str] = (),
    day: date | None = None,
    pictures: Sequence[str] = (),
    contact: str | None = None,
) -> Complaint:
    """Write a complaint down, hide the pictures that it is about, and delete the copies of them that were written.

    It is about some pictures, and those that some sightings name, of one day where that is known. Raises BadInput.
    """
    for text in (about, contact or ""):
        if len(text) > MAX_TEXT:
            raise BadInput(f"{len(text)} letters; say it in {MAX_TEXT} at most")
    if not about.strip():
        raise BadInput("say what the complaint is about: which place, which day, what the picture shows")
    named = [
        one for one in store.pictures.named_by(sightings) if day is None or _may_be_of(day, day_of(sighting_of(one)))
    ]
    hidden = list(dict.fromkeys([*pictures, *(one.sha256 for one in named)]))
    for sha256 in hidden:
        gallery.require(sha256)
    complaint = store.complaints.open(about.strip(), hidden, contact)
    for sha256 in hidden:
        gallery.withdraw_published(sha256)
    return complaint


def add(store: Store, gallery: Gallery, number: int, sightings: Sequence[str]) -> int:
    """Hide more pictures for a complaint that is open, those that some sightings name, and delete the copies of them
    that were written. Returns how many pictures it is about now. Raises BadInput, StoreError."""
    pictures = [one.sha256 for one in store.pictures.named_by(sightings)]
    count = store.complaints.add(number, pictures)
    for sha256 in pictures:
        gallery.withdraw_published(sha256)
    return count


def decide(store: Store, gallery: Gallery, number: int, decision: str, *, delete: bool) -> list[str]:
    """Close a complaint: its pictures are deleted, or are as if nobody had looked at them yet, unless another complaint
    about them is open. Returns the pictures. Raises BadInput, StoreError."""
    if not decision.strip() or len(decision) > MAX_TEXT:
        raise BadInput(f"say in 1 to {MAX_TEXT} letters what was decided, and no name: it is kept")
    complaint = next((one for one in store.complaints.listed() if one.number == number), None)
    if complaint is None:
        raise BadInput(f"there is no open complaint {number}; `contrechamp-hub photos complaints` lists them")
    there = [sha256 for sha256 in complaint.pictures if store.pictures.get(sha256) is not None]
    if delete:  # first: a complaint whose pictures could not be deleted stays open
        for sha256 in there:
            gallery.delete(sha256)
    store.complaints.close(number, decision.strip())
    if not delete:
        still = {sha256 for one in store.complaints.listed() for sha256 in one.pictures}
        for sha256 in there:
            if sha256 not in still:
                store.pictures.stand(sha256, Standing.NEW, Done.SHOWN)
    return there


class StrangersComplaints:
    """Complaints as the page for everybody needs them."""

    def __init__(self, store: Store, gallery: Gallery, sightings_of: SightingsOf) -> None:
        self._store, self._gallery, self._sightings_of = store, gallery, sightings_of

    def open(self, about: str, pictures: Sequence[str], contact: str | None) -> Complaint:
        """Write a complaint down, and hide its pictures. Raises BadInput."""
        return complain(self._store, self._gallery, about=about, pictures=pictures, contact=contact)

    def listed(self, *, closed: bool = False) -> list[Complaint]:
        """Those that are open, or all."""
        return self._store.complaints.listed(closed=closed)

    def is_shown(self, picture: str) -> bool:
        """Whether others than those who review are shown a picture."""
        found = self._store.pictures.get(picture)
        return found is not None and found.standing is Standing.LOOKED

    def shown_of(self, camera: str) -> list[str]:
        """The pictures of a camera that they are shown."""
        named = self._store.pictures.named_by(self._sightings_of(camera) or ())
        return [one.sha256 for one in named if one.standing is Standing.LOOKED]


def _may_be_of(day: date, taken: date | None) -> bool:
    """Whether a picture may have been taken on a day: also where that is not known."""
    return taken is None or taken == day


class HubComplaints:
    """The complaints of a hub that runs, as its page asks for them."""

    def __init__(self, store: Store, gallery: Gallery, sightings_of: SightingsOf) -> None:
        self._store, self._gallery, self._sightings_of = store, gallery, sightings_of

    def listed(self, *, closed: bool = False) -> Sequence[Complaint]:
        return self._store.complaints.listed(closed=closed)

    def open(self, about: str, *, camera: str | None, day: date | None, contact: str | None) -> Complaint:
        sightings = () if camera is None else self._sightings(camera)
        return complain(self._store, self._gallery, about=about, sightings=sightings, day=day, contact=contact)

    def has(self, camera: str) -> bool:
        return self._sightings_of(camera) is not None

    def add(self, number: int, camera: str) -> int:
        return add(self._store, self._gallery, number, self._sightings(camera))

    def close(self, number: int, decision: str, *, delete: bool) -> tuple[int, Sequence[str]]:
        mine = next((one.pictures for one in self.listed() if one.number == number), ())
        copies = {copy.path for one in mine for copy in self._gallery.backups_with(one)} if delete else set()
        there = decide(self._store, self._gallery, number, decision, delete=delete)
        return len(there), sorted(copies)

    def _sightings(self, camera: str) -> Sequence[str]:
        sightings = self._sightings_of(camera)
        if sightings is None:
            raise BadInput(f"there is no camera {camera}; it may have changed since: look at the map again")
        return sightings
