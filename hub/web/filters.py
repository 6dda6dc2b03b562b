"""Which cameras a reader wants to see, by the map's address: for tiles. The page's own filters are in filters.js."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from hub.publish.tiles import Properties
from hub.publish.view import CameraView

STANDINGS = ("confirmed", "waiting", "hint", "follow-up", "gone")
SHOWN_AT_FIRST = STANDINGS[:-1]
_DAYS = {"30": 30, "180": 180, "365": 365}
_METRES = {"10": 10.0, "25": 25.0, "50": 50.0}
_LONG_AGO_DAYS, _FAR_M = 365, 50.0


def filed(camera: CameraView) -> str:
    """The one thing that matters most about a camera for whoever works with the map."""
    if camera.gone is not None:
        return "gone"
    if camera.follow_up:
        return "follow-up"
    if camera.review == "confirmed":
        return "confirmed"
    return "hint" if camera.standing == "hint" else "waiting"


def keeping(asked: Mapping[str, str], today: date) -> Callable[[Properties], bool]:
    """Whether a camera is wanted, by the properties of its mark; what makes no sense in the address is passed over."""
    kinds = frozenset(asked["kind"].split(",")) if "kind" in asked else None
    standings = frozenset(asked["standing"].split(",") if "standing" in asked else SHOWN_AT_FIRST)
    age, doubt = asked.get("age", ""), asked.get("doubt", "")

    def keep(said: Properties) -> bool:
        if (kinds is not None and said["title_kind"] not in kinds) or said["filed"] not in standings:
            return False
        return _recent(str(said.get("last_seen", "")), age, today) and _sure(float(said["radius95_m"]), doubt)

    return keep


def _recent(last_seen: str, age: str, today: date) -> bool:
    if age == "older":
        return bool(last_seen) and last_seen < (today - timedelta(days=_LONG_AGO_DAYS)).isoformat()
    if age in _DAYS:
        return bool(last_seen) and last_seen >= (today - timedelta(days=_DAYS[age])).isoformat()
    return True


def _sure(radius_m: float, doubt: str) -> bool:
    if doubt == "more":
        return radius_m > _FAR_M
    return radius_m <= _METRES[doubt] if doubt in _METRES else True
