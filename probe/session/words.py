"""What a walker says of a camera by a tap: few words, of which those that contradict each other replace each other."""

from collections.abc import Iterable

from probe.camera.claims import WORDS, claims_of, tags_of_words
from probe.contract.sighting import Claim, GoneClaim, KindClaim, MountClaim, PresentClaim
from probe.session.refused import Refused

MOST_SAID = 32  # words at once, before those that contradict each other are taken out
_ALIKE = {"bullet": "fixed", "lamp": "street_lamp"}
# Of each of these one is true at a time. Whether it is gone goes with all of them.
_ONE_OF = (
    {"fixed", "dome", "panning", "panoramic", "multi_sensor"},
    {"alpr", "gunshot_detector"},
    {"wall", "pole", "ceiling", "street_lamp", "tree"},
)


def chosen(words: Iterable[str]) -> tuple[str, ...]:
    """The words as `probe.camera.claims.WORDS` has them, each once; of two that contradict each other the later one.

    Raises Refused for a word that is none of them.
    """
    kept: list[str] = []
    for number, said in enumerate(words):
        word = said.strip().lower().replace("-", "_").replace(" ", "_")[:40]
        word = _ALIKE.get(word, word)
        if word not in WORDS or number >= MOST_SAID:
            raise Refused(f"{said[:40]!r} says nothing of a camera; say {', '.join(WORDS)}", "refused-words")
        others = next((group for group in _ONE_OF if word in group), {word})
        kept = [*(other for other in kept if other not in others), word]
    return tuple(kept)


def claims_said(words: tuple[str, ...], before: Iterable[Claim]) -> tuple[Claim, ...]:
    """What is claimed of a camera once its walker says something else of it: what was measured stays."""
    said = claims_of(dict(tags_of_words(words)))
    if any(isinstance(claim, GoneClaim) for claim in said):
        return said
    by_words = (PresentClaim, GoneClaim, KindClaim, MountClaim)
    return (*said, *(claim for claim in before if not isinstance(claim, by_words)))
