"""Whether a decision says what its kind needs. Pure."""

import re
from collections.abc import Iterable, Sequence

from hub.errors import BadInput
from hub.log.decisions import DecisionKind, NewDecision
from hub.review.retag import check_day, check_value

MAX_SIGHTINGS, MAX_GROUPS, MAX_TEXT, MAX_AT_ONCE = 20_000, 500, 2_000, 1_000
MOST_OF_ONE = MAX_SIGHTINGS // 2  # of one camera, so that a decision may be about two
_SIGHTING = re.compile(r"[0-9a-f]{32}")
_PICTURE = re.compile(r"[0-9a-f]{64}")
_OF_OTHERS = (DecisionKind.SAME, DecisionKind.APART, DecisionKind.SPLIT, DecisionKind.SITE)
_DIVIDING = (DecisionKind.NEW, DecisionKind.APART, DecisionKind.SPLIT)
_OF_PICTURES = (DecisionKind.RELEASE, DecisionKind.WITHHOLD)
_YES_OR_NO = (DecisionKind.PRIVATE, DecisionKind.FOLLOW_UP)


def to_name(listed: Sequence[str], everything: Sequence[str]) -> tuple[str, ...]:
    """The sightings by which a decision names a camera: all, or where one contributor has made too many of them, those
    that are listed and the first in the log. It holds for the camera that has most of these."""
    if len(everything) <= MOST_OF_ONE:
        return tuple(everything)
    kept = set(tuple(dict.fromkeys((*listed, *everything)))[:MOST_OF_ONE])
    return tuple(one for one in everything if one in kept)


def check(decisions: Iterable[NewDecision]) -> None:
    """Raises BadInput at the first decision that cannot be taken as it is."""
    for count, what in enumerate(decisions, start=1):
        if count > MAX_AT_ONCE:
            raise BadInput(f"more than {MAX_AT_ONCE} decisions at once; send them in parts")
        _check(what)


def _check(what: NewDecision) -> None:
    kind = what.kind
    if kind in (DecisionKind.UNDO, DecisionKind.REDO):
        raise BadInput("a decision is taken back by undoing it, not by deciding so")
    if kind in _OF_PICTURES:
        if not _PICTURE.fullmatch(what.value or ""):
            raise BadInput(f"to {kind} a picture takes its hash, 64 letters from 0 to f")
    elif not what.sightings:
        raise BadInput(f"to decide {kind!s} takes the sightings of a camera, and none are named; look at the map again")
    _check_sightings(what)
    _check_words(what)


def _check_sightings(what: NewDecision) -> None:
    kind = what.kind
    if kind in _OF_OTHERS and not any(what.others):
        raise BadInput(f"to decide {kind!s} takes the sightings of another camera, and none are named")
    named = [*what.sightings, *(one for group in what.others for one in group)]
    if len(named) > MAX_SIGHTINGS or len(what.others) > MAX_GROUPS:
        raise BadInput(f"a decision names {MAX_SIGHTINGS} sightings and {MAX_GROUPS} other cameras at most")
    wrong = next((one for one in named if not _SIGHTING.fullmatch(one)), None)
    if wrong is not None:
        raise BadInput(f"{wrong[:40]!r} is no sighting's id: these have 32 letters from 0 to f")
    if kind in _DIVIDING and len(set(named)) < len(named):
        raise BadInput("a sighting is on two sides of what is to be kept apart; put it on one")


def _check_words(what: NewDecision) -> None:
    kind = what.kind
    if kind is DecisionKind.RETAG:
        check_value(what.about or "", what.value)
    check_day(what)
    if kind in _YES_OR_NO and what.value not in (None, "yes", "no"):
        raise BadInput(f"{kind!s} is yes or no, not {(what.value or '')[:40]!r}")
    if len(what.text or "") > MAX_TEXT:
        raise BadInput(f"a note has {MAX_TEXT} letters at most")
    if kind is DecisionKind.NOTE and not (what.text or "").strip():
        raise BadInput("the note is empty; write something, or leave it")
