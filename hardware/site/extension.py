"""The Sphinx extension: the menu by the list of pages, roles and directives, the other language, French chrome."""

from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from hardware.site import directives, roles
from hardware.site.pagelist import FRONT, GROUPS, LANGUAGE_NAMES, LANGUAGES, listed, written

# furo's own words are in English alone
CHROME = {
    "Next": "Suivant",
    "Previous": "Précédent",
    "Home": "Accueil",
    "On this page": "Sur cette page",
    "Back to top": "Haut de page",
    "Search": "Rechercher",
    "Made with ": "Fait avec ",
    "View this page": "Voir la source",
}


class _Chrome:
    """gettext with furo's words added; all others are Sphinx's."""

    def __init__(self, translator: Any) -> None:
        self._translator = translator

    def gettext(self, message: str) -> str:
        return CHROME.get(message) or str(self._translator.gettext(message))

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return str(self._translator.ngettext(singular, plural, n))


def _french_chrome(app: Sphinx) -> None:
    templates = getattr(app.builder, "templates", None)
    if app.config.language == "fr" and templates is not None:
        templates.environment.install_gettext_translations(_Chrome(app.translator))


def _menu(app: Sphinx, page: str, source: list[str]) -> None:
    """Add to the front page the menu of all that is written, by the groups of the list."""
    if page != FRONT:
        return
    there = written(Path(app.srcdir))
    for group in GROUPS:
        pages = [name for name in group.pages if name in there]
        if pages:
            title = group.names[str(app.config.language)]
            source[0] += "\n\n" + "\n".join(["```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```", ""])


def _pages_are_chapters(app: Sphinx, doctree: nodes.document) -> None:
    """Move the menu out of the front page's last section: as one page, all others would be sections of that one."""
    if app.env.docname == FRONT:
        for wrapper in [one.parent for one in doctree.findall(addnodes.toctree)]:
            wrapper.parent.remove(wrapper)
            doctree.append(wrapper)


def _other_language(app: Sphinx, page: str, template: str, context: dict[str, Any], doctree: object) -> None:
    del template, doctree
    if app.builder.name != "html":
        return
    here = "../" * page.count("/")
    for language in LANGUAGES:
        if language != app.config.language and (page == "search" or page in listed()):
            context["language_link"] = {
                "href": f"{here}../{language}/{page}.html", "lang": language, "name": LANGUAGE_NAMES[language],
            }  # fmt: skip


def setup(app: Sphinx) -> ExtensionMetadata:
    """Called by Sphinx."""
    app.add_config_value("kit_folder", "", "env")
    app.add_config_value("kit_on_paper", False, "env")
    for name, role in (
        ("part", roles.PartRole), ("use", roles.UseRole), ("tool", roles.ToolRole), ("total", roles.TotalRole),
        ("made", roles.MadeRole),
    ):  # fmt: skip
        app.add_role(name, role())
    for name, directive in (
        ("bill", directives.Bill), ("wiring", directives.Wiring), ("pins", directives.Pins),
        ("power", directives.Power), ("signs", directives.Signs), ("step", directives.Step),
        ("drawing", directives.Drawing), ("shot", directives.Shot),
    ):  # fmt: skip
        app.add_directive(name, directive)
    app.connect("builder-inited", _french_chrome)
    app.connect("source-read", _menu)
    app.connect("doctree-read", _pages_are_chapters, priority=100)  # before Sphinx notes which section has what
    app.connect("html-page-context", _other_language)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
