"""What every way to a hub has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from probe.contract.base import ContractError
from probe.contract.home import decode_home
from probe.contract.parcel import Receipts, SignedKind, decode_receipts
from probe.outbox.outbox import Outbox, Standing
from probe.seal.identity import Identity
from probe.seal.verify import verified_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a delivery ended: units handed over this time, and how the outbox stands after it."""

    handed_over: int
    standing: Standing


class Uplink(Protocol):
    """A way to a hub."""

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Hand over all that waits. Raises UplinkError where the hub's side cannot be reached or goes silent."""
        ...


def checked_receipts(identity: Identity, data: bytes) -> Receipts:
    """Receipts of this probe's hub for this probe. Raises ContractError for anybody else's."""
    receipts = decode_receipts(verified_body(identity.hub.public, SignedKind.RECEIPTS, data))
    if receipts.hub != identity.hub_id or receipts.probe != identity.probe:
        raise ContractError("receipts for another probe")
    return receipts


def take_home_packet(outbox: Outbox, data: bytes) -> None:
    """Take over what the hub gives along. Raises ContractError where it is not this probe's hub that says it."""
    public = outbox.paired().hub.public
    packet = decode_home(verified_body(public, SignedKind.HOME, data))
    if packet.descriptor is not None:
        verified_body(public, SignedKind.DESCRIPTOR, packet.descriptor)
        outbox.take_descriptor(packet.descriptor)
