"""A network whose name holds a camera maker's word, whatever its address: a hint to look, and no more."""

from datetime import date

from probe.contract.evidence import Role, SsidEvidence
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Row, Status
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
            "address is in the maker's own block. Who only looks for such a network counts in "
            "that block; for one that cameras look for themselves (`test_flck`), in a block of the modules that the "
            "maker buys too."
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
            "chercher un tel réseau ne compte que dans ce bloc ; pour celui que les caméras cherchent elles-mêmes "
            "(`test_flck`), aussi dans un bloc des modules que le fabricant achète."
        ),
        fooled_by=(
            "Tout réseau que quelqu’un a nommé ainsi : en anglais, « flock » est aussi un troupeau. Les mots plus "
            "longs (Flockhart, flocking) ne comptent pas, ni `Flock-` suivi de six chiffres hexadécimaux, dont "
            "l’adresse décide (`flock-suffix`)."
        ),
        why="Le nom du réseau contient un mot propre à {vendor}, mais n’importe qui peut choisir ce nom.",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        return Glance(names_anywhere=tuple(row.value for row in catalogue.active("ssid") if row.any_address))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        row = catalogue.name_of(heard.ssid) if heard.ssid else None
        if row is None or row.status is not Status.ACTIVE or not row.any_address or heard.transmitter[0] & 0b01:
            return None
        block = catalogue.vendor_of(heard.transmitter)
        if others_block(row, block) or (heard.role is Role.STATION and not _looks_itself(row, block)):
            return None
        strength = Strength.STRONG if own_block(row, block) else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(SsidEvidence(ssid=heard.ssid or ""), address_of(heard), row_evidence(row)),
            claims=claims_of(row, present=strength, vendor=strength, kind=strength, evidence=(0, 1, 2)),
        )


def _looks_itself(row: Row, block: Row | None) -> bool:
    """Whether who looks for the network is a camera: others have been in a network of that name once."""
    return own_block(row, block) or ("looked for" in row.beside and same_maker(row, block))


RULE = MakerWord()
