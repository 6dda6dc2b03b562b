"""A Flock Safety access point whose name repeats the end of its own address."""

import re
from datetime import date

from probe.contract.evidence import SsidEvidence
from probe.contract.sighting import CameraKind, KindClaim, PresentClaim, Strength, VendorClaim
from probe.detect.catalogue import Catalogue
from probe.detect.rule import Finding, Glance, Rule, Texts, Transmission, address_of, globally_administered

_NAME = re.compile(r"flock-([0-9a-f]{6})", re.IGNORECASE)


class FlockSuffix(Rule):
    name = "flock-suffix"
    version = 1
    revised = date(2026, 11, 24)
    rank = 10
    english = Texts(
        finds=(
            "The name `Flock-` and six hex digits (in any case) that equal the last three octets of the "
            "transmitter's own, globally administered address. Needs no list of makers: 780 of 803 such access "
            "points in a 2024 WiGLE export."
        ),
        fooled_by=(
            "A network whose owner copies the pattern on purpose, suffix included. Names that only look alike "
            "(`Flock-123456`, another suffix, a locally administered address) do not match, and no other rule "
            "takes them up. The vendor is reported to have switched this access point off since about December "
            "2025, so silence means nothing."
        ),
        why="The network's name repeats the end of its own address, as Flock Safety's do.",
    )
    french = Texts(
        finds=(
            "Le nom `Flock-` suivi de six chiffres hexadécimaux (majuscules ou minuscules) égaux aux trois derniers "
            "octets de l’adresse de l’émetteur, attribuée par un fabricant. Aucune liste de fabricants n’est "
            "nécessaire : 780 de ces 803 points d’accès dans un export WiGLE de 2024."
        ),
        fooled_by=(
            "Un réseau dont le propriétaire copie exprès ce modèle, suffixe compris. Les noms qui y ressemblent "
            "seulement (`Flock-123456`, autre suffixe, adresse administrée localement) ne comptent pas, et aucune "
            "autre règle ne les reprend. Le fabricant aurait éteint ce point d’accès vers décembre 2025 : le "
            "silence ne dit rien."
        ),
        why="Le nom du réseau reprend la fin de sa propre adresse, comme ceux de Flock Safety.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:  # noqa: ARG002 (needs no catalogue)
        return Glance(names=(f"^(?i:{_NAME.pattern})$",))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:  # noqa: ARG002 (needs no catalogue)
        if heard.ssid is None or not globally_administered(heard.transmitter):
            return None
        match = _NAME.fullmatch(heard.ssid)
        if match is None or bytes.fromhex(match.group(1)) != heard.transmitter[3:]:
            return None
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid), address_of(heard)),
            claims=(
                PresentClaim(strength=Strength.STRONG, evidence=(0, 1)),
                KindClaim(value=CameraKind.ALPR, strength=Strength.STRONG, evidence=(0, 1)),
                VendorClaim(value="Flock Safety", strength=Strength.STRONG, evidence=(0, 1)),
            ),
        )


RULE = FlockSuffix()
