"""Text from outside made fit to be shown: on a page, in an export, on a terminal.

Names of networks, makers, devices, files and probes hold anything: marks that turn the direction of writing, controls
that a terminal obeys, letters that show nothing. What is kept stays as it came; what is shown goes through here.
"""

import re
import unicodedata

MARK = "\ufffd"
_TERMINAL_MARK = "?"  # every terminal has it, whatever its encoding

# Unicode counts these as letters or marks, yet they show nothing (Default_Ignorable_Code_Point), or a blank. The two
# selectors U+FE0E and U+FE0F stay: they choose between a letter's look in black and in colour.
_BLANK = {"\u034f", "\u115f", "\u1160", "\u17b4", "\u17b5", "\u2800", "\u3164", "\uffa0"}
_BLANK |= {
    chr(code)
    for first, last in ((0x180B, 0x180F), (0xFE00, 0xFE0D), (0xE0100, 0xE01EF))
    for code in (*range(first, last + 1),)
}

# What JSON leaves as it is although a terminal may obey it, or a reader not see it.
_OUTSIDE_ASCII = re.compile("[\x7f-\U0010ffff]")


def is_readable(text: str) -> bool:
    """Whether every character of a text shows itself, and does nothing else."""
    return text.isprintable() and (text.isascii() or _BLANK.isdisjoint(text))


def readable(text: str) -> str:
    """The text with a mark in place of each character that shows nothing or does something, and plain spaces."""
    return _marked(text, MARK)


def for_terminal(text: object) -> str:
    """As `readable`, with a mark that every terminal can show."""
    return _marked(str(text), _TERMINAL_MARK)


def json_for_terminal(json: bytes) -> str:
    """The same JSON with an escape in place of each character that a terminal may obey, or a reader not see.

    Nothing is lost: outside ASCII there are only the texts, and an escape means the very character.
    """
    return _OUTSIDE_ASCII.sub(_escaped, json.decode())


def _marked(text: str, mark: str) -> str:
    if is_readable(text):
        return text
    return "".join(char if is_readable(char) else " " if unicodedata.category(char) == "Zs" else mark for char in text)


def _escaped(found: re.Match[str]) -> str:
    char = found[0]
    if is_readable(char):
        return char
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    return f"\\u{0xD800 + (code - 0x10000 >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
