"""The radio board as it lies in the open case, with what is plugged onto each pin: the drawing to count by."""

from html import escape
from pathlib import Path
from typing import Final

from hardware.parts import load, load_kits
from hardware.parts.model import Language
from hardware.wiring.harness import Wire, load_wiring, printed
from hardware.wiring.table import COLOURS

STEP, TOP, BOARD_LEFT, BOARD_WIDE, WIDE = 30, 96, 400, 300, 1100
INKS: Final = {
    "red": "#d62f2f",
    "black": "#26282b",
    "green": "#2f9e44",
    "blue": "#2b6fd0",
    "yellow": "#e6c200",
    "white": "#ffffff",
    "grey": "#9aa0a6",
    "orange": "#ee8322",
    "brown": "#7b4a24",
    "violet": "#8a4fc0",
}
SEEN: Final[dict[Language, str]] = {
    "en": "The radio board as it lies in the open case, face down: USB sockets at the top, aerial at the bottom, "
    "number 1 of both rows at the bottom; beside each pin the wire that goes there",
    "fr": "La carte radio telle qu’elle est posée dans le boîtier ouvert, face cachée\u00a0: prises USB en haut, "
    "antenne en bas, n°\u00a01 des deux rangées en bas\u00a0; à côté de chaque broche, le fil qui s’y branche",
}
_SAID: Final[dict[Language, tuple[str, str, str]]] = {
    "en": ("top: USB sockets", "bottom: aerial", "face down, pins towards you"),
    "fr": ("en haut\u00a0: prises USB", "en bas\u00a0: antenne", "face cachée, broches vers vous"),
}


def _text(x: float, y: float, said: str, anchor: str = "middle", more: str = "") -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" {more}>{escape(said)}</text>'


def _pin(row: int, number: int, y: float, pin: str, wire: Wire | None, language: Language) -> list[str]:
    """A pin with its number and name inside the board's outline, and its wire outside."""
    side = -1 if row == 0 else 1
    x = BOARD_LEFT + 22 if row == 0 else BOARD_LEFT + BOARD_WIDE - 22
    name = 'font-weight="bold" fill="#212429"' if wire else 'fill="#c4c8cc"'
    found = [
        _text(x - side * 34, y + 6, str(number), more='font-size="13" fill="#c4c8cc"'),
        f'<rect x="{x - 9}" y="{y - 9}" width="18" height="18" fill="{"#ffd94a" if wire else "#6b7078"}"/>',
    ]
    at = x - side * 80
    if wire:
        found.append(f'<rect x="{at - 28}" y="{y - 12}" width="56" height="24" rx="4" fill="#fff2b3"/>')
    found.append(_text(at, y + 6, printed(pin), more=name))
    if wire:
        end = BOARD_LEFT - 70 if row == 0 else BOARD_LEFT + BOARD_WIDE + 70
        for width, ink in ((9, "#212429"), (6, INKS[wire.colour])):
            found.append(f'<path d="M{x} {y}H{end}" stroke="{ink}" stroke-width="{width}"/>')
        colour = COLOURS[wire.colour][language == "fr"]
        said = f"{load()[wire.part].name.said(language).partition(',')[0]}"
        anchor = "end" if row == 0 else "start"
        found.append(_text(end + side * 10, y - 1, said, anchor, 'font-size="14"'))
        found.append(
            _text(end + side * 10, y + 13, f"{wire.pin} ({colour})", anchor, 'font-size="14" font-weight="bold"')
        )
    return found


def svg(kit_id: str, language: Language) -> str:
    """The drawing. Face down the first row is on the left; number 1 of each row is at the aerial's end, the bottom."""
    wiring, kit = load_wiring(), load_kits()[kit_id]
    board = wiring.boards[kit.board]
    by_pin = {wire.board: wire for wire in wiring.kits[kit_id]}
    count = len(board.rows[0])
    tall = TOP + count * STEP + 100
    middle = BOARD_LEFT + BOARD_WIDE / 2
    above, below, lies = _SAID[language]
    low = TOP + count * STEP
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {tall}" width="{WIDE}" height="{tall}" '
        f'font-family="DejaVu Sans, sans-serif" font-size="17" role="img">',
        f"<title>{escape(SEEN[language])}</title>",
        f'<rect width="{WIDE}" height="{tall}" fill="#ffffff"/>',
        f'<rect x="{BOARD_LEFT}" y="{TOP - 30}" width="{BOARD_WIDE}" height="{low - TOP + 60}" rx="8" fill="#33363b"/>',
        *(
            f'<rect x="{middle + dx}" y="{TOP - 44}" width="70" height="26" rx="4" fill="#c4c8cc" stroke="#212429"/>'
            for dx in (-95, 25)
        ),
        f'<rect x="{middle - 70}" y="{low + 18}" width="140" height="24" fill="#4b4f55" stroke="#212429"/>',
        _text(middle, TOP - 58, above),
        _text(middle, low + 68, below),
        _text(0, 0, lies, more=f'fill="#c4c8cc" transform="translate({middle:g} {(TOP + low) / 2:g}) rotate(-90)"'),
    ]
    for row, pins in enumerate(board.rows):
        for number, pin in enumerate(pins, 1):
            y = low - (number - 0.5) * STEP
            parts += _pin(row, number, y, pin, by_pin.get(pin), language)
    return "\n".join([*parts, "</svg>", ""])


def draw_seen(kit_id: str, language: Language, out: Path) -> Path:
    """The drawing as KIT-case-LANGUAGE.svg in the folder `out`."""
    path = out / f"{kit_id}-case-{language}.svg"
    path.write_text(svg(kit_id, language), encoding="utf-8")
    return path
