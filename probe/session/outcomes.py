"""What came of a photo or a pin, in a sentence and a sign for its walker."""

from concurrent.futures import CancelledError, Future
from dataclasses import dataclass

from probe.contract.sighting import PhotoNotKept, Sighting
from probe.errors import BadInput, OutboxFull, ProbeError
from probe.session.seen import WORKBENCH
from probe.session.signs import Sign
from probe.session.view import Note
from probe.walk.snapshots import FACE_COVERED, LITTLE_LEFT, Snapshot

# The photo is a pin: why there is no picture.
_PINNED = {
    PhotoNotKept.NO_REDACTOR: "photo-pin-no-redactor",
    PhotoNotKept.SELF_TEST: "photo-pin-self-test",
    PhotoNotKept.WALKER: "photo-pin-walker",
    PhotoNotKept.MEMORY: "photo-pin-memory",
    PhotoNotKept.CAMERA: "photo-pin-camera",
}
_NOTED = {LITTLE_LEFT: "photo-little-left", FACE_COVERED: "photo-face-covered"}
_HIDDEN = {
    "start": "hidden-start",
    "start-again": "hidden-start-again",
    "no-fix-yet": "hidden-no-fix",
    WORKBENCH: "hidden-workbench",
}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: a sentence, the sign for it, and the snapshot, where there is one."""

    note: Note
    sign: Sign
    snapshot: Snapshot | None = None


def outcome_of(came: "Future[Snapshot]") -> Outcome:
    """What came of a press of the shutter, whose future is done."""
    try:
        snapshot = came.result(timeout=0)
    except OutboxFull as problem:
        return Outcome(Note(code="photo-lost", detail=str(problem)), Sign.PHOTO_REFUSED)
    except BadInput as problem:
        return Outcome(Note(code="photo-failed", detail=str(problem)), Sign.PHOTO_REFUSED)
    except (Exception, CancelledError) as problem:  # noqa: BLE001 (whatever it was, the walker is told)
        said = str(problem) if isinstance(problem, ProbeError) else type(problem).__name__
        return Outcome(Note(code="photo-failed", detail=said), Sign.PHOTO_REFUSED)
    pin = snapshot.sighting.pin
    if not snapshot.pictures:
        why = pin.photo_not_kept if pin is not None else None
        code = _PINNED.get(why, "photo-pin-camera") if why is not None else "photo-pin-camera"
        return Outcome(Note(code=code, detail=snapshot.told), Sign.PHOTO_REFUSED, snapshot)
    return Outcome(_kept(snapshot), Sign.PHOTO_KEPT, snapshot)


def _kept(snapshot: Snapshot) -> Note:
    """The first thing to say of a photo that is kept: what is wrong with it before all else."""
    noted = [_NOTED[note] for note in snapshot.notes if note in _NOTED]
    if noted:
        return Note(code=noted[0])
    if snapshot.sighting.observer is None:
        return Note(code="photo-no-place")
    return Note(code="photo-kept", detail="; ".join(snapshot.notes) or None)


def hidden_note(why: str) -> Note:
    """Why what was just made goes nowhere."""
    return Note(code=_HIDDEN.get(why, "hidden-no-fix"))


def points(sighting: Sighting) -> bool:
    """Whether a photo knows where it looks."""
    photo = sighting.photo
    return photo is not None and (photo.bearing_deg is not None or photo.magnetic_bearing_deg is not None)
