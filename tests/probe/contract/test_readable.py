"""Text from outside, made fit to be shown."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.contract.readable import MARK, for_terminal, is_readable, json_for_terminal, readable
from tests.hostile import HOSTILE


@pytest.mark.parametrize("char", HOSTILE, ids=lambda char: f"U+{ord(char):04X}")
def test_what_acts_or_hides_is_shown_as_a_mark(char: str) -> None:
    assert readable(f"a{char}b") == f"a{MARK}b"
    assert for_terminal(f"a{char}b") == "a?b"
    assert not is_readable(f"a{char}b")


@pytest.mark.parametrize(
    "text", ["", "Café « Éole »", "摄像头", "כיכר", "السلام", "कैमरा", "❤️ 📷", "a = b; \"c\" <d> \\ 'e'", MARK]
)
def test_what_people_write_stays(text: str) -> None:
    assert readable(text) == for_terminal(text) == text


def test_spaces_of_other_widths_are_spaces() -> None:
    assert readable("a\u00a0b\u3000c\u202fd") == "a b c d"


@given(st.text(st.characters()))
def test_made_readable_it_is_readable_and_stays_so(text: str) -> None:
    for shown in (readable(text), for_terminal(text)):
        assert is_readable(shown)
        assert readable(shown) == for_terminal(shown) == shown
        assert len(shown) == len(text)


@given(st.dictionaries(st.text(), st.text() | st.none()))
def test_json_says_the_same_on_a_terminal(said: dict[str, str | None]) -> None:
    shown = json_for_terminal(json.dumps(said, ensure_ascii=False).encode())
    assert json.loads(shown) == said
    assert is_readable(shown)
