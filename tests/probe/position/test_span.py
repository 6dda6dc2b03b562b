"""How far apart two stretches of time are that should be one."""

import pytest

from probe.position.span import Span, apart

HALF_HOUR = Span(1_778_320_800.0, 1_778_322_600.0)  # 2026-05-09 10:00 to 10:30 UTC


@pytest.mark.parametrize(
    ("shift_s", "words"),
    [
        (3600, "an hour apart?"), (-3600, "an hour apart?"), (7200 + 60, "2 hours apart?"),
        (-19_800, "5.5 hours apart?"),
        (86_400, "a day apart."), (-3 * 86_400, "3 days apart."), (7168 * 86_400, "1024 weeks"),
        (-1_778_320_800, "20,582 days apart."),
    ],
)  # fmt: skip
def test_words(shift_s: float, words: str) -> None:
    other = Span(HALF_HOUR.start_s + shift_s, HALF_HOUR.end_s + shift_s)
    assert apart(HALF_HOUR, other).startswith(words)
    assert apart(other, HALF_HOUR).startswith(words)


def test_a_few_minutes_are_minutes() -> None:
    assert apart(Span(0, 60), Span(1000, 1010)) == "17 minutes apart."


def test_the_sentence_says_the_day_once() -> None:
    assert str(HALF_HOUR) == "2026-05-09 10:00:00 to 10:30:00 UTC"
    assert str(Span(HALF_HOUR.start_s, HALF_HOUR.end_s + 86_400)).endswith("to 2026-05-10 10:30:00 UTC")
    assert "s" in str(Span(-1e300, 1e300))
    assert Span.of([]) is None
    assert Span.of(iter([3.0, 1.0])) == Span(1.0, 3.0)
