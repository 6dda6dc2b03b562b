"""How a probe and a hub come to know each other.

A person carries a code from the hub to the probe: the hub's fingerprint, a one-time token, and where to find it.

    probe -> hub   PairHello                     on pair/<rendezvous>/up: "who are you?"
    hub -> probe   Signed(Descriptor)            on pair/<rendezvous>/down; its key's fingerprint is the code's
    probe -> hub   PairRequest, sealed           the token and the probe's key, signed by that key
    hub -> probe   Signed(answer), sealed        an account at the broker, or why not

By hand the same goes through a folder: a PairCard, the sealed request, the sealed answer. At the end both sides show
`words(...)`, which are the same only where both hold the same keys and token.
"""

import hashlib
from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from probe.contract.base import KeyId, Name, Part, PublicKey, Serial, Signature, Text, Version, require_sealable
from probe.contract.envelope import decoded, signed_bytes
from probe.contract.words import words_of

MAX_HELLO_BYTES = 128  # a hello has fewer, a request more
WORDS_COUNT = 6
_WORDS_N, _WORDS_R = 1 << 15, 8
_WORDS_BYTES = 128 * _WORDS_N * _WORDS_R  # what scrypt fills and reads

Secret = Annotated[str, Meta(min_length=8, max_length=64)]


class SealingKey(Part, frozen=True, kw_only=True):
    """A key that units may be sealed to, from a day on. What was sealed to it opens until `destroyed`."""

    id: KeyId
    public: PublicKey
    since: date
    destroyed: date
    seal: Text = "hpke-x25519"

    def __post_init__(self) -> None:
        require_sealable(self.public)


class Descriptor(Part, frozen=True, kw_only=True):
    """Who a hub is: its signing key, and its current sealing keys, newest first. A higher `serial` is newer."""

    v: Version
    public: PublicKey
    serial: Serial
    day: date
    epoch: Name
    keys: Annotated[tuple[SealingKey, ...], Meta(min_length=1, max_length=8)]


class PairHello(Part, frozen=True, kw_only=True, tag_field="say", tag="hello"):
    """A probe that has read a code asks who is there."""

    v: Version


class PairSealed(Part, frozen=True, kw_only=True, tag_field="say", tag="sealed"):
    """A PairRequest, sealed to one of the descriptor's keys with `pairing_info`."""

    v: Version
    key: KeyId
    data: Annotated[bytes, Meta(max_length=1024)]


class PairRequest(Part, frozen=True, kw_only=True):
    """The token, the probe's new key, and a key for the answer; signed by the probe's key."""

    v: Version
    token: Secret
    public: PublicKey
    reply: PublicKey
    signature: Signature

    def __post_init__(self) -> None:
        require_sealable(self.reply)  # else the token was spent before the answer fails


class Account(Part, frozen=True, kw_only=True):
    """A probe's account at the broker: random names. The user's name is the mailbox. `asks` says that the hub answers
    what a probe asks for (`Wanted`)."""

    mailbox: Name
    client: Name
    password: Secret
    asks: bool = False


class PairAnswer(Part, frozen=True, kw_only=True):
    """An account, or why there is none. `name` is what the hub's people call the probe, `was` what they did before.

    With `new_key` the hub takes this key no more, as it was revoked: the probe asks again with a new one and the same
    token, which is not used up.
    """

    v: Version
    probe: Name
    account: Account | None = None
    refused: Text | None = None
    name: Text | None = None
    was: Text | None = None
    new_key: bool = False


class PairCard(Part, frozen=True, kw_only=True):
    """What `enroll --to folder:DIR` lays on a stick: the signed descriptor and the token."""

    v: Version
    descriptor: bytes
    token: Secret


_hellos: msgspec.msgpack.Decoder[PairHello | PairSealed] = msgspec.msgpack.Decoder(PairHello | PairSealed)
_requests = msgspec.msgpack.Decoder(PairRequest)
_answers = msgspec.msgpack.Decoder(PairAnswer)
_descriptors = msgspec.msgpack.Decoder(Descriptor)
_cards = msgspec.msgpack.Decoder(PairCard)


def fingerprint(public: bytes) -> str:
    """A hub's or probe's id: the SHA-256 of its Ed25519 public key, in hex."""
    return hashlib.sha256(public).hexdigest()


def key_id(public: bytes) -> str:
    """A sealing key's id."""
    return fingerprint(public)[:16]


def request_signing_input(hub: str, token: str, public: bytes, reply: bytes) -> bytes:
    """What a probe signs when it asks to be paired."""
    return signed_bytes("contrechamp pairing request 1", hub.encode(), token.encode(), public, reply)


def pairing_info(hub: str) -> bytes:
    """HPKE's `info` for requests and answers."""
    return signed_bytes("contrechamp pairing seal 1", hub.encode())


def words(hub_public: bytes, probe_public: bytes, token: str) -> str:
    """Six words that both sides show, for people to compare; each is spelled alike in English and French.

    Costs 32 MiB and about a second on a small machine, for whoever would grind keys until their words agree as well.
    """
    covered = signed_bytes("contrechamp words 2", hub_public, probe_public)
    hashed = hashlib.scrypt(
        covered, salt=token.encode(), n=_WORDS_N, r=_WORDS_R, p=1, maxmem=2 * _WORDS_BYTES, dklen=WORDS_COUNT
    )
    return " ".join(words_of(hashed))


def decode_pairing(data: bytes) -> PairHello | PairSealed:
    """The message of a probe that is not paired yet. Raises ContractError."""
    return decoded(_hellos, data, "a pairing message")


def decode_request(data: bytes) -> PairRequest:
    """The request within its seal. Raises ContractError."""
    return decoded(_requests, data, "a pairing request")


def decode_answer(data: bytes) -> PairAnswer:
    """The answer within its seal. Raises ContractError."""
    return decoded(_answers, data, "a pairing answer")


def decode_descriptor(data: bytes) -> Descriptor:
    """The descriptor in the body of a signed message. Raises ContractError."""
    return decoded(_descriptors, data, "a hub's descriptor")


def decode_card(data: bytes) -> PairCard:
    """The invitation in a card. Raises ContractError."""
    return decoded(_cards, data, "a pairing card")
