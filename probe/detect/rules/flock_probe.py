"""A Flock Safety camera that looks for its network: by how it asks, not by what it says."""

from datetime import date

from probe.contract.evidence import ElementsEvidence, Role
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import Finding, Transmission, address_of, claims_of, row_evidence


class FlockProbe:
    name = "flock-probe"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "A probe request for any network whose elements come in the catalogued order of these cameras, from a globally "
        "administered address in one of the blocks that their modules have: two evidences that fail alone."
    )
    false_positives = (
        "Other devices with the same module and driver: 2 of 13 in the one drive test that was published. Many units "
        "are reported to have stopped sending these requests about 2026-08-06."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.role is not Role.STATION or heard.ssid or not heard.order:
            return None
        row, maker = catalogue.value_of("order", heard.order), catalogue.vendor_of(heard.transmitter)
        if row is None or maker is None or row.status is not Status.ACTIVE or not maker.vendor.startswith("Flock"):
            return None
        strength = Strength.STRONG if row.strong else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(ElementsEvidence(order=heard.order), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=strength, evidence=(0, 1, 2)),
        )


RULE = FlockProbe()
