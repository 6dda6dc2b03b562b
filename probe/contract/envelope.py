"""How a sighting travels: body in an envelope, envelope in a unit, units in a parcel; receipts come back.

    Parcel  what one MQTT message or one file holds: up to 64 units
    Unit    what the transport and the outbox see: an id, a seal, and bytes
    Envelope  who sends what to whom: signed, then sealed into the unit's bytes
    body    the sighting itself, kept as the very bytes that were made, so that its hash never depends on a re-encoding

`Unit.seal` is `none` in this version: the bytes are the envelope in JSON. A sealed unit names its key in `key` and
carries ciphertext; `Envelope.signature` covers all its other fields. Neither changes the frame.
"""

import hashlib
from enum import StrEnum
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from probe.contract.base import CONTRACT_VERSION, MAX_ITEMS, Digest, Id, Part, Text, Version
from probe.contract.sighting import Sighting

MAX_PARCEL_BYTES = 1024 * 1024
MAX_UNITS = 64

Name = Annotated[str, Meta(pattern="^[0-9a-f]{16,64}$", description="random or a key's fingerprint, in hex")]


class ContractError(ValueError):
    """Bytes that are not of the contract; the message names the place."""


class UnitType(StrEnum):
    SIGHTING = "sighting"
    PHOTO = "photo"


class Seal(StrEnum):
    NONE = "none"
    HPKE = "hpke-x25519"


class Envelope(Part, frozen=True, kw_only=True):
    """Version, hub, probe, type, id, body: what will be signed. `hub` is absent before pairing."""

    v: Version
    probe: Name
    type: UnitType
    id: Id
    body: msgspec.Raw
    hub: Name | None = None
    signature: bytes | None = None


class Unit(Part, frozen=True, kw_only=True):
    """One sighting or photo on its way. `id` repeats the envelope's, so that transport needs no key."""

    v: Version
    id: Id
    data: bytes
    seal: Seal = Seal.NONE
    key: Name | None = None

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes, in hex: what a receipt names."""
        return hashlib.sha256(self.data).hexdigest()


class Parcel(Part, frozen=True, kw_only=True):
    """The units of one message."""

    v: Version
    units: Annotated[tuple[Unit, ...], Meta(min_length=1, max_length=MAX_UNITS)]


class Verdict(StrEnum):
    """What became of a unit: `stored` counts, `held` waits for the operator, `refused` will not be taken."""

    STORED = "stored"
    HELD = "held"
    REFUSED = "refused"


class Receipt(Part, frozen=True, kw_only=True):
    """The hub's word, given after commit, that it has this unit."""

    id: Id
    hash: Digest
    verdict: Verdict
    reason: Text | None = None


class Receipts(Part, frozen=True, kw_only=True):
    """Receipts for one probe from one hub."""

    v: Version
    hub: Name
    probe: Name
    receipts: Annotated[tuple[Receipt, ...], Meta(max_length=MAX_ITEMS)]
    signature: bytes | None = None


_T = TypeVar("_T")

_encoder = msgspec.json.Encoder(order="deterministic")
_sightings = msgspec.json.Decoder(Sighting)
_envelopes = msgspec.json.Decoder(Envelope)
_parcels = msgspec.json.Decoder(Parcel)
_receipts = msgspec.json.Decoder(Receipts)


def encode(part: Part) -> bytes:
    """Deterministic JSON of any part of the contract."""
    return _encoder.encode(part)


def pack(sighting: Sighting, *, probe: str, hub: str | None = None) -> Unit:
    """The unit that carries a sighting from a probe to a hub."""
    body = msgspec.Raw(encode(sighting))
    envelope = Envelope(v=CONTRACT_VERSION, probe=probe, hub=hub, type=UnitType.SIGHTING, id=sighting.id, body=body)
    return Unit(v=CONTRACT_VERSION, id=sighting.id, data=encode(envelope))


def decode_sighting(data: bytes | str) -> Sighting:
    """The sighting in these bytes. Raises ContractError with the place in its message."""
    return _decode(_sightings, data, "a sighting")


def decode_parcel(data: bytes) -> Parcel:
    """The parcel in these bytes. Raises ContractError, also when it is larger than a message may be."""
    if len(data) > MAX_PARCEL_BYTES:
        raise ContractError(f"{len(data)} bytes are more than the {MAX_PARCEL_BYTES} of a parcel")
    return _decode(_parcels, data, "a parcel")


def decode_receipts(data: bytes) -> Receipts:
    """The receipts in these bytes. Raises ContractError."""
    return _decode(_receipts, data, "receipts")


def open_unit(unit: Unit) -> Envelope:
    """The envelope in an unsealed unit. Raises ContractError for another seal or an id that does not match."""
    if unit.seal is not Seal.NONE:
        raise ContractError(f"sealed with {unit.seal}, which this version cannot open")
    envelope = _decode(_envelopes, unit.data, "an envelope")
    if envelope.id != unit.id:
        raise ContractError("the unit's id is not its envelope's")
    return envelope


def read_body(envelope: Envelope) -> Sighting:
    """The sighting in an envelope. Raises ContractError, also when the ids differ."""
    if envelope.type is not UnitType.SIGHTING:
        raise ContractError(f"units of type {envelope.type} are not read by this version")
    sighting = decode_sighting(bytes(envelope.body))
    if sighting.id != envelope.id:
        raise ContractError("the sighting's id is not its envelope's")
    return sighting


def _decode(decoder: msgspec.json.Decoder[_T], data: bytes | str, what: str) -> _T:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise ContractError(f"not {what} of the contract: {problem}") from problem
