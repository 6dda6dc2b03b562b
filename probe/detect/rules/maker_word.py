"""A network whose name holds a camera maker's word, whatever its address: a hint to look, and no more."""

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
    others_block,
    own_block,
    row_evidence,
    same_maker,
)


class MakerWord(Rule):
    name = "maker-word"
    version = 1
    revised = date(2026, 11, 25)
    rank = 60
    english = Texts(
        finds=(
            "A network name with a word of a camera maker's (`Flock Camera net.`, `Flock`, `test_flck`), kept open "
            "from any address, also a locally administered one: such were reported. Always weak, unless the "
            "address is in the maker's own block. Who only looks for such a network counts where the address is "
            "in a block of the maker's, or of the modules that it buys."
        ),
        fooled_by=(
            "Any network that somebody named so: a flock is also of sheep. Longer words (Flockhart, flocking) do "
            "not count, nor does `Flock-` with six hex digits, of which the address decides (`flock-suffix`)."
        ),
        why="The network's name holds a word of {vendor}'s: anyone may choose it.",
    )
    french = Texts(
        finds=(
            "Un nom de réseau contenant le mot d’un fabricant de caméras (`Flock Camera net.`, `Flock`, "
            "`test_flck`), diffusé depuis n’importe quelle adresse, même administrée localement : on en a "
            "rapporté. Indice toujours faible, sauf dans le bloc d’adresses du fabricant. Qui ne fait que "
            "chercher un tel réseau ne compte que dans un bloc du fabricant ou des modules qu’il achète."
        ),
        fooled_by=(
            "Tout réseau que quelqu’un a nommé ainsi : en anglais, « flock » est aussi un troupeau. Les mots plus "
            "longs (Flockhart, flocking) ne comptent pas, ni `Flock-` suivi de six chiffres hexadécimaux, dont "
            "l’adresse décide (`flock-suffix`)."
        ),
        why="Le nom du réseau contient un mot de {vendor} : chacun peut le choisir.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(names_anywhere=tuple(row.value for row in catalogue.active("ssid") if row.beside == "nothing"))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        row = catalogue.name_of(heard.ssid) if heard.ssid else None
        if row is None or row.status is not Status.ACTIVE or row.beside != "nothing" or heard.transmitter[0] & 0b01:
            return None
        block = catalogue.vendor_of(heard.transmitter)
        if others_block(row, block) or (heard.role is Role.STATION and not same_maker(row, block)):
            return None
        strength = Strength.STRONG if own_block(row, block) else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid or ""), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=strength, evidence=(0, 1, 2)),
        )


RULE = MakerWord()
