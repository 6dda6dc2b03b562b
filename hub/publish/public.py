"""What the public may see of a camera: which cameras, and which fields of them. Pure.

The one place that says so: the shared map and the exports without `--all` go by `publishable`, and every field of
`PublicCamera` is chosen. Nothing in it says on which day, on which walk or by whom a camera was seen.
"""

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from hub.publish.view import CameraDetail

_DECIMALS = 5  # of a degree: a metre
_ROUNDING_M = 1.0  # so far the rounded place may lie from the estimate
RADIUS_STEP_M = 5
DIRECTION_STEP_DEG = 10


class PublicCamera(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A camera as the public sees it: nothing else is told.

    `id` was drawn by lot. `lat` and `lon` are rounded degrees; the camera stands within `radius_m` of them 95 times in
    100, rounded up to 5 m. `direction` is where it looks, to 10 degrees. `month` is that of its last sighting, `gone`
    that until which it was there (2026-05). `pictures` are public ids of those that were released. `composed` says that
    it is fictional. None is "not known".
    """

    id: str
    kind: str
    lat: float
    lon: float
    radius_m: int
    direction: int | None = None
    mount: str | None = None
    operator_type: str | None = None
    month: str | None = None
    gone: str | None = None
    pictures: tuple[str, ...] = ()
    composed: bool = False


def publishable(detail: CameraDetail, *, composed: bool = False) -> bool:
    """Whether the public may know of a camera: a person confirmed it, a walker saw it, and it is no private dwelling's.

    What only the radio heard is a hint, whoever confirmed it. `composed` lets a fictional camera through: for a hub
    that holds nothing else.
    """
    camera = detail.camera
    return (
        camera.review == "confirmed"
        and camera.standing == "seen"
        and not camera.private
        and (composed or not camera.composed)
    )


def all_composed(details: Iterable[CameraDetail]) -> bool:
    """Whether a hub holds fictional cameras alone, as the demo does."""
    return all(detail.camera.composed for detail in details)


def kept_back(details: Sequence[CameraDetail]) -> int:
    """How many cameras the public may not know of only because they are fictional and others of the hub are real."""
    if all_composed(details):
        return 0
    return sum(one.camera.composed and publishable(one, composed=True) for one in details)


def publishable_cameras(details: Sequence[CameraDetail]) -> list[CameraDetail]:
    """The cameras that the public may know of, by place: in no order that tells when they came."""
    composed = all_composed(details)
    return sorted((one for one in details if publishable(one, composed=composed)), key=_place)


def public_form(detail: CameraDetail, public_id: str, pictures: Sequence[str] = ()) -> PublicCamera:
    """What the public sees of a camera under its public id."""
    camera = detail.camera
    return PublicCamera(
        id=public_id,
        kind=camera.title_kind,
        lat=round(camera.lat, _DECIMALS),
        lon=round(camera.lon, _DECIMALS),
        radius_m=rounded_radius_m(camera.reach95_m),
        direction=None
        if camera.direction is None
        else round(camera.direction / DIRECTION_STEP_DEG) * DIRECTION_STEP_DEG % 360,
        mount=camera.mount,
        operator_type=camera.operator_type,
        month=month_of(camera.last_seen),
        gone=month_of(camera.gone),
        pictures=tuple(sorted(pictures)),
        composed=camera.composed,
    )


def rounded_radius_m(radius_m: float) -> int:
    """A radius around the rounded place that holds all of the one around the estimate, to the next 5 m."""
    return math.ceil((radius_m + _ROUNDING_M) / RADIUS_STEP_M) * RADIUS_STEP_M


def month_of(day: str | None) -> str | None:
    """The month of a day: 2026-05 of 2026-05-09."""
    return None if day is None else day[:7]


def _place(detail: CameraDetail) -> tuple[float, float, str]:
    """Rounded as the public sees it: what the estimate has beyond that depends on who was there."""
    return round(detail.camera.lat, _DECIMALS), round(detail.camera.lon, _DECIMALS), detail.camera.title_kind
