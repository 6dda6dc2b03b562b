"""What the desk asks of an operator: the shapes of a question. To be reviewed is never to be suspicious."""

from enum import StrEnum

from msgspec import Struct

from hub.publish.view import CameraDetail, DoubtView, Reason


class Asked(StrEnum):
    """What is asked of a camera."""

    CAMERA = "camera"  # is it one?
    SAME = "same"  # is it one of the others, or a new one?
    PRIVATE = "private"  # does it belong to a private dwelling?
    GONE = "gone"  # is it still there?
    LOOK = "look"  # by radio alone: somebody has to look
    ALL = "all"  # several that are safe: are they all cameras?
    ALL_SAME = "all-same"  # several sightings that are probably where the map has them: are they?
    ALL_LOOK = "all-look"  # several by radio alone: somebody has to look at all


class Weighed(Struct, frozen=True, kw_only=True):
    """A reason and how much it weighs, 0 to 1; `doubt` where it speaks for doubt, else it speaks for a camera."""

    reason: Reason
    weight: float
    doubt: bool = False


class Unsure(Struct, frozen=True, kw_only=True):
    """Sightings that may be of another camera: the camera in which the map has them, its doubt, and what they show of
    themselves (`seen`), as a camera that has these sightings alone."""

    camera: CameraDetail
    doubt: DoubtView
    seen: CameraDetail


class Candidate(Struct, frozen=True, kw_only=True):
    """Another camera that could be the same one. Metres and degrees; None is "not known".

    `cost` is the squared distance in units of the joint doubt; `duplicate` is why they are probably the same. Of
    sightings that may be of one of several, `percent` is how probable it is that they are of this one, and `here` says
    that the map has them there: the camera is then shown without them.
    """

    letter: str
    camera: CameraDetail
    distance_m: float
    bearing_deg: float
    turn_deg: float | None
    cost: float
    agrees: tuple[Reason, ...] = ()
    conflicts: tuple[Reason, ...] = ()
    duplicate: Reason | None = None
    percent: int | None = None
    here: bool = False


class Question(Struct, frozen=True, kw_only=True):
    """One screen of the desk. `key` stays the same while the same is asked of the same cameras.

    There are several `cameras` only where one answer is safe for all of them. Of `unsure` sightings, the first ones are
    what is asked about, and the candidates those that they may be of; the others hang together with them. `own` is how
    probable it is, in percent, that they are of a camera of their own; `others` are the ids of all cameras that what is
    unsure may be of.
    """

    key: str
    asked: Asked
    cameras: tuple[CameraDetail, ...]
    reasons: tuple[Weighed, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    unsure: tuple[Unsure, ...] = ()
    own: int = 0
    others: tuple[str, ...] = ()

    @property
    def camera(self) -> CameraDetail:
        """The camera that it is about; the first one where there are several."""
        return self.cameras[0]
