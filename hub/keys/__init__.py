"""The hub's keys, and the day by which they turn."""

from hub.keys.hub_keys import FOLDER, SIGNING_KEY, HubKeys, KeyDamaged, KeyNotHere, SealedElsewhere, doubt_of
from hub.keys.terms import IN_USE_DAYS, OPENS_DAYS

__all__ = [
    "FOLDER",
    "IN_USE_DAYS",
    "OPENS_DAYS",
    "SIGNING_KEY",
    "HubKeys",
    "KeyDamaged",
    "KeyNotHere",
    "SealedElsewhere",
    "doubt_of",
]
