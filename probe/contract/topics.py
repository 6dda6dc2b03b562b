"""The MQTT topics, all valid on 3.1.1.

    contrechamp/1/<mailbox>/up            probe -> hub   Parcel, or Wanted
    contrechamp/1/<mailbox>/down          hub -> probe   Signed(Receipts)
    contrechamp/1/<mailbox>/home          hub -> probe   Signed(HomePacket), before its first receipts, and as Wanted
    contrechamp/1/pair/<rendezvous>/up    a probe that is not paired yet -> hub
    contrechamp/1/pair/<rendezvous>/down  hub -> that probe

Mailboxes and rendezvous are random names, so that a broker learns addresses, timing and counts, but not whose probe it
is. A probe's user name at the broker is its mailbox; whoever pairs takes one of the accounts below, which may do
nothing else. Nothing is retained, nobody leaves a will, and every session is a clean one: a broker may refuse all
three.
"""

import re

ROOT = "contrechamp/1"
EVERYTHING = f"{ROOT}/#"
EVERY_UP = f"{ROOT}/+/up"  # whatever paired probes send
EVERY_ASKING = f"{ROOT}/pair/+/up"  # whoever asks to be paired
PAIR_PASSWORD = "pair"  # noqa: S105 (open to everybody, and good for nothing but to ask)
# An account has one session. With as many as these, nobody is sent away by each one who asks meanwhile.
PAIR_USERS = tuple(f"pair-{place:x}" for place in range(16))
HUB_USER = "hub"
SERVICE = "_mqtt._tcp.local."  # how a hub lets itself be found in a local network, by multicast DNS

_UP = re.compile(rf"{ROOT}/([0-9a-f]{{16,64}})/up")
_PAIR_UP = re.compile(rf"{ROOT}/pair/([0-9a-f]{{32}})/up")


def up(mailbox: str) -> str:
    """Where the probe with this mailbox sends its parcels."""
    return f"{ROOT}/{mailbox}/up"


def down(mailbox: str) -> str:
    """Where the hub answers the probe with this mailbox."""
    return f"{ROOT}/{mailbox}/down"


def home(mailbox: str) -> str:
    """Where the hub leaves the home packet of the probe with this mailbox."""
    return f"{ROOT}/{mailbox}/home"


def pair_up(rendezvous: str) -> str:
    """Where a probe asks to be paired."""
    return f"{ROOT}/pair/{rendezvous}/up"


def pair_down(rendezvous: str) -> str:
    """Where it gets its answer."""
    return f"{ROOT}/pair/{rendezvous}/down"


def is_from_hub(topic: str) -> bool:
    """Whether this is what a hub sends (which a hub that listens to everything hears as well)."""
    return topic.startswith(f"{ROOT}/") and topic.endswith(("/down", "/home"))


def mailbox_of(topic: str) -> str | None:
    """The mailbox of a topic on which parcels come, or None for any other topic."""
    match = _UP.fullmatch(topic)
    return match.group(1) if match else None


def rendezvous_of(topic: str) -> str | None:
    """The rendezvous of a topic on which somebody asks to be paired, or None for any other topic."""
    match = _PAIR_UP.fullmatch(topic)
    return match.group(1) if match else None
