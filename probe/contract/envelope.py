"""How a sighting or photo is wrapped: body in an envelope, signed; the envelope in a unit, sealed.

    body      the sighting (JSON) or picture itself, signed as the very bytes that were made; a hub stores what it
              understands of it, encoded anew
    Envelope  who says what to whom; `signature` is the probe's Ed25519 over all the rest (see `envelope_signing_input`)
    Unit      what outbox, broker and stick see: the id of the hub's key, and bytes of one of a few lengths

A unit is sealed by HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), with `info` as in `seal_info`, for the one hub
that the envelope names: it cannot be re-addressed, and the probe that made it cannot open it. Envelopes and what is
around them are MessagePack, because they hold bytes; sightings are JSON.
"""

import hashlib
import zlib
from enum import StrEnum
from functools import lru_cache
from typing import Annotated, TypeVar

import msgspec
from msgspec import Meta

from probe.contract.base import MAX_ITEMS, ContractError, Id, Name, Part, Signature, Version
from probe.contract.sighting import Sighting

KIB = 1024
SIGHTING_BYTES = 8 * KIB
PHOTO_BYTES = (128 * KIB, 256 * KIB, 512 * KIB)
UNIT_BYTES = (SIGHTING_BYTES, *PHOTO_BYTES)
# What a sighting's unit may unpack to: the largest survey that a probe makes has 58 KiB. Pictures are not packed.
MAX_CONTENT_BYTES = 96 * KIB
SEAL_OVERHEAD = 48  # HPKE with X25519: 32 octets of a key, 16 of a tag
_FRAME_HEAD = 5  # a format and a length before the content
_PLAIN, _DEFLATED = 0, 1
_DIGEST_HEAD = (32).to_bytes(4, "big")


class UnitType(StrEnum):
    SIGHTING = "sighting"
    PHOTO = "photo"
    WITHDRAWAL = "withdrawal"


class Envelope(Part, frozen=True, kw_only=True):
    """Version, hub, probe, type, id, body, and the probe's signature over them."""

    v: Version
    hub: Name
    probe: Name
    type: UnitType
    id: Id
    body: bytes
    signature: Signature


class Picture(Part, frozen=True, kw_only=True):
    """The body of a photo unit: a redacted picture, as JPEG. A sighting of kind photo names it by its SHA-256."""

    v: Version
    id: Id
    jpeg: bytes


class Withdrawal(Part, frozen=True, kw_only=True):
    """The body of a withdrawal: sightings of this probe that turned out to be of something that moves."""

    v: Version
    id: Id
    sightings: Annotated[tuple[Id, ...], Meta(min_length=1, max_length=MAX_ITEMS)]


_T = TypeVar("_T")

_json = msgspec.json.Encoder(order="deterministic")
_pack = msgspec.msgpack.Encoder(order="deterministic")
_sightings = msgspec.json.Decoder(Sighting)
_withdrawals = msgspec.json.Decoder(Withdrawal)
_pictures = msgspec.msgpack.Decoder(Picture)
_envelopes = msgspec.msgpack.Decoder(Envelope)


def encode(part: Part) -> bytes:
    """Deterministic JSON of any part of the contract."""
    return _json.encode(part)


def pack(part: Part) -> bytes:
    """Deterministic MessagePack of any part of the contract."""
    return _pack.encode(part)


def signed_bytes(context: str, *fields: bytes) -> bytes:
    """What a signature covers: each field behind its length, so that no octet can move from one to the next."""
    return b"".join(len(field).to_bytes(4, "big") + field for field in (context.encode(), *fields))


def envelope_signing_input(*, hub: str, probe: str, type: UnitType, id: str, body: bytes) -> bytes:
    """What a probe signs of a unit; the body by its SHA-256, as Ed25519 would read a picture twice."""
    named = id.encode()
    return b"".join((_signed_head(hub, probe, type), len(named).to_bytes(4, "big"), named, _DIGEST_HEAD, digest(body)))


@lru_cache(256)
def _signed_head(hub: str, probe: str, type: UnitType) -> bytes:
    """What the signing inputs of all units of one type and probe begin with."""
    return signed_bytes("contrechamp unit 1", hub.encode(), probe.encode(), type.encode())


def seal_info(hub: str) -> bytes:
    """HPKE's `info` for a unit: a unit that was sealed for one hub does not open for another."""
    return signed_bytes("contrechamp seal 1", hub.encode())


def frame(content: bytes, sizes: tuple[int, ...]) -> bytes:
    """Content filled up so that its seal has the smallest fitting of `sizes` (octets). Raises ContractError."""
    form = _PLAIN
    # Pictures are dense already; a long sighting or survey packs well.
    if sizes == (SIGHTING_BYTES,) and len(content) > SIGHTING_BYTES - SEAL_OVERHEAD - _FRAME_HEAD:
        if len(content) > MAX_CONTENT_BYTES:
            raise ContractError(f"{len(content)} octets are more than the {MAX_CONTENT_BYTES} of a sighting")
        content, form = zlib.compress(content, 6), _DEFLATED
    for size in sizes:
        room = size - SEAL_OVERHEAD - _FRAME_HEAD
        if len(content) <= room:
            return bytes((form,)) + len(content).to_bytes(4, "big") + content.ljust(room, b"\0")
    raise ContractError(f"{len(content)} octets do not fit into a unit of {max(sizes)}")


def unframe(framed: bytes) -> bytes:
    """The content of a frame. Raises ContractError."""
    form, length = framed[0] if framed else 255, int.from_bytes(framed[1:_FRAME_HEAD], "big")
    content = framed[_FRAME_HEAD : _FRAME_HEAD + length]
    if len(content) != length or form not in (_PLAIN, _DEFLATED):
        raise ContractError("not a frame of the contract")
    if form == _PLAIN:
        return content
    unpacker = zlib.decompressobj()
    try:
        content = unpacker.decompress(content, MAX_CONTENT_BYTES + 1)  # never unpacks further, whatever is packed
    except zlib.error as problem:
        raise ContractError(f"not a frame of the contract: {problem}") from problem
    if len(content) > MAX_CONTENT_BYTES:
        raise ContractError(f"a frame that unpacks to more than the {MAX_CONTENT_BYTES} octets of a sighting")
    return content


def check_content(envelope: Envelope) -> None:
    """Raises ContractError where a body is larger than its type may be: a sighting may come in a picture's unit."""
    if envelope.type is not UnitType.PHOTO and len(envelope.body) > MAX_CONTENT_BYTES:
        raise ContractError(f"{len(envelope.body)} octets; a {envelope.type} has {MAX_CONTENT_BYTES} at most")


def decode_sighting(data: bytes | str) -> Sighting:
    """The sighting in these bytes. Raises ContractError with the place in its message."""
    return decoded(_sightings, data, "a sighting")


def decode_envelope(data: bytes) -> Envelope:
    """The envelope in these bytes; its signature is not checked. Raises ContractError."""
    return decoded(_envelopes, data, "an envelope")


def read_sighting(envelope: Envelope) -> Sighting:
    """The sighting in an envelope. Raises ContractError, also when the ids differ."""
    sighting = decode_sighting(envelope.body)
    if sighting.id != envelope.id:
        raise ContractError("the sighting's id is not its envelope's")
    return sighting


def read_picture(envelope: Envelope) -> Picture:
    """The picture in an envelope. Raises ContractError."""
    picture = decoded(_pictures, envelope.body, "a picture")
    if picture.id != envelope.id or not picture.jpeg.startswith(b"\xff\xd8"):
        raise ContractError("not a JPEG, or under another id than its envelope's")
    return picture


def read_withdrawal(envelope: Envelope) -> Withdrawal:
    """The withdrawal in an envelope. Raises ContractError."""
    withdrawal = decoded(_withdrawals, envelope.body, "a withdrawal")
    if withdrawal.id != envelope.id:
        raise ContractError("the withdrawal's id is not its envelope's")
    return withdrawal


def digest(data: bytes) -> bytes:
    """SHA-256, 32 octets: what a receipt names a unit by."""
    return hashlib.sha256(data).digest()


def decoded(decoder: "msgspec.json.Decoder[_T] | msgspec.msgpack.Decoder[_T]", data: bytes | str, what: str) -> _T:
    """The part of the contract in bytes from outside. Raises ContractError for anything else."""
    try:
        return decoder.decode(data)  # type: ignore[arg-type]
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as problem:
        raise ContractError(f"not {what} of the contract: {problem}") from problem
