"""Why an export for others leaves a camera out: `exported` decides, this says it in a word. Pure."""

from collections import Counter
from collections.abc import Sequence

from hub.publish.view import CameraDetail


def why_left_out(detail: CameraDetail, *, composed: bool = False) -> str | None:
    """Why a camera is in no export for others: "rejected", "private", "waiting", "radio", "composed" or "gone"; None
    where it is in. `composed` lets a fictional camera through: for a hub that holds nothing else."""
    camera = detail.camera
    if camera.review == "rejected":
        return "rejected"
    if camera.private:
        return "private"
    if camera.review != "confirmed":
        return "waiting"
    if camera.standing != "seen":
        return "radio"  # nobody has seen it: by radio alone it is a hint, whoever confirmed it
    if camera.composed and not composed:
        return "composed"
    return None if camera.gone is None else "gone"


def left_out(cameras: Sequence[CameraDetail]) -> Counter[str]:
    """How many cameras are left out, by why."""
    return Counter(why for why in _whys(cameras) if why is not None)


def _whys(cameras: Sequence[CameraDetail]) -> list[str | None]:
    composed = all(detail.camera.composed for detail in cameras)
    return [why_left_out(detail, composed=composed) for detail in cameras]
