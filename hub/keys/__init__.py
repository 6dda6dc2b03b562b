"""The hub's keys, and the day by which they turn."""

from hub.keys.hub_keys import (
    FOLDER,
    IN_USE_DAYS,
    OPENS_DAYS,
    SIGNING_KEY,
    HubKeys,
    KeyNotHere,
    SealedElsewhere,
    doubt_of,
)

__all__ = ["FOLDER", "IN_USE_DAYS", "OPENS_DAYS", "SIGNING_KEY", "HubKeys", "KeyNotHere", "SealedElsewhere", "doubt_of"]
