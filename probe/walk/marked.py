"""A place that a walker marks without a picture: here, now, and in their words."""

from probe.camera.claims import tags_of_words
from probe.camera.folder import PhotoObservation
from probe.camera.pins import pin_of
from probe.contract.sighting import ClockSource, Sighting
from probe.errors import BadInput
from probe.walk.making import new_id
from probe.walk.walking import Walking


def pin_here(walk: Walking, words: tuple[str, ...]) -> Sighting:
    """The pin of here and now. Raises BadInput for a word that says nothing, and where nobody knows where this is."""
    tags, at_s = tags_of_words(words), walk.clock()
    place, when = walk.place_at(at_s), walk.when(at_s)
    if place is None:
        raise BadInput(
            "nobody knows where this is: stand under open sky until the probe has a place", "refused-no-place"
        )
    look = PhotoObservation(
        observer=place,
        taken_at=None if when is None else when.utc,
        taken_sd_s=None if when is None else when.sd_s,
        clock=ClockSource.CAPTURE if when is None else when.source,
        bearing_deg=None,
        distance_m=None,
        tags=tags,
    )
    return pin_of(look, walk=walk.id, made=walk.made(None), id=new_id(), why=None)
