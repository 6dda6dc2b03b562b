"""The law page for makers says what the project says, names its sources, and says the same in both languages."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LONG = {"en": "docs/law.md", "fr": "docs/law.fr.md"}
BOTH = pytest.mark.parametrize("language", ["en", "fr"])
# Numbers of decisions, articles and orders, which are the same in every language
_SOURCE = re.compile(r"\b(?:2011-035|393714|R?\d{3}-\d{1,2}(?:-\d)?|02-\d\d\.\d{3}|20215065|28 (?:August|août) 1991)\b")


def _read(path: str) -> str:
    text = (ROOT / path).read_text(encoding="utf-8")
    return text.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def _page(language: str, name: str = "law") -> str:
    return _read(f"hardware/pages/{language}/{name}.md")


def _sources(text: str) -> set[str]:
    return {found.replace("août", "August") for found in _SOURCE.findall(text)}


def _notice(text: str) -> str:
    quoted = [line.removeprefix(">").strip() for line in text.splitlines() if line.startswith(">")]
    return " ".join(" ".join(quoted).split())


def test_the_expression_finds_the_sources() -> None:
    """Else all comparisons below would be of nothing."""
    assert len(_sources(_read(LONG["en"]))) == 13
    assert {"2011-035", "393714", "226-15", "R645-2", "02-10.450", "28 August 1991"} < _sources(_read(LONG["en"]))


@BOTH
def test_the_page_names_each_source_that_the_project_has_read(language: str) -> None:
    assert _sources(_page(language)) == _sources(_read(LONG[language]))


def test_both_languages_name_the_same_sources_in_the_same_order() -> None:
    tables = {
        language: [sorted(_sources(line)) for line in _page(language).splitlines() if line.startswith("|")]
        for language in ("en", "fr")
    }
    assert tables["en"] == tables["fr"]
    assert _sources(_page("en")) == _sources(_page("fr"))


@BOTH
def test_the_notice_is_the_projects_word_for_word(language: str) -> None:
    assert len(_notice(_page(language))) > 500
    assert _notice(_page(language)) == _notice(_read(LONG[language]))


@BOTH
def test_what_is_not_sure_or_not_verified_is_said(language: str) -> None:
    unsure, unverified, ask = {
        "en": ("not sure", "not verified", "ask locally"),
        "fr": ("pas sûr", "non vérifiée", "renseignez-vous sur place"),
    }[language]
    lines = _page(language).splitlines()
    assert any("R226-7" in line and unsure in line.lower() for line in lines)
    assert any("02-12.853" in line and unverified in line for line in lines)
    assert _page(language).lower().count(ask) >= 2


@BOTH
def test_the_page_says_that_it_is_no_legal_advice_before_all_else(language: str) -> None:
    sentence = {"en": "not legal advice", "fr": "pas un conseil juridique"}[language]
    assert sentence in " ".join(_page(language).lower().splitlines()[:4])


@BOTH
@pytest.mark.parametrize("name", ["law", "people", "quick-card", "field-guide"])
def test_both_languages_have_the_same_parts(language: str, name: str) -> None:
    """Headings by level, tables by rows, numbered steps, links to pages."""

    def shape(text: str) -> list[object]:
        return [
            re.findall(r"^(#+) ", text, re.MULTILINE),
            len(re.findall(r"^\|", text, re.MULTILINE)),
            len(re.findall(r"^\d+\. ", text, re.MULTILINE)),
            sorted(re.findall(r"\]\(([\w-]+\.md)", text)),
        ]

    assert shape(_page(language, name)) == shape(_page("en", name))


@BOTH
def test_the_french_is_set_as_french_is(language: str) -> None:
    if language == "en":
        pages = {name: _raw("en", name) for name in ("law", "people", "quick-card", "field-guide")}
        assert not [name for name, text in pages.items() if "\u00a0:" in text]
        return
    for name in ("law", "people", "quick-card", "field-guide"):
        text = _raw("fr", name)
        assert not re.findall(r"[^\s|:-] [:;!?»](?=\s|$)|« ", text, re.MULTILINE), name
        assert not re.findall(r"\w'\w", re.sub(r"`[^`]*`|\(#[^)]*\)", "", text)), name


def _raw(language: str, name: str) -> str:
    return (ROOT / "hardware/pages" / language / f"{name}.md").read_text(encoding="utf-8")
