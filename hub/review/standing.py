"""What people decided of a camera, as it stands now: reviewed, private, gone, and what it is. Pure.

A decision is of the camera that holds most of the sightings it names, whatever came since. Of two that contradict each
other the later one wins.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from hub.log.decisions import Decided, DecisionKind
from hub.review.retag import Value

CONFIRMING = (DecisionKind.CONFIRM, DecisionKind.NEW)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a camera stands. `private` is None where nobody decided, and sightings alone may claim it; `gone` an ISO day;
    `retags` what it is said to be, None for "not known"; `bound` says that people decided which sightings are of it,
    `kinds` what kinds of decisions there are about it."""

    review: str = "waiting"
    private: bool | None = None
    gone: str | None = None
    follow_up: bool = False
    retags: Mapping[str, Value] = field(default_factory=lambda: MappingProxyType({}))
    notes: tuple[int, ...] = ()
    site: str | None = None
    bound: bool = False
    kinds: tuple[str, ...] = ()

    @property
    def decided(self) -> bool:
        """Whether anybody decided anything that shows."""
        return self != UNDECIDED


UNDECIDED = Standing()


def standing_of(decisions: Sequence[Decided], *, site: str | None = None, bound: bool = False) -> Standing:
    """The standing of a camera by the decisions about it, in the log's order."""
    retags: dict[str, Value] = {}
    gone, follow_up, notes = None, False, []
    for decided in decisions:
        what = decided.what
        match what.kind:
            case DecisionKind.RETAG if what.about is not None:
                retags[what.about] = what.value
            case DecisionKind.GONE:
                gone = None if what.value == "no" else what.value or decided.at.date().isoformat()
            case DecisionKind.FOLLOW_UP:
                follow_up = what.value != "no"
            case DecisionKind.NOTE:
                notes.append(decided.number)
    return Standing(
        review=_review(decisions),
        private=_private(decisions),
        gone=gone,
        follow_up=follow_up,
        retags=retags,
        notes=tuple(notes),
        site=site,
        bound=bound,
        kinds=tuple(sorted({str(decided.what.kind) for decided in decisions})),
    )


def _review(decisions: Iterable[Decided]) -> str:
    """A later rejection takes back a confirmation, and the other way round, where both are of the same sightings. Where
    a rejected camera was merged into a confirmed one, there is a camera."""
    confirmed, rejected = _Told(), _Told()
    for decided in decisions:
        if decided.what.kind in CONFIRMING:
            rejected.take_back(decided.what.sightings)
            confirmed.tell(decided.what.sightings)
        elif decided.what.kind is DecisionKind.REJECT:
            confirmed.take_back(decided.what.sightings)
            rejected.tell(decided.what.sightings)
    return "confirmed" if confirmed else "rejected" if rejected else "waiting"


def _private(decisions: Iterable[Decided]) -> bool | None:
    """A "no" takes back what sightings claim, and what was decided of the same sightings; never what was decided of
    others that are of this camera now."""
    private, public = _Told(), False
    for decided in decisions:
        if decided.what.kind is DecisionKind.PRIVATE:
            if decided.what.value == "no":
                private.take_back(decided.what.sightings)
                public = True
            else:
                private.tell(decided.what.sightings)
    return True if private else False if public else None


class _Told:
    """The sightings of which something was said and not taken back since."""

    def __init__(self) -> None:
        self._said: list[frozenset[str]] = []

    def __bool__(self) -> bool:
        return bool(self._said)

    def tell(self, sightings: Iterable[str]) -> None:
        self._said.append(frozenset(sightings))

    def take_back(self, sightings: Iterable[str]) -> None:
        back = frozenset(sightings)
        self._said = [said for said in self._said if said.isdisjoint(back)]
