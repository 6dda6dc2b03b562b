"""What every part of the contract is made of: the base type, and scalars with their units and bounds."""

import re
from typing import Annotated

from msgspec import Meta, Struct

CONTRACT_VERSION = 1

Id = Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="128 random bits in hex; there is no time in it")]
Version = Annotated[int, Meta(ge=1, le=CONTRACT_VERSION, description="always on the wire")]
Text = Annotated[str, Meta(max_length=200)]
Bssid = Annotated[str, Meta(pattern="^([0-9a-f]{2}:){5}[0-9a-f]{2}$", description="six octets, lower case")]
Digest = Annotated[str, Meta(pattern="^[0-9a-f]{64}$", description="SHA-256 in hex")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Bearing = Annotated[float, Meta(ge=0, lt=360, description="degrees clockwise from true north")]
MagneticBearing = Annotated[float, Meta(ge=0, lt=360, description="degrees clockwise from magnetic north")]
Metres = Annotated[float, Meta(ge=0, le=100_000)]
Degrees = Annotated[float, Meta(ge=0, le=360)]
SignalDbm = Annotated[float, Meta(ge=-150, le=50)]
ChannelMhz = Annotated[int, Meta(ge=0, le=100_000)]
Cell = Annotated[str, Meta(pattern=r"^17/\d{1,6}/\d{1,6}$", description="the contract's cell: see geodesy.cell")]
Count = Annotated[int, Meta(ge=0)]

Name = Annotated[str, Meta(pattern="^[0-9a-f]{16,64}$", description="random, or the SHA-256 of a public key, in hex")]
KeyId = Annotated[str, Meta(pattern="^[0-9a-f]{16}$", description="first half of a public key's SHA-256, in hex")]
PublicKey = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]

MAX_HEARINGS = 64
MAX_ITEMS = 256


class ContractError(ValueError):
    """Bytes that break the contract; the message names the place."""


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of everything in the contract: immutable, by keyword, absent fields are left out on the wire."""


_ADDRESS = re.compile(r"^([0-9a-f]{2}:){5}[0-9a-f]{2}$")


def bssid_text(octets: bytes) -> str:
    """Six octets as `aa:bb:cc:dd:ee:ff`."""
    return octets.hex(":")


def bssid_octets(text: str) -> bytes:
    """The six octets of `aa:bb:cc:dd:ee:ff` (any case). Raises ValueError for anything else."""
    lowered = text.lower()
    if not _ADDRESS.match(lowered):
        raise ValueError(f"not an address of six octets: {text[:40]!r}")
    return bytes.fromhex(lowered.replace(":", ""))
