"""Directives: the bill, the wires, the pins, the power, pictures of steps, drawings, signs, and what a person sees."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx import addnodes
from sphinx.util.docutils import SphinxDirective

from hardware.site import facts, tables
from hardware.site.roles import placeholder
from hardware.site.words import word


class _KitDirective(SphinxDirective):
    required_arguments = 1
    has_content = False

    @property
    def language(self) -> str:
        return str(self.config.language)

    @property
    def made(self) -> Path:
        """The folder in which the build has put what it made."""
        return Path(self.config.kit_folder)

    def shown(self) -> list[nodes.Node]:
        """Return what the directive stands for. Raises Missing."""
        raise NotImplementedError

    def run(self) -> list[nodes.Node]:
        try:
            return self.shown()
        except facts.Missing as problem:
            return [nodes.paragraph("", "", placeholder(problem, self.language, self.get_location()))]

    def rows(self, rows: facts.Rows, kind: str) -> nodes.table:
        return tables.plain(rows.head, rows.rows, kind)

    def page_folder(self) -> Path:
        return Path(self.env.doc2path(self.env.docname)).parent


class Bill(_KitDirective):
    """`scout`: the parts of a kit, each with an anchor of its own."""

    def shown(self) -> list[nodes.Node]:
        kit = self.arguments[0]
        rows = [self._row(kit, line) for line in facts.bill(kit, self.language)]
        together = [[tables.text(words, "sum")] for words in ("", word(self.language, "total"))]
        variant = facts.kit(kit).of is not None
        if variant:
            without = ", ".join(facts.left_out(kit, self.language))
            rows.append(
                [[tables.text("")], [tables.text(f"{word(self.language, 'rest')} {without}.")], [tables.text("")]]
            )
        rows.append([*together, [tables.text(facts.total(kit, self.language), "sum")]])
        head = [word(self.language, key) for key in ("quantity", "part", "price")]
        below = f"{word(self.language, 'not_counted')} {facts.bill_summary(kit, self.language)}"
        return [tables.table(head, rows, "bill"), tables.text(below)]

    def _row(self, kit: str, line: facts.BillLine) -> list[list[nodes.Node]]:
        anchor = f"bill-{kit}-{line.part}"
        self.env.domains.standard_domain.anonlabels[anchor] = (self.env.docname, anchor)
        told: list[nodes.Node] = [
            nodes.paragraph("", "", nodes.strong("", line.name), ids=[anchor]),
            tables.text(f"{line.use[:1].upper()}{line.use[1:]}."),
            tables.text(f"{word(self.language, 'recognise')} {line.recognise}", "small"),
            tables.text(f"{word(self.language, 'search')} {line.search}", "small"),
        ]
        if line.alternatives:
            told.append(tables.text(f"{word(self.language, 'alternatives')} {', '.join(line.alternatives)}.", "small"))
        return [[tables.text(line.amount)], told, [tables.text(line.price), tables.text(line.basis, "small")]]


class Wiring(_KitDirective):
    """`scout`: the drawn wires, and the same as a table."""

    def shown(self) -> list[nodes.Node]:
        kit = self.arguments[0]
        rows = facts.wires(kit, self.language)
        path = facts.picture(self.made / "wiring", f"{kit}-{self.language}")
        seen = facts.picture(self.made / "wiring", f"{kit}-case-{self.language}")
        return [
            tables.picture(seen, self.page_folder(), facts.seen_alt(kit, self.language), "wiring"),
            self._enlarged(
                tables.picture(path, self.page_folder(), facts.wiring_alt(kit, self.language), "wiring"), path
            ),
            self.rows(rows, "wires"),
        ]

    def _enlarged(self, drawing: nodes.image, path: Path) -> nodes.Node:
        """The drawing, which on a phone is too small to read, and a link to its file where pages stand alone."""
        words = nodes.paragraph("", "", classes=["small", "enlarge"])
        target = os.path.relpath(path, self.page_folder())
        words += addnodes.download_reference(
            "", nodes.Text(word(self.language, "enlarge")), refdoc=self.env.docname, reftarget=target
        )
        return nodes.container("", drawing, words)


class Pins(_KitDirective):
    """`scout`: which pin of the board goes where."""

    def shown(self) -> list[nodes.Node]:
        return [self.rows(facts.pins(self.arguments[0], self.language), "pins")]


class Power(_KitDirective):
    """`scout`: what draws how much, and how long a bank lasts."""

    def shown(self) -> list[nodes.Node]:
        kit = self.arguments[0]
        return [
            self.rows(facts.currents(kit, self.language), "power"),
            tables.text(facts.run_time(kit, self.language)),
        ]


class Signs(_KitDirective):
    """What the kit says without a screen, from the probe's own words."""

    required_arguments = 0

    def shown(self) -> list[nodes.Node]:
        return [self.rows(facts.signs(self.language), "signs")]


class _Picture(_KitDirective):
    """A picture that the build made; the caption is the content, the alternative text its option, else the caption."""

    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged}
    folder = ""

    def shown(self) -> list[nodes.Node]:
        caption = self.parse_inline(" ".join(self.content), lineno=self.lineno)[0] if self.content else []
        alt = self.words() or nodes.paragraph("", "", *[one.deepcopy() for one in caption]).astext()
        if not alt:
            raise facts.Missing(f"words for those who do not see {self.arguments[0]}")
        path = self.path(self.arguments[0])
        figure = nodes.figure("", tables.picture(path, self.page_folder(), alt), classes=[self.name])
        if caption:
            figure += nodes.caption("", "", *caption)
        return [figure, *self.below()]

    def words(self) -> str:
        """Return what stands for the picture where nobody sees it. Raises Missing."""
        return str(self.options.get("alt", ""))

    def below(self) -> list[nodes.Node]:
        """Return what follows the picture."""
        return []

    def path(self, name: str) -> Path:
        """Return the picture's file. Raises Missing."""
        return facts.picture(self.made / self.folder, name)


def _numbered(marks: Sequence[str]) -> list[nodes.Node]:
    """A list of what numbers in a picture point at; nothing where there are none."""
    items = [nodes.list_item("", tables.text(mark)) for mark in marks]
    return [nodes.enumerated_list("", *items, enumtype="arabic", prefix="", suffix=".")] if items else []


class Step(_Picture):
    """`scout-03`: a rendered picture of a step."""

    folder = "pictures"

    def below(self) -> list[nodes.Node]:
        """What the picture's numbers point at."""
        return _numbered(facts.step_key(self.arguments[0], self.language))


class Drawing(_Picture):
    """`dome`: a drawing of the field guide, and what its numbers point at."""

    def path(self, name: str) -> Path:
        return facts.picture(self.made / "drawings", f"{name}-{self.language}")

    def words(self) -> str:
        return facts.drawing_words(self.arguments[0], self.language).desc

    def below(self) -> list[nodes.Node]:
        """The drawing has numbers; here is what they point at."""
        marks = facts.drawing_words(self.arguments[0], self.language).marks
        return _numbered(marks)


class Shot(_Picture):
    """A picture of what a person sees: a terminal or a page, in the page's language where there is one."""

    folder = "shots"

    def path(self, name: str) -> Path:
        try:
            return super().path(f"{name}-{self.language}")
        except facts.Missing:
            return super().path(name)
