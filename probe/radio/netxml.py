"""Kismet's older `.netxml` logs as a source of rows: a `wireless-network` each, with Kismet's own idea of its place.

The elements that are read: `BSSID`, `SSID/essid` (`cloaked`), `channel`, `freqmhz`, `snr-info/max_signal_dbm` and
`gps-info/peak-lat`, `avg-lat` and their kin. Clients are never looked at. Entities are refused, elements let go.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from probe.contract.base import bssid_octets
from probe.errors import BadInput
from probe.radio.elements import ssid_text
from probe.radio.plan import mhz_of
from probe.radio.wigle import Row, RowCounts

_LONGEST_TEXT = 256
_DATE = "%a %b %d %H:%M:%S %Y"


def read_netxml(path: Path, counts: RowCounts) -> Iterator[Row]:
    """The networks of a log. Raises BadInput where the file is none, or is cut short."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    try:
        with path.open("rb") as file:
            depth = 0
            for event, element in iterparse(file, events=("start", "end"), forbid_entities=True):
                if event == "start":
                    depth += 1
                    if depth == 1 and element.tag != "detection-run":
                        raise BadInput(f"{path}: not a Kismet log (it begins with <{str(element.tag)[:40]}>)")
                    continue
                depth -= 1
                if depth == 1:
                    if element.tag == "wireless-network":
                        yield from _row(element, counts)
                    element.clear()
    except (ParseError, DefusedXmlException, ValueError, RecursionError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput(f"{path}: not a whole .netxml log ({_plain(problem)}); try an older copy of it") from problem
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a .netxml log") from problem


def _row(network: Any, counts: RowCounts) -> Iterator[Row]:
    counts.rows += 1
    try:
        transmitter = bssid_octets(_text(network, "BSSID") or "")
    except ValueError:
        counts.note_bad(counts.rows, "a network without an address")
        return
    place = _place(network, "peak") or _place(network, "avg")
    if place is None:
        counts.note_bad(counts.rows, "a network without a place")
        return
    signal = _number(_text(network, "snr-info/max_signal_dbm"))
    name = _text(network, "SSID/essid")
    yield Row(
        transmitter=transmitter,
        ssid=ssid_text(name.encode("utf-8", errors="replace"))[:128] if name else None,
        lat=place[0],
        lon=place[1],
        accuracy_m=None,
        signal_dbm=int(signal) if signal is not None and -150 <= signal < 0 else None,
        channel_mhz=_channel(network),
        at=_time(network.get("first-time")),
        estimate=True,
    )


def _channel(network: Any) -> int | None:
    mhz = _number((_text(network, "freqmhz") or "").split(" ")[0])
    if mhz is not None and 2000 <= mhz <= 8000:
        return int(mhz)
    number = _number(_text(network, "channel"))
    return mhz_of(int(number)) if number is not None and 1 <= number <= 177 else None


def _place(network: Any, which: str) -> tuple[float, float] | None:
    lat, lon = _number(_text(network, f"gps-info/{which}-lat")), _number(_text(network, f"gps-info/{which}-lon"))
    if lat is None or lon is None or (lat, lon) == (0, 0) or not (-90 <= lat <= 90 and -180 <= lon <= 180):
        return None
    return lat, lon


def _text(network: Any, where: str) -> str | None:
    found = network.findtext(where)
    return found.strip()[:_LONGEST_TEXT] if isinstance(found, str) and found.strip() else None


def _number(text: str | None) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def _time(text: str | None) -> datetime | None:
    try:
        return datetime.strptime(text or "", _DATE).replace(tzinfo=UTC)
    except ValueError:
        return None


def _plain(problem: object) -> str:
    return "".join(char if char.isprintable() else "?" for char in str(problem))[:120]
