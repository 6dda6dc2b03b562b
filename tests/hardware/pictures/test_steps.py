"""The sequence of steps, read without drawing it."""

from pathlib import Path

import pytest

from hardware.pictures.steps import STEPS, ids, key, lines, load
from probe.errors import BadInput


def test_the_steps_are_numbered_and_told_in_both_languages() -> None:
    steps = load()
    assert ids("scout")[0] == "scout-01"
    assert len(ids("surveyor")) == len(steps)
    assert all(step.what and step.title.en and step.title.fr for step in steps)


def test_no_piece_is_added_twice() -> None:
    added = [name for step in load() for name in step.adds]
    assert len(added) == len(set(added))


def test_a_sequence_with_a_gap_or_a_stray_word_is_refused(tmp_path: Path) -> None:
    text = STEPS.read_text(encoding="utf-8")
    bad = tmp_path / "steps.toml"
    for old, new in (("number = 3\n", "number = 30\n"), ('scene = "pi"', 'scene = "roof"'), ("lift =", "left =")):
        assert old in text
        bad.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(BadInput, match=r"steps\.toml"):
            load(bad)


def test_an_unknown_kit_is_refused() -> None:
    with pytest.raises(BadInput, match="no kit 'ranger'"):
        ids("ranger")


def test_the_first_picture_has_the_numbers_of_the_bill_and_others_their_own() -> None:
    assert key("scout-01", "en")[0].startswith("Raspberry Pi")
    assert len(key("surveyor-01", "fr")) == len(lines("surveyor")) == len(lines("scout")) + 1
    assert len(key("scout-03", "fr")) == 5
    assert key("scout-04", "en") == key("ranger-03", "en") == []
