"""What travels: units in parcels one way, signed receipts the other."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from probe.contract.base import ContractError, KeyId, Name, Part, Serial, Signature, Text, Version
from probe.contract.envelope import UNIT_BYTES, decoded, digest, signed_bytes

MAX_PARCEL_BYTES = 1024 * 1024
MAX_UNITS = 64
MAX_NEWEST_BYTES = 256 * 1024

Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]


class Unit(Part, frozen=True, kw_only=True):
    """One sealed sighting or photo on its way: the id of the hub's key that opens it, and ciphertext."""

    key: KeyId
    data: bytes

    @property
    def hash(self) -> bytes:
        """SHA-256 of the ciphertext: what a receipt names."""
        return digest(self.data)


class Parcel(Part, frozen=True, kw_only=True):
    """The units of one message or file.

    `newest` is the newest that the hub has signed for this probe, its receipts or its descriptor. It stands here where
    the hub's answers are older than that: a hub that came back from a backup then goes beyond that serial.
    """

    v: Version
    units: Annotated[tuple[Unit, ...], Meta(min_length=1, max_length=MAX_UNITS)]
    newest: Annotated[bytes, Meta(max_length=MAX_NEWEST_BYTES)] | None = None


class Verdict(StrEnum):
    """What became of a unit: `stored` counts, `held` waits for the operator, `refused` will not be taken."""

    STORED = "stored"
    HELD = "held"
    REFUSED = "refused"


class Receipt(Part, frozen=True, kw_only=True):
    """What the hub decided about the unit with this hash; sent only after its commit."""

    hash: Hash
    verdict: Verdict
    reason: Text | None = None


class Receipts(Part, frozen=True, kw_only=True):
    """Receipts for one probe. `day` is the hub's; `epoch` changes when a hub comes back from a backup and has
    forgotten what it receipted since: the probe then offers again what it still keeps.

    `serial` is the hub's, as in its descriptor: each epoch begins beyond all serials of those before. A probe enters
    another epoch only by a higher serial than it knows, and ignores receipts of an older one: they speak of what the
    hub may lack by now. Within an epoch, any order is good. A hub of an earlier version gives none: then only a
    descriptor leads into another epoch."""

    v: Version
    hub: Name
    probe: Name
    day: date
    epoch: Name
    serial: Serial | None = None
    receipts: Annotated[tuple[Receipt, ...], Meta(max_length=MAX_UNITS * 16)]


class SignedKind(StrEnum):
    """What a hub signs. The signature covers the kind, so that one can never pass for another."""

    RECEIPTS = "contrechamp receipts 1"
    DESCRIPTOR = "contrechamp descriptor 1"
    ANSWER = "contrechamp pairing 1"
    HOME = "contrechamp home 1"


class Signed(Part, frozen=True, kw_only=True):
    """A hub's message, with its Ed25519 signature over (kind, hub, body)."""

    v: Version
    hub: Name
    body: bytes
    signature: Signature


_parcels = msgspec.msgpack.Decoder(Parcel)
_receipts = msgspec.msgpack.Decoder(Receipts)
_signed = msgspec.msgpack.Decoder(Signed)


def hub_signing_input(what: SignedKind, hub: str, body: bytes) -> bytes:
    """The bytes that a hub's signature covers."""
    return signed_bytes(what, hub.encode(), body)


def decode_parcel(data: bytes) -> Parcel:
    """The parcel in these bytes. Raises ContractError, also when it is larger than a message may be."""
    if len(data) > MAX_PARCEL_BYTES:
        raise ContractError(f"{len(data)} bytes are more than the {MAX_PARCEL_BYTES} of a parcel")
    return decoded(_parcels, data, "a parcel")


def check_size(unit: Unit) -> None:
    """Raises ContractError where a unit has none of the contract's lengths."""
    if len(unit.data) not in UNIT_BYTES:
        raise ContractError(f"a unit of {len(unit.data)} octets; the contract has {', '.join(map(str, UNIT_BYTES))}")


def decode_signed(data: bytes) -> Signed:
    """The signed message in these bytes; its signature is not checked. Raises ContractError."""
    return decoded(_signed, data, "a hub's signed word")


def decode_receipts(body: bytes) -> Receipts:
    """The receipts in the body of a signed message. Raises ContractError."""
    return decoded(_receipts, body, "receipts")
