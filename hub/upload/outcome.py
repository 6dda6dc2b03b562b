"""What came of something that was brought, for the page to say in the reader's language."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence: the name of the page's words for it, and the values to put in."""

    code: str
    params: dict[str, str | int] = field(default_factory=dict)


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it. `taken` is None while nothing is known; `undo` is what takes it back, as `hub.ingest.undo` names
    it.

    `needs_place` asks for a marker, `taken_back` says that the same was taken back before: brought `again`, it is taken
    in. `sightings` are those that are new, by id.
    """

    taken: bool = False
    said: list[Said] = field(default_factory=list)
    stored: int = 0
    pictures: int = 0
    known: int = 0
    undo: str | None = None
    needs_place: bool = False
    taken_back: bool = False
    sightings: list[str] = field(default_factory=list)

    def say(self, code: str, **params: str | int) -> None:
        """Add a sentence."""
        self.said.append(Said(code=code, params=params))


def refused(code: str, **params: str | int) -> Outcome:
    """Nothing was taken in; one sentence says why."""
    outcome = Outcome()
    outcome.say(code, **params)
    return outcome
