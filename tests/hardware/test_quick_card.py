"""The quick card: one sheet that can be read, says all that the kit says, and gives nothing away."""

import re
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from hardware.build import KIT
from hardware.site.quick import KINDS, held, sheet, words_of
from probe.card.printed import signs
from probe.device.gestures import LONG_MS

BOTH = pytest.mark.parametrize("language", ["en", "fr"])
SMALLEST_PT = 8.95  # 9 pt, as rounded in a PDF
A4_LANDSCAPE = (842, 595)


def _shown(language: str) -> str:
    """What a reader sees of the card's HTML, spaces as one."""
    body = re.sub(r"(?s)<(style|svg)\b.*?</\1>", " ", sheet(language))
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


@BOTH
def test_all_that_the_kit_says_is_on_the_card(language: str) -> None:
    assert len(signs(language)) == 10
    for felt, says in signs(language):
        assert " ".join(f"{felt} {says}".split()) in _shown(language)


@BOTH
def test_the_button_is_held_as_long_as_the_probe_wants(language: str) -> None:
    assert f"{LONG_MS / 1000:g} " in held(words_of(language)).replace("\u00a0", " ")
    assert held(words_of(language)) in sheet(language)


def test_both_languages_say_the_same_things() -> None:
    shape = {
        language: {key: len(value) if isinstance(value, list) else 1 for key, value in words_of(language).items()}
        for language in ("en", "fr")
    }
    assert shape["en"] == shape["fr"]
    assert shape["en"]["rules_list"] == 5


@BOTH
def test_the_places_to_switch_off_are_those_of_the_law_page(language: str) -> None:
    law = (Path(__file__).parents[2] / "hardware/pages" / language / "law.md").read_text(encoding="utf-8").lower()
    words = words_of(language)
    named = " ".join(" ".join(words[key]) for key in ("off_list", "never_list", "past_list")).lower()
    for place in {
        "en": ("military", "stairwells", "demonstrations", "schools", "shelters", "worship", "clinics", "consulates"),
        "fr": ("militaires", "escalier", "manifestation", "écoles", "foyers", "culte", "cliniques", "consulats"),
    }[language]:
        assert place in named
        assert place in law


@BOTH
def test_the_card_may_be_copied(language: str) -> None:
    """No code, no address of a network, nothing from elsewhere: the kit's own card has those."""
    text = sheet(language).replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert not re.search(r"https?:|WIFI:|href|src=|url\(|@import|<script", text)


@BOTH
def test_the_kinds_on_the_card_are_buttons_of_the_page(language: str) -> None:
    bits = (Path(__file__).parents[2] / "probe/page/static/bits.js").read_text(encoding="utf-8")
    found = re.search(r"export const TAGS = \[(.*?)\]", bits)
    assert found is not None
    assert set(KINDS.values()) <= set(re.findall(r'"(\w+)"', found[1]))


@cache
def _printed(language: str) -> tuple[int, tuple[float, float], tuple[tuple[str, float, float], ...], str]:
    """The PDF that `make kit` made: pages, size in points, each text with its size and its height above the paper's
    foot, and all of it."""
    from pypdf import PdfReader

    said: list[tuple[str, float, float]] = []

    def visit(text: str, cm: Any, tm: Any, font: Any, size: float) -> None:
        del font
        if text.strip():
            said.append((text.strip(), abs(size * tm[3] * cm[3]), tm[5] * cm[3] + cm[5]))

    reader = PdfReader(KIT / f"quick-card-{language}.pdf")
    page = reader.pages[0]
    all_of_it = page.extract_text(visitor_text=visit)
    return len(reader.pages), (page.mediabox.width, page.mediabox.height), tuple(said), all_of_it


@pytest.mark.kit
@BOTH
def test_the_card_is_one_sheet_of_a4(language: str) -> None:
    pages, size, _, _ = _printed(language)
    assert pages == 1
    assert size == pytest.approx(A4_LANDSCAPE, abs=1)


@pytest.mark.kit
@BOTH
def test_the_card_is_large_enough_to_read_and_whole_on_the_paper(language: str) -> None:
    said = _printed(language)[2]
    assert len(said) > 40
    assert not [(text, size) for text, size, _ in said if size < SMALLEST_PT]
    assert not [(text, y) for text, _, y in said if not 15 < y < A4_LANDSCAPE[1] - 15]


@pytest.mark.kit
@BOTH
def test_the_paper_says_what_the_card_says(language: str) -> None:
    text = " ".join(_printed(language)[3].split())
    for felt, says in signs(language):
        assert " ".join(says.split()) in text
        assert felt in text
    assert all(" ".join(one.split()) in text for one in words_of(language)["call_list"])
