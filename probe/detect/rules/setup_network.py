"""The network that a surveillance camera opens by itself while it waits to be set up."""

from datetime import date

from probe.contract.evidence import Role, SsidEvidence
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
    globally_administered,
    others_block,
    own_block,
    row_evidence,
    same_maker,
)


class SetupNetwork(Rule):
    name = "setup-network"
    version = 3
    revised = date(2026, 11, 25)
    rank = 50
    english = Texts(
        finds=(
            "A network name that matches, as a whole, the pattern of a maker's set-up network in the catalogue, "
            "kept open from a globally administered address. Strong where the address is in the same maker's own "
            "block, and weak everywhere else, however sure the pattern; nothing where the address belongs to "
            "another maker of cameras. Patterns that are little more than a maker's word count only in one of the "
            "maker's blocks."
        ),
        fooled_by=(
            "Anyone may give a network such a name. Most patterns come from manuals as quoted elsewhere and were "
            "not confirmed by a capture. Set-up networks of consumer cameras are in the catalogue as `forget`."
        ),
        why="The name is that of a set-up network of {vendor}.",
    )
    french = Texts(
        finds=(
            "Un nom de réseau conforme, en entier, au modèle d’un réseau de mise en service du catalogue, diffusé "
            "depuis une adresse attribuée par un fabricant. Indice fort si l’adresse est dans un bloc propre à ce "
            "fabricant, faible partout ailleurs, si sûr que soit le modèle ; rien si l’adresse est celle d’un "
            "autre fabricant de caméras. Les modèles qui ne sont guère plus qu’une marque ne comptent que dans un "
            "bloc de ce fabricant."
        ),
        fooled_by=(
            "Chacun peut donner un tel nom à son réseau. La plupart des modèles viennent de notices citées "
            "ailleurs, sans capture. Les réseaux de mise en service des caméras grand public sont au catalogue "
            "comme `forget`."
        ),
        why="Le nom est celui d’un réseau de configuration de {vendor}.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(names=tuple(row.value for row in catalogue.active("ssid") if not row.any_address))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if not heard.ssid or not globally_administered(heard.transmitter):
            return None
        row = catalogue.name_of(heard.ssid)
        if row is None or row.status is not Status.ACTIVE or row.any_address:
            return None
        block = catalogue.vendor_of(heard.transmitter)
        # Who only looks for such a network may be the telephone of whoever sets the camera up.
        needs_block = row.beside == "block" or heard.role is Role.STATION
        if others_block(row, block) or (needs_block and not same_maker(row, block)):
            return None
        strength = Strength.STRONG if own_block(row, block) else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=strength, evidence=(0, 1, 2)),
        )


RULE = SetupNetwork()
