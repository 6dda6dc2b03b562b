"""The address block of a maker who sells fixed surveillance cameras and little else."""

from datetime import date

from probe.contract.evidence import Role
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status, address_heads
from probe.detect.rule import Finding, Glance, Rule, Texts, Transmission, address_of, claims_of, row_evidence


class VendorOui(Rule):
    name = "vendor-oui"
    version = 2
    revised = date(2026, 11, 24)
    rank = 100
    english = Texts(
        finds=(
            "A globally administered address whose longest known prefix (24, 28 or 36 bits) belongs to a maker of "
            "fixed surveillance cameras, and that the catalogue holds as strong. Prefixes shared with what people "
            "carry (body-worn cameras, dashcams) count only where the device keeps a network open."
        ),
        fooled_by=(
            "Other products of the same maker: recorders, intercoms, door controllers, parking gates; dashcams "
            "that open a network, which the sweep forgets when they move. Addresses copied on purpose. Prefixes of "
            "makers that also sell to homes are in the catalogue as `forget` and never match; shared silicon "
            "(Espressif, TP-Link, NETGEAR, ...) is in it as `rejected`."
        ),
        why="The transmitter's address belongs to {vendor} ({prefix}, last confirmed: {confirmed}).",
    )
    french = Texts(
        finds=(
            "Une adresse attribuée par un fabricant dont le plus long préfixe connu (24, 28 ou 36 bits) appartient "
            "à un fabricant de caméras de surveillance fixes, et que le catalogue tient pour sûr. Les préfixes "
            "partagés avec ce qui se porte (caméras-piétons, caméras de bord) ne comptent que si l’appareil "
            "diffuse un réseau."
        ),
        fooled_by=(
            "D’autres produits du même fabricant : enregistreurs, interphones, contrôleurs de porte, barrières de "
            "parking ; les caméras de bord qui diffusent un réseau, que la sonde oublie quand elles bougent. Les "
            "adresses copiées exprès. Les préfixes de fabricants qui vendent aussi aux particuliers sont au "
            "catalogue comme `forget` ; le silicium partagé (Espressif, TP-Link, NETGEAR…) comme `rejected`."
        ),
        why="L’adresse de l’émetteur appartient à {vendor} ({prefix}, dernière vérification : {confirmed}).",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(heads=address_heads(row for row in catalogue.active("oui") if row.strong))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        row = catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or not row.strong or heard.bluetooth is not None:
            return None
        if row.shared and heard.role is not Role.NETWORK:
            return None
        # An address says who made the radio. That it is a camera follows only weakly, and which kind hardly.
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=Strength.WEAK, vendor=Strength.STRONG, kind=Strength.WEAK, evidence=(0, 1)),
        )


RULE = VendorOui()
