"""A camera maker's mark in a Bluetooth advertisement: its company number or its service."""

from datetime import date

from probe.contract.evidence import BleEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Row, Status
from probe.detect.rule import Bluetooth, Finding, Transmission, address_of, claims_of, row_evidence, same_maker

_MAKERS = {"cctv", "alpr"}


class CameraBluetooth:
    name = "camera-bluetooth"
    version = 1
    revised = date(2026, 11, 24)
    finds = (
        "The assigned number of a maker of fixed cameras (company or service) in an advertisement whose address a "
        "maker gave. For makers that also sell what people wear, the address must be the maker's own as well."
    )
    false_positives = (
        "Other products of the maker: recorders, door stations, access readers. The service numbers come from a table "
        "without captures. Module makers' numbers (09C8) never count alone."
    )

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None or not ble.public:
            return None
        row, seen = _mark(ble, catalogue)
        if row is None:
            return None
        own = same_maker(row, catalogue.vendor_of(heard.transmitter))
        if not own and (row.shared or not row.strong):
            return None
        strength = Strength.STRONG if own else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(seen, address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=Strength.WEAK, vendor=strength, kind=Strength.WEAK, evidence=(0, 1, 2)),
        )


def _mark(ble: Bluetooth, catalogue: Catalogue) -> tuple[Row | None, BleEvidence]:
    for evidence, numbers in (("ble_company", ble.companies), ("ble_service", ble.services)):
        for number in numbers:
            row = catalogue.value_of(evidence, number)
            if row is not None and row.status is Status.ACTIVE and row.kind in _MAKERS and number != "09c8":
                company = (number,) if evidence == "ble_company" else ()
                return row, BleEvidence(public=True, companies=company, services=() if company else (number,))
    return None, BleEvidence(public=True)


RULE = CameraBluetooth()
