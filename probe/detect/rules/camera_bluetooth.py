"""A camera maker's mark in a Bluetooth advertisement: its company number or its service."""

from datetime import date

from probe.contract.evidence import BleEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Row, Status
from probe.detect.rule import (
    Bluetooth,
    Finding,
    Glance,
    Rule,
    Texts,
    Transmission,
    address_of,
    claims_of,
    own_block,
    row_evidence,
)

_MAKERS = {"cctv", "alpr"}


class CameraBluetooth(Rule):
    name = "camera-bluetooth"
    version = 2
    revised = date(2026, 11, 25)
    rank = 80
    english = Texts(
        finds=(
            "The assigned number of a maker of fixed cameras (company or service) in an advertisement whose "
            "address a maker gave. Strong as to the maker where the address is in the maker's own block. For "
            "makers that also sell what people wear, and for module makers' numbers (09C8), it must be."
        ),
        fooled_by=(
            "Other products of the maker: recorders, door stations, access readers. The numbers come from the list "
            "of who was assigned which, without captures. Several marks: the first that suffices counts."
        ),
        why="A Bluetooth number that was assigned to {vendor}.",
    )
    french = Texts(
        finds=(
            "Le numéro attribué à un fabricant de caméras fixes (entreprise ou service) dans une annonce dont "
            "l’adresse vient d’un fabricant. Indice fort quant au fabricant si l’adresse est dans son propre bloc. "
            "C’est exigé des fabricants qui vendent aussi ce qui se porte, et des numéros de fabricants de modules "
            "(09C8)."
        ),
        fooled_by=(
            "D’autres produits du fabricant : enregistreurs, portiers, lecteurs de badges. Les numéros viennent de "
            "la liste des attributions, sans capture. De plusieurs marques, la première suffisante compte."
        ),
        why="Identifiant Bluetooth attribué à {vendor}.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:  # noqa: ARG002 (looks at no frame of Wi-Fi)
        return Glance()

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None or not ble.public:
            return None
        block = catalogue.vendor_of(heard.transmitter)
        for row, seen in _marks(ble, catalogue):
            own = own_block(row, block)
            if own or (row.strong and not row.shared):
                strength = Strength.STRONG if own else Strength.WEAK
                return Finding(
                    rule=self.name,
                    version=self.version,
                    evidence=(seen, address_of(heard), row_evidence(row)),
                    claims=claims_of(
                        row, present=Strength.WEAK, vendor=strength, kind=Strength.WEAK, evidence=(0, 1, 2)
                    ),
                )
        return None


def _marks(ble: Bluetooth, catalogue: Catalogue) -> list[tuple[Row, BleEvidence]]:
    found = []
    for evidence, numbers in (("ble_company", ble.companies), ("ble_service", ble.services)):
        for number in numbers:
            row = catalogue.value_of(evidence, number)
            if row is not None and row.status is Status.ACTIVE and row.kind in _MAKERS:
                company = (number,) if evidence == "ble_company" else ()
                found.append((row, BleEvidence(public=True, companies=company, services=() if company else (number,))))
    return found


RULE = CameraBluetooth()
