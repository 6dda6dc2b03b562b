"""What the page says under "How we know": claims with the strength of each, and sightings that say the same as one."""

from collections import Counter
from collections.abc import Iterable

from msgspec import Struct

from hub.publish.view import ClaimView, EvidenceView

_FIRST = ("present", "gone", "kind", "mount", "direction", "vendor")


class Claimed(Struct, frozen=True):
    """One thing said of a camera, and how many sightings say it strongly and weakly."""

    about: str
    value: str | float | bool | None
    strengths: tuple[tuple[str, int], ...]  # ("strong", 2)


class Alike(Struct, frozen=True):
    """Sightings that tell the reader the same."""

    item: EvidenceView
    count: int


def claimed(claims: Iterable[ClaimView]) -> list[Claimed]:
    """Each claim once, in an order that reads well, the strong signs first."""
    found: dict[tuple[str, str], list[ClaimView]] = {}
    for claim in sorted(claims, key=lambda claim: _FIRST.index(claim.about) if claim.about in _FIRST else len(_FIRST)):
        found.setdefault((claim.about, repr(claim.value)), []).append(claim)
    return [
        Claimed(
            alike[0].about,
            alike[0].value,
            tuple(sorted(((claim.strength, claim.sightings) for claim in alike), key=lambda told: told[0] != "strong")),
        )
        for alike in found.values()
    ]


def grouped(evidence: Iterable[EvidenceView]) -> list[Alike]:
    """Sightings that read the same, once, with their number, in the order of the first."""
    counted: Counter[bytes] = Counter()
    first: dict[bytes, EvidenceView] = {}
    for item in evidence:
        key = repr(item).encode()
        counted[key] += 1
        first.setdefault(key, item)
    return [Alike(item, counted[key]) for key, item in first.items()]
