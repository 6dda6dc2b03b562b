"""The way back: what a hub gives a probe to take along on its next walk. Travels signed (`SignedKind.HOME`)."""

from datetime import date
from typing import Annotated

import msgspec
from msgspec import Meta

from probe.contract.base import ContractError, Name, Part, Text, Version
from probe.contract.envelope import decoded
from probe.contract.parcel import MAX_UNITS, Receipt
from probe.contract.sighting import Place

MAX_HOME_BYTES = 64 * 1024 * 1024


class SecondLook(Part, frozen=True, kw_only=True):
    """A published camera that is worth another look, and why, in a word that the probe's page has a sentence for."""

    place: Place
    reason: Text


class HomePacket(Part, frozen=True, kw_only=True):
    """Keys, rules, map and errands for a probe. Everything but the hub's name and the day may be absent: unchanged.

    `descriptor` is a signed descriptor, `catalogue` the text of a rules catalogue, `basemap` the bytes of a map for
    offline use.
    """

    v: Version
    hub: Name
    day: date
    descriptor: bytes | None = None
    catalogue: str | None = None
    basemap: bytes | None = None
    places: Annotated[tuple[SecondLook, ...], Meta(max_length=10_000)] = ()
    receipts: Annotated[tuple[Receipt, ...], Meta(max_length=MAX_UNITS * 64)] = ()


_decoder = msgspec.msgpack.Decoder(HomePacket)


def decode_home(data: bytes) -> HomePacket:
    """The home packet in the body of a signed message. Raises ContractError."""
    if len(data) > MAX_HOME_BYTES:
        raise ContractError(f"{len(data)} bytes are more than a home packet may have")
    return decoded(_decoder, data, "a home packet")
