"""The home packet: what a hub gives its probes to take along."""

from hub.keys import HubKeys
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import pack
from probe.contract.home import HomePacket
from probe.contract.parcel import SignedKind


def home_packet(keys: HubKeys) -> bytes:
    """The hub's newest keys, signed, as they travel."""
    packet = HomePacket(v=CONTRACT_VERSION, hub=keys.hub_id, day=keys.day, descriptor=keys.descriptor())
    return keys.sign(SignedKind.HOME, pack(packet))
