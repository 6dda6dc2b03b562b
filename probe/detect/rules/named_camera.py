"""A network whose name says camera, in a block of a maker of cameras that makes much else: two weak signs together."""

from datetime import date

from probe.contract.evidence import Role, SsidEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Row, Status, address_heads
from probe.detect.rule import Finding, Glance, Rule, Texts, Transmission, address_of, claims_of, row_evidence
from probe.detect.words import says_camera

_MAKERS = {"cctv", "alpr"}


class NamedCamera(Rule):
    name = "named-camera"
    version = 1
    revised = date(2026, 11, 25)
    rank = 95
    english = Texts(
        finds=(
            "A network whose name says camera as a word of its own (`CCTV-3`, `alpr`), kept open from an address "
            "of a company that makes cameras among much else (Motorola Solutions, Leonardo, Kapsch): two weak "
            "signs, and together a weak one."
        ),
        fooled_by=(
            "Hand radios, routers and industrial devices of the same companies with such a name. Without the name "
            "they are forgotten: all 27 of one peer's hits on Motorola Solutions were something else."
        ),
        why="An address of {vendor} ({prefix}, last confirmed: {confirmed}), and a name that says camera.",
    )
    french = Texts(
        finds=(
            "Un réseau dont le nom dit caméra comme un mot à part (`CCTV-3`, `alpr`), diffusé depuis une adresse "
            "d’une entreprise qui fait des caméras parmi bien d’autres choses (Motorola Solutions, Leonardo, "
            "Kapsch) : deux indices faibles qui, ensemble, en font un faible."
        ),
        fooled_by=(
            "Les radios portatives, routeurs et appareils industriels de ces entreprises portant un tel nom. Sans "
            "ce nom ils sont oubliés : les 27 alertes d’un projet voisin sur Motorola Solutions étaient autre "
            "chose."
        ),
        why="Adresse de {vendor} ({prefix}, dernière vérification : {confirmed}) et nom qui mentionne une caméra.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(heads=address_heads(row for row in catalogue.active("oui") if _counts(row)))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.role is not Role.NETWORK or not heard.ssid or not says_camera(heard.ssid):
            return None
        row = catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or not _counts(row):
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=Strength.WEAK, vendor=Strength.WEAK, kind=Strength.WEAK, evidence=(0, 1, 2)),
        )


def _counts(row: Row) -> bool:
    return row.beside == "name" and row.kind in _MAKERS


RULE = NamedCamera()
