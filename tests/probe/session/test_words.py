"""Each sentence of a session is there in both languages, for just the values that come with it."""

import re
import string
import tomllib
from pathlib import Path

import pytest

import probe.session
from probe.camera.claims import WORDS
from probe.contract.sighting import PhotoNotKept
from probe.session.advice import _REFUSED, _TAGGED, _TROUBLED
from probe.session.outcomes import _PINNED

ROOM = Path(probe.session.__file__).parent
SENTENCES = tomllib.loads((ROOM.parent / "page" / "words" / "session.toml").read_text())
_CODE = re.compile(r'"((?:why|photo|pin|hidden|heard|part|found|improve|walk|following)-[a-z-]+|covered)"')
_REFUSAL = re.compile(r'"(refused-[a-z-]+)"')  # wherever on the probe it comes from


def codes() -> set[str]:
    found = {code for path in ROOM.glob("*.py") for code in _CODE.findall(path.read_text())}
    refusals = {code for path in ROOM.parent.rglob("*.py") for code in _REFUSAL.findall(path.read_text())}
    return (found | refusals) - {"photo-refused"}  # a sign


def test_no_sentence_is_missing_and_none_is_too_much() -> None:
    assert set(SENTENCES) == codes()


@pytest.mark.parametrize("code", sorted(SENTENCES))
def test_both_languages_say_it_with_the_same_values(code: str) -> None:
    assert set(SENTENCES[code]) == {"en", "fr"}
    fields = [{name for _, name, _, _ in string.Formatter().parse(text) if name} for text in SENTENCES[code].values()]
    assert fields[0] == fields[1]
    assert fields[0] <= {"vendor", "name", "count", "of", "minutes", "metres", "cells"}
    for text in SENTENCES[code].values():
        assert text == text.strip()
        assert len(text) < 150


def test_french_is_polite_and_has_its_spaces() -> None:
    for sentence in SENTENCES.values():
        french = sentence["fr"]
        assert not re.search(r"\b(tu|ton|ta|tes|toi)\b", french)
        assert "'" not in french
        assert not re.search(r"[^\s][:;!?»]|«[^\s]", french)


def test_each_word_and_each_reason_has_its_sentence() -> None:
    assert set(_TAGGED) == set(WORDS)
    assert set(_PINNED) == set(PhotoNotKept)
    assert set(_REFUSED) >= set(_PINNED.values())
    assert set(_TROUBLED.values()) <= set(SENTENCES)
