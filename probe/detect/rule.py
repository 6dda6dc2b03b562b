"""What a rule is, what it may look at, and what it finds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from probe.contract.base import bssid_octets, bssid_text
from probe.contract.evidence import (
    BleEvidence,
    BssidEvidence,
    CatalogueEvidence,
    ElementsEvidence,
    Evidence,
    Role,
    SsidEvidence,
    WpsEvidence,
)
from probe.contract.sighting import CameraKind, Claim, KindClaim, PresentClaim, Strength, VendorClaim
from probe.detect.catalogue import Catalogue, Row

_KINDS = {kind.value for kind in CameraKind}


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a device says of itself in Wi-Fi Protected Setup; `device_type` as `4-4`, category and subcategory."""

    manufacturer: str | None = None
    model: str | None = None
    device_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bluetooth:
    """What an advertisement says. `public` whether a maker gave the address; numbers of 16 bits in four hex digits."""

    public: bool
    name: str | None = None
    companies: tuple[str, ...] = ()
    services: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """What a rule may look at. What was not sent is None.

    `transmitter` six octets; `role` whether it keeps a network open or looks for one; `order` the elements of the frame
    in the order in which they came; `elements` the first octets of its vendor elements, in hex.
    """

    transmitter: bytes
    ssid: str | None = None
    role: Role | None = None
    order: str | None = None
    elements: tuple[str, ...] = ()
    setup: Setup | None = None
    bluetooth: Bluetooth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fixed camera was recognised: by which rule, on what evidence, and what can be said of it."""

    rule: str
    version: int
    evidence: tuple[Evidence, ...]
    claims: tuple[Claim, ...]


class Rule(Protocol):
    """One way of recognising a fixed camera. One file each, in `probe/detect/rules/`.

    `version` grows with every change of what the rule finds. `false_positives` says what is known to fool it. A rule
    must find the same on the evidence of its own finding: a hub runs it again on that.
    """

    @property
    def name(self) -> str: ...

    @property
    def version(self) -> int: ...

    @property
    def revised(self) -> date:
        """The day of this version."""
        ...

    @property
    def finds(self) -> str: ...

    @property
    def false_positives(self) -> str: ...

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        """The finding, or None. Pure: no I/O, no clock, the same answer for the same input."""
        ...


def globally_administered(address: bytes) -> bool:
    """Whether the address was given by a maker: neither locally administered nor a group address."""
    return not address[0] & 0b11


def address_of(heard: Transmission) -> BssidEvidence:
    """The transmitter's address and role as evidence."""
    return BssidEvidence(bssid=bssid_text(heard.transmitter), role=heard.role)


def row_evidence(row: Row) -> CatalogueEvidence:
    """A row of the catalogue as evidence."""
    return CatalogueEvidence(row=row.id, vendor=row.vendor, value=row.value, confirmed_on=row.confirmed_on)


def claims_of(
    row: Row, *, present: Strength, vendor: Strength, kind: Strength, evidence: tuple[int, ...]
) -> tuple[Claim, ...]:
    """What a row lets be said of the device: that it is there, who made it, and of which kind it is."""
    claims: list[Claim] = [PresentClaim(strength=present, evidence=evidence)]
    if row.vendor:
        claims.append(VendorClaim(value=row.vendor, strength=vendor, evidence=evidence))
    if row.kind in _KINDS:
        claims.append(KindClaim(value=CameraKind(row.kind), strength=kind, evidence=evidence))
    return tuple(claims)


def same_maker(one: Row | None, other: Row | None) -> bool:
    """Whether two rows name one maker: `Dahua/Imou` and `Dahua` do."""
    if one is None or other is None:
        return False
    return bool(_makers(one) & _makers(other))


def _makers(row: Row) -> set[str]:
    return {maker.split(" (")[0].split(" ")[0].lower() for maker in row.vendor.split("/") if maker}


def transmission_of_evidence(evidence: Iterable[Evidence]) -> Transmission | None:
    """The transmission that a sighting's evidence tells of, as far as it tells; None where it names no transmitter."""
    told: dict[type, Evidence] = {type(item): item for item in evidence}
    address, name = told.get(BssidEvidence), told.get(SsidEvidence)
    if not isinstance(address, BssidEvidence):
        return None
    order, wps, ble = told.get(ElementsEvidence), told.get(WpsEvidence), told.get(BleEvidence)
    return Transmission(
        transmitter=bssid_octets(address.bssid),
        ssid=name.ssid if isinstance(name, SsidEvidence) else None,
        role=address.role,
        order=order.order if isinstance(order, ElementsEvidence) else None,
        setup=Setup(manufacturer=wps.manufacturer, model=wps.model, device_type=wps.device_type)
        if isinstance(wps, WpsEvidence)
        else None,
        bluetooth=Bluetooth(public=ble.public, name=ble.name, companies=ble.companies, services=ble.services)
        if isinstance(ble, BleEvidence)
        else None,
    )
