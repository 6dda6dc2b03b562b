"""Evidence: what was actually seen or heard of a thing. A hub can run the rule again on it."""

from datetime import date
from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from probe.contract.base import MAX_ITEMS, Bssid, Digest, Part, Text, whole


class Role(StrEnum):
    """What a Wi-Fi transmitter was doing: keeping a network open, or looking for one."""

    NETWORK = "network"
    STATION = "station"


class SsidEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="ssid"):
    """A network name as sent, control characters escaped."""

    ssid: Annotated[str, Meta(max_length=256)]


class BssidEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="bssid"):
    """The address of the transmitter, in full: only ever that of something a rule knows as a camera."""

    bssid: Bssid
    role: Role | None = None


class CatalogueEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="catalogue"):
    """The row of the dated catalogue that matched."""

    row: Text
    vendor: Text
    value: Text
    confirmed_on: date | None = None


MAX_INTERVALS = 32
IntervalMs = Annotated[int, Meta(ge=0, le=10_000)]


class ElementsEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="elements"):
    """The numbers of a frame's elements in their order, vendor elements with their first 7 octets in hex.

    `intervals_ms` are the times between such frames of this transmitter, where they were measured; the oldest first.
    """

    order: Annotated[str, Meta(max_length=1000)]
    intervals_ms: Annotated[tuple[IntervalMs, ...], Meta(max_length=MAX_INTERVALS)] = ()


class WpsEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="wps"):
    """What a device says of itself in Wi-Fi Protected Setup; `device_type` is category and subcategory, as `4-4`."""

    manufacturer: Text | None = None
    model: Text | None = None
    device_type: Annotated[str, Meta(pattern=whole("[0-9]{1,5}-[0-9]{1,5}"))] | None = None


Sixteen = Annotated[str, Meta(pattern=whole("[0-9a-f]{4}"), description="an assigned number of 16 bits in hex")]
OwnService = Annotated[
    str,
    Meta(
        pattern=whole("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
        description="a service's own number of 128 bits; assigned numbers of 16 bits are in `services` instead",
    ),
]


class BleEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="ble"):
    """What a Bluetooth LE advertisement says; `public` is whether a maker gave the address."""

    public: bool
    name: Text | None = None
    companies: Annotated[tuple[Sixteen, ...], Meta(max_length=MAX_ITEMS)] = ()
    services: Annotated[tuple[Sixteen, ...], Meta(max_length=MAX_ITEMS)] = ()
    services_128: Annotated[tuple[OwnService, ...], Meta(max_length=MAX_ITEMS)] = ()


class LookEvidence(Part, frozen=True, kw_only=True, tag_field="type", tag="look"):
    """A person looked at it; `photo` is absent where no picture was kept."""

    by: Text = "walker"
    photo: Digest | None = None
    note: Text | None = None


Evidence = (
    SsidEvidence | BssidEvidence | CatalogueEvidence | ElementsEvidence | WpsEvidence | BleEvidence | LookEvidence
)
