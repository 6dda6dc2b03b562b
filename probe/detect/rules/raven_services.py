"""A gunshot detector by the Bluetooth services that it offers, at least two of them."""

from datetime import date

from probe.contract.evidence import BleEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status
from probe.detect.rule import (
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

_ENOUGH = 2


class RavenServices(Rule):
    name = "raven-services"
    version = 2
    revised = date(2026, 11, 25)
    rank = 40
    english = Texts(
        finds=(
            "At least two of the services 3100, 3200, 3300, 3400 and 3500 in one Bluetooth advertisement. What it "
            "is and who made it is weak unless the address is in the maker's own block."
        ),
        fooled_by=(
            "None known with two services. One of them alone gave 19 false positives in a drive of 20 minutes, "
            "which is why one is not enough. The numbers were never assigned to this maker: anyone may use them."
        ),
        why="At least two Bluetooth services of a gunshot detector (last confirmed: {confirmed}).",
    )
    french = Texts(
        finds=(
            "Au moins deux des services 3100, 3200, 3300, 3400 et 3500 dans une même annonce Bluetooth. La nature "
            "et le fabricant restent des indices faibles hors du bloc d’adresses du fabricant."
        ),
        fooled_by=(
            "Aucun cas connu avec deux services. Un seul d’entre eux a donné 19 fausses alertes en 20 minutes de "
            "route : un seul ne suffit donc pas. Ces numéros n’ont jamais été attribués à ce fabricant."
        ),
        why="Au moins deux services Bluetooth d’un détecteur de coups de feu (dernière vérification : {confirmed}).",
    )

    def glance(self, catalogue: Catalogue) -> Glance:  # noqa: ARG002 (looks at no frame of Wi-Fi)
        return Glance()

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        ble = heard.bluetooth
        if ble is None:
            return None
        offered = tuple(
            service
            for service in dict.fromkeys(ble.services)
            if (row := catalogue.value_of("ble_service", service)) is not None and row.kind == "gunshot_detector"
        )
        if len(offered) < _ENOUGH:
            return None
        row = catalogue.value_of("ble_service", offered[0])
        if row is None or row.status is not Status.ACTIVE:
            return None
        own = ble.public and own_block(row, catalogue.vendor_of(heard.transmitter))
        said = Strength.STRONG if own else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(BleEvidence(public=ble.public, services=offered), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=Strength.STRONG, vendor=said, kind=said, evidence=(0, 1, 2)),
        )


RULE = RavenServices()
