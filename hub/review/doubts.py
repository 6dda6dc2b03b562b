"""What the merge is unsure of, as questions: sightings that may be of one camera or of another. Pure.

The map shows the best guess. What hangs together, as two sightings at one pole that may be of either camera there, is
one question: who says that the map has it right settles all of it by one answer, and who puts the first one elsewhere
mostly settles the others with it, since a walk meets a camera once.
"""

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256

import msgspec

from hub.publish.view import CameraDetail, DoubtView
from hub.review.candidates import LETTERS, candidate
from hub.review.known import by_radio_alone, photos, says, walks_that_saw
from hub.review.question import Asked, Candidate, Question, Unsure
from hub.review.weights import weigh

MOST_TOGETHER = 6  # sightings that are asked about by one question
LIKELY_PERCENT = 66  # two of three: from there on, those of several cameras may be asked about at once
Find = Callable[[str], CameraDetail | None]


def is_open(detail: CameraDetail) -> bool:
    """Whether what is unsure of a camera is to be asked: not of one that is none, or where somebody has to look."""
    camera = detail.camera
    return bool(detail.doubts) and not (
        camera.review == "rejected" or camera.private or camera.gone is not None or camera.follow_up
    )


def unsure_of(detail: CameraDetail) -> list[Unsure]:
    """What may be of another camera, the most doubtful first."""
    found = [_unsure(detail, doubt) for doubt in detail.doubts]
    return sorted(found, key=lambda one: (one.doubt.here, one.doubt.sightings))


def is_decidable(unsure: Unsure) -> bool:
    """Whether a person at a desk may know better which camera it is: what radio alone tells shows on no picture,
    neither where it is what is unsure nor where it is all that the rest of the camera is. What is probably right as it
    is needs pictures of both sides to be seen otherwise."""
    if unsure.doubt.heard:
        return False
    rest = without(unsure.camera, unsure.doubt)
    if unsure.doubt.here >= LIKELY_PERCENT:
        return rest is not None and bool(photos(unsure.seen)) and bool(photos(rest))
    alone = all(other.camera is None for other in unsure.doubt.others)
    return not (alone and rest is not None and by_radio_alone(rest))


def together(unsure: Iterable[Unsure]) -> list[list[Unsure]]:
    """What hangs together by the cameras that it may be of, in parts of a few, each beginning with its most doubtful
    one."""
    ordered = sorted(unsure, key=lambda one: (one.doubt.here, one.doubt.sightings))
    by_camera: dict[str, deque[int]] = {}
    for number, one in enumerate(ordered):
        for name in _may_be_of(one):
            by_camera.setdefault(name, deque()).append(number)
    taken: set[int] = set()
    parts = []
    for start in range(len(ordered)):
        if start in taken:
            continue
        part = [start]
        taken.add(start)
        for number in part:  # which grows
            for name in _may_be_of(ordered[number]):
                near = by_camera[name]
                while near and len(part) < MOST_TOGETHER:
                    other = near.popleft()
                    if other not in taken:
                        taken.add(other)
                        part.append(other)
        parts.append([ordered[number] for number in part])
    return parts


def _may_be_of(unsure: Unsure) -> list[str]:
    others = (other.camera for other in unsure.doubt.others if other.camera is not None)
    return list(dict.fromkeys((unsure.camera.camera.id, *others)))


def doubt_question(part: Sequence[Unsure], find: Find) -> Question:
    """The question about what hangs together: which camera is the first of it of?"""
    first = part[0]
    candidates = could_be(first, find)
    return Question(
        key=f"{Asked.SAME}-{'-'.join(one.doubt.sightings[0] for one in part)}",
        asked=Asked.SAME,
        cameras=(first.camera,),
        reasons=weigh(first.camera, ()),
        candidates=candidates,
        unsure=tuple(part),
        others=tuple(dict.fromkeys(one for unsure in part for one in _may_be_of(unsure) if find(one) is not None)),
        own=own_percent(first.doubt, alone=without(first.camera, first.doubt) is None),
    )


def is_likely(part: Sequence[Unsure]) -> bool:
    """Whether what hangs together may be asked about at once with others: probably the map has it right, and there are
    photos of both sides to compare."""
    return all(
        one.doubt.here >= LIKELY_PERCENT
        and photos(one.seen)
        and (rest := without(one.camera, one.doubt)) is not None
        and photos(rest)
        for one in part
    )


def likely_question(unsure: Sequence[Unsure]) -> Question:
    """The question about sightings that are probably where the map has them."""
    names = "\n".join(sorted(one.doubt.sightings[0] for one in unsure))
    homes = {one.camera.camera.id: one.camera for one in unsure}
    return Question(
        key=f"{Asked.ALL_SAME}-{sha256(names.encode()).hexdigest()[:16]}",
        asked=Asked.ALL_SAME,
        cameras=tuple(homes.values()),
        unsure=tuple(unsure),
    )


def could_be(unsure: Unsure, find: Find) -> tuple[Candidate, ...]:
    """The cameras that it may be of, the likeliest first, with letters: the one that it lies in now among them."""
    doubt, home = unsure.doubt, unsure.camera
    rest = without(home, doubt)
    likely: list[tuple[int, CameraDetail]] = [] if rest is None else [(doubt.here, rest)]
    for other in doubt.others:
        found = None if other.camera is None else find(other.camera)
        if found is not None and found.camera.id != home.camera.id and found.camera.review != "rejected":
            likely.append((other.percent, found))
    ranked = sorted(likely, key=lambda one: (-one[0], one[1].camera.id))
    return tuple(
        candidate(letter, unsure.seen, other, percent=percent, here=other is rest)
        for letter, (percent, other) in zip(LETTERS, ranked, strict=False)
    )


def own_percent(doubt: DoubtView, *, alone: bool) -> int:
    """How probable it is that it is a camera of its own, which it is now where it is `alone`."""
    own = sum(other.percent for other in doubt.others if other.camera is None)
    return own + (doubt.here if alone else 0)


def without(detail: CameraDetail, doubt: DoubtView) -> CameraDetail | None:
    """A camera without the sightings that may be of another; None where there are no others."""
    return _only(detail, [one for one in detail.sighting_ids if one not in set(doubt.sightings)])


def sure_sightings(detail: CameraDetail, but: Iterable[str] = ()) -> tuple[str, ...]:
    """A camera's sightings that are of it for sure; where there are none of these, all but some."""
    out = set(but)
    unsure = out.union(*(doubt.sightings for doubt in detail.doubts))
    sure = tuple(one for one in detail.sighting_ids if one not in unsure)
    return sure or tuple(one for one in detail.sighting_ids if one not in out)


def gain(question: Question) -> float:
    """What it is worth to ask: how many of the map's guesses are wrong as things are, and how much people care about
    the camera. Of one that is probably another one's double, about one is."""
    wrong = sum(1 - one.doubt.here / 100 for one in question.unsure) if question.unsure else 1.0
    return wrong * (1 + worth(question.camera) / 3)


def worth(detail: CameraDetail) -> int:
    """0 to 3: a photo, several walks, and what many people care about count one each."""
    camera = detail.camera
    public = camera.title_kind == "alpr" or camera.operator_type == "public"
    return bool(photos(detail)) + (walks_that_saw(detail) > 1) + public


def asked_first(detail: CameraDetail) -> bool:
    """Whether something more urgent is asked of a camera before what is unsure of it."""
    return any(says(detail, about) and key not in detail.decided for about, key in _URGENT)


_URGENT = (("private-dwelling", "private"), ("gone", "gone"))


def _unsure(detail: CameraDetail, doubt: DoubtView) -> Unsure:
    camera = msgspec.structs.replace(
        detail.camera,
        lat=detail.camera.lat if doubt.lat is None else doubt.lat,
        lon=detail.camera.lon if doubt.lon is None else doubt.lon,
        title_kind=doubt.title_kind,
        mount=doubt.mount,
        direction=doubt.direction,
        vendor=None,
        region95=(),
    )
    seen = _only(detail, [one for one in detail.sighting_ids if one in set(doubt.sightings)])
    return Unsure(camera=detail, doubt=doubt, seen=msgspec.structs.replace(seen or detail, camera=camera))


def _only(detail: CameraDetail, sightings: Sequence[str]) -> CameraDetail | None:
    """A camera with some of its sightings, as far as they are listed."""
    if not sightings:
        return None
    kept = set(sightings)
    # Where a camera has more sightings than are listed, those that are not listed have no evidence here.
    pairs = zip(detail.sighting_ids, detail.evidence, strict=False)
    return msgspec.structs.replace(
        detail, sighting_ids=tuple(sightings), evidence=tuple(item for one, item in pairs if one in kept)
    )
