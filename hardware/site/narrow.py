"""Tables that a phone is too narrow for: each cell learns its column's name, so that kit.css can stack them."""

import re
from html import escape, unescape

FEWEST = 4  # columns; three fit
_TABLE = re.compile(r"(?s)<table class=\"([^\"]*)\">(.*?)</table>")
_HEAD = re.compile(r"(?s)<thead>(.*?)</thead>")
_CELL = re.compile(r"(?s)<t[dh]\b[^>]*>(.*?)</t[dh]>")
# Read beside the board, row by row, and narrow
_KEPT = {"wires", "pins"}


def stacking(text: str) -> str:
    """A page's HTML with its wide tables marked as `stacks`, and their cells with `data-head`."""
    return _TABLE.sub(_marked, text)


def _marked(found: re.Match[str]) -> str:
    classes, inner = found.groups()
    head = _HEAD.search(inner)
    names = [_plain(cell) for cell in _CELL.findall(head[1])] if head else []
    if head is None or len(names) < FEWEST or _KEPT & set(classes.split()):
        return found[0]
    rows = re.sub(r"(?s)<tr\b.*?</tr>", lambda row: _labelled(row[0], names), inner[head.end() :])
    return f'<table class="{classes} stacks">{inner[: head.end()]}{rows}</table>'


def _labelled(row: str, names: list[str]) -> str:
    left = iter(names)
    return re.sub(r"<td\b", lambda cell: f'{cell[0]} data-head="{escape(next(left, ""))}"', row)


def _plain(cell: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split())
