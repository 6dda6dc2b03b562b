"""Who a probe is: its key, made on the device, and the hub that it is paired with. Kept in its outbox."""

import msgspec

from probe.contract.base import ContractError, Part
from probe.contract.pairing import Account, Descriptor, decode_descriptor, fingerprint
from probe.contract.parcel import decode_signed
from probe.seal.sealer import Sealer, public_of


class Identity(Part, frozen=True, kw_only=True):
    """A probe's secrets and what it knows of its hub.

    `descriptor` is the newest that the hub has signed. `account` and `words` are absent until the hub has answered;
    then `reply_key` opens the answer, which may come by hand.
    """

    key: bytes
    descriptor: bytes
    words: str
    address: str | None = None
    account: Account | None = None
    reply_key: bytes | None = None

    @property
    def probe(self) -> str:
        """The probe's id: its public key's fingerprint."""
        return fingerprint(public_of(self.key))

    @property
    def hub(self) -> Descriptor:
        """What the hub says of itself."""
        return decode_descriptor(decode_signed(self.descriptor).body)

    @property
    def hub_id(self) -> str:
        return fingerprint(self.hub.public)

    def sealer(self) -> Sealer:
        """What seals to the newest of the hub's keys."""
        hub = self.hub
        return Sealer(self.key, fingerprint(hub.public), hub.keys[0])


_decoder = msgspec.json.Decoder(Identity)


def to_text(identity: Identity) -> str:
    """As it is kept."""
    return msgspec.json.encode(identity).decode()


def from_text(text: str) -> Identity:
    """The identity that was kept. Raises ContractError where any of it is damaged."""
    try:
        identity = _decoder.decode(text)
        # What is in these is looked at only when it is needed; nobody expects trouble there any more.
        public_of(identity.key)
        decode_descriptor(decode_signed(identity.descriptor).body)
        return identity
    except (msgspec.MsgspecError, ValueError) as problem:
        raise ContractError(f"the probe's identity is damaged: {problem}") from problem
