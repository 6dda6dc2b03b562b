"""The kits' pages as their writers see them: headings, roles, directives, links, commands."""

import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from hardware.site.pagelist import LANGUAGES, PAGES, listed

FENCE = re.compile(
    r"^```(?:\{(?P<directive>[\w-]+)\}|(?P<code>\w*)) *(?P<argument>[^\n]*)\n(?P<body>.*?)^```$", re.M | re.S
)
ROLE = re.compile(r"\{([\w-]+)\}`([^`]+)`")


@dataclass(frozen=True)
class Directive:
    """A fence of ours: its name, its argument, its lines."""

    name: str
    argument: str
    body: str


@dataclass(frozen=True)
class Page:
    """A page in one language. `prose` is its text without fences and without code."""

    language: str
    name: str
    text: str

    @property
    def path(self) -> Path:
        return PAGES / self.language / f"{self.name}.md"

    @property
    def unfenced(self) -> str:
        return FENCE.sub("", self.text)

    @property
    def prose(self) -> str:
        return re.sub(r"`[^`\n]*`", "", self.unfenced)

    @property
    def headings(self) -> list[tuple[int, str]]:
        found = re.findall(r"^(#+) +(.+)$", self.unfenced, re.M)
        return [(len(marks), title) for marks, title in found]

    @property
    def roles(self) -> list[tuple[str, str]]:
        return ROLE.findall(self.unfenced)

    @property
    def directives(self) -> list[Directive]:
        return [
            Directive(found["directive"], found["argument"].strip(), found["body"])
            for found in FENCE.finditer(self.text)
            if found["directive"]
        ]

    @property
    def commands(self) -> list[str]:
        """What is typed: the lines of console fences after their prompt."""
        consoles = [found["body"] for found in FENCE.finditer(self.text) if found["code"] == "console"]
        joined = "".join(consoles).replace("\\\n", " ")
        return re.findall(r"^(?:\$|sudo \$) +(.+)$", joined, re.M)

    @property
    def links(self) -> list[str]:
        return re.findall(r"\]\(([^)\s]+)\)", self.prose)

    @property
    def anchors(self) -> set[str]:
        """Names that can be linked to: those set by hand, and the headings' own."""
        return set(re.findall(r"^\(([\w-]+)\)=$", self.text, re.M)) | {slug(title) for _, title in self.headings}


def slug(title: str) -> str:
    """The anchor of a heading, as GitHub and MyST make it."""
    plain = re.sub(r"\{[\w-]+\}|[`*]", "", title).lower()
    return re.sub(r"[^\w\- ]", "", plain).strip().replace(" ", "-")


def page(language: str, name: str) -> Page:
    """A page as it is written."""
    return Page(language, name, (PAGES / language / f"{name}.md").read_text(encoding="utf-8"))


def all_pages() -> list[Page]:
    """All that are written, in both languages, in reading order."""
    return [page(lang, name) for lang in LANGUAGES for name in listed() if (PAGES / lang / f"{name}.md").exists()]


def used(one: Page) -> Counter[str]:
    """How many of which part the steps of a page use."""
    total: Counter[str] = Counter()
    for role, said in one.roles:
        if role == "use":
            count, part = said.split()
            total[part] += int(count)
    return total
