"""A person finds themselves on a picture: it is hidden at once, before anybody decides, and then an operator decides.

Nobody has to say who they are. A contact that is given is kept until the complaint is closed, and no longer.
"""

from collections.abc import Sequence
from datetime import date

from hub.errors import BadInput
from hub.log.pictures import Complaint, Done, Standing
from hub.photo.gallery import Gallery, day_of, sighting_of
from hub.store.store import Store

MAX_TEXT = 1000


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


def _may_be_of(day: date, taken: date | None) -> bool:
    """Whether a picture may have been taken on a day: also where that is not known."""
    return taken is None or taken == day
