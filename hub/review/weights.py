"""Why a camera is asked about, in reasons with weights.

A weight is a share of 0 to 1 by a fixed table: how much it would take to change our mind. It orders and explains; it is
no probability, and the page does not call it one.
"""

from collections.abc import Sequence

from hub.publish.view import CameraDetail, Reason
from hub.review.known import by_radio_alone, disputed, photos, says, walks_that_saw
from hub.review.question import Candidate, Weighed

PRIVATE_CLAIM, GONE_CLAIM, DUPLICATE = 1.0, 0.9, 0.9
RADIO_ALONE, WIDE, DISPUTED, ONE_LOOK = 0.8, 0.4, 0.5, 0.3
PHOTO, FIRST_WALK, EACH_WALK, MOST_WALKS, HEARD_TOO, CERTAIN = 0.5, 0.2, 0.3, 0.8, 0.3, 0.3
WIDE_M = 25.0


def weigh(detail: CameraDetail, candidates: Sequence[Candidate]) -> tuple[Weighed, ...]:
    """The reasons for doubt and those for a camera, the heaviest first."""
    found = [*_doubts(detail, candidates), *_signs(detail)]
    return tuple(sorted(found, key=lambda one: (-one.weight, one.reason.code)))


def _doubts(detail: CameraDetail, candidates: Sequence[Candidate]) -> list[Weighed]:
    camera = detail.camera
    found = [
        _doubt(one.duplicate.code, DUPLICATE, **one.duplicate.params, letter=one.letter)
        for one in candidates
        if one.duplicate is not None
    ]
    if says(detail, "private-dwelling"):
        found.append(_doubt("desk_private_claim", PRIVATE_CLAIM))
    if says(detail, "gone"):
        found.append(_doubt("desk_gone_claim", GONE_CLAIM))
    if by_radio_alone(detail):
        found.append(_doubt("desk_radio_alone", RADIO_ALONE))
    found += [
        _doubt("desk_unsure", round(1 - doubt.here / 100, 2), sightings=len(doubt.sightings), percent=doubt.here)
        for doubt in detail.doubts
    ]
    if camera.reach95_m > WIDE_M:
        found.append(_doubt("desk_wide", WIDE, radius_m=round(camera.reach95_m)))
    found += [_doubt(f"desk_disputed_{about}", DISPUTED) for about in disputed(detail)]
    if walks_that_saw(detail) == 1 and not photos(detail):
        found.append(_doubt("desk_one_look", ONE_LOOK))
    return found


def _signs(detail: CameraDetail) -> list[Weighed]:
    walks, kept = walks_that_saw(detail), photos(detail)
    found = []
    if walks:
        weight = min(MOST_WALKS, FIRST_WALK + EACH_WALK * (walks - 1))
        found.append(_sign("desk_seen", weight, walks=walks))
    if kept:
        found.append(_sign("desk_photos", PHOTO, photos=kept))
    if walks and any(item.kind == "radio" for item in detail.evidence):
        found.append(_sign("desk_heard_too", HEARD_TOO))
    if detail.camera.standing == "seen":
        found.append(_sign("desk_certain", CERTAIN))
    return found


def _doubt(code: str, weight: float, **params: str | float) -> Weighed:
    return Weighed(reason=Reason(code=code, params=params), weight=weight, doubt=True)


def _sign(code: str, weight: float, **params: str | float) -> Weighed:
    return Weighed(reason=Reason(code=code, params=params), weight=round(weight, 2))
