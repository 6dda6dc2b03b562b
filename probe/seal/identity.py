"""Who a probe is: its key, made on the device, and the hub that it is paired with. Kept in its outbox."""

import hashlib

import msgspec

from probe.contract.base import ContractError, Name, Part
from probe.contract.pairing import Account, Descriptor, decode_descriptor, fingerprint
from probe.contract.parcel import decode_signed
from probe.seal.sealer import Sealer, public_of
from probe.seal.verify import verified_descriptor

MOST_FORMER = 16


class Identity(Part, frozen=True, kw_only=True):
    """A probe's secrets and what it knows of its hub.

    `descriptor` is the newest that the hub has signed. `account` and `words` are absent until the hub has answered;
    then `reply_key` opens the answer, which may come by hand. `revoked` is set where the hub has said that it takes the
    key no more: the next pairing makes another. `former` are the ids that this probe had by keys before: what they have
    signed may still wait, and receipts for it are for this probe. The keys themselves are gone.
    """

    key: bytes
    descriptor: bytes
    words: str
    address: str | None = None
    account: Account | None = None
    reply_key: bytes | None = None
    revoked: bool = False
    former: tuple[Name, ...] = ()

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

    def is_mine(self, probe: str) -> bool:
        """Whether this is, or was, the id of this probe."""
        return probe == self.probe or probe in self.former

    def after(self, known: "Identity") -> "Identity":
        """This identity with the ids that the probe had before, where its key is another than the one known so far."""
        former = tuple(name for name in (known.probe, *known.former) if name != self.probe)
        return msgspec.structs.replace(self, former=former[:MOST_FORMER])

    def sealer(self) -> Sealer:
        """What seals to the newest of the hub's keys."""
        hub = self.hub
        return Sealer(self.key, fingerprint(hub.public), hub.keys[0])


def key_for(known: Identity | None, hub: str) -> bytes | None:
    """The key by which a probe may ask this hub to be paired; None where it has to make one: it was not this hub's, or
    the hub takes its key no more."""
    return known.key if known is not None and known.hub_id == hub and not known.revoked else None


_decoder = msgspec.json.Decoder(Identity)


def to_text(identity: Identity) -> str:
    """As it is kept: JSON, and on a line of its own the SHA-256 of that."""
    text = msgspec.json.encode(identity).decode()
    return f"{text}\n{_sum(text)}"


def has_sum(text: str) -> bool:
    """Whether a text was kept with its SHA-256, as earlier versions did not."""
    return "\n" in text


def from_text(text: str) -> Identity:
    """The identity that was kept. Raises ContractError where any of it is damaged.

    A changed bit would seal for nobody, or sign as nobody: the hub could not say so, as it would not know whose it is.
    """
    content, _, kept = text.rpartition("\n") if has_sum(text) else (text, "", None)
    if kept not in (None, _sum(content)):
        raise ContractError("the probe's identity is damaged: its bytes have changed")
    try:
        identity = _decoder.decode(content)
        # What is in these is looked at only when it is needed; nobody expects trouble there any more.
        public_of(identity.key)
        verified_descriptor(identity.descriptor)
        return identity
    except (msgspec.MsgspecError, ValueError) as problem:
        raise ContractError(f"the probe's identity is damaged: {problem}") from problem


def _sum(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
