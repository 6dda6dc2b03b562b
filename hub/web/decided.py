"""A decision in words: what was decided, by whom and when, and what has become of it."""

from hub.review.history import Told
from hub.web.words import Words

# Of which a decision gives a code: the page has a word for each.
_CODED = {"decided_kind": "kind_", "decided_operator_type": "operator_"}


def decided(told: Told, say: Words) -> str:
    """What was decided, such as "kind: Dome camera"."""
    code, params = told.reason.code, dict[str, object](told.reason.params)
    value = params.get("value")
    if code in _CODED:
        params["value"] = say(f"{_CODED[code]}{value}")
    elif code == "decided_mount":
        params["value"] = say(f"on_{value}")
    elif code == "decided_direction" and isinstance(value, int | float):
        params["value"] = say.compass(value, "towards")
    if "day" in params:
        params["day"] = say.day(str(params["day"]))
    return say(code, **params)


def remark(told: Told, say: Words) -> str:
    """By whom and when it was decided, and that it was undone or overruled, where it was."""
    parts = [say("decided_by", by=told.by, day=say.day(told.at.date().isoformat()))]
    if told.undone_by is not None and told.undone_at is not None:
        parts.append(say("decided_undone", by=told.undone_by, day=say.day(told.undone_at.date().isoformat())))
    if told.overruled:
        parts.append(say("decided_overruled"))
    return say("decided_also").join(parts)
