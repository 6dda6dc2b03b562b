"""The page's words in English and French: numbers that agree, dates, and the spaces that French printing wants."""

import re
import tomllib
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING

from hub.publish.view import Reason
from probe.detect.registry import rules

if TYPE_CHECKING:
    from starlette.requests import Request

LANGUAGES = ("en", "fr")
_THIN, _FIXED = "\u202f", "\u00a0"  # no line breaks at either
_UNIT = re.compile(r"(?<=[0-9}]) (?=(?:m|km)\b|%)")


class Words:
    """The words of one language. A word that is missing shows its key: ugly, but never an error page."""

    def __init__(self, code: str, words: Mapping[str, str]) -> None:
        self.code = code
        self._words = {key: typeset(text, code) for key, text in words.items()}
        # Each page says a hundred words that nothing is put into, and hands its scripts some: these are made once.
        self._as_they_are = {key: text.format_map(_Dashes()) for key, text in self._words.items()}
        self._starting: dict[str, Mapping[str, str]] = {}

    def __call__(self, key: str, **values: object) -> str:
        """The word for a key, with values put in; a value that is missing shows as a dash.

        Where `n` is a number, `{n}` writes it and `{n:camera|cameras}` takes the word that agrees with it. Where it is
        true or false, `{n:vue|vu}` takes the first or the second.
        """
        if not values:
            return self._as_they_are.get(key, key)
        choices = {name: self._choice(value) for name, value in values.items()}
        return self._words.get(key, key).format_map(_Dashes(choices))

    def _choice(self, value: object) -> object:
        if isinstance(value, bool):
            return _Choice("", first=value)
        if isinstance(value, int | float):
            return _Choice(self.number(value), first=self._is_one(value))
        return _Choice(str(value), first=False)

    def _is_one(self, value: float) -> bool:
        """French counts 0 and 1.9 as one, English 1 alone."""
        return abs(value) < 2 if self.code == "fr" else value == 1

    def forms(self, key: str) -> dict[str, str]:
        """A word that counts `n`, for scripts: what it is for one and for many, `{n}` still to be put in."""
        text = self._words.get(key, key)
        return {
            name: text.format_map(_Dashes(n=_Choice("{n}", first=first)))
            for name, first in (("one", True), ("many", False))
        }

    def starting(self, prefix: str) -> Mapping[str, str]:
        """All words whose keys start so, by the rest of the key: for scripts. `prefix` is one of the pages' own."""
        if prefix not in self._starting:
            own = {key.removeprefix(prefix): text for key, text in self._words.items() if key.startswith(prefix)}
            self._starting[prefix] = own
        return self._starting[prefix]

    def number(self, value: float) -> str:
        """A number as this language writes it, without decimals that say nothing."""
        plain = f"{value:,.0f}" if value == round(value) else f"{value:,.1f}"
        return plain.replace(",", _THIN).replace(".", ",") if self.code == "fr" else plain

    def length(self, metres: float) -> str:
        """Metres, or kilometres where they are many."""
        far = metres >= 1000
        return f"{self.number(round(metres / 1000, 1) if far else round(metres))}{_FIXED}{'km' if far else 'm'}"

    def day(self, iso: str | None) -> str:
        """A day given as 2026-05-09 in words; what is no such day in the word for "not known"."""
        try:
            day = date.fromisoformat(iso or "")
        except ValueError:
            return self("unknown")
        first = day.day == 1 and self.code == "fr"
        return f"{day.day}{'er' if first else ''}{_FIXED}{self('months').split()[day.month - 1]} {day.year}"

    def month(self, iso: str | None) -> str:
        """A month given as 2026-05 in words; what is no such month in the word for "not known"."""
        try:
            first = date.fromisoformat(f"{iso}-01")
        except ValueError:
            return self("unknown")
        return f"{self('months').split()[first.month - 1]} {first.year}"

    def reason(self, reason: Reason) -> str:
        """A reason in a sentence."""
        params: dict[str, object] = dict(reason.params)
        if "confirmed" in params:
            params["confirmed"] = self.day(str(params["confirmed"]))
        if "last_heard" in params:
            params["last_heard"] = self.day(str(params["last_heard"]))
        return self(reason.code, **params)

    def compass(self, bearing_deg: float, key: str = "compass") -> str:
        """The nearest of eight points of the compass: short, or in full with the key `towards`."""
        return self(key).split("|")[round(bearing_deg / 45) % 8]


def typeset(text: str, code: str) -> str:
    """Plain spaces made into those at which no line breaks: before units, and where French punctuation wants them."""
    text = _UNIT.sub(_FIXED, text)
    if code != "fr":
        return text
    text = re.sub(r" (?=[;!?])", _THIN, text)
    return re.sub(r" (?=[:»])|(?<=«) ", _FIXED, text)


class _Choice:
    """A value in a text: `{value}` writes it, `{value:this|that}` takes one of two."""

    def __init__(self, text: str, *, first: bool) -> None:
        self._text = text
        self._first = first

    def __format__(self, spec: str) -> str:
        if "|" not in spec:
            return self._text
        return spec.split("|")[0 if self._first else 1]


class _Dashes(dict[str, object]):
    def __missing__(self, key: str) -> _Choice:
        return _Choice("–", first=False)


def message_files() -> list[dict[str, dict[str, str]]]:
    """The files with the page's words, each a part of the page: by language, then by key."""
    folder = resources.files("hub.web").joinpath("messages")
    files = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    return [tomllib.loads(one.read_text(encoding="utf-8")) for one in files]


@cache
def words(code: str) -> Words:
    """The words of a language, English where there is no such one."""
    code = code if code in LANGUAGES else LANGUAGES[0]
    own: dict[str, str] = {}
    for file in message_files():
        own |= file[code]
    # Why a rule found something, the rule says itself: under its own name.
    return Words(code, own | {rule.name: rule.texts(code).why for rule in rules()})


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


def words_for(request: "Request") -> Words:
    """The words of whoever asks."""
    asked, remembered = request.query_params.get("lang"), request.cookies.get("lang")
    return words(choose(asked, remembered, request.headers.get("accept-language")))
