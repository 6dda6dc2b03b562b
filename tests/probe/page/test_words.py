"""The page's words: both languages everywhere, the same values in both, and a word for each thing that is said."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.camera.claims import WORDS
from probe.contract.streets import WayClass
from probe.detect.registry import rules
from probe.device.signals import RHYTHMS
from probe.page import words
from probe.session.signs import Sign
from probe.session.view import PartHealth, PartName, Phase, Thing, Trend

ROOT = Path(__file__).parents[3]
STATIC = ROOT / "probe/page/static"
CODES = {code: texts for part in words.parts().values() for code, texts in part.items()}
# What a script says by putting a code together.
FAMILIES = {
    "page-phase-": [phase.value for phase in Phase],
    "page-part-": [part.value for part in PartName],
    "page-health-": [health.value for health in PartHealth],
    "page-thing-": [thing.value for thing in Thing],
    "page-": [trend.value for trend in Trend],
    "page-tab-": ["walk", "map", "heard", "album", "kit", "selftest", "compass", "summary"],
    "page-tag-": [*WORDS, "none"],
    "page-quality-": ["good", "fair", "poor"],
    "page-check-": ["good", "trouble", "starting"],
    "check-": ["calibration", "redactor", "pairing", "clock"],
    "page-hidden-": ["start", "start-again", "no-fix-yet", "workbench", "over"],
    "page-map-": ["near", "far", "middle", "you", "heard", "photo", "stand"],
    "page-undo-": [thing.value for thing in Thing],
    "sign-": list(RHYTHMS),
    "page-sign-in-": ["wrong", "guesses", "lost"],
}
# Rooms in which sentences for the walker are chosen, and what there looks like a code and is none.
SPEAKING = ("run", "session", "selftest", "guide", "device", "walk", "position")
NETWORK_NAME = "contrechamp-page"
_CODE = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9_]+)+")


def noted() -> Iterator[tuple[str, str, frozenset[str] | None]]:
    """Where each code stands that the probe gives to its walker: place, code, and the values where they are plain."""
    for path in sorted((ROOT / "probe").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Note":
                given = {keyword.arg: keyword.value for keyword in node.keywords}
                code, values = given.get("code"), given.get("values")
                if isinstance(code, ast.Constant):
                    yield f"{path.relative_to(ROOT)}:{node.lineno}", str(code.value), _keys(values)
            named = getattr(node.func, "id", "") if isinstance(node, ast.Call) else ""
            codes = node.args[1:] if isinstance(node, ast.Call) and named in ("Refused", "BadInput", "Busy") else []
            for word in codes:
                if isinstance(word, ast.Constant):
                    yield f"{path.relative_to(ROOT)}:{word.lineno}", str(word.value), frozenset()


def _keys(values: ast.expr | None) -> frozenset[str] | None:
    if values is None:
        return frozenset()
    if isinstance(values, ast.Dict) and all(isinstance(key, ast.Constant) for key in values.keys):
        return frozenset(str(key.value) for key in values.keys if isinstance(key, ast.Constant))
    return None


@pytest.mark.parametrize("code", CODES)
def test_a_code_has_both_languages_and_the_same_values_in_both(code: str) -> None:
    texts = CODES[code]
    assert set(texts) == set(words.LANGUAGES), code
    assert all(text.strip() for text in texts.values()), code
    assert words.values_of(texts["en"]) == words.values_of(texts["fr"]), code
    assert not re.sub(r"\{[a-z_]+(:[^{}|]*\|[^{}|]*)?\}", "", texts["en"] + texts["fr"]).count("{"), code


def test_each_note_of_the_probe_has_its_words() -> None:
    known = words.words("fr")
    for place, code, values in noted():
        assert code in known, f"{place} says {code!r}, for which probe/page/words has no sentence"
        if values is not None:
            wanted = words.values_of(known[code])
            assert wanted <= values, f"{place}: the sentence of {code!r} wants {sorted(wanted - values)}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_whatever_looks_like_a_code_where_the_walker_is_spoken_to_has_its_words(language: str) -> None:
    """Also a code that goes through a table, a default or a helper's argument: each is written down somewhere."""
    known = {*words.words(language), *(sign.value for sign in Sign), NETWORK_NAME}
    files = [ROOT / "probe/service.py", *(one for room in SPEAKING for one in (ROOT / "probe" / room).rglob("*.py"))]
    found = {
        node.value: f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in files
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value)
    }
    assert len(found) > 150
    assert {code: place for code, place in found.items() if code not in known} == {}


def test_each_check_of_the_self_test_has_a_name() -> None:
    """As the page finds it: a check's own, else its part's."""
    known = words.words("fr")
    calls = [
        node
        for node in ast.walk(ast.parse((ROOT / "probe/selftest/judge.py").read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("_passed", "_open", "_failed")
    ]
    names = {str(call.args[0].value) for call in calls if isinstance(call.args[0], ast.Constant)}
    assert len(names) > 8
    assert {name for name in names if not {f"check-{name}", f"page-part-{name}"} & set(known)} == set()


def test_whatever_a_script_says_has_its_words() -> None:
    known = words.words("en")
    scripts = "\n".join(path.read_text() for path in STATIC.glob("*.js"))
    said = set(re.findall(r'"(page-[a-z-]+)"', scripts))
    families = {f"{family}{name}" for family, names in FAMILIES.items() for name in names}
    assert (said | families) - set(known) == set()
    assert set(re.findall(r"`(page-[a-z-]*)\$\{", scripts)) <= set(FAMILIES) | {"page-tab-"}
    unused = {code for code in known if code.startswith("page-")} - said - families
    assert {code for code in unused if not code.startswith("page-network-")} == set()


def test_the_map_draws_each_class_of_way_that_it_is_given() -> None:
    script = (STATIC / "map.js").read_text()
    drawn = "".join(re.findall(r"^const (?:WIDTHS|THIN) = \{(.*)\};", script, re.MULTILINE))
    assert set(re.findall(r"(\w+): [\d\[]", drawn)) == {kind.name.lower() for kind in WayClass}


def test_a_rule_says_its_reasons_under_its_name() -> None:
    for language in words.LANGUAGES:
        known = words.words(language)
        for rule in rules():
            assert known[rule.name] == words.typeset(rule.texts(language).why, language)


def test_french_has_its_spaces() -> None:
    assert words.typeset("Vraiment ? Oui : à 4 m", "fr") == "Vraiment\u202f? Oui\u00a0: à 4\u00a0m"
    assert words.typeset("à 34 % ; (5 %)", "fr") == "à 34\u00a0%\u202f; (5\u00a0%)"
    assert words.said("{n} of {all}", {"n": 3}) == "3 of –"


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        (None, None, "en"),
        (None, "fr-FR,fr;q=0.9,en;q=0.8", "fr"),
        (None, "de-DE,fr;q=0.5", "fr"),
        (None, "de", "en"),
        ("fr", "en-GB", "fr"),
        ("xx", "fr", "fr"),
        (None, "," * 10_000, "en"),
    ],
)
def test_the_language_is_the_phones_or_the_one_asked_for(
    asked: str | None, accepted: str | None, language: str
) -> None:
    assert words.chosen(asked, accepted) == language
