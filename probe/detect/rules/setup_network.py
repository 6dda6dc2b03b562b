"""The network that a surveillance camera opens by itself while it waits to be set up."""

from probe.contract.sighting import (
    BssidEvidence,
    CameraKind,
    CatalogueEvidence,
    Claim,
    KindClaim,
    PresentClaim,
    SsidEvidence,
    Strength,
    VendorClaim,
    bssid_text,
)
from probe.detect.catalogue import Catalogue, Row, Status
from probe.detect.rule import Finding, Transmission, globally_administered


class SetupNetwork:
    name = "setup-network"
    version = 1
    finds = (
        "A network name that matches, as a whole, the pattern of a maker's set-up network in the catalogue, sent from "
        "a globally administered address."
    )
    false_positives = (
        "Anyone may give a network such a name. Most patterns come from manuals as quoted elsewhere and were not "
        "confirmed by a capture: they are weak. Names that `flock-suffix` exists for are left to it. Set-up networks "
        "of consumer cameras are in the catalogue as `forget`."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if not heard.ssid or not globally_administered(heard.transmitter):
            return None
        row = catalogue.name_of(heard.ssid)
        # A name alone does not make a Flock camera: look-alikes exist, and the suffix tells them apart.
        if row is None or row.status is not Status.ACTIVE or row.value.startswith("^Flock-"):
            return None
        seen = CatalogueEvidence(row=row.id, vendor=row.vendor, value=row.value, confirmed_on=row.confirmed_on)
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), BssidEvidence(bssid=bssid_text(heard.transmitter)), seen),
            claims=_claims(row),
        )


def _claims(row: Row) -> tuple[Claim, ...]:
    strength = Strength.STRONG if row.strong else Strength.WEAK
    claims: list[Claim] = [
        PresentClaim(strength=strength, evidence=(0, 1, 2)),
        VendorClaim(value=row.vendor, strength=strength, evidence=(0, 2)),
    ]
    if row.kind == "alpr":
        claims.append(KindClaim(value=CameraKind.ALPR, strength=strength, evidence=(0, 2)))
    return tuple(claims)


RULE = SetupNetwork()
