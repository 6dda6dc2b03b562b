"""A radio link that typically feeds cameras: by its maker and by a name that says so."""

from datetime import date

from probe.contract.evidence import Role, SsidEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Status, address_heads
from probe.detect.rule import Finding, Glance, Rule, Texts, Transmission, address_of, claims_of, row_evidence
from probe.detect.words import says_camera

_KIND = "bridge"


class RadioBridge(Rule):
    name = "radio-bridge"
    version = 1
    revised = date(2026, 11, 24)
    rank = 90
    english = Texts(
        finds=(
            "A network kept open by a maker of radio links whose name says camera as a word of its own (`CCTV-3`, "
            "`cam2`, `videosurveillance`): two weak signs, and together a weak one. It is where the picture is "
            "carried through, not where the camera is."
        ),
        fooled_by=(
            "Links of camera clubs, studios and shops; names that say camera for fun. The makers' other products. "
            "Without such a name a link is forgotten like any other network."
        ),
        why="A radio link by {vendor} whose name says camera: the picture passes here, the camera is near.",
    )
    french = Texts(
        finds=(
            "Un réseau ouvert par un fabricant de liaisons radio dont le nom dit caméra comme un mot à part "
            "(`CCTV-3`, `cam2`, `videosurveillance`) : deux indices faibles qui, ensemble, en font un faible. "
            "L’image passe ici, la caméra est ailleurs."
        ),
        fooled_by=(
            "Les liaisons de clubs photo, de studios et de boutiques ; les noms qui disent caméra pour rire. Les "
            "autres produits de ces fabricants. Sans un tel nom, une liaison est oubliée comme tout autre réseau."
        ),
        why="Liaison radio de {vendor} dont le nom mentionne une caméra : l’image passe par ici, la caméra est proche.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(heads=address_heads(row for row in catalogue.active("oui") if row.kind == _KIND))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.role is not Role.NETWORK or not heard.ssid or not says_camera(heard.ssid):
            return None
        row = catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or row.kind != _KIND:
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
