"""Roles: a part, so many of a part used in a step, a tool, a kit's price."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx import addnodes
from sphinx.util import logging
from sphinx.util.docutils import SphinxRole

from hardware.site import facts
from hardware.site.pagelist import KITS
from hardware.site.words import word

LOG = logging.getLogger(__name__)


def placeholder(problem: facts.Missing, language: str, where: Any) -> nodes.inline:
    """Return what stands in for what is not there, and say so: the strict build fails by it."""
    LOG.warning("%s", problem, location=where, type="kit", subtype="missing")
    return nodes.inline("", f"[{problem}: {word(language, 'missing')}]", classes=["missing"])


def kits_of(page: str) -> tuple[str, ...]:
    """Return the kits a page is about, the nearest first: that of its name, else all."""
    own = tuple(kit for kit in KITS if page.endswith(f"-{kit}"))
    return own or KITS


class _KitRole(SphinxRole):
    @property
    def language(self) -> str:
        return str(self.config.language)

    def linked(self, part: str, words: str, kind: str) -> nodes.Node:
        """Return words about a part, linked to the bill of the page's kit. Raises Missing."""
        name = nodes.inline("", words, classes=[kind])
        for kit in kits_of(self.env.docname):
            if facts.in_bill(part, kit):
                return addnodes.pending_xref(
                    "", name, reftype="ref", refdomain="std", refexplicit=True, reftarget=f"bill-{kit}-{part}",
                    refdoc=self.env.docname, refwarn=True,
                )  # fmt: skip
        if kits_of(self.env.docname) != KITS:
            raise facts.Missing(f"{part} is in no bill of {', '.join(kits_of(self.env.docname))}")
        return name


class PartRole(_KitRole):
    """`esp32-s3`: the part's name, linked."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            part = self.text.strip()
            return [self.linked(part, facts.part_name(part, self.language), "part")], []
        except facts.Missing as problem:
            return [placeholder(problem, self.language, self.get_location())], []


class UseRole(_KitRole):
    """`2 screw-m25x6`: a step uses so many."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        said = re.fullmatch(r"(\d+) +([a-z0-9-]+)", self.text.strip())
        try:
            if said is None:
                raise facts.Missing(f"use: a number and a part, not “{self.text}”")
            count, part = said.groups()
            return [self.linked(part, facts.amount(int(count), part, self.language), "use")], []
        except facts.Missing as problem:
            return [placeholder(problem, self.language, self.get_location())], []


class ToolRole(_KitRole):
    """`screwdriver`: a tool's name."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            return [nodes.inline("", facts.tool_name(self.text.strip(), self.language), classes=["tool"])], []
        except facts.Missing as problem:
            return [placeholder(problem, self.language, self.get_location())], []


class TotalRole(_KitRole):
    """`scout`: what the parts of a kit cost together; `packs scout`: where each pack is bought for one kit alone."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        try:
            return [nodes.inline("", facts.total(self.text.strip(), self.language), classes=["total"])], []
        except facts.Missing as problem:
            return [placeholder(problem, self.language, self.get_location())], []


class MadeRole(_KitRole):
    """`enclosure/scout-case.stl`: a file that the build has made beside the pages, to open or to save."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        path = self.text.strip()
        try:
            if not (Path(self.config.kit_folder) / path).is_file():
                raise facts.Missing(f"{path} is not among the files of the kit")
        except facts.Missing as problem:
            return [placeholder(problem, self.language, self.get_location())], []
        name = nodes.literal("", path.rpartition("/")[2])
        if self.config.kit_on_paper:  # a PDF goes about without the files: its link would name a folder of this machine
            return [name], []
        return [nodes.reference("", "", name, refuri=f"../{path}", internal=False)], []
