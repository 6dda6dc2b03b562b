"""Channels and bands: the number of a channel, where its middle lies, and what its band is called.

Numbers alone do not say the band: channel 5 is there at 2.4 and at 6 GHz, so what is kept and compared are MHz.
"""

from typing import NamedTuple


class Band(NamedTuple):
    """A stretch of the spectrum from `low` up to `high` (MHz); its channels count in steps of `step` from `zero`."""

    name: str
    low: int
    high: int
    zero: int | None = None
    step: int = 5


# As in the kernel's ieee80211_freq_khz_to_channel. Below 1 GHz and at 3.6 GHz numbers depend on the country.
_BANDS = (
    Band("900 MHz", 750, 960),
    Band("2.4 GHz", 2300, 2501, 2407),
    Band("3.6 GHz", 3600, 3701),
    Band("4.9 GHz", 4900, 5000, 4000),
    Band("5 GHz", 5000, 5850, 5000),
    Band("5.9 GHz", 5850, 5926, 5000),
    Band("6 GHz", 5926, 7126, 5950),
    Band("60 GHz", 57_000, 71_001, 56_160, 2160),
)
_FOURTEEN_MHZ, _SIX_GHZ_TWO_MHZ = 2484, 5935  # the two that lie apart from their neighbours


def _band(mhz: int) -> Band | None:
    return next((band for band in _BANDS if band.low <= mhz < band.high), None)


def band_of(mhz: int | None) -> str | None:
    """What the band is called, such as `6 GHz`; None where nothing or no channel was said."""
    band = None if mhz is None else _band(mhz)
    return None if band is None else band.name


def known_mhz(mhz: int) -> int | None:
    """The middle of a channel as a header says it; None where it lies in no band: 0 and FFFF are how drivers say
    nothing."""
    return mhz if mhz != 0xFFFF and _band(mhz) is not None else None


def channel_of(mhz: int) -> int | None:
    """The number of the channel with this middle, within its band; None where it has none."""
    if mhz in (_FOURTEEN_MHZ, _SIX_GHZ_TWO_MHZ):
        return 14 if mhz == _FOURTEEN_MHZ else 2
    band = _band(mhz)
    if band is None or band.zero is None:
        return None
    number = (mhz - band.zero) // band.step
    return number if number > 0 else None


def mhz_of(channel: int) -> int | None:
    """The middle of a channel of 2.4, 4.9, 5 or 5.9 GHz by its number; None for a number that none of them has."""
    if 1 <= channel <= 13:
        return 2407 + 5 * channel
    if channel == 14:
        return _FOURTEEN_MHZ
    if 32 <= channel <= 181:
        return 5000 + 5 * channel
    return 4000 + 5 * channel if 182 <= channel <= 196 else None


def channel_label(mhz: int | None) -> str:
    """A channel for a person: its number, with the band where the number alone would mislead; `-` for none."""
    if mhz is None:
        return "-"
    number, band = channel_of(mhz), band_of(mhz)
    if number is None:
        return f"{mhz} MHz"
    return str(number) if band in ("2.4 GHz", "5 GHz") else f"{number} ({band})"
