"""Tables and figures as docutils has them."""

import os
from collections.abc import Sequence

from docutils import nodes


def text(words: str, *classes: str) -> nodes.paragraph:
    """Return a paragraph of plain words."""
    return nodes.paragraph("", "", nodes.Text(words), classes=list(classes))


def table(head: Sequence[str], rows: Sequence[Sequence[Sequence[nodes.Node]]], *classes: str) -> nodes.table:
    """Return a table: a row of headings, and rows of cells, each a few nodes."""
    group = nodes.tgroup(cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    group += nodes.thead("", _row([[text(words)] for words in head]))
    group += nodes.tbody("", *(_row(cells) for cells in rows))
    return nodes.table("", group, classes=["kit", *classes])


def _row(cells: Sequence[Sequence[nodes.Node]]) -> nodes.row:
    return nodes.row("", *(nodes.entry("", *cell) for cell in cells))


def plain(head: Sequence[str], rows: Sequence[Sequence[str]], *classes: str) -> nodes.table:
    """Return a table of words; what stands between `**` is strong."""
    return table(head, [[[_told(cell)] for cell in row] for row in rows], *classes)


def _told(words: str) -> nodes.paragraph:
    """Return a paragraph whose every second piece between `**` is strong."""
    pieces = words.split("**")
    return nodes.paragraph(
        "", "", *(nodes.strong("", one) if place % 2 else nodes.Text(one) for place, one in enumerate(pieces) if one)
    )


def picture(path: os.PathLike[str], page_folder: os.PathLike[str], alt: str, *classes: str) -> nodes.image:
    """Return a picture; Sphinx copies it from where it lies, named from the page's own folder."""
    return nodes.image(uri=os.path.relpath(path, page_folder), alt=alt, classes=list(classes))
