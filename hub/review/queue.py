"""The questions of an evening, in the order in which to ask them. Pure: the same cameras give the same questions.

What decides about others comes first: complaints of a dwelling, what is gone, merges before confirmations. What one
answer is safe for is asked as one question. What hangs together in a town stays together in the queue.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from hashlib import sha256
from math import floor
from typing import TypeVar

from hub.merge.grid import ROW_DEG
from hub.publish.view import CameraDetail
from hub.review.candidates import Neighbourhood, around, distinct
from hub.review.doubts import (
    asked_first,
    doubt_question,
    gain,
    is_decidable,
    is_likely,
    is_open,
    likely_question,
    together,
    unsure_of,
    worth,
)
from hub.review.known import by_radio_alone, disputed, is_missed, photos, says, walks_that_saw
from hub.review.question import Asked, Candidate, Question, Unsure
from hub.review.weights import weigh
from probe.contract.geodesy import distance_m

RIVAL_WITHIN_M = 15.0
SAFE_RADIUS_M = 30.0  # a camera that is known no better is looked at alone
MOST_AT_ONCE, MOST_HINTS_AT_ONCE, MOST_PAIRS_AT_ONCE = 12, 40, 12
SAME_TOWN_M = 5_000.0  # from one to the next
_Kind = TypeVar("_Kind")

_TIERS = {
    Asked.PRIVATE: 0,
    Asked.GONE: 1,
    Asked.SAME: 2,
    Asked.ALL_SAME: 3,
    Asked.ALL: 4,
    Asked.CAMERA: 5,
    Asked.LOOK: 6,
    Asked.ALL_LOOK: 7,
}


def questions(cameras: Sequence[CameraDetail], one_by_one: Collection[str] = ()) -> list[Question]:
    """One question for each camera that waits, the first to ask first. Of `one_by_one`, ids of cameras and sightings,
    each is asked alone. Where it is unsure which sightings are of a camera, that is asked before the camera itself."""
    near = Neighbourhood(cameras)
    unsure = open_doubts(cameras)
    asked = _unsure(together(unsure), near, frozenset(one_by_one))
    doubtful = {one.camera.camera.id for one in unsure}
    waiting = [detail for detail in cameras if waits(detail) and detail.camera.id not in doubtful]
    apart = frozenset(one_by_one)
    safe = [detail for detail in waiting if detail.camera.id not in apart and is_safe(detail, near)]
    hints = [detail for detail in waiting if detail.camera.id not in apart and is_plain_hint(detail, near)]
    at_once = {detail.camera.id for detail in (*safe, *hints)}
    asked += [_question(detail, near) for detail in waiting if detail.camera.id not in at_once]
    asked += _all(Asked.ALL, safe, MOST_AT_ONCE, near)
    asked += _all(Asked.ALL_LOOK, hints, MOST_HINTS_AT_ONCE, near)
    return _in_order(asked)


def _unsure(parts: Iterable[Sequence[Unsure]], near: Neighbourhood, apart: frozenset[str]) -> list[Question]:
    """What is unsure in as few questions as can be: what is probably right with others, the rest part by part."""
    asked: list[Question] = []
    likely: list[Unsure] = []
    for part in parts:
        if is_likely(part) and apart.isdisjoint(name for one in part for name in one.doubt.sightings):
            likely += part
        else:
            asked.append(doubt_question(part, near.find))
    ordered = sorted(likely, key=lambda one: (*_way(one.seen), one.doubt.sightings))
    pieces = _pieces(ordered, MOST_PAIRS_AT_ONCE, lambda one: one.seen)
    return asked + [likely_question(one) if len(one) > 1 else doubt_question(one, near.find) for one in pieces]


def open_doubts(cameras: Iterable[CameraDetail]) -> list[Unsure]:
    """What is unsure and can be decided at a desk. What only the radio told is not: a person has to go there."""
    return [
        unsure
        for detail in cameras
        if is_open(detail) and not asked_first(detail)
        for unsure in unsure_of(detail)
        if is_decidable(unsure)
    ]


def waits(detail: CameraDetail) -> bool:
    """Whether there is something to decide about a camera."""
    camera = detail.camera
    if camera.review == "rejected" or camera.gone is not None:
        return False
    if _private_open(detail) or _gone_open(detail):
        return True
    if camera.private or camera.review == "confirmed":
        return False
    return not camera.follow_up


def is_safe(detail: CameraDetail, around: Neighbourhood) -> bool:
    """Whether it may be confirmed with others by one answer: seen on two walks that are not known to be of one
    contributor, or with a photo; nothing near by that it could be instead, nobody who says otherwise."""
    if _asked_of(detail, around.candidates(detail)) is not Asked.CAMERA or disputed(detail):
        return False
    if detail.camera.standing != "seen" or detail.camera.reach95_m > SAFE_RADIUS_M:
        return False
    if any(map(is_decidable, unsure_of(detail))):
        return False
    if not photos(detail) and (walks_that_saw(detail) < 2 or detail.camera.contributors == 1):
        return False
    near = (other for _, other in around.near(detail, RIVAL_WITHIN_M) if not by_radio_alone(other))
    return all(distinct(detail, other) for other in near)


def is_plain_hint(detail: CameraDetail, around: Neighbourhood) -> bool:
    """Whether radio alone tells of it, and nothing but that somebody has to look."""
    return _asked_of(detail, around.candidates(detail)) is Asked.LOOK and detail.camera.title_kind != "alpr"


def _private_open(detail: CameraDetail) -> bool:
    return says(detail, "private-dwelling") and "private" not in detail.decided


def _gone_open(detail: CameraDetail) -> bool:
    return (says(detail, "gone") or is_missed(detail)) and "gone" not in detail.decided


def _asked_of(detail: CameraDetail, candidates: Sequence[Candidate]) -> Asked:
    if _private_open(detail):
        return Asked.PRIVATE
    if _gone_open(detail):
        return Asked.GONE
    if any(one.duplicate is not None for one in candidates):
        return Asked.SAME
    if by_radio_alone(detail):
        return Asked.LOOK
    return Asked.CAMERA


def _question(detail: CameraDetail, around: Neighbourhood) -> Question:
    candidates = around.candidates(detail)
    asked = _asked_of(detail, candidates)
    return Question(
        key=f"{asked}-{detail.camera.id}",
        asked=asked,
        cameras=(detail,),
        reasons=weigh(detail, candidates),
        candidates=candidates,
    )


def question_about(detail: CameraDetail, cameras: Sequence[CameraDetail], *, doubts: bool = False) -> Question:
    """The question about one camera, also where nothing waits to be decided about it. With `doubts` it is the one about
    what is unsure of it, where something is."""
    near = around(detail, cameras)
    if doubts and is_open(detail) and not asked_first(detail):
        (part, *_) = together(unsure_of(detail))
        return doubt_question(part, near.find)
    return _question(detail, near)


def _all(asked: Asked, cameras: Sequence[CameraDetail], most: int, around: Neighbourhood) -> list[Question]:
    """Cameras in as few questions as can be, each of neighbours; one that would be alone is asked alone."""
    made = []
    for part in _pieces(sorted(cameras, key=_way), most, lambda one: one):
        if len(part) == 1:
            made.append(_question(part[0], around))
            continue
        names = "\n".join(sorted(detail.camera.id for detail in part))
        key = f"{asked}-{sha256(names.encode()).hexdigest()[:16]}"
        made.append(Question(key=key, asked=asked, cameras=tuple(part)))
    return made


def _pieces(ordered: Sequence[_Kind], most: int, where: Callable[[_Kind], CameraDetail]) -> list[Sequence[_Kind]]:
    """What lies along the way in parts of about equal size, none of which leads to another town."""
    runs: list[list[_Kind]] = []
    for one in ordered:
        here = where(one).camera
        last = where(runs[-1][-1]).camera if runs else None
        if last is None or distance_m(last.lat, last.lon, here.lat, here.lon) > SAME_TOWN_M:
            runs.append([])
        runs[-1].append(one)
    found: list[Sequence[_Kind]] = []
    for run in runs:
        count = -(-len(run) // most)
        found += [run[piece * len(run) // count : (piece + 1) * len(run) // count] for piece in range(count)]
    return found


def _in_order(asked: Iterable[Question]) -> list[Question]:
    """By tier, then along a way through the town; of merges, those that change most come first."""
    tiers: dict[float, list[Question]] = {}
    for question in asked:
        tiers.setdefault(_tier(question), []).append(question)
    return [question for tier in sorted(tiers) for question in sorted(tiers[tier], key=_rank(tier))]


def _tier(question: Question) -> float:
    """What one person alone says is gone waits until what decides about others is done: whoever says it of every camera
    crowds out nothing. What is unsure and shows on no picture comes after what can be seen, and before what only the
    radio told."""
    absence = question.camera.absence
    if question.asked is Asked.GONE and absence is not None and absence.contributors < 2:
        return _TIERS[Asked.GONE if says(question.camera, "gone") else Asked.LOOK]
    if question.unsure and not any(photos(one.seen) for one in question.unsure):
        return _TIERS[Asked.LOOK] - 0.5
    return _TIERS[question.asked]


def _rank(tier: float) -> Callable[[Question], tuple[object, ...]]:
    """In the tier of cameras alone, what is best worth an evening comes first; in that of merges, what is most probably
    wrong, in steps of a quarter of a guess: within a step, neighbours follow each other."""
    if tier == _TIERS[Asked.CAMERA]:
        return lambda question: (-worth(question.camera), *_way(question.camera))
    if tier in (_TIERS[Asked.SAME], _TIERS[Asked.LOOK] - 0.5):
        return lambda question: (-floor(4 * gain(question)), *_way(question.camera))
    return lambda question: _way(question.camera)


def _way(detail: CameraDetail) -> tuple[int, float, str]:
    """A place on a way through the town: row by row of some 111 m, to and fro, so that the next one is near by."""
    row = floor(detail.camera.lat / ROW_DEG)
    return row, detail.camera.lon if row % 2 else -detail.camera.lon, detail.camera.id
