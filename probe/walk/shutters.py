"""How the camera of a walk is: apart from what takes photos, which a walk without a camera need not load."""

from dataclasses import dataclass
from enum import StrEnum

LAST_PHOTO_S = 120.0  # a small machine looks for people half a minute and more


class CameraHealth(StrEnum):
    """How the camera is: a word that walkers see. `refused`: no picture may be kept here; `lost`: it gave none."""

    STARTING = "starting"
    READY = "ready"
    BUSY = "busy"
    LOST = "lost"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraStatus:
    """The camera at one moment: photos that were kept with their pictures, and without, as pins; `trouble` is a
    sentence, None where there is none."""

    name: str
    health: CameraHealth
    photos: int
    pins: int
    trouble: str | None
