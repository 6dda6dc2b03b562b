"""The MQTT topics, all valid on 3.1.1.

    contrechamp/1/<mailbox>/up       probe -> hub   Parcel
    contrechamp/1/<mailbox>/down     hub -> probe   Receipts
    contrechamp/1/<mailbox>/home     hub -> probe   HomePacket

A mailbox is a random name, so that a broker learns addresses, timing and counts, but not whose probe it is.
"""

import re

ROOT = "contrechamp/1"
EVERYTHING = f"{ROOT}/#"

_UP = re.compile(rf"^{ROOT}/([0-9a-f]{{16,64}})/up$")


def up(mailbox: str) -> str:
    """Where the probe with this mailbox sends its parcels."""
    return f"{ROOT}/{mailbox}/up"


def down(mailbox: str) -> str:
    """Where the hub answers the probe with this mailbox."""
    return f"{ROOT}/{mailbox}/down"


def home(mailbox: str) -> str:
    """Where the hub lays what the probe with this mailbox should take along."""
    return f"{ROOT}/{mailbox}/home"


def from_a_hub(topic: str) -> bool:
    """Whether this is what a hub sends (which a hub that listens to everything hears as well)."""
    return topic.startswith(f"{ROOT}/") and topic.endswith(("/down", "/home"))


def mailbox_of(topic: str) -> str | None:
    """The mailbox of a topic on which parcels come, or None for any other topic."""
    match = _UP.match(topic)
    return match.group(1) if match else None
