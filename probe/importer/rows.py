"""What other programs' logs say, value by value: one of any type goes in, a usable one or None comes out."""

from probe.radio.elements import ssid_text

_LONGEST_NAME = 128  # of the 32 octets a name may have, each may be escaped as four characters


def position(lat: object, lon: object) -> tuple[float, float] | None:
    """A place in degrees. 0, 0 is how loggers write that they knew none."""
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    there = -90 <= lat <= 90 and -180 <= lon <= 180 and (lat, lon) != (0, 0)
    return (float(lat), float(lon)) if there else None


def dbm(value: object) -> int | None:
    """A signal; 0 is how loggers write that they knew none."""
    return round(value) if isinstance(value, int | float) and -150 <= value <= -1 else None


def mhz(value: object) -> int | None:
    """The middle of a channel of the 2.4, 5 or 6 GHz band."""
    return round(value) if isinstance(value, int | float) and 2_000 <= value <= 8_000 else None


def name(text: object) -> str | None:
    """A network's name. Kismet writes octets that are no ASCII as `\\ooo`; that is left as it is."""
    if not isinstance(text, str) or not text:
        return None
    return ssid_text(text[:_LONGEST_NAME].encode("utf-8", errors="replace"))[:_LONGEST_NAME]


def said(problem: object) -> str:
    """What a library says of a file, as part of one sentence: it may quote the file."""
    return "".join(char if char.isprintable() else "?" for char in str(problem))[:120]
