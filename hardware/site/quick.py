"""The quick card: one sheet of A4 that folds to A5 and A6, with what a walker needs and nothing secret.

What the kit says and how long the button is held come from the probe's code. The kit's own card, with its codes, is
another thing (`probe/card/printed.py`): this one may be copied and handed on.
"""

import tomllib
from collections.abc import Sequence
from html import escape
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hardware.drawings import svg
from hardware.site.pagelist import LANGUAGES
from hardware.site.paper import printed
from probe.card.printed import signs
from probe.device.gestures import LONG_MS
from probe.page.words import typeset
from probe.page.words import words as page_words

# What hangs there, and the button of the walker's page that says so
KINDS = {"dome": "dome", "bullet": "fixed", "panning": "panning", "alpr-arm": "alpr"}

_FINGER = (
    '<svg viewBox="0 0 40 40" aria-hidden="true"><rect x="5" y="27" width="30" height="10" rx="3" fill="#fff" '
    'stroke="#000" stroke-width="2"/><path d="{cap}" fill="{fill}" stroke="#000" stroke-width="2"/>{more}</svg>'
)
_PRESS = _FINGER.format(
    cap="M13 27V21H27V27", fill="#f4c9ae",
    more='<path d="M20 3V15M15 10L20 16L25 10" fill="none" stroke="#8f3408" stroke-width="3"/>',
)  # fmt: skip
_HOLD = _FINGER.format(
    cap="M13 27V24H27V27", fill="#8f3408",
    more='<circle cx="20" cy="11" r="8" fill="#fff" stroke="#8f3408" stroke-width="2.5"/>'
    '<path d="M20 6V11L24 13" fill="none" stroke="#8f3408" stroke-width="2.5"/>',
)  # fmt: skip


def words_of(language: str) -> dict[str, Any]:
    """The card's words, with no line broken where none may be."""
    text = resources.files("hardware.site").joinpath("quick.toml").read_text(encoding="utf-8")
    said = tomllib.loads(text)[language]
    return {
        key: typeset(value, language) if isinstance(value, str) else [typeset(one, language) for one in value]
        for key, value in said.items()
    }


def held(words: dict[str, Any]) -> str:
    """How long the button is held for a pause, as the probe counts it."""
    seconds = LONG_MS / 1000
    return str(words["second"] if seconds == 1 else words["seconds"].format(n=f"{seconds:g}"))


def sheet(language: str) -> str:
    """The card as a page of HTML with everything in it."""
    words = words_of(language)
    style = resources.files("hardware.site").joinpath("quick.css").read_text(encoding="utf-8")
    return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8"><title>Contrechamp: {escape(words["title"])}</title>
<style>{style}</style></head><body>
{_kit(words, language)}
{_walker(words)}
</body></html>
"""


def _kit(words: dict[str, Any], language: str) -> str:
    said = {key: escape(value) for key, value in words.items() if isinstance(value, str)}
    hold = escape(words["hold"].format(seconds=held(words)))
    rows = "".join(f"<tr><td>{escape(felt)}</td><td>{escape(says)}</td></tr>" for felt, says in signs(language))
    return f"""<section>
<header><h1>{said["front"]}</h1><p>Contrechamp</p></header>
<div><h2>{said["button"]}</h2><div class="buttons">
<div>{_PRESS}<p><b>{said["press"]}</b>{said["press_does"]}</p></div>
<div>{_HOLD}<p><b>{hold}</b>{said["hold_does"]}</p></div></div></div>
<div><h2>{said["signs"]} <span class="key">{said["short"]} &ensp;{said["long"]}</span></h2>
<table><tr><th>{said["feel"]}</th><th>{said["says"]}</th></tr>{rows}</table></div>
<div><h2>{said["walk"]}</h2>{_list(words["walk_list"])}</div>
<div class="kinds">{_kinds(language)}</div>
<p class="open">{said["open"]}</p>
<p class="small">{said["fold"]}</p>
</section>"""


def _kinds(language: str) -> str:
    told = page_words(language)
    return "".join(
        f"<figure>{svg(name, language, marked=False)}<figcaption>{escape(button)}</figcaption></figure>"
        for name, button in ((name, told[f"page-tag-{tag}"]) for name, tag in KINDS.items())
    )


def _walker(words: dict[str, Any]) -> str:
    said = {key: escape(value) for key, value in words.items() if isinstance(value, str)}
    blanks = "".join(f"<dt>{escape(one)}</dt><dd></dd>" for one in words["call_list"])
    softer = "".join(
        f'<p class="soft"><b>{said[key]}</b> – {escape(" ".join(words[f"{key}_list"]))}</p>'
        for key in ("never", "past")
    )
    return f"""<section>
<header><h1>{said["back"]}</h1><p>{said["title"]}</p></header>
<div><h2>{said["rules"]}</h2>{_list(words["rules_list"], "ol")}</div>
<div class="off"><h2>{said["off"]}</h2><p>{escape(" ".join(words["off_list"]))}</p>{softer}</div>
<div><h2>{said["say"]}</h2><blockquote>{said["say_text"]}</blockquote></div>
<div><h2>{said["police"]}</h2>{_list(words["police_list"])}</div>
<div><h2>{said["call"]}</h2><dl class="blanks">{blanks}</dl></div>
<p class="small">{said["foot"]}</p>
</section>"""


def _list(items: Sequence[str], kind: str = "ul") -> str:
    return f"<{kind}>{''.join(f'<li>{escape(one)}</li>' for one in items)}</{kind}>"


def make_card(language: str, out: Path) -> Path:
    """Print the card of a language as `out`/quick-card-LANGUAGE.pdf."""
    out.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory() as folder:
        page = Path(folder) / "card.html"
        page.write_text(sheet(language), encoding="utf-8")
        return printed(page, out / f"quick-card-{language}.pdf", numbered=False)


def make_cards(out: Path) -> list[Path]:
    """Print the card in both languages."""
    return [make_card(language, out) for language in LANGUAGES]
