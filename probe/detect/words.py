"""Whether a network's name says that there is a camera."""

import re

# Whole words, so that a street called Camden or a person called Camille is none. English, French, German, Spanish.
_CAMERA = re.compile(
    r"(?:^|[^a-z])(?:cctv|vsu|vid[eé]o-?(?:surveillance|protection)|(?:ip-?)?cam(?:[eé]ras?|s)?-?\d*|kameras?|"
    r"video(?:ueberwachung|überwachung|vigilancia)|alpr|anpr|lapi)(?:$|[^a-z])",
    re.IGNORECASE,
)


def says_camera(name: str) -> bool:
    """Whether a name says camera as a word of its own, such as `CCTV-3` or `cam2`."""
    return _CAMERA.search(name) is not None
