"""A Flock Safety access point whose name repeats the end of its own address."""

import re
from datetime import date

from probe.contract.evidence import SsidEvidence
from probe.contract.sighting import CameraKind, KindClaim, PresentClaim, Strength, VendorClaim
from probe.detect.catalogue import Catalogue
from probe.detect.rule import Finding, Transmission, address_of, globally_administered

_NAME = re.compile(r"flock-([0-9a-f]{6})", re.IGNORECASE)


class FlockSuffix:
    name = "flock-suffix"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "The name `Flock-` and six hex digits (in any case) that equal the last three octets of the transmitter's own, "
        "globally administered address. Needs no list of makers: 780 of 803 such access points in a 2024 WiGLE export."
    )
    false_positives = (
        "A network whose owner copies the pattern on purpose, suffix included. Names that only look alike "
        "(`Flock-123456`, another suffix, a locally administered address) do not match. The vendor is reported to have "
        "switched this access point off since about December 2025, so silence means nothing."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:  # noqa: ARG002 (needs no catalogue)
        if heard.ssid is None or not globally_administered(heard.transmitter):
            return None
        match = _NAME.fullmatch(heard.ssid)
        if match is None or bytes.fromhex(match.group(1)) != heard.transmitter[3:]:
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard)),
            claims=(
                PresentClaim(strength=Strength.STRONG, evidence=(0, 1)),
                KindClaim(value=CameraKind.ALPR, strength=Strength.STRONG, evidence=(0, 1)),
                VendorClaim(value="Flock Safety", strength=Strength.STRONG, evidence=(0, 1)),
            ),
        )


RULE = FlockSuffix()
