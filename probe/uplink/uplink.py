"""What every way to a hub has in common."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import msgspec

from probe.contract.base import ContractError
from probe.contract.home import decode_home
from probe.contract.pairing import PairAnswer, fingerprint
from probe.contract.parcel import Receipts, SignedKind, decode_receipts
from probe.errors import BadInput
from probe.home.store import HomeStore, home_beside
from probe.outbox.outbox import Outbox, Standing
from probe.seal.identity import Identity
from probe.seal.request import open_answer
from probe.seal.verify import verified_body


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """How a delivery ended: units handed over this time, and how the outbox stands after it.

    `answer` is the hub's to a request that was made by hand, where it came with this delivery.
    """

    handed_over: int
    standing: Standing
    answer: PairAnswer | None = None


class Uplink(Protocol):
    """A way to a hub."""

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Hand over all that waits. Raises UplinkError where the hub's side cannot be reached or goes silent."""
        ...


def checked_receipts(identity: Identity, outbox: Outbox, data: bytes) -> Receipts:
    """Receipts of this probe's hub for what this probe, or its outbox, has sealed. Raises ContractError for any others.

    A probe whose kept identity was damaged is paired anew by another key, and cannot tell by which one it sealed what
    waits: the outbox knows the units.
    """
    receipts = decode_receipts(verified_body(identity.hub.public, SignedKind.RECEIPTS, data))
    ours = identity.is_mine(receipts.probe) or outbox.has_any({receipt.hash for receipt in receipts.receipts})
    if receipts.hub != identity.hub_id or not ours:
        raise ContractError("receipts for another probe")
    return receipts


OLDER = (
    "what the hub says is older than what this probe has heard from it before, and was not believed: it has come back "
    "from an old copy, or somebody repeats its old messages. Send once more; if it stays so, pair this probe with its "
    "hub anew, which loses nothing"
)


def home_of(outbox: Outbox) -> HomeStore:
    """Where what the hub gives along is kept: beside the outbox."""
    return HomeStore(home_beside(outbox.path), outbox.paired().hub_id)


def take_home_packet(outbox: Outbox, data: bytes, home: HomeStore | None = None) -> None:
    """Take over what the hub gives along; `home` is what `home_of` gives, where it is there already. Raises
    ContractError where it is not this probe's hub that says it."""
    public = outbox.paired().hub.public
    packet = decode_home(verified_body(public, SignedKind.HOME, data))
    if packet.hub != fingerprint(public):
        raise ContractError("a home packet in another hub's name")
    if packet.descriptor is not None:
        outbox.take_descriptor(packet.descriptor)
    (home or home_of(outbox)).take(packet)


def take_account(outbox: Outbox, data: bytes) -> PairAnswer | None:
    """Take over the account in the hub's answer to a request that was made by hand, and return the answer.

    Nothing happens where none is awaited, or where the answer is damaged or to an earlier request: there will be
    another. Raises BadInput where the hub says no, or takes this probe's key no more.
    """
    identity = outbox.paired()
    if identity.account is not None or identity.reply_key is None:
        return None
    try:
        answer = open_answer(identity.hub.public, identity.reply_key, identity.probe, data)
    except ContractError:
        return None
    if answer.new_key:
        outbox.pair(msgspec.structs.replace(identity, revoked=True, reply_key=None))
        raise BadInput(
            "the hub has revoked this probe's key and takes it no more: run `contrechamp-probe pair folder:DIR` again, "
            "which makes a new one, and carry the stick to the hub once more; what waits here stays"
        )
    if answer.account is None:
        raise BadInput(f"the hub does not take this probe: {answer.refused or 'it has no account for it'}")
    outbox.pair(msgspec.structs.replace(identity, account=answer.account, reply_key=None))
    return answer
