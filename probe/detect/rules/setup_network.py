"""The network that a surveillance camera opens by itself while it waits to be set up."""

from datetime import date

from probe.contract.evidence import SsidEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import (
    Finding,
    Transmission,
    address_of,
    claims_of,
    globally_administered,
    row_evidence,
    same_maker,
)

_MAKERS = {"cctv", "alpr"}


class SetupNetwork:
    name = "setup-network"
    version = 2
    revised = date(2026, 11, 24)
    finds = (
        "A network name that matches, as a whole, the pattern of a maker's set-up network in the catalogue, sent from "
        "a globally administered address. Strong where the address belongs to the same maker; nothing where it belongs "
        "to another maker of cameras."
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
        maker = catalogue.vendor_of(heard.transmitter)
        own = same_maker(row, maker)
        if maker is not None and maker.strong and maker.kind in _MAKERS and not own:
            return None
        strength = Strength.STRONG if own or row.strong else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=strength, evidence=(0, 1, 2)),
        )


RULE = SetupNetwork()
