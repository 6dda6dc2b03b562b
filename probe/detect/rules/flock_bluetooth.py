"""The Bluetooth accessories of Flock Safety's cameras: batteries and set-up, by name, or by service."""

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
    same_maker,
)


class FlockBluetooth(Rule):
    name = "flock-bluetooth"
    version = 2
    revised = date(2026, 11, 25)
    rank = 30
    english = Texts(
        finds=(
            "A Bluetooth name of these accessories with what the catalogue wants beside it: `FS Ext Battery`, "
            "`Penguin-` and ten digits, or a name with the word `flock`, with the module maker's company number "
            "09C8 or an address that a maker gave; ten bare digits with both; `FS-` and six hex digits with 09C8 "
            "or a block of the battery's chip. Or the accessories' own service of 128 bits, which alone is weak. "
            "What it is and who made it is weak unless the address is in the maker's own block."
        ),
        fooled_by=(
            "Anyone may choose such a name, and 09C8 is of a maker of modules. The battery's address blocks belong "
            "to a chip maker and are shared with medical devices, so they count for nothing alone. The service "
            "was read in a camera's firmware, not heard. Reported to have faded since spring 2026."
        ),
        why="A Bluetooth name or service of an accessory of {vendor} (last confirmed: {confirmed}).",
    )
    french = Texts(
        finds=(
            "Le nom Bluetooth d’un de ces accessoires avec ce que le catalogue exige à côté : `FS Ext Battery`, "
            "`Penguin-` suivi de dix chiffres ou un nom avec le mot `flock`, avec le numéro 09C8 du fabricant du "
            "module ou une adresse attribuée par un fabricant ; dix chiffres seuls avec les deux ; `FS-` suivi de "
            "six chiffres hexadécimaux avec 09C8 ou un bloc de la puce de la batterie. Ou bien le service de "
            "128 bits propre à ces accessoires, indice faible à lui seul. La nature et le fabricant restent des "
            "indices faibles hors du bloc d’adresses du fabricant."
        ),
        fooled_by=(
            "Chacun peut choisir un tel nom, et 09C8 est celui d’un fabricant de modules. Les blocs d’adresses de "
            "la batterie sont ceux d’un fabricant de puces, partagés avec des appareils médicaux : seuls, ils ne "
            "comptent pas. Le service a été lu dans le micrologiciel d’une caméra, non entendu. Devenu rare, "
            "dit-on, depuis le printemps 2026."
        ),
        why="Nom ou service Bluetooth d’un accessoire de {vendor} (dernière vérification : {confirmed}).",
    )

    def glance(self, catalogue: Catalogue) -> Glance:  # noqa: ARG002 (looks at no frame of Wi-Fi)
        return Glance()

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None:
            return None
        block = catalogue.vendor_of(heard.transmitter) if ble.public else None
        return self._by_name(heard, ble, block, catalogue) or self._by_service(heard, ble, block, catalogue)

    def _by_name(self, heard: Transmission, ble: Bluetooth, block: Row | None, catalogue: Catalogue) -> Finding | None:
        row = catalogue.name_of(ble.name, "ble_name") if ble.name else None
        if row is None or row.status is not Status.ACTIVE:
            return None
        company = next((number for number in ble.companies if _of(row, catalogue, number)), None)
        enough = {
            "company": company is not None,
            "company or address": company is not None or ble.public,
            "company and address": company is not None and ble.public,
            "company or battery block": company is not None
            or (block is not None and block.beside == "battery" and same_maker(row, block)),
        }
        if not enough.get(row.beside, False):
            return None
        present = Strength.STRONG if row.strong and company is not None and ble.public else Strength.WEAK
        seen = BleEvidence(public=ble.public, name=ble.name, companies=() if company is None else (company,))
        return self._finding(heard, row, seen, present, own=own_block(row, block))

    def _by_service(
        self, heard: Transmission, ble: Bluetooth, block: Row | None, catalogue: Catalogue
    ) -> Finding | None:
        for service in ble.services_128:
            row = catalogue.value_of("ble_service", service)
            if row is not None and row.status is Status.ACTIVE:
                seen = BleEvidence(public=ble.public, services_128=(service,))
                own = own_block(row, block)
                return self._finding(heard, row, seen, Strength.STRONG if own else Strength.WEAK, own=own)
        return None

    def _finding(self, heard: Transmission, row: Row, seen: BleEvidence, present: Strength, *, own: bool) -> Finding:
        said = Strength.STRONG if own else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(seen, address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=present, vendor=said, kind=said, evidence=(0, 1, 2)),
        )


def _of(row: Row, catalogue: Catalogue, number: str) -> bool:
    company = catalogue.value_of("ble_company", number)
    return company is not None and company.status is Status.ACTIVE and same_maker(row, company)


RULE = FlockBluetooth()
