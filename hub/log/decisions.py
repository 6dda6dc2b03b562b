"""What people at the hub decided about cameras: the log's events for it. One only adds to them; an undo is one, too.

A decision names sightings and never a camera: cameras are derived, and their ids follow from the sightings. It holds
for whichever camera has these sightings later on, in whatever order they came.
"""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct


class DecisionKind(StrEnum):
    """What was decided.

    `sightings` are those of the camera that it is about; `others` groups of sightings, each of another camera.
    """

    CONFIRM = "confirm"  # a camera is there, and these sightings are of it
    NEW = "new"  # the same, and it is none of `others`
    SAME = "same"  # `sightings` and all `others` are of one camera
    APART = "apart"  # `sightings` are of none of the cameras that `others` are of
    SPLIT = "split"  # `sightings`, taken out of a camera, are of one; each group of `others`, what is left, of another
    RETAG = "retag"  # of the camera, `about` is `value`, whatever sightings claim; no value: it is not known
    REJECT = "reject"  # no camera
    PRIVATE = "private"  # of a private dwelling, or with the value "no" not, whatever sightings claim
    GONE = "gone"  # there was a camera until `value`, a day; with the value "no" it is there
    FOLLOW_UP = "follow-up"  # somebody has to look again; with the value "no" nobody has to
    NOTE = "note"  # `text`, for other people at this hub
    SITE = "site"  # the camera hangs at one pole or facade with those of `others`
    OFF_SITE = "off-site"  # it hangs with none of `others`
    RELEASE = "release"  # the picture whose hash is `value` may be shown to everybody
    WITHHOLD = "withhold"  # it may not any more
    UNDO = "undo"  # the decision with the number `decision` does not hold
    REDO = "redo"  # it does again


# What `RETAG` may be about.
TAGGED = ("kind", "mount", "direction", "height", "vendor", "operator", "operator_type", "site_name")


class NewDecision(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A decision to write down. `camera` is the camera's id as it was decided, for the history alone; decisions that
    were made by one key have one `batch`, and are undone together."""

    kind: DecisionKind
    camera: str | None = None
    sightings: tuple[str, ...] = ()
    others: tuple[tuple[str, ...], ...] = ()
    about: str | None = None
    value: str | None = None
    text: str | None = None
    decision: int | None = None
    batch: str | None = None


class Decided(Struct, frozen=True, kw_only=True):
    """A decision in the log, at its place: by whom, and when by the hub's clock (UTC, to the second)."""

    number: int
    at: datetime
    by: str
    what: NewDecision
