"""The sentences of the walker's page in English and French: one file a part, one table a code.

    [no-satellite]
    en = "No satellite yet: stand under open sky."
    fr = "Pas encore de satellite : placez-vous à ciel ouvert."

Values stand in braces: `{metres}` writes one, `{n:camera|cameras}` takes the word that agrees with it. The phone puts
them in (`static/words.js`), as it knows the moment. Why a rule found something, the rule says itself, under its name.
"""

import re
import tomllib
from collections.abc import Mapping
from importlib import resources

from probe.detect.registry import rules
from probe.errors import BadInput

LANGUAGES = ("en", "fr")
_VALUE = re.compile(r"\{([a-z_]+)(?::[^{}|]*\|[^{}|]*)?\}")
_THIN, _FIXED = "\u202f", "\u00a0"  # no line breaks at either
_UNIT = re.compile(r"(?<=[0-9}]) (?=(?:m|km|s|h|min|dBm|Mo|MB)\b|%)")


def parts() -> dict[str, dict[str, dict[str, str]]]:
    """The files by their names, as they are written: by part, code and language."""
    folder = resources.files("probe.page").joinpath("words")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return {one.name: tomllib.loads(one.read_text(encoding="utf-8")) for one in files}


def words(language: str) -> dict[str, str]:
    """All sentences of a language by their codes. Raises BadInput where a code lacks it or two parts give the same."""
    found = {rule.name: typeset(rule.texts(language).why, language) for rule in rules()}
    for name, part in parts().items():
        for code, texts in part.items():
            if code in found:
                raise BadInput(f"{name} gives {code!r}, which another part or a rule gives already")
            if language not in texts:
                raise BadInput(f"{name} has no {language!r} for {code!r}")
            found[code] = typeset(texts[language], language)
    return found


def values_of(text: str) -> frozenset[str]:
    """The values that a sentence wants."""
    return frozenset(_VALUE.findall(text))


def said(text: str, values: Mapping[str, object]) -> str:
    """A sentence with its values put in plainly: for tests and logs. A value that is missing shows as a dash."""
    return _VALUE.sub(lambda found: str(values.get(found[1], "–")), text)


def typeset(text: str, language: str) -> str:
    """Plain spaces made into those at which no line breaks: before units, and where French punctuation wants them."""
    text = _UNIT.sub(_FIXED, text)
    if language != "fr":
        return text
    return re.sub(r" (?=[:»])|(?<=«) ", _FIXED, re.sub(r" (?=[;!?])", _THIN, text))


def chosen(asked: str | None, accepted: str | None) -> str:
    """The language by `?lang=`, then by the browser's Accept-Language in the order in which it stands, else English."""
    if asked in LANGUAGES:
        return asked
    for part in (accepted or "")[:200].split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
