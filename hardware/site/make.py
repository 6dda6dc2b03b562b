"""Builds the site of a language, and the single page of which the PDF is printed."""

import re
import shutil
import warnings
from io import StringIO
from pathlib import Path

from hardware.site.conf import settings
from hardware.site.narrow import stacking
from hardware.site.pagelist import FRONT, KITS, LANGUAGES, PAGES, of_other_kits
from hardware.site.paper import printed
from hardware.site.quick import make_card
from hardware.site.words import word

# furo's only words that no catalogue reaches
HARD_CODED = {
    "Toggle Light / Dark / Auto color theme": "Passer du clair au sombre",
    "Toggle site navigation sidebar": "Afficher ou cacher le menu",
    "Toggle table of contents sidebar": "Afficher ou cacher le sommaire de la page",
}


class PagesWrong(Exception):
    """The pages have faults; the text lists them."""


def site(language: str, out: Path, *, kit: Path, strict: bool, paper: bool = False, pages: Path = PAGES) -> list[str]:
    """Build the pages of a language as HTML in `out`; with `paper`, as one page.

    `pages` has a folder for each language, `kit` is the folder with what the other rooms have made. Returns what was
    wrong, a line each; with `strict` anything wrong raises PagesWrong.
    """
    from sphinx.application import Sphinx
    from sphinx.util.docutils import docutils_namespace

    said = StringIO()
    trees = out.parent / f".{out.name}-trees"
    shutil.rmtree(out, ignore_errors=True)
    shutil.rmtree(trees, ignore_errors=True)
    with docutils_namespace(), warnings.catch_warnings():
        # What Sphinx will take away in years is between it and its extensions
        warnings.simplefilter("ignore", DeprecationWarning)
        warnings.simplefilter("ignore", PendingDeprecationWarning)
        app = Sphinx(
            srcdir=pages / language, confdir=None, outdir=out, doctreedir=trees,
            buildername="singlehtml" if paper else "html",
            confoverrides=settings(language, kit=kit, paper=paper), status=None, warning=said, freshenv=True,
        )  # fmt: skip
        app.build()
    shutil.rmtree(trees)
    wrong = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", said.getvalue()).splitlines() if line.strip()]
    if strict and (wrong or app.statuscode):
        raise PagesWrong("\n".join(wrong))
    _tidy(out, language)
    return wrong


def _tidy(out: Path, language: str) -> None:
    """Take away what only Sphinx reads again; mend what screen readers stumble over and no template reaches."""
    for name in ("objects.inv", ".buildinfo"):
        (out / name).unlink(missing_ok=True)
    shutil.rmtree(out / "_sources", ignore_errors=True)
    mended = {
        '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
        '<th class="head"><p></p></th>': "<td></td>",
        '<aside class="sidebar-drawer">': f'<aside class="sidebar-drawer" aria-label="{word(language, "menu")}">',
        '<aside class="toc-drawer': f'<aside aria-label="{word(language, "this_page")}" class="toc-drawer',
    }
    if language == "fr":
        mended |= HARD_CODED
    for path in out.glob("*.html"):
        text = path.read_text(encoding="utf-8")
        for was, becomes in mended.items():
            text = text.replace(was, becomes)
        path.write_text(stacking(text), encoding="utf-8")


def language(name: str, out: Path, *, strict: bool = True) -> list[Path]:
    """Make all of a language in `out`: the site, a PDF for each kit, and the quick card as one sheet."""
    site(name, out / name, kit=out, strict=strict)
    single = out / f".paper-{name}"
    site(name, single, kit=out, strict=strict, paper=True)
    made = [out / name]
    for kit in KITS:
        pdf = out / f"contrechamp-{kit}-{name}.pdf"
        made.append(printed(single / f"{FRONT}.html", pdf, without=of_other_kits(kit)))
    made.append(make_card(name, out))
    shutil.rmtree(single)
    return made


def make(out: Path) -> list[Path]:
    """Make both languages. Raises PagesWrong."""
    return [path for name in LANGUAGES for path in language(name, out)]
