"""Cameras that are probably one: at the same spot with the same direction, or with the same address.

Not all that is near: at 25 m a warning would be wrong for every second camera of a town, and nobody would read it.
"""

from hub.publish.view import CameraDetail, Reason
from probe.contract.geodesy import distance_m, turn_deg

SAME_SPOT_M = 3.0
SAME_DIRECTION_DEG = 45.0


def probably_same(one: CameraDetail, other: CameraDetail) -> Reason | None:
    """Why two cameras are probably one; None where nothing says so."""
    here, there = one.camera, other.camera
    if there.id in one.same_address:
        return Reason(code="desk_same_address")
    apart_m = distance_m(here.lat, here.lon, there.lat, there.lon)
    if apart_m > SAME_SPOT_M or differ_in_kind(one, other):
        return None
    turn = turned(one, other)
    if turn is not None and turn > SAME_DIRECTION_DEG:
        return None
    code = "desk_same_spot" if turn is None else "desk_same_spot_direction"
    return Reason(code=code, params={"distance_m": round(apart_m, 1)})


def turned(one: CameraDetail, other: CameraDetail) -> float | None:
    """The angle between where two cameras look, in degrees; None where one of them is not known."""
    if one.camera.direction is None or other.camera.direction is None:
        return None
    return turn_deg(one.camera.direction, other.camera.direction)


def differ_in_kind(one: CameraDetail, other: CameraDetail) -> bool:
    """Whether one is a plate reader and the other something else: hundreds of such pairs hang at one spot."""
    kinds = {one.camera.title_kind, other.camera.title_kind}
    return "alpr" in kinds and len(kinds - {"camera"}) > 1
