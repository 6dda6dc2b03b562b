"""OpenStreetMap tags in what a person typed, for example `man_made=surveillance; camera:type=dome`. Pure.

A semicolon parts tags, and in OpenStreetMap the values of a list as well: `camera:direction=90; 270` are two
directions. A list is kept whole, so that nobody takes its first value for the only one.
"""

import re
from collections.abc import Iterable

from probe.camera.captions import MAX_CAPTION

Tags = tuple[tuple[str, str], ...]

LIST = ";"
_MAX_KEY = 60
# A comma, bar or space parts tags only where another tag begins behind it.
_PARTS = re.compile(r"[;\n\r]|[,| ](?= ?[A-Za-z][\w:.-]{0,60} ?=)")
_SPACE = re.compile(r"[^\S\n\r]+")
_PROSE_WORDS = 3


def tags_of(captions: Iterable[str]) -> Tags:
    """The tags in all captions of a photo, keys in lower case. What is said twice in two ways becomes a list."""
    found: dict[str, list[str]] = {}
    for caption in captions:
        for key, value in _pairs(caption):
            values = found.setdefault(key, [])
            if value not in values:
                values.append(value)
    return tuple((key, LIST.join(values)) for key, values in found.items())


def _pairs(caption: str) -> list[tuple[str, str]]:
    pairs: list[tuple[str, str]] = []
    for part in _PARTS.split(_SPACE.sub(" ", caption[:MAX_CAPTION])):
        key, mark, value = (word.strip(" \t\0#\"'") for word in part.partition("="))
        if mark and 0 < len(key) <= _MAX_KEY:
            pairs.append((key.lower(), value))
        elif pairs and _is_value(part):
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]}{LIST}{part.strip()}")
    # Of a caption that was cut, the last tag may lack the rest of its list.
    return pairs[:-1] if len(caption) > MAX_CAPTION else pairs


def _is_value(part: str) -> bool:
    """Whether what stands between semicolons, without a key, is another value of the tag before, not a remark."""
    words = part.split()
    return bool(words) and (len(words) < _PROSE_WORDS or any(char.isdigit() for char in part))
