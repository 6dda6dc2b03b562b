"""A kit's wires and its board's pins as Markdown tables, in the page's language."""

from hardware.parts import load, load_kits
from hardware.parts.bill import table
from hardware.parts.model import Language
from hardware.wiring.harness import Board, load_wiring, printed

COLOURS = {
    "black": ("black", "noir"),
    "red": ("red", "rouge"),
    "orange": ("orange", "orange"),
    "yellow": ("yellow", "jaune"),
    "green": ("green", "vert"),
    "blue": ("blue", "bleu"),
    "violet": ("violet", "violet"),
    "brown": ("brown", "marron"),
    "grey": ("grey", "gris"),
    "white": ("white", "blanc"),
}
# As one sees the pins in the open case, so that nobody has to turn a board in mind
SIDES = {"en": ("left row", "right row"), "fr": ("rangée de gauche", "rangée de droite")}
_NUMBER = {
    "en": {"bottom": "{number} from below", "top": "{number} from above"},
    "fr": {"bottom": "{number}\u00a0en partant du bas", "top": "{number}\u00a0en partant du haut"},
}
_HEAD = {
    "en": ("From", "its pin", "wire", "to the board's pin", "in the open case"),
    "fr": ("De", "sa broche", "fil", "à la broche de la carte radio", "dans le boîtier ouvert"),
}
_KEPT = {
    "start": ("decides how the chip starts", "décide du démarrage de la puce"),
    "usb": ("USB", "USB"),
    "port": ("the second USB socket", "la seconde prise USB"),
    "memory": ("memory", "mémoire"),
    "light": ("the light on the board", "le voyant de la carte radio"),
    "reset": ("reset", "réinitialisation"),
    "nothing": ("connected to nothing", "reliée à rien"),
}
_GOES = {"en": "goes to", "fr": "reliée à"}


def place(board: Board, pin: str, language: Language) -> str:
    """Where a pin is in the open case: the side of its row, and its number from the end where the aerial is."""
    row, number = board.place(pin)
    lies = load_wiring().in_case
    side = SIDES[language][row != lies.left]
    return f"{side}, {_NUMBER[language][lies.begins].format(number=number)}"


def rows(kit_id: str, language: Language) -> list[tuple[str, str, str, str, str]]:
    """Each wire as (part, its pin, colour, the board's pin as printed, where that is), part by part."""
    wiring, parts, kit = load_wiring(), load(), load_kits()[kit_id]
    board = wiring.boards[kit.board]
    second = language == "fr"
    return [
        (
            parts[wire.part].name.said(language),
            wire.pin,
            COLOURS[wire.colour][second],
            printed(wire.board),
            place(board, wire.board, language),
        )
        for wire in wiring.kits[kit_id]
    ]


def head(language: Language) -> tuple[str, ...]:
    """The names of the table's columns."""
    return _HEAD[language]


def wires_table(kit_id: str, language: Language) -> str:
    """The kit's wires as a Markdown table."""
    return table(_HEAD[language], [*rows(kit_id, language)])


def pins_table(kit_id: str, language: Language) -> str:
    """All pins of the kit's board as one sees them in the open case, numbered, with what hangs on each, in Markdown."""
    wiring, parts, kit = load_wiring(), load(), load_kits()[kit_id]
    board = wiring.boards[kit.board]
    second = language == "fr"
    says = {pin: _KEPT[why][second] for why, pins in board.kept.items() for pin in pins}
    for wire in wiring.kits[kit_id]:
        says[wire.board] = f"**{parts[wire.part].name.said(language)}, {wire.pin}** ({COLOURS[wire.colour][second]})"
    lies = wiring.in_case
    left, right = board.rows[lies.left], board.rows[1 - lies.left]
    lines = [
        (f"{number}\u00a0· {printed(one)}", says.get(one, ""), says.get(two, ""), f"{number}\u00a0· {printed(two)}")
        for number, (one, two) in enumerate(zip(left, right, strict=True), start=1)
    ]
    if lies.begins == "bottom":
        lines.reverse()
    sides = [side[:1].upper() + side[1:] for side in SIDES[language]]
    return table((sides[0], _GOES[language], _GOES[language], sides[1]), [*lines])
