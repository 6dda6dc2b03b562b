"""The page's words in English and French."""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from probe.detect.registry import rules

LANGUAGES = ("en", "fr")


class Words:
    """The words of one language. A word that is missing shows its key: ugly, but never an error page."""

    def __init__(self, code: str, words: Mapping[str, str]) -> None:
        self.code = code
        self._words = words

    def __call__(self, key: str, **values: object) -> str:
        """The word for a key, with values put in; a value that is missing shows as a dash."""
        return self._words.get(key, key).format_map(_Dashes(values))

    def compass(self, bearing_deg: float) -> str:
        """The nearest of eight points of the compass."""
        return self("compass").split()[round(bearing_deg / 45) % 8]


class _Dashes(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "–"


@cache
def words(code: str) -> Words:
    """The words of a language, English where there is no such one."""
    tables = tomllib.loads(resources.files("hub.web").joinpath("messages.toml").read_text(encoding="utf-8"))
    code = code if code in LANGUAGES else LANGUAGES[0]
    # Why a rule found something, the rule says itself: under its own name.
    return Words(code, tables[code] | {rule.name: rule.texts(code).why for rule in rules()})


def choose(asked: str | None, remembered: str | None, accepted: str | None) -> str:
    """The language by ?lang=, then by cookie, then by the browser's Accept-Language, else English."""
    for code in (asked, remembered):
        if code in LANGUAGES:
            return code
    for part in (accepted or "").split(","):
        code = part.split(";")[0].strip().lower()[:2]
        if code in LANGUAGES:
            return code
    return LANGUAGES[0]
