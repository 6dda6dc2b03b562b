"""What people decided that a camera is, put in the place of what sightings claim. Pure."""

from datetime import date

import msgspec

from hub.errors import BadInput
from hub.log.decisions import TAGGED, DecisionKind, NewDecision
from hub.publish.view import CameraDetail, ClaimView
from probe.contract.readable import readable
from probe.contract.sighting import CameraKind, Mount, Strength

Value = str | None
MAX_VALUE, MAX_HEIGHT_M = 200, 1000.0
_CHOICES = {"kind": tuple(CameraKind), "mount": tuple(Mount), "operator_type": ("public", "private")}
_NUMBERS = {"direction": 360.0, "height": MAX_HEIGHT_M}
# Where the page shows what a claim is about.
_FIELDS = {"kind": "title_kind", "height": "height_m"}
_SHOWN = ("kind", "mount", "direction", "height", "vendor", "operator", "operator_type")


def check_value(about: str, value: Value) -> None:
    """Raises BadInput where a camera cannot be said to be this."""
    if about not in TAGGED:
        raise BadInput(f"{about[:40]!r} is nothing that a camera can be said to have; take one of {', '.join(TAGGED)}")
    if value is not None and said(about, value) is None:
        if about in _CHOICES:
            raise BadInput(f"a camera's {about} is one of {', '.join(_CHOICES[about])}, not {value[:40]!r}")
        if about in _NUMBERS:
            raise BadInput(f"a camera's {about} is a number from 0 to {_NUMBERS[about]:g}, not {value[:40]!r}")
        raise BadInput(f"a camera's {about} is a text of 1 to {MAX_VALUE} letters")


def said(about: str, value: Value) -> str | float | None:
    """A value as the page shows it; None where it is not known, or nothing that a camera can have."""
    if value is None:
        return None
    if about in _CHOICES:
        return value if value in _CHOICES[about] else None
    if about in _NUMBERS:
        return _number(value, _NUMBERS[about], whole=about == "direction")
    text = readable(value.strip())
    return text if 0 < len(text) <= MAX_VALUE else None


def retagged(detail: CameraDetail, about: str, value: Value) -> CameraDetail:
    """A camera of which `about` is `value`, whatever its sightings claim."""
    now = said(about, value)
    claims = [claim for claim in detail.claims if claim.about != about]
    if now is not None:
        decided = ClaimView(
            about=about, value=now, strength=Strength.STRONG, sightings=detail.camera.sightings, decided=True
        )
        claims = sorted([*claims, decided], key=lambda claim: claim.about)
    camera = detail.camera
    if about in _SHOWN:
        shown = "camera" if about == "kind" and now is None else now
        camera = msgspec.structs.replace(camera, **{_FIELDS.get(about, about): shown})
    if about == "height":
        camera = msgspec.structs.replace(camera, height_sd_m=None)
    return msgspec.structs.replace(detail, camera=camera, claims=tuple(claims))


def check_day(what: NewDecision) -> None:
    """Raises BadInput where a camera is said to be gone on no day."""
    if what.kind is DecisionKind.GONE and what.value not in (None, "no"):
        try:
            date.fromisoformat(what.value or "")
        except ValueError as problem:
            raise BadInput(f"{(what.value or '')[:40]!r} is no day; write it like 2026-05-09") from problem


def _number(text: str, most: float, *, whole: bool) -> float | None:
    """A number from 0 on; a whole turn is none. Text that is no number, or a huge one, gives None."""
    try:
        number = float(text)
    except ValueError:
        return None
    if not 0 <= number <= most:  # also what is not a number
        return None
    return number % most if whole else number
