"""What the page says under "How we know": claims with their strengths, and sightings that say the same, grouped."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from hub.publish.view import ClaimView, EvidenceView

_FIRST = ("present", "gone", "kind", "mount", "direction", "height", "vendor")


class ClaimSummary(Struct, frozen=True):
    """One thing said of a camera, and how many sightings say it strongly and weakly."""

    about: str
    value: str | float | bool | None
    strengths: tuple[tuple[str, int], ...]  # ("strong", 2)


class EvidenceGroup(Struct, frozen=True):
    """Sightings that read the same, and their number."""

    item: EvidenceView
    count: int


def summarise_claims(claims: Iterable[ClaimView]) -> list[ClaimSummary]:
    """Each claim once, in an order that reads well, the strong signs first."""
    by_statement: dict[tuple[str, str], list[ClaimView]] = {}
    for claim in sorted(claims, key=lambda claim: _FIRST.index(claim.about) if claim.about in _FIRST else len(_FIRST)):
        by_statement.setdefault((claim.about, repr(claim.value)), []).append(claim)
    return [
        ClaimSummary(
            same[0].about,
            same[0].value,
            tuple(
                sorted(((claim.strength, claim.sightings) for claim in same), key=lambda count: count[0] != "strong")
            ),
        )
        for same in by_statement.values()
    ]


def group_evidence(evidence: Iterable[EvidenceView]) -> list[EvidenceGroup]:
    """Sightings that read the same, once, with their number, in the order of the first."""
    counted: Counter[bytes] = Counter()
    first: dict[bytes, EvidenceView] = {}
    for item in evidence:
        key = repr(item).encode()
        counted[key] += 1
        first.setdefault(key, item)
    return [EvidenceGroup(item, counted[key]) for key, item in first.items()]
