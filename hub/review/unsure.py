"""What is decided of sightings that may be of another camera, by an answer about these sightings alone. Pure.

A decision names what it is about and nothing that is unsure itself: a sighting that may be of a third camera is bound
to none by what is said of its neighbour.
"""

from collections.abc import Sequence

from hub.errors import BadInput
from hub.log.decisions import DecisionKind, NewDecision
from hub.publish.view import CameraDetail, DoubtView
from hub.review.doubts import sure_sightings, without
from hub.review.known import by_radio_alone

_Made = list[NewDecision]


def of_one(doubt: DoubtView, home: CameraDetail, others: Sequence[CameraDetail], batch: str) -> _Made:
    """They are of one of the cameras, maybe of the one in which the map has them. That there is a camera is confirmed
    with it, where nothing else is unsure of it. Raises BadInput where there is no such camera."""
    if not others:
        raise BadInput("that camera is no more: its sightings were taken back; go on with the next question")
    camera = others[0]
    theirs = sure_sightings(camera, doubt.sightings)
    if not theirs:
        raise BadInput("the map has nothing else there any more; go on with the next question")
    same = NewDecision(
        kind=DecisionKind.SAME, camera=home.camera.id, sightings=doubt.sightings, others=(theirs,), batch=batch
    )
    return [same, *_confirmed(camera, [doubt], batch)]


def of_its_own(doubt: DoubtView, home: CameraDetail, others: Sequence[CameraDetail], batch: str) -> _Made:
    """They are of a camera of their own: confirmed, where somebody has looked; else only kept apart."""
    looked = not _only_radio(doubt, home)
    kind = DecisionKind.NEW if looked else DecisionKind.APART
    made = _apart(kind, doubt, home, [home, *others], batch)
    if not made and looked:  # there is nothing else near by any more
        made = [NewDecision(kind=DecisionKind.CONFIRM, camera=home.camera.id, sightings=doubt.sightings, batch=batch)]
    return made


def not_of(doubt: DoubtView, home: CameraDetail, others: Sequence[CameraDetail], batch: str) -> _Made:
    """They are of none of these cameras, whichever they are of."""
    return _apart(DecisionKind.APART, doubt, home, others, batch)


def said_of(
    kind: DecisionKind, doubt: DoubtView, home: CameraDetail, others: Sequence[CameraDetail], batch: str
) -> _Made:
    """They are of none of the cameras, and this is said of them alone: that they are of no camera, for example."""
    said = NewDecision(kind=kind, camera=home.camera.id, sightings=doubt.sightings, batch=batch)
    return [*_apart(DecisionKind.APART, doubt, home, [home, *others], batch), said]


def as_it_is(doubts: Sequence[DoubtView], home: CameraDetail, others: Sequence[CameraDetail], batch: str) -> _Made:
    """The map has them right."""
    made: _Made = []
    for doubt in doubts:
        if without(home, doubt) is None:
            made += of_its_own(doubt, home, others, batch)
        else:
            made += of_one(doubt, home, [home], batch)[:1]
    confirms = any(one.kind is DecisionKind.NEW for one in made)
    return made if confirms else [*made, *_confirmed(home, doubts, batch)]


def _apart(
    kind: DecisionKind, doubt: DoubtView, home: CameraDetail, cameras: Sequence[CameraDetail], batch: str
) -> _Made:
    """One decision for all cameras: each is on the other side, and nothing is said of these among each other."""
    distinct = {one.camera.id: one for one in cameras}.values()
    groups = [theirs for camera in distinct if (theirs := sure_sightings(camera, doubt.sightings))]
    if not groups:
        return []
    return [
        NewDecision(
            kind=kind, camera=home.camera.id, sightings=doubt.sightings, others=tuple(groups), batch=batch
        )
    ]  # fmt: skip


def _confirmed(camera: CameraDetail, settled: Sequence[DoubtView], batch: str) -> _Made:
    """That there is this camera, of which some sightings are sure now: nothing where more is unsure of it, where
    nobody has looked, or where something else of it is open."""
    view = camera.camera
    claimed = {claim.about for claim in camera.claims if claim.value is not False}
    if by_radio_alone(camera) or view.private or view.gone is not None or claimed & {"private-dwelling", "gone"}:
        return []
    now = [one for doubt in settled for one in doubt.sightings]
    if any(set(now).isdisjoint(doubt.sightings) and not _only_radio(doubt, camera) for doubt in camera.doubts):
        return []
    every = tuple(dict.fromkeys((*sure_sightings(camera), *now)))
    return [NewDecision(kind=DecisionKind.CONFIRM, camera=view.id, sightings=every, batch=batch)]


def _only_radio(doubt: DoubtView, home: CameraDetail) -> bool:
    kinds = dict(zip(home.sighting_ids, (item.kind for item in home.evidence), strict=False))
    return all(kinds.get(one, "radio") == "radio" for one in doubt.sightings)
