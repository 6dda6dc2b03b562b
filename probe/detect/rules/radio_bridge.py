"""A radio link that typically feeds cameras: by its maker and by a name that says so."""

import re
from datetime import date

from probe.contract.evidence import Role, SsidEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import Finding, Transmission, address_of, claims_of, row_evidence

# Whole words, so that a street called Camden or a person called Camille is none. English, French, German, Spanish.
_CAMERA = re.compile(
    r"(?:^|[^a-z])(?:cctv|vsu|vid[eé]o-?(?:surveillance|protection)|(?:ip-?)?cam(?:[eé]ras?|s)?-?\d*|kameras?|"
    r"video(?:ueberwachung|überwachung|vigilancia)|alpr|anpr|lapi)(?:$|[^a-z])",
    re.IGNORECASE,
)


class RadioBridge:
    name = "radio-bridge"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "A network kept open by a maker of radio links whose name says camera as a word of its own (`CCTV-3`, "
        "`cam2`, `videosurveillance`): two weak signs, and together a weak one. It is where the picture is carried "
        "through, not where the camera is."
    )
    false_positives = (
        "Links of camera clubs, studios and shops; names that say camera for fun. The makers' other products. Without "
        "such a name a link is forgotten like any other network."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.role is not Role.NETWORK or not heard.ssid or _CAMERA.search(heard.ssid) is None:
            return None
        row = catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or row.kind != "bridge":
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard), row_evidence(row)),
            claims=claims_of(
                row, present=Strength.WEAK, vendor=Strength.STRONG, kind=Strength.WEAK, evidence=(0, 1, 2)
            ),
        )


RULE = RadioBridge()
