"""The address block of a maker who sells fixed surveillance cameras and little else."""

from probe.contract.sighting import (
    BssidEvidence,
    CameraKind,
    CatalogueEvidence,
    Claim,
    KindClaim,
    PresentClaim,
    Strength,
    VendorClaim,
    bssid_text,
)
from probe.detect.catalogue import Catalogue, Row, Status
from probe.detect.rule import Finding, Transmission


class VendorOui:
    name = "vendor-oui"
    version = 1
    finds = (
        "A globally administered address whose longest known prefix (24, 28 or 36 bits) belongs to a maker of fixed "
        "surveillance cameras, and that the catalogue holds as strong."
    )
    false_positives = (
        "Other products of the same maker: recorders, intercoms, door controllers, parking gates. Addresses copied on "
        "purpose. Prefixes of makers that also sell to homes are in the catalogue as `forget` and never match; shared "
        "silicon (Espressif, TP-Link, NETGEAR, ...) is in it as `rejected`."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        row = catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or not row.strong:
            return None
        seen = CatalogueEvidence(row=row.id, vendor=row.vendor, value=row.value, confirmed_on=row.confirmed_on)
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(BssidEvidence(bssid=bssid_text(heard.transmitter)), seen),
            claims=_claims(row),
        )


def _claims(row: Row) -> tuple[Claim, ...]:
    # An address says who made the radio. That it is a camera follows only weakly, and which kind hardly.
    claims: list[Claim] = [
        PresentClaim(strength=Strength.WEAK, evidence=(0, 1)),
        VendorClaim(value=row.vendor, strength=Strength.STRONG, evidence=(0, 1)),
    ]
    if row.kind in ("alpr", "bridge"):
        claims.append(KindClaim(value=CameraKind(row.kind), strength=Strength.WEAK, evidence=(0, 1)))
    return tuple(claims)


RULE = VendorOui()
