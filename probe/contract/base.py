"""What every part of the contract is made of: the base type, and scalars with their units and bounds."""

import re
from typing import Annotated

from msgspec import Meta, Struct

CONTRACT_VERSION = 1


def whole(pattern: str) -> str:
    """The pattern for a whole text. `$` would also take an end of line behind it, and `\\d` every script's digits."""
    return rf"^{pattern}\Z"


Id = Annotated[str, Meta(pattern=whole("[0-9a-f]{32}"), description="128 random bits in hex; there is no time in it")]
Version = Annotated[int, Meta(ge=1, le=CONTRACT_VERSION, description="always on the wire")]
Text = Annotated[str, Meta(max_length=200)]
Bssid = Annotated[str, Meta(pattern=whole("([0-9a-f]{2}:){5}[0-9a-f]{2}"), description="six octets, lower case")]
Digest = Annotated[str, Meta(pattern=whole("[0-9a-f]{64}"), description="SHA-256 in hex")]
Latitude = Annotated[float, Meta(ge=-90, le=90)]
Longitude = Annotated[float, Meta(ge=-180, le=180)]
Bearing = Annotated[float, Meta(ge=0, lt=360, description="degrees clockwise from true north")]
MagneticBearing = Annotated[float, Meta(ge=0, lt=360, description="degrees clockwise from magnetic north")]
Elevation = Annotated[float, Meta(ge=-90, le=90, description="degrees above the horizon")]
HeightMetres = Annotated[float, Meta(ge=0, le=1000, description="metres above the ground")]
Metres = Annotated[float, Meta(ge=0, le=100_000)]
Degrees = Annotated[float, Meta(ge=0, le=360)]
SignalDbm = Annotated[float, Meta(ge=-150, le=50)]
ChannelMhz = Annotated[int, Meta(ge=0, le=100_000)]
Cell = Annotated[
    str, Meta(pattern=whole("17/[0-9]{1,6}/[0-9]{1,6}"), description="the contract's cell: see geodesy.cell")
]
MOST = 2**53 - 1  # the largest whole number that every reader of JSON keeps exactly
Count = Annotated[int, Meta(ge=0, le=MOST)]

Name = Annotated[
    str, Meta(pattern=whole("[0-9a-f]{16,64}"), description="random, or the SHA-256 of a public key, in hex")
]
KeyId = Annotated[str, Meta(pattern=whole("[0-9a-f]{16}"), description="first half of a public key's SHA-256, in hex")]
Serial = Annotated[int, Meta(ge=1, lt=1 << 53, description="of what a hub says: a higher one is newer")]
PublicKey = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]

_P = 2**255 - 19
# The u-coordinates of the points of X25519 of low order, and of their twist's: with one of them every shared secret is
# zero (RFC 7748, 6.1). The last two are 0 and 1 again, not reduced.
_LOW_ORDER = {
    0,
    1,
    325606250916557431795983626356110631294008115727848805560023387167927233504,
    39382357235489614581723060781553021112529911719440698176882885853963445705823,
    _P - 1,
    _P,
    _P + 1,
}

MAX_HEARINGS = 64
MAX_ITEMS = 256


class ContractError(ValueError):
    """Bytes that break the contract; the message names the place."""


class Part(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """Base of everything in the contract: immutable, by keyword, absent fields are left out on the wire.

    What is immutable through and through holds nothing that holds it, so the garbage collector need not look at it.
    """


def require_sealable(public: bytes) -> None:
    """Raises ValueError where nothing can be sealed to this X25519 key, as it is a point of low order."""
    if int.from_bytes(public, "little") & (1 << 255) - 1 in _LOW_ORDER:
        raise ValueError("a key to which nothing can be sealed")


_ADDRESS = re.compile(r"([0-9a-f]{2}:){5}[0-9a-f]{2}")


def bssid_text(octets: bytes) -> str:
    """Six octets as `aa:bb:cc:dd:ee:ff`."""
    return octets.hex(":")


def bssid_octets(text: str) -> bytes:
    """The six octets of `aa:bb:cc:dd:ee:ff` (any case). Raises ValueError for anything else."""
    lowered = text.lower()
    if not _ADDRESS.fullmatch(lowered):
        raise ValueError(f"not an address of six octets: {text[:40]!r}")
    return bytes.fromhex(lowered.replace(":", ""))
