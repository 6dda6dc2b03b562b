"""What one person at the desk has before them: answered, put off, asked one by one. Nothing of it is a decision."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from hub.review.question import Question

MOST_PUT_OFF = 10_000


@dataclass(slots=True)
class Evening:
    """An operator's evening; it ends with the hub's run.

    `shown` is the question before them, `first` the cameras of which they want to see more before others.
    """

    answered: int = 0
    put_off: dict[str, None] = field(default_factory=dict)
    one_by_one: set[str] = field(default_factory=set)
    shown: str | None = None
    first: tuple[str, ...] = ()
    _cameras_of: dict[int, tuple[str, ...]] = field(default_factory=dict)
    _answers: set[int] = field(default_factory=set)  # of these decisions, those that answered a question

    def remember(self, decisions: Sequence[int], cameras: tuple[str, ...], *, answers: bool = True) -> None:
        """Which cameras some decisions were about: what is undone is shown again. `answers` is whether they answered
        the question, which then counts."""
        self._cameras_of.update(dict.fromkeys(decisions, cameras))
        if answers:
            self.answered += 1
            self._answers.update(decisions)
        while len(self._cameras_of) > MOST_PUT_OFF:
            oldest = next(iter(self._cameras_of))
            del self._cameras_of[oldest]
            self._answers.discard(oldest)

    def count(self, decisions: Sequence[int], *, undone: bool) -> None:
        """What was decided by one key is undone, or holds again: the question is open again, or answered."""
        if not self._answers.isdisjoint(decisions):
            self.answered = max(0, self.answered + (-1 if undone else 1))

    def cameras_of(self, decisions: Sequence[int]) -> tuple[str, ...]:
        """The cameras that some decisions of this evening were about."""
        return tuple(dict.fromkeys(one for number in decisions for one in self._cameras_of.get(number, ())))

    def skip(self, key: str) -> None:
        """Put a question at the end."""
        self.put_off.pop(key, None)
        self.put_off[key] = None
        if len(self.put_off) > MOST_PUT_OFF:
            del self.put_off[next(iter(self.put_off))]

    def order(self, asked: Sequence[Question], elsewhere: Collection[str]) -> list[Question]:
        """The questions as this person gets them: those that are before others come later, those put off at the
        end."""
        later = {key: place for place, key in enumerate(self.put_off)}
        wanted = set(self.first)

        def rank(question: Question) -> tuple[int, int]:
            if wanted and any(detail.camera.id in wanted for detail in question.cameras):
                return 0, 0
            if question.key in later:
                return 3, later[question.key]
            return (2 if question.key in elsewhere else 1), 0

        return sorted(asked, key=rank)  # stable: the queue's own order within


def progress(evening: Evening, waiting: int) -> tuple[int, int]:
    """The number of the question that is shown, and of how many."""
    return evening.answered + min(1, waiting), evening.answered + waiting
