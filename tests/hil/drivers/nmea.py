"""A GNSS receiver's sentences, for walks that were never walked."""

from datetime import datetime
from functools import reduce
from operator import xor


def sentence(body: str) -> str:
    """A body with its `$`, checksum and line end."""
    return f"${body}*{reduce(xor, body.encode()):02X}\r\n"


def fix(at: datetime, lat: float, lon: float) -> bytes:
    """RMC and GGA of a fix: UTC, degrees."""
    clock, day = at.strftime("%H%M%S.%f")[:9], at.strftime("%d%m%y")
    north, east = _degrees(lat, 2, "NS"), _degrees(lon, 3, "EW")
    rmc = f"GNRMC,{clock},A,{north},{east},2.5,90.0,{day},,,A"
    gga = f"GNGGA,{clock},{north},{east},1,10,0.9,35.0,M,47.0,M,,"
    return (sentence(rmc) + sentence(gga)).encode()


def leap_second(day: datetime, lat: float, lon: float) -> bytes:
    """The 61st second of a day's last minute, as receivers tell it: 23:59:60."""
    north, east = _degrees(lat, 2, "NS"), _degrees(lon, 3, "EW")
    return sentence(f"GNRMC,235960.00,A,{north},{east},2.5,90.0,{day:%d%m%y},,,A").encode()


def no_fix(at: datetime | None = None) -> bytes:
    """What a receiver says that sees no satellites; it may know the time."""
    clock, day = ("", "") if at is None else (at.strftime("%H%M%S.00"), at.strftime("%d%m%y"))
    return (sentence(f"GNRMC,{clock},V,,,,,,,{day},,,N") + sentence(f"GNGGA,{clock},,,,,0,00,99.99,,,,,,")).encode()


def _degrees(value: float, digits: int, halves: str) -> str:
    whole, rest = divmod(abs(value), 1)
    return f"{int(whole):0{digits}d}{rest * 60:08.5f},{halves[value < 0]}"
