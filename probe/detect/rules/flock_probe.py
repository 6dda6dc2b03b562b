"""A Flock Safety camera that looks for its network: by how it asks, and when, not by what it says."""

from collections.abc import Sequence
from datetime import date

from probe.contract.evidence import ElementsEvidence, Role
from probe.contract.sighting import Strength
from probe.detect.catalogue import Catalogue, Row, Status, address_heads
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
    same_maker,
)

# It asks once on each channel and goes on to the next after 125 ms, so between two of its requests there is a multiple
# of that, whichever of them were missed. What asks sooner than `_SOONEST_MS` after the last time is something else; the
# bound leaves room for a clock that is read late.
_STEP_MS, _OFF_MS, _SOONEST_MS = 125, 10, 90
_ENOUGH, _SHARE = 3, 0.75


class FlockProbe(Rule):
    name = "flock-probe"
    version = 2
    revised = date(2026, 11, 25)
    rank = 20
    english = Texts(
        finds=(
            "A probe request for any network whose elements come in the catalogued order of these cameras, from a "
            "globally administered address in one of the blocks that their modules have. Strong only where three "
            "times or more between its requests were measured and are multiples of 125 ms, as these cameras go "
            "from channel to channel; nothing where they come faster, as a laptop's do. The maker is strong only "
            "in the maker's own block."
        ),
        fooled_by=(
            "Other devices with the same module and driver: 2 of 13 in the one drive test that was published. A "
            "radio that hops, or a board that counts by itself, seldom hears three requests in time: then it stays "
            "weak, as no camera is dropped for having been heard too little. Many units are reported to have "
            "stopped sending these requests about 2026-08-06."
        ),
        why="It asks for networks the way cameras of {vendor} do (last confirmed: {confirmed}).",
    )
    french = Texts(
        finds=(
            "Une recherche de n’importe quel réseau dont les éléments viennent dans l’ordre catalogué de ces "
            "caméras, depuis une adresse de l’un des blocs de leurs modules. Indice fort seulement si au moins "
            "trois intervalles entre ses demandes ont été mesurés et sont des multiples de 125 ms, comme ces "
            "caméras passent d’un canal à l’autre ; rien si elles viennent plus vite, comme celles d’un ordinateur "
            "portable. Le fabricant n’est un indice fort que dans son propre bloc."
        ),
        fooled_by=(
            "D’autres appareils avec le même module et le même pilote : 2 sur 13 dans le seul essai publié. Une "
            "radio qui change de canal, ou une carte qui compte seule, entend rarement trois demandes à temps : "
            "l’indice reste alors faible, car aucune caméra n’est écartée pour avoir été trop peu entendue. "
            "Beaucoup d’unités auraient cessé ces demandes vers le 6 août 2026."
        ),
        why="L’appareil cherche des réseaux comme les caméras de {vendor} (dernière vérification : {confirmed}).",
    )

    def glance(self, catalogue: Catalogue) -> Glance:
        orders = catalogue.active("order")
        blocks = (row for row in catalogue.active("oui") if any(same_maker(row, order) for order in orders))
        return Glance(heads=address_heads(blocks))

    def examine(self, heard: Transmission, catalogue: Catalogue) -> Finding | None:
        if heard.role is not Role.STATION or heard.ssid or not heard.order:
            return None
        row, block = catalogue.value_of("order", heard.order), catalogue.vendor_of(heard.transmitter)
        if row is None or row.status is not Status.ACTIVE or not same_maker(row, block):
            return None
        if _too_fast(heard.intervals_ms):
            return None
        return self._finding(heard, row, own=own_block(row, block))

    def _finding(self, heard: Transmission, row: Row, *, own: bool) -> Finding:
        steady = row.strong and _in_steps(heard.intervals_ms)
        present = Strength.STRONG if steady else Strength.WEAK
        said = Strength.STRONG if steady and own else Strength.WEAK
        return Finding(
            rule=self.name,
            version=self.version,
            evidence=(
                ElementsEvidence(order=heard.order or "", intervals_ms=heard.intervals_ms),
                address_of(heard),
                row_evidence(row),
            ),
            claims=claims_of(row, present=present, vendor=said, kind=said, evidence=(0, 1, 2)),
        )


def _in_steps(intervals_ms: Sequence[int]) -> bool:
    """Whether enough times between requests are multiples of the step."""
    near = sum(
        interval > _SOONEST_MS and abs(interval - _STEP_MS * round(interval / _STEP_MS)) <= _OFF_MS
        for interval in intervals_ms
    )
    return len(intervals_ms) >= _ENOUGH and near >= _SHARE * len(intervals_ms)


def _too_fast(intervals_ms: Sequence[int]) -> bool:
    """Whether most of enough times between requests are shorter than a camera's ever are."""
    soon = sum(interval < _SOONEST_MS for interval in intervals_ms)
    return len(intervals_ms) >= _ENOUGH and soon > len(intervals_ms) / 2


RULE = FlockProbe()
