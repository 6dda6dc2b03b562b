"""A kit's wiring as WireViz's harness, and its picture: parts on the left, the board's rows of pins on the right."""

import re
from pathlib import Path
from typing import Any

from hardware.parts import load, load_kits
from hardware.parts.model import Language
from hardware.wiring.harness import Wire, Wiring, load_wiring, printed
from hardware.wiring.table import COLOURS, SIDES

_CODES = {
    "black": "BK",
    "red": "RD",
    "orange": "OG",
    "yellow": "YE",
    "green": "GN",
    "blue": "BU",
    "violet": "VT",
    "brown": "BN",
    "grey": "GY",
    "white": "WH",
}
_ROW = {
    "en": "{board}: {side}, as it lies in the case",
    "fr": "{board}\u00a0: {side}, telle qu’elle est dans le boîtier",
}
_MORE = "…"
_USED, _UNUSED = "#FFF2B3", "#888888"


def _rows_drawn(wiring: Wiring, kit_id: str) -> list[list[str]]:
    """The board's rows as one sees them in the case, the left one first, as far as wires go; then a sign."""
    rows, wires = wiring.boards[load_kits()[kit_id].board].rows, wiring.kits[kit_id]
    drawn = []
    for row in (rows[wiring.in_case.left], rows[1 - wiring.in_case.left]):
        last = max((row.index(wire.board) for wire in wires if wire.board in row), default=-1)
        shown = [*row[: last + 1], *([_MORE] if last + 1 < len(row) else [])]
        drawn.append(shown[::-1] if wiring.in_case.begins == "bottom" else shown)
    return drawn


def _in_order(kit_id: str) -> list[tuple[str, list[Wire]]]:
    """The parts with their wires, in the order of their pins on the board, so that few wires cross."""
    wiring = load_wiring()
    pins = [pin for row in _rows_drawn(wiring, kit_id) for pin in row]
    parts: dict[str, list[Wire]] = {}
    for wire in sorted(wiring.kits[kit_id], key=lambda wire: pins.index(wire.board)):
        parts.setdefault(wire.part, []).append(wire)

    def middle(entry: tuple[str, list[Wire]]) -> float:
        return sum(pins.index(wire.board) for wire in entry[1]) / len(entry[1])

    return sorted(parts.items(), key=middle)


def _number(pin: str) -> int | str:
    """A pin as WireViz looks it up: it takes digits for a number."""
    return int(pin) if pin.isdigit() else pin


def harness(kit_id: str, language: Language) -> dict[str, Any]:
    """What WireViz draws, as the content of its YAML."""
    wiring, parts, kit = load_wiring(), load(), load_kits()[kit_id]
    rows = _rows_drawn(wiring, kit_id)
    where = {pin: (f"row-{number}", place) for number, row in enumerate(rows) for place, pin in enumerate(row, start=1)}
    connectors: dict[str, Any] = {}
    cables: dict[str, Any] = {}
    connections = []
    for part, mine in _in_order(kit_id):
        connectors[part] = {
            "type": parts[part].name.said(language),
            "pins": [_number(wire.pin) for wire in mine],
            "show_name": False,
            "show_pincount": False,
        }
        cables[f"wires-{part}"] = {
            "category": "bundle",
            "show_name": False,
            "show_wirecount": False,
            "show_wirenumbers": False,
            "colors": [_CODES[wire.colour] for wire in mine],
        }
        for number, wire in enumerate(mine, start=1):
            row, place = where[wire.board]
            connections.append([{part: [_number(wire.pin)]}, {f"wires-{part}": [number]}, {row: [place]}])
    for number, drawn in enumerate(rows):
        connectors[f"row-{number}"] = {
            "type": _ROW[language].format(board=parts[kit.board].name.said(language), side=SIDES[language][number]),
            "pinlabels": [printed(pin) for pin in drawn],
            "show_name": False,
            "show_pincount": False,
        }
    options = {"fontname": "DejaVu Sans", "color_mode": "FULL", "bgcolor": "WH"}
    return {"options": options, "connectors": connectors, "cables": cables, "connections": connections}


def _clearer(source: str, kit_id: str, language: Language) -> str:
    """WireViz's graph with what a beginner wants on it: which pin each wire joins to which, its colour in the page's
    language, the board's pins as printed without numbers that are none, and those with a wire marked."""
    wiring = load_wiring()
    wires = wiring.kits[kit_id]
    used = {wire.board for wire in wires}
    named = {english.upper(): words[language == "fr"] for english, words in COLOURS.items()}
    rows = _rows_drawn(wiring, kit_id)
    drawn = iter([wire for _, mine in _in_order(kit_id) for wire in mine])

    def wire(match: re.Match[str]) -> str:
        ends = next(drawn)
        colour = named[match[1]]
        return f"<td>{ends.pin}</td><td>\u00a0{colour}\u00a0</td><td>{printed(ends.board)}</td>"

    def node(match: re.Match[str]) -> str:
        row = rows[int(match[1])]

        def cells(cell: re.Match[str]) -> str:
            pin = row[int(cell[1]) - 1]
            said = printed(pin)
            if pin in used:
                return f'<td port="p{cell[1]}l" bgcolor="{_USED}" width="60"><b>{said}</b></td>'
            return f'<td port="p{cell[1]}l" width="60"><font color="{_UNUSED}">{said}</font></td>'

        return re.sub(r'<td port="p(\d+)l">\d+</td>\s*<td>[^<]*</td>', cells, match[0])

    source = re.sub(r"<td></td>\s*<td>\s*([A-Z]+)\s*</td>\s*<td></td>", wire, source)
    source = source.replace("ranksep=2", "ranksep=2.8")
    return re.sub(r'"row-(\d)" \[label=<.*?\n> ', node, source, flags=re.DOTALL)


def draw(kit_id: str, language: Language, out: Path) -> list[Path]:
    """The kit's wiring as YAML, SVG and PNG in the folder `out`; the files written. It needs WireViz and Graphviz."""
    import yaml  # type: ignore[import-untyped]
    from graphviz import Source  # type: ignore[import-untyped]
    from wireviz.wireviz import parse

    name = f"{kit_id}-{language}"
    content = harness(kit_id, language)
    path = out / f"{name}.yml"
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    graph = Source(_clearer(parse(content, return_types="harness").create_graph().source, kit_id, language))
    made = [path]
    for form in ("svg", "png"):
        made.append(out / f"{name}.{form}")
        made[-1].write_bytes(graph.pipe(format=form))
    return made
