"""Which places walkers are asked to look at once more. Pure.

Careful by default: cameras that a person has confirmed and a walker has seen, and those for which an operator has asked
for a follow-up; never a private dwelling's, nor what is said to be one as long as nobody has decided. What radio alone
tells of, and nobody has asked for, would lead walkers to somebody's door.
"""

from collections.abc import Callable, Sequence

from hub.enroll.stands import may_lead_to
from hub.merge.stand import Stand
from hub.publish.public import all_composed
from hub.publish.view import CameraDetail
from probe.contract.home import MOST_LOOKS_FROM, MOST_PLACES, Look, LookFrom, LookHow, SecondLook
from probe.contract.sighting import CameraKind, Place

LARGE_RADIUS_M = 15.0  # of doubt: from there on another bearing is worth the way
MOST_ADVISED = 300  # so many places say from where to look, the weightiest: they have to be small
_DECIMALS = 5  # of a degree: a metre
_BEARING_STEP_DEG = 10
_SPREAD_95_TO_68 = 1.62  # of a round cloud
_WITHOUT_DIRECTION = frozenset({CameraKind.DOME, CameraKind.PANNING, CameraKind.PANORAMIC, CameraKind.BRIDGE,
                                CameraKind.GUNSHOT_DETECTOR, CameraKind.MULTI_SENSOR})  # fmt: skip
_FIRST = (Look.ASKED, Look.DOUBT, Look.KIND, Look.DIRECTION)


Advise = Callable[[CameraDetail], Sequence[Stand]]


def nowhere(_detail: CameraDetail) -> Sequence[Stand]:
    """No advice from where to look."""
    return ()


def second_looks(
    cameras: Sequence[CameraDetail], most: int = MOST_PLACES, *, advise: Advise = nowhere
) -> tuple[SecondLook, ...]:
    """The places most worth another look, each with its weightiest reason, the weightiest first; in no other order that
    tells anything. The first of those whose place is in doubt say from where, as `advise` knows it. A hub of fictional
    cameras alone, as the demo is, offers these."""
    composed = all_composed(cameras)
    found = [
        (_FIRST.index(why), -detail.camera.radius95_m, detail)
        for detail in cameras
        if (composed or not detail.camera.composed) and (why := why_look(detail)) is not None
    ]
    found.sort(key=lambda one: (*one[:2], one[2].camera.lat, one[2].camera.lon))
    return tuple(
        _look(detail, _FIRST[rank], advise(detail) if number < MOST_ADVISED and _is_in_doubt(detail) else ())
        for number, (rank, _, detail) in enumerate(found[:most])
    )


def why_look(detail: CameraDetail) -> Look | None:
    """Why a camera is worth another look; None where it is not, or walkers are not to be led there."""
    camera = detail.camera
    if not may_lead_to(detail):
        return None
    if camera.follow_up:
        return Look.ASKED
    if camera.review != "confirmed" or camera.standing != "seen":
        return None
    if camera.radius95_m > LARGE_RADIUS_M:
        return Look.DOUBT
    if camera.title_kind == "camera":
        return Look.KIND
    return Look.DIRECTION if camera.direction is None and camera.title_kind not in _WITHOUT_DIRECTION else None


def _is_in_doubt(detail: CameraDetail) -> bool:
    """Whether it is a camera for sure, and not where it is."""
    camera = detail.camera
    return camera.review == "confirmed" and camera.standing == "seen" and camera.radius95_m > LARGE_RADIUS_M


def _look(detail: CameraDetail, why: Look, stands: Sequence[Stand]) -> SecondLook:
    camera = detail.camera
    place = Place(
        lat=round(camera.lat, _DECIMALS),
        lon=round(camera.lon, _DECIMALS),
        accuracy_m=max(1.0, round(camera.radius95_m / _SPREAD_95_TO_68)),
    )
    return SecondLook(place=place, reason=why, stands=tuple(map(_look_from, stands[:MOST_LOOKS_FROM])))


def _look_from(stand: Stand) -> LookFrom:
    """As coarse as a walker needs it."""
    return LookFrom(
        place=Place(lat=round(stand.lat, _DECIMALS), lon=round(stand.lon, _DECIMALS)),
        how=LookHow(stand.what),
        bearing_deg=round(stand.bearing_deg / _BEARING_STEP_DEG) * _BEARING_STEP_DEG % 360,
    )
