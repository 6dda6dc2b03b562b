"""What an answer at the desk means: the decisions to write down. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from math import isfinite

import msgspec
from msgspec import Struct

from hub.errors import BadInput
from hub.log.decisions import TAGGED, DecisionKind, NewDecision
from hub.publish.view import CameraDetail, DoubtView
from hub.review.doubts import sure_sightings
from hub.review.known import by_radio_alone
from hub.review.unsure import as_it_is, not_of, of_its_own, of_one, said_of
from probe.contract.readable import readable
from probe.contract.sighting import CameraKind, Mount

MAX_TEXT, MAX_TAG = 2000, 100
Find = Callable[[str], CameraDetail | None]


class Answer(Struct, frozen=True, kw_only=True):
    """An answer as it came in: what was pressed, about which cameras, beside which others; `sightings` are those that
    were chosen of one camera, or one each of those that may be of another; `about` and `value` a tag, `text` a note."""

    answer: str
    cameras: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    sightings: tuple[str, ...] = ()
    about: str | None = None
    value: str | None = None
    text: str | None = None


def decisions(answer: Answer, find: Find, batch: str, today: date) -> list[NewDecision]:
    """The decisions of one answer, one batch. Raises BadInput with a sentence; then nothing is to be written."""
    made = _MAKERS.get(answer.answer)
    if made is None:
        raise BadInput("there is no such answer; load the page again, and press one of its buttons")
    cameras = [_found(find, camera_id) for camera_id in answer.cameras]
    others = [_found(find, camera_id) for camera_id in answer.others]
    if not cameras or (answer.answer == "as-is" and not answer.sightings):
        raise BadInput("no camera was chosen; choose one at least, or press the key for later")
    found = [decision for detail in cameras for decision in made(answer, detail, others, batch, today)]
    if not found:
        raise BadInput("that is settled meanwhile: the map is no longer unsure of it; go on with the next question")
    return found


def _found(find: Find, camera_id: str) -> CameraDetail:
    detail = find(camera_id)
    if detail is None:
        raise BadInput("that camera is no more: its sightings were taken back; go on with the next question")
    return detail


def _about(
    detail: CameraDetail, kind: DecisionKind, batch: str, others: Sequence[CameraDetail] = (), **more: object
) -> NewDecision:
    groups = tuple(other.sighting_ids for other in others if other.camera.id != detail.camera.id)
    return NewDecision(
        kind=kind, camera=detail.camera.id, sightings=detail.sighting_ids, others=groups, batch=batch, **more  # type: ignore[arg-type]
    )  # fmt: skip


_Made = list[NewDecision]


def _confirm(_answer: Answer, detail: CameraDetail, _others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    """There is a camera, and what is surely of it is. What may be of another one stays open."""
    _require_looked(detail)
    settled = _settle(detail, batch)
    confirmed = _about(detail, DecisionKind.CONFIRM, batch)
    return [*settled, msgspec.structs.replace(confirmed, sightings=sure_sightings(detail))]


def _settle(detail: CameraDetail, batch: str) -> _Made:
    """Who confirms a camera of which somebody says that it is private, or gone, has decided that too."""
    claimed = {claim.about for claim in detail.claims if claim.value is not False}
    found = []
    if "private-dwelling" in claimed or detail.camera.private:
        found.append(_about(detail, DecisionKind.PRIVATE, batch, value="no"))
    if "gone" in claimed or detail.camera.gone is not None:
        found.append(_about(detail, DecisionKind.GONE, batch, value="no"))
    return found


def _new(answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    if answer.sightings:
        return of_its_own(_doubt_in(detail, answer), detail, others, batch)
    _require_looked(detail)
    return [*_settle(detail, batch), _about(detail, DecisionKind.NEW, batch, others)]


def _same(answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    """The same as another one: so there is a camera, which is confirmed where somebody has looked at either."""
    if answer.sightings:
        return of_one(_doubt_in(detail, answer), detail, others, batch)
    _require_other(others, detail)
    made = [_about(detail, DecisionKind.SAME, batch, others)]
    open_points = any(one.camera.private or one.camera.gone is not None for one in (detail, *others))
    if not open_points and not all(by_radio_alone(one) for one in (detail, *others)):
        every = tuple(dict.fromkeys(name for one in (detail, *others) for name in one.sighting_ids))
        made.append(
            NewDecision(kind=DecisionKind.CONFIRM, camera=others[0].camera.id, sightings=every, batch=batch)
        )  # fmt: skip
    return made


def _apart(answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    if answer.sightings:
        return not_of(_doubt_in(detail, answer), detail, others, batch)
    _require_other(others, detail)
    return [_about(detail, DecisionKind.APART, batch, others)]


def _as_is(answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    """The map has it right: what was shown as unsure is where it is."""
    shown = [doubt for doubt in detail.doubts if not set(doubt.sightings).isdisjoint(answer.sightings)]
    return as_it_is(shown, detail, others, batch) if shown else []


def _doubt_in(detail: CameraDetail, answer: Answer) -> DoubtView:
    """What is unsure of a camera, by the sightings that the page named of it."""
    chosen = set(answer.sightings)
    found = next((doubt for doubt in detail.doubts if not chosen.isdisjoint(doubt.sightings)), None)
    if found is None:
        raise BadInput("that is settled meanwhile: the map is no longer unsure of it; go on with the next question")
    return found


def _split(answer: Answer, detail: CameraDetail, _others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    taken = tuple(name for name in detail.sighting_ids if name in answer.sightings)
    left = tuple(name for name in detail.sighting_ids if name not in answer.sightings)
    if not taken or not left:
        raise BadInput("choose some of the sightings, and not all: those are taken out as a camera of their own")
    return [
        NewDecision(
            kind=DecisionKind.SPLIT, camera=detail.camera.id, sightings=taken, others=(left,), batch=batch
        )
    ]  # fmt: skip


def _retag(answer: Answer, detail: CameraDetail, _others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    about = answer.about or ""
    if about not in TAGGED:
        raise BadInput("there is no such tag; load the page again, and choose one of its tags")
    value = checked_tag(about, answer.value)
    return [_about(detail, DecisionKind.RETAG, batch, about=about, value=value)]


def _site(_answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    _require_other(others, detail)
    return [_about(detail, DecisionKind.SITE, batch, others)]


def _gone(answer: Answer, detail: CameraDetail, _others: Sequence[CameraDetail], batch: str, today: date) -> _Made:
    day = answer.value or detail.camera.last_seen or today.isoformat()
    try:
        date.fromisoformat(day)
    except ValueError:
        raise BadInput("the day since which it is gone must look like 2026-05-09") from None
    return [_about(detail, DecisionKind.GONE, batch, value=day)]


def _note(answer: Answer, detail: CameraDetail, _others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
    text = readable((answer.text or "").strip())
    if not text:
        raise BadInput("the note is empty; write something, or press Escape")
    if len(text) > MAX_TEXT:
        raise BadInput(f"the note is too long; at most {MAX_TEXT} letters")
    return [_about(detail, DecisionKind.NOTE, batch, text=text)]


def _plain(kind: DecisionKind, value: str | None = None) -> "_Maker":
    def make(answer: Answer, detail: CameraDetail, others: Sequence[CameraDetail], batch: str, _day: date) -> _Made:
        if answer.sightings and kind in _OF_SIGHTINGS:
            return said_of(kind, _doubt_in(detail, answer), detail, others, batch)
        return [_about(detail, kind, batch, value=value)]

    return make


_Maker = Callable[[Answer, CameraDetail, Sequence[CameraDetail], str, date], _Made]
_MAKERS: dict[str, _Maker] = {
    "confirm": _confirm,
    "new": _new,
    "same": _same,
    "as-is": _as_is,
    "apart": _apart,
    "split": _split,
    "retag": _retag,
    "site": _site,
    "off-site": _plain(DecisionKind.OFF_SITE),
    "reject": _plain(DecisionKind.REJECT),
    "private": _plain(DecisionKind.PRIVATE),
    "not-private": _plain(DecisionKind.PRIVATE, "no"),
    "gone": _gone,
    "there": _plain(DecisionKind.GONE, "no"),
    "follow-up": _plain(DecisionKind.FOLLOW_UP),
    "no-follow-up": _plain(DecisionKind.FOLLOW_UP, "no"),
    "note": _note,
}
ANSWERS = tuple(_MAKERS)
_OF_SIGHTINGS = (DecisionKind.REJECT, DecisionKind.PRIVATE)  # what may be said of some sightings, and not of the rest


def _require_looked(detail: CameraDetail) -> None:
    if by_radio_alone(detail):
        raise BadInput("nobody has looked at this one: radio alone makes no camera; ask for a follow-up instead")


def _require_other(others: Sequence[CameraDetail], detail: CameraDetail) -> None:
    if not others or all(other.camera.id == detail.camera.id for other in others):
        raise BadInput("there is no other camera to compare it with any more; go on with the next question")


def checked_tag(about: str, value: str | None) -> str | None:
    """A tag's value as it is written down; None is "not known". Raises BadInput with a sentence."""
    text = readable((value or "").strip())
    if not text:
        return None
    if about in _CLOSED:
        if text not in _CLOSED[about]:
            raise BadInput("that is none of the values of this tag; choose one of the list, or that it is not known")
        return text
    if about in _NUMBERS:
        low, high = _NUMBERS[about]
        number = _number(text)
        if number is None or not low <= number <= high:
            raise BadInput(f"{about} must be a number from {low:g} to {high:g}, or empty where it is not known")
        return f"{number % 360:g}" if about == "direction" else f"{number:g}"
    if len(text) > MAX_TAG:
        raise BadInput(f"that name is too long; at most {MAX_TAG} letters")
    return text


_CLOSED = {
    "kind": tuple(map(str, CameraKind)),
    "mount": tuple(map(str, Mount)),
    "operator_type": ("public", "private"),
}
_NUMBERS = {"direction": (0.0, 360.0), "height": (0.0, 100.0)}


def _number(text: str) -> float | None:
    """A number, with a comma or a point."""
    try:
        number = float(text.replace(",", "."))
    except ValueError:
        return None
    return number if isfinite(number) else None
