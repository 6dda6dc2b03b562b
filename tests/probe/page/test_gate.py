"""Who gets in: the right code however it is typed, few guesses, tokens that only one page knows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.page.gate import FREE_GUESSES, LONGEST_PAUSE_S, MOST_TOKENS, Gate, plainly

CODE = "album banjo cactus"


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_code_may_be_typed_as_people_type() -> None:
    gate = Gate("Élan 12345-67890")
    for typed in ("elan1234567890", " ÉLAN 12345 67890 ", "élan-12345-67890", "E\u0301lan 1234567890"):
        assert gate.exchange(typed) is not None, typed


@pytest.mark.parametrize("secret", ["", "short", "- - - - - - - - -", "1234567"])
def test_a_secret_too_short_to_be_one_is_refused(secret: str) -> None:
    with pytest.raises(BadInput, match="code of the walker's page"):
        Gate(secret)


def test_guesses_are_few_and_then_cost_more_and_more() -> None:
    clock = Clock()
    gate = Gate(CODE, clock)
    for _ in range(FREE_GUESSES):
        assert gate.pause_s == 0
        assert gate.exchange("wrong") is None
    pauses: list[float] = []
    while len(pauses) < 12:
        pauses.append(gate.pause_s)
        assert pauses[-1] > 0
        assert gate.exchange(CODE) is None, "the right one has to wait as well"
        assert gate.pause_s == pauses[-1], "asking too early costs nothing more"
        clock.now_s += pauses[-1]
        assert gate.exchange("wrong") is None
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_PAUSE_S
    clock.now_s += LONGEST_PAUSE_S
    token = gate.exchange(CODE)
    assert gate.knows(f"Bearer {token}")
    for _ in range(FREE_GUESSES - 1):
        gate.exchange("wrong")
    assert gate.pause_s == 0, "the right code lets the count begin anew"


def test_whoever_is_in_stays_in_while_others_guess() -> None:
    gate = Gate(CODE)
    token = gate.exchange(CODE)
    for _ in range(FREE_GUESSES + 1):
        gate.exchange("wrong")
    assert gate.knows(f"Bearer {token}")


def test_tokens_are_bounded_and_the_one_not_used_for_longest_goes() -> None:
    gate = Gate(CODE)
    first, *others = [gate.exchange(CODE) for _ in range(MOST_TOKENS)]
    assert gate.knows(f"bearer {first}")
    gate.exchange(CODE)
    assert gate.knows(f"Bearer {first}")
    assert not gate.knows(f"Bearer {others[0]}")


@given(st.one_of(st.none(), st.text(max_size=300), st.text(max_size=60).map(lambda text: f"Bearer {text}")))
def test_no_other_header_is_a_token(header: str | None) -> None:
    gate = Gate(CODE)
    gate.exchange(CODE)
    assert not gate.knows(header)


@given(st.text(max_size=300))
def test_no_other_text_is_the_code(typed: str) -> None:
    assert (Gate(CODE).exchange(typed) is not None) == (plainly(typed[:200]) == plainly(CODE))
