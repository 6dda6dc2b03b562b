"""What a rule is, what it may look at, and what it finds."""

from abc import ABC, abstractmethod
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

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
from probe.detect.catalogue import Catalogue, Row, Status

_KINDS = {kind.value for kind in CameraKind}
_MAKERS = {"cctv", "alpr"}  # kinds of rows that name makers of fixed cameras


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """What a device says of itself in Wi-Fi Protected Setup; `device_type` as `4-4`, category and subcategory."""

    manufacturer: str | None = None
    model: str | None = None
    device_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bluetooth:
    """What an advertisement says. `public` whether a maker gave the address; numbers of 16 bits in four hex digits.

    `services_128` are the services of makers' own numbers, as `e8ccbb38-9532-46a8-9fe5-1814df172e6f`; those that only
    write a 16-bit number at full length are in `services`.
    """

    public: bool
    name: str | None = None
    companies: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    services_128: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Transmission:
    """What a rule may look at. What was not sent is None.

    `transmitter` six octets; `role` whether it keeps a network open or looks for one; `order` the elements of the frame
    in the order in which they came; `elements` the first octets of its vendor elements, in hex. `intervals_ms` are the
    times between such frames of this transmitter, as far as they were measured: none while it is new.
    """

    transmitter: bytes
    ssid: str | None = None
    role: Role | None = None
    order: str | None = None
    elements: tuple[str, ...] = ()
    intervals_ms: tuple[int, ...] = ()
    setup: Setup | None = None
    bluetooth: Bluetooth | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A fixed camera was recognised: by which rule, on what evidence, and what can be said of it."""

    rule: str
    version: int
    evidence: tuple[Evidence, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Texts:
    """A rule in the words of one language.

    `finds` and `fooled_by` are for whoever reads about the rules. `why` is one sentence for the page of a camera, with
    `{vendor}`, `{prefix}` and `{confirmed}` where the row of the catalogue gives them.
    """

    finds: str
    fooled_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """What a Wi-Fi frame must show at a glance before a rule is asked: any one of these. An empty one: no Wi-Fi frame.

    `heads` first three octets of an address that a maker gave; `names` patterns of a whole network name from such an
    address; `names_anywhere` the same also from an address that is locally administered; `octets` a run of octets
    anywhere among the elements. Patterns match octets and text alike, so they are plain ASCII.
    """

    heads: frozenset[bytes] = frozenset()
    names: tuple[str, ...] = ()
    names_anywhere: tuple[str, ...] = ()
    octets: tuple[bytes, ...] = ()


class Rule(ABC):
    """One way of recognising a fixed camera. One file each in `probe/detect/rules/`, and nothing anywhere else.

    `version` grows with every change of what the rule finds, `revised` is the day of this version. `rank`: the lower,
    the sooner it is asked; a sighting carries the first rule that finds something, so the most telling come first.
    `english` and `french` are its words for people; without the latter the page shows English. A rule must find the
    same on the evidence of its own finding: a hub runs it again on that.
    """

    name: ClassVar[str]
    version: ClassVar[int]
    revised: ClassVar[date]
    rank: ClassVar[int]
    english: ClassVar[Texts]
    french: ClassVar[Texts | None] = None

    @property
    def finds(self) -> str:
        return self.english.finds

    @property
    def false_positives(self) -> str:
        return self.english.fooled_by

    def texts(self, language: str) -> Texts:
        """The rule's words in a language (`fr`), English where it has none."""
        return self.french if language == "fr" and self.french is not None else self.english

    @abstractmethod
    def glance(self, catalogue: Catalogue) -> Glance:
        """What every Wi-Fi frame that this rule can find must show: the rule is never asked about any other."""

    @abstractmethod
    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        """The finding, or None. Pure: no I/O, no clock, the same answer for the same input."""


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
    """The claims that a row allows: that the device is there, who made it, and of which kind it is.

    Maker and kind are strong only where the address says so: whoever sends chooses all the rest.
    """
    claims: list[Claim] = [PresentClaim(strength=present, evidence=evidence)]
    if row.vendor:
        claims.append(VendorClaim(value=row.vendor, strength=vendor, evidence=evidence))
    if row.kind in _KINDS:
        claims.append(KindClaim(value=CameraKind(row.kind), strength=kind, evidence=evidence))
    return tuple(claims)


def same_maker(one: Row | None, other: Row | None) -> bool:
    """Whether two rows name one maker: `Dahua/Imou` and `Dahua` do; so do a maker and the modules that it buys."""
    if one is None or other is None:
        return False
    return bool(_makers(one) & _makers(other))


def own_block(row: Row | None, block: Row | None) -> bool:
    """Whether an address block is that maker's, and hardly anyone else's: shared modules say nothing of a maker."""
    return block is not None and block.strong and block.status is Status.ACTIVE and same_maker(row, block)


def others_block(row: Row, block: Row | None) -> bool:
    """Whether an address block is that of another maker of fixed cameras: then the address speaks, and no name does."""
    return block is not None and block.strong and block.kind in _MAKERS and not same_maker(row, block)


def _makers(row: Row) -> set[str]:
    return {maker.split()[0].lower() for maker in row.vendor.split("/") if maker.strip()}


def transmission_of_evidence(evidence: Iterable[Evidence]) -> Transmission | None:
    """The transmission behind a sighting's evidence, as far as that holds it; None where it names no transmitter."""
    by_type: dict[type, Evidence] = {type(item): item for item in evidence}
    address, name = by_type.get(BssidEvidence), by_type.get(SsidEvidence)
    if not isinstance(address, BssidEvidence):
        return None
    order, wps, ble = by_type.get(ElementsEvidence), by_type.get(WpsEvidence), by_type.get(BleEvidence)
    return Transmission(
        transmitter=bssid_octets(address.bssid),
        ssid=name.ssid if isinstance(name, SsidEvidence) else None,
        role=address.role,
        order=order.order if isinstance(order, ElementsEvidence) else None,
        intervals_ms=order.intervals_ms if isinstance(order, ElementsEvidence) else (),
        setup=Setup(manufacturer=wps.manufacturer, model=wps.model, device_type=wps.device_type)
        if isinstance(wps, WpsEvidence)
        else None,
        bluetooth=_bluetooth(ble) if isinstance(ble, BleEvidence) else None,
    )


def _bluetooth(ble: BleEvidence) -> Bluetooth:
    return Bluetooth(
        public=ble.public,
        name=ble.name,
        companies=ble.companies,
        services=ble.services,
        services_128=ble.services_128,
    )
