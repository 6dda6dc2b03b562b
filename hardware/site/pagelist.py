"""Which pages there are, in which order, under which headings: the one list that site, PDF and tests go by."""

from pathlib import Path
from typing import NamedTuple

PAGES = Path(__file__).parents[1] / "pages"
LANGUAGES = ("en", "fr")
# Each language by its own name: who looks for theirs reads no other
LANGUAGE_NAMES = {"en": "English", "fr": "Français"}
KITS = ("scout", "surveyor")
FRONT = "index"


class Group(NamedTuple):
    """Pages that stand together in the menu."""

    names: dict[str, str]
    pages: tuple[str, ...]


GROUPS = (
    Group(
        {"en": "Before you build", "fr": "Avant de commencer"},
        ("law", "need-scout", "need-surveyor", "print"),
    ),
    # Before the build: in the closed case, the board's buttons lie face down and the card is under the lid
    Group({"en": "Software", "fr": "Logiciels"}, ("board", "pair", "card")),
    Group({"en": "Build", "fr": "Montage"}, ("build-scout", "build-surveyor", "selftest", "calibrate")),
    Group({"en": "Walk", "fr": "En sortie"}, ("first-walk", "quick-card", "field-guide", "people")),
    Group({"en": "Know", "fr": "En savoir plus"}, ("trouble", "power", "care", "standards", "compare")),
)


def listed() -> list[str]:
    """Return the names of all pages, the front page first, in reading order."""
    return [FRONT, *(page for group in GROUPS for page in group.pages)]


def of_other_kits(kit: str) -> list[str]:
    """Return the pages that are for another kit alone."""
    return [page for page in listed() if page.rpartition("-")[2] in KITS and not page.endswith(f"-{kit}")]


def written(folder: Path) -> set[str]:
    """Return the names of the pages that exist in a language's folder."""
    return {path.stem for path in folder.glob("*.md")}
