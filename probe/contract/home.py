"""The way back: what a hub gives a probe to take along on its next walk. Travels signed (`SignedKind.HOME`).

The packet itself is small, as it comes with each delivery: larger things stand in it as offers, by their SHA-256. What
a probe has not got it asks for (`Wanted`, on the topic of its parcels, to a hub that has made offers or said in the
probe's account that it answers), when nothing of its own waits any more; the hub answers with packets that hold
nothing but `things`. So a thing comes once, a transfer that was cut goes on where it was, and an older probe or hub
never hears of it. On a stick the packet holds the things at once, and the sheets of the street map lie beside it.
"""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec
from msgspec import Meta

from probe.contract.base import Bearing, ContractError, Name, Part, Text, Version
from probe.contract.envelope import decoded
from probe.contract.parcel import MAX_UNITS, Hash, Receipt
from probe.contract.sighting import Place

MAX_HOME_BYTES = 64 * 1024 * 1024
MAX_THING_BYTES = 512 * 1024
MAX_WANTED_BYTES = 512  # less than any parcel: so the two are told apart
MOST_WANTED = 8
MOST_PLACES = 2_000
MOST_LOOKS_FROM = 3


class LookHow(StrEnum):
    """How to look from a place, as a hub of this version says it: by one photo, or by walking past while listening. A
    later one may say more."""

    PHOTO = "photo"
    PASS = "pass"  # noqa: S105 (no password)


class LookFrom(Part, frozen=True, kw_only=True):
    """A place on a street from which one more look would tell most of where a camera is: how, and the bearing to the
    camera, roughly."""

    place: Place
    how: Text
    bearing_deg: Bearing


class SecondLook(Part, frozen=True, kw_only=True):
    """A published camera that is worth another look, and why, in a word that the probe's page has a sentence for;
    `stands` are from where to look, the best first, where the hub knows streets."""

    place: Place
    reason: Text
    stands: Annotated[tuple[LookFrom, ...], Meta(max_length=MOST_LOOKS_FROM)] = ()


class Look(StrEnum):
    """Why a place is worth another look, as a hub of this version says it. A later one may say more."""

    ASKED = "asked"  # somebody at the hub has asked for it
    DOUBT = "large-doubt"
    DIRECTION = "no-direction"
    KIND = "no-kind"


class OfferKind(StrEnum):
    """What a hub offers: the table of its street sheets, places worth another look, a catalogue of rules."""

    STREETS = "streets"
    PLACES = "places"
    CATALOGUE = "catalogue"


class Offer(Part, frozen=True, kw_only=True):
    """A thing that a hub has for its probes: what it is (a later hub may offer more), its SHA-256, octets, and day."""

    kind: Text
    hash: Hash
    octets: Annotated[int, Meta(ge=0, le=MAX_THING_BYTES)]
    day: date | None = None


class Wanted(Part, frozen=True, kw_only=True, tag_field="ask", tag="home"):
    """A probe asks for things, or for sheets of the street map; of none it asks for the home packet."""

    v: Version
    want: Annotated[tuple[Hash, ...], Meta(max_length=MOST_WANTED)] = ()


class HomePacket(Part, frozen=True, kw_only=True):
    """Keys, rules, map and errands for a probe. Everything but the hub's name and the day may be absent: unchanged.

    `descriptor` is a signed descriptor, `catalogue` the text of a rules catalogue, `basemap` the bytes of a map for
    offline use. `offers` are all that there is at this hub; `things` are some of what was offered, or sheets, each
    known by its SHA-256.
    """

    v: Version
    hub: Name
    day: date
    descriptor: bytes | None = None
    catalogue: str | None = None
    basemap: bytes | None = None
    places: Annotated[tuple[SecondLook, ...], Meta(max_length=10_000)] = ()
    receipts: Annotated[tuple[Receipt, ...], Meta(max_length=MAX_UNITS * 64)] = ()
    offers: Annotated[tuple[Offer, ...], Meta(max_length=32)] = ()
    things: Annotated[tuple[Annotated[bytes, Meta(max_length=MAX_THING_BYTES)], ...], Meta(max_length=32)] = ()


_decoder = msgspec.msgpack.Decoder(HomePacket)
_wanted = msgspec.msgpack.Decoder(Wanted)
_places = msgspec.msgpack.Decoder(Annotated[tuple[SecondLook, ...], Meta(max_length=MOST_PLACES)])
_packing = msgspec.msgpack.Encoder(order="deterministic")


def decode_home(data: bytes) -> HomePacket:
    """The home packet in the body of a signed message. Raises ContractError."""
    if len(data) > MAX_HOME_BYTES:
        raise ContractError(f"{len(data)} bytes are more than a home packet may have")
    return decoded(_decoder, data, "a home packet")


def decode_wanted(data: bytes) -> Wanted:
    """What a probe asks for. Raises ContractError."""
    if len(data) > MAX_WANTED_BYTES:
        raise ContractError(f"{len(data)} bytes are more than a probe may ask with")
    return decoded(_wanted, data, "what a probe asks for")


def pack_places(places: Iterable[SecondLook]) -> bytes:
    """Places as they are offered."""
    return _packing.encode(tuple(places))


def decode_places(data: bytes) -> tuple[SecondLook, ...]:
    """The places that were packed. Raises ContractError."""
    if len(data) > MAX_THING_BYTES:
        raise ContractError(f"{len(data)} bytes are more than places may have")
    return decoded(_places, data, "places worth another look")
