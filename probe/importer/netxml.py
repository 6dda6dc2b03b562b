"""Kismet's older `.netxml` logs as a source of rows: a `wireless-network` each, with Kismet's own idea of its place.

Follows what Kismet wrote until 2016 (dumpfile_netxml.cc, document type kismet-3.1.0): `BSSID`, `SSID/essid`, `channel`,
`freqmhz` (MHz and how many packets), `snr-info/max_signal_dbm` and `gps-info` with the place of the strongest signal
(`peak-lat`) and the average (`avg-lat`). Clients are never looked at. Times are written as C's ctime does, in the zone
of a clock that the file does not name: they are taken as UTC. A network of type `probe` is a device that looks for one:
the name there is another's. Entities are refused, and nothing is kept but the few texts of the network being read.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from probe.contract.base import bssid_octets
from probe.errors import BadInput
from probe.importer import rows
from probe.importer.wigle import Row, RowCounts
from probe.radio.channels import mhz_of

_NETWORK = "wireless-network"
_TYPES = {"infrastructure", "ad-hoc", "probe"}
_GPS = ("gps-info/peak-lat", "gps-info/peak-lon", "gps-info/avg-lat", "gps-info/avg-lon")
_KEPT = {"BSSID", "SSID/essid", "channel", "freqmhz", "snr-info/max_signal_dbm", *_GPS}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_TEXT, _MOST_TEXTS, _DEEPEST = 256, 64, 64
_BLOCK = 64 * 1024
_LONGEST_MARK = 1 << 20  # a tag or comment longer than this is held by the parser as a whole: refused


class _Networks:
    """What the parser tells. `done` holds the networks that have ended; `told` counts what was told."""

    def __init__(self, path: Path) -> None:
        self.done: list[dict[str, list[str]]] = []
        self.told = 0
        self._path = path
        self._where: list[str] = []
        self._texts: dict[str, list[str]] = {}
        self._kept: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.told += 1
        self._where.append(tag)
        depth = len(self._where)
        if depth == 1 and tag != "detection-run":
            raise BadInput(f"{self._path}: not a Kismet log (it begins with <{rows.said(tag)[:40]}>); give a .netxml")
        if depth > _DEEPEST:
            raise BadInput(f"{self._path}: not a Kismet log ({_DEEPEST} elements deep); give a .netxml")
        self._kept = None
        if depth == 2 and tag == _NETWORK:
            self._texts = {
                key: [attributes.get(key, "")[:_LONGEST_TEXT]] for key in ("type", "first-time", "last-time")
            }
        elif depth > 2 and self._where[1] == _NETWORK and (key := "/".join(self._where[2:])) in _KEPT:
            texts = self._texts.setdefault(key, [])
            if len(texts) < _MOST_TEXTS:
                texts.append("")
                self._kept = texts

    def data(self, text: str) -> None:
        self.told += 1
        if self._kept is not None and len(self._kept[-1]) < _LONGEST_TEXT:
            self._kept[-1] = (self._kept[-1] + text)[:_LONGEST_TEXT]

    def end(self, tag: str) -> None:
        self.told += 1
        self._kept = None
        self._where.pop()
        if len(self._where) == 1 and tag == _NETWORK:
            self.done.append(self._texts)
            self._texts = {}

    def close(self) -> None:
        """The parser asks for this; nothing is left to give."""


def read_netxml(path: Path, counts: RowCounts) -> Iterator[Row]:
    """The networks of a log.

    Raises BadInput where the file is none, or, behind the networks before the cut, where it is cut short.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    try:
        for network in _networks(path):
            counts.rows += 1
            if network["type"][0] in _TYPES and (row := _row(network, counts)):
                yield row
    except BadInput:
        raise
    except (ParseError, DefusedXmlException, LookupError, ValueError) as problem:
        raise BadInput(
            f"{path}: not a whole .netxml log ({rows.said(problem)}); try an older copy, or the .kismet log"
        ) from problem
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a .netxml log") from problem


def _networks(path: Path) -> Iterator[dict[str, list[str]]]:
    from defusedxml.ElementTree import XMLParser

    networks = _Networks(path)
    parser: Any = XMLParser(target=networks, forbid_entities=True, forbid_external=True)
    silent = 0
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            told = networks.told
            parser.feed(block)
            silent = silent + len(block) if networks.told == told else 0
            if silent > _LONGEST_MARK:
                raise BadInput(
                    f"{path}: not a Kismet log (a tag of more than {_LONGEST_MARK >> 20} MB); give a .netxml"
                )
            yield from networks.done
            networks.done.clear()
    parser.close()
    yield from networks.done


def _row(network: dict[str, list[str]], counts: RowCounts) -> Row | None:
    try:
        transmitter = bssid_octets(_first(network, "BSSID"))
    except ValueError:
        counts.note_bad(counts.rows, "a network without an address")
        return None
    place = _place(network, "peak") or _place(network, "avg")
    if place is None:
        counts.note_bad(counts.rows, "a network without a place")
        return None
    names = [] if network["type"][0] == "probe" else [text.strip() for text in network.get("SSID/essid", [])]
    return Row(
        transmitter=transmitter,
        ssid=next(filter(None, map(rows.name, names)), None),
        lat=place[0],
        lon=place[1],
        accuracy_m=None,
        signal_dbm=rows.dbm(_number(_first(network, "snr-info/max_signal_dbm"))),
        channel_mhz=_channel(network),
        at=_time(network["last-time"][0]) or _time(network["first-time"][0]),
        estimate=True,
    )


def _first(network: dict[str, list[str]], key: str) -> str:
    return network.get(key, [""])[0].strip()


def _place(network: dict[str, list[str]], which: str) -> tuple[float, float] | None:
    lat, lon = (_number(_first(network, f"gps-info/{which}-{axis}")) for axis in ("lat", "lon"))
    return rows.position(lat, lon)


def _channel(network: dict[str, list[str]]) -> int | None:
    """The frequency on which most packets came; else the middle of the channel that is named."""
    heard = [[*text.split(), "0", "0"][:2] for text in network.get("freqmhz", [])]
    ranked = sorted(
        ((_number(packets) or 0.0, rows.mhz(_number(mhz))) for mhz, packets in heard), key=lambda pair: -pair[0]
    )
    found = next((mhz for _, mhz in ranked if mhz is not None), None)
    if found is not None:
        return found
    number = _number(_first(network, "channel")) or 0.0
    return mhz_of(int(number)) if 1 <= number <= 14 or 32 <= number <= 177 else None


def _number(text: str) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def _time(text: str) -> datetime | None:
    """`Sat May  9 10:00:00 2026`, in English whatever the machine's language."""
    try:
        _, month, day, clock, year = text.split()
        hour, minute, second = clock.split(":")
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
