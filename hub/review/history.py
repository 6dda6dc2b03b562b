"""What was decided of a camera, by whom and when, and whether it still holds. Pure.

The words for each decision stand in `hub/web/messages/decisions.toml`, under the reason's code.
"""

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct

from hub.log.decisions import Decided, DecisionKind
from hub.publish.view import Reason
from hub.review.retag import said
from hub.review.review import Review
from probe.contract.readable import readable

_YES_OR_NO = (DecisionKind.PRIVATE, DecisionKind.GONE, DecisionKind.FOLLOW_UP)


class Told(Struct, frozen=True, kw_only=True):
    """A decision as the history tells it.

    `holds` is false where it was undone: then `undone_by` and `undone_at` say by whom and when. One that holds may be
    `overruled` in whole or in part: a later one says otherwise. Several of one `batch` were made by one key.
    """

    number: int
    at: datetime
    by: str
    reason: Reason
    holds: bool
    overruled: bool = False
    undone_by: str | None = None
    undone_at: datetime | None = None
    batch: str | None = None


def history_of(review: Review, sightings: Iterable[str]) -> list[Told]:
    """The decisions that name any of some sightings, the oldest first."""
    numbers = sorted({number for one in sightings for number in review.by_sighting.get(one, ())})
    return [told(review, number) for number in numbers]


def all_told(review: Review) -> list[Told]:
    """All decisions of a hub, the oldest first."""
    return [told(review, number) for number in review.ledger.decisions]


def told(review: Review, number: int) -> Told:
    """One decision, as the history tells it. Raises KeyError where there is none with this number."""
    decided = review.ledger.decisions[number]
    undone = review.ledger.undone_by(number)
    return Told(
        number=number,
        at=decided.at,
        by=readable(decided.by),
        reason=_reason(decided),
        holds=undone is None,
        overruled=undone is None and number in review.binding.overruled,
        undone_by=None if undone is None else readable(undone.by),
        undone_at=None if undone is None else undone.at,
        batch=decided.what.batch,
    )


def _reason(decided: Decided) -> Reason:
    what = decided.what
    code = f"decided_{what.kind.replace('-', '_')}"
    params: dict[str, str | float] = {"n": len(what.sightings)}
    if what.others:
        params["others"] = len(what.others)
    if what.kind in _YES_OR_NO and what.value == "no":
        code += "_no"
    elif what.kind is DecisionKind.GONE:
        params["day"] = what.value or decided.at.date().isoformat()
    if what.kind is DecisionKind.RETAG and what.about is not None:
        value = said(what.about, what.value)
        code = f"decided_{what.about}" + ("_unknown" if value is None else "")
        if value is not None:
            params["value"] = value
    if what.text is not None:
        params["text"] = readable(what.text)
    return Reason(code=code, params=params)
