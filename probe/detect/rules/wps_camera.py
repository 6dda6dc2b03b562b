"""A device that calls itself a surveillance camera in Wi-Fi Protected Setup."""

from datetime import date

from probe.contract.evidence import WpsEvidence
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
    row_evidence,
)


class WpsCamera(Rule):
    name = "wps-camera"
    version = 1
    revised = date(2026, 11, 24)
    rank = 70
    english = Texts(
        finds=(
            "The primary device type of a surveillance camera (category 4, subcategory 4) in Wi-Fi Protected "
            "Setup, from a globally administered address. Strong where the address block belongs to a maker of "
            "fixed cameras as well."
        ),
        fooled_by=(
            "Web cameras at home that choose this type. Still, video and web cameras (subcategories 1 to 3) are "
            "carried about or kept at home and do not match. No capture of a real camera was at hand: the type is "
            "from the specification alone, hence weak."
        ),
        why="It calls itself a surveillance camera while it waits to be set up.",
    )
    french = Texts(
        finds=(
            "Le type d’appareil « caméra de surveillance » (catégorie 4, sous-catégorie 4) dans Wi-Fi Protected "
            "Setup, depuis une adresse attribuée par un fabricant. Indice fort si le bloc d’adresses est aussi "
            "celui d’un fabricant de caméras fixes."
        ),
        fooled_by=(
            "Les webcams à la maison qui choisissent ce type. Les appareils photo, caméscopes et webcams "
            "(sous-catégories 1 à 3) se portent ou restent à la maison et ne comptent pas. Aucune capture d’une "
            "vraie caméra n’était disponible : le type vient de la seule spécification, d’où l’indice faible."
        ),
        why="L’appareil se présente comme une caméra de surveillance en attendant d’être configuré.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        # Attribute 1054, primary device type, of eight octets that begin with the category.
        categories = {int(row.value.split("-")[0]) for row in catalogue.active("wps")}
        return Glance(octets=tuple(b"\x10\x54\x00\x08" + number.to_bytes(2, "big") for number in sorted(categories)))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        setup = heard.setup
        if setup is None or setup.device_type is None or not globally_administered(heard.transmitter):
            return None
        row = catalogue.value_of("wps", setup.device_type)
        if row is None or row.status is not Status.ACTIVE:
            return None
        maker = catalogue.vendor_of(heard.transmitter)
        known = maker is not None and maker.status is Status.ACTIVE and maker.strong and maker.kind != "bridge"
        seen = WpsEvidence(manufacturer=setup.manufacturer, model=setup.model, device_type=setup.device_type)
        strength = Strength.STRONG if known else Strength.WEAK
        naming_row = maker if known and maker is not None else row
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(seen, address_of(heard), row_evidence(naming_row)),
            claims=claims_of(naming_row, present=strength, vendor=strength, kind=Strength.WEAK, evidence=(0, 1, 2)),
        )


RULE = WpsCamera()
