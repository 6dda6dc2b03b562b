"""The Bluetooth accessories of Flock Safety's cameras: batteries and set-up, by name and one more sign."""

from datetime import date

from probe.contract.evidence import BleEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import Finding, Transmission, address_of, claims_of, row_evidence

_MODULE = "09c8"


class FlockBluetooth:
    name = "flock-bluetooth"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "A Bluetooth name of these accessories (`FS Ext Battery`, `Penguin-` and ten digits, `FS-` and six hex digits) "
        "together with the module maker's company number 09C8; the first two also from an address that a maker gave."
    )
    false_positives = (
        "Anyone may choose such a name. The battery's address blocks belong to a chip maker and are shared with "
        "medical devices, so they count for nothing here. Reported to have faded since spring 2026."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None or not ble.name:
            return None
        row = catalogue.name_of(ble.name, "ble_name")
        if row is None or row.status is not Status.ACTIVE:
            return None
        module = _MODULE in ble.companies
        if not (module or (row.strong and ble.public)):
            return None
        seen = BleEvidence(public=ble.public, name=ble.name, companies=(_MODULE,) if module else ())
        strength = Strength.STRONG if row.strong and module and ble.public else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(seen, address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=Strength.WEAK, evidence=(0, 1, 2)),
        )


RULE = FlockBluetooth()
