"""A gunshot detector by the Bluetooth services that it offers, at least two of them."""

from datetime import date

from probe.contract.evidence import BleEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import Finding, Transmission, address_of, claims_of, row_evidence


class RavenServices:
    name = "raven-services"
    version = 1
    revised = date(2026, 11, 24)
    finds = "At least two of the services 3100, 3200, 3300, 3400 and 3500 in one Bluetooth advertisement."
    false_positives = (
        "None known with two services. One of them alone gave 19 false positives in a drive of 20 minutes, which is "
        "why one is not enough."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None:
            return None
        offered = tuple(
            service
            for service in dict.fromkeys(ble.services)
            if (row := catalogue.value_of("ble_service", service)) is not None and row.kind == "gunshot_detector"
        )
        if len(offered) < 2:
            return None
        row = catalogue.value_of("ble_service", offered[0])
        if row is None or row.status is not Status.ACTIVE:
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(BleEvidence(public=ble.public, services=offered), address_of(heard), row_evidence(row)),
            claims=claims_of(
                row, present=Strength.STRONG, vendor=Strength.STRONG, kind=Strength.STRONG, evidence=(0, 1, 2)
            ),
        )


RULE = RavenServices()
