"""Kismet's older `.netxml` logs as a source of rows: a `wireless-network` each, with Kismet's own idea of its place.

Follows what Kismet wrote until 2016 (dumpfile_netxml.cc, document type kismet-3.1.0), and airodump-ng still writes:
`BSSID`, `SSID/essid`, `channel`, `freqmhz` (MHz and how many packets), `snr-info/max_signal_dbm` and `gps-info` with
the place of the strongest signal (`peak-lat`) and the average (`avg-lat`). Clients are never looked at. Times are
written as C's ctime does, in the zone of a clock that the file does not name: they are taken as UTC. A network of type
`probe` is a device that looks for one: the name there is another's. Entities are refused, and nothing is kept but the
few texts of the network being read.

Neither program escapes names as XML wants it. Control characters, stray `&` and references to no character are mended
before the parser sees them; where it fails all the same, that network is lost and reading goes on with the next one.
"""

import codecs
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from probe.contract.base import bssid_octets
from probe.errors import BadInput
from probe.importer import rows
from probe.importer.rows import Absent, Row, RowCounts
from probe.importer.stream import CutShort, LogStream

_NETWORK, _START = "wireless-network", "<wireless-network"
_TYPES = {"infrastructure", "ad-hoc", "probe"}
_BOUNDS = ("gps-info/min-lat", "gps-info/min-lon", "gps-info/max-lat", "gps-info/max-lon")
_GPS = ("gps-info/peak-lat", "gps-info/peak-lon", "gps-info/avg-lat", "gps-info/avg-lon", *_BOUNDS)
_KEPT = {"BSSID", "SSID/essid", "channel", "freqmhz", "snr-info/max_signal_dbm", *_GPS}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LONGEST_TEXT, _MOST_TEXTS, _DEEPEST = 256, 64, 64
_BLOCK = 64 * 1024
_LONGEST_MARK = 1 << 20  # a tag or comment longer than this is held by the parser as a whole: refused
_MOST_LOST = 100_000

_ENCODINGS = {"utf-8", "iso8859-1", "iso8859-15", "ascii", "cp1252", "utf-16"}
_NAMED = re.compile(rb"""^[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_REFERENCE = re.compile(r"&#(x?) *([0-9A-Fa-f]{1,8});")
_AMPERSAND = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9A-Fa-f]{1,6});)")
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ufffe\\uffff]")
_OPEN_END = re.compile(r"&[^;&<]{0,12}$")


class _Networks:
    """What the parser tells. `done` holds the networks that have ended; `told` counts what was told."""

    def __init__(self, path: Path) -> None:
        self.done: list[dict[str, list[str]]] = []
        self.told = 0
        self._path = path
        self._where: list[str] = []
        self._texts: dict[str, list[str]] = {}
        self._kept: list[str] | None = None

    @property
    def ended(self) -> bool:
        """Whether the root has ended: what comes then is another log behind this one."""
        return self.told > 0 and not self._where

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


def read_netxml(stream: LogStream, counts: RowCounts) -> Iterator[Row]:
    """The networks of a log; those that cannot be read are counted and passed.

    Raises BadInput where the file is none, CutShort where it ends before its end.
    """
    from defusedxml.common import DefusedXmlException

    try:
        for network in _networks(stream, counts):
            counts.rows += 1
            if network["type"][0] not in _TYPES:
                counts.other += 1
            elif row := _row(network, counts):
                yield row
    except DefusedXmlException as problem:
        raise BadInput(f"{stream.path}: not a Kismet log ({rows.said(problem)}); give a .netxml") from problem


def _networks(stream: LogStream, counts: RowCounts) -> Iterator[dict[str, list[str]]]:
    reading = _Reading(stream.path, counts)
    texts = _texts(stream, counts)
    try:
        for text in texts:
            reading.feed(text)
            yield from reading.networks.done
            reading.networks.done.clear()
    except CutShort:
        yield from reading.networks.done
        raise
    whole = reading.finish()
    yield from reading.networks.done
    if not whole:
        raise CutShort("it is cut short")


class _Reading:
    """Feeds a parser, and a fresh one behind what it cannot read."""

    def __init__(self, path: Path, counts: RowCounts) -> None:
        self.networks = _Networks(path)
        self._path, self._counts = path, counts
        self._parser: Any = None
        self._fed = self._silent = self._lost = 0
        self._seeking = False  # for the next network, behind one that could not be read
        self._rest = ""
        self._begin()

    def feed(self, text: str) -> None:
        text, self._rest = self._rest + text, ""
        while text:
            if self._seeking:
                at = text.find(_START)
                if at < 0:
                    self._rest = text[-len(_START) + 1 :]
                    return
                self._begin()
                self._put("<detection-run>")
                self._seeking = False
                text = text[at:]
            text = self._try(text)

    def finish(self) -> bool:
        """Whether the log ended where it should."""
        from xml.etree.ElementTree import ParseError

        if self._seeking:
            return True  # that something was lost is counted
        try:
            self._parser.close()
        except ParseError as problem:
            if not self.networks.told:
                why = rows.said(problem)
                raise BadInput(
                    f"{self._path}: not a whole .netxml log ({why}); try an older copy, or the .kismet log"
                ) from problem
            # A parser that was begun anew lacks nothing but the end of its own beginning.
            return False
        return True

    def _begin(self) -> None:
        from defusedxml.ElementTree import XMLParser

        self.networks = _Networks(self._path) if self._parser is None else self._continued()
        self._parser = XMLParser(target=self.networks, forbid_entities=True, forbid_external=True)
        self._fed = self._silent = 0

    def _continued(self) -> _Networks:
        networks = _Networks(self._path)
        networks.done, networks.told = self.networks.done, self.networks.told
        return networks

    def _put(self, text: str) -> None:
        self._parser.feed(text)
        self._fed += len(text.encode())

    def _try(self, text: str) -> str:
        """Feed a text; returns what is left of it behind what could not be read."""
        from xml.etree.ElementTree import ParseError

        told, fed = self.networks.told, self._fed
        try:
            self._put(text)
        except ParseError as problem:
            return self._lose(text, self._parser.parser.ErrorByteIndex - fed, problem)
        self._silent = self._silent + len(text) if self.networks.told == told else 0
        if self._silent > _LONGEST_MARK:
            raise BadInput(
                f"{self._path}: not a Kismet log (a tag of more than {_LONGEST_MARK >> 20} MB); give a .netxml"
            )
        return ""

    def _lose(self, text: str, at: int, problem: Exception) -> str:
        if not self.networks.told:
            raise BadInput(
                f"{self._path}: not a .netxml log ({rows.said(problem)}); give the file that Kismet names .netxml"
            ) from problem
        self._lost += 1
        if self._lost > _MOST_LOST:
            raise CutShort("too much of it is no XML")
        if not self.networks.ended:
            self._counts.rows += 1
            number = self._counts.rows + len(self.networks.done)
            self._counts.note_bad(number, f"a network that is no XML ({rows.said(problem)[:60]})")
        self._seeking = True
        behind = text.encode()[max(0, at) :].decode(errors="ignore")
        # Behind the beginning of the one that is lost, where the fault is in its very tag.
        return behind[1:] if behind.startswith(_START) else behind


def _texts(stream: LogStream, counts: RowCounts) -> Iterator[str]:
    """The log as text, with what is no XML mended. Raises BadInput where it names an encoding that is not read."""
    decoder = codecs.getincrementaldecoder(_encoding(stream))(errors="replace")
    buffered, rest = stream.buffered(), ""
    begun = False
    while block := buffered.read1(_BLOCK):
        text = rest + decoder.decode(block)
        text = text if begun else text.lstrip()  # blank lines in front, as where a log was copied by hand
        begun = begun or bool(text)
        cut = _OPEN_END.search(text)
        rest = "" if cut is None else text[cut.start() :]
        yield _mended(text if cut is None else text[: cut.start()], counts)
    yield _mended(rest + decoder.decode(b"", final=True), counts)


def _encoding(stream: LogStream) -> str:
    if stream.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    named = _NAMED.search(stream.head)
    try:
        name = codecs.lookup(named[1].decode()).name if named else "utf-8"
    except LookupError:
        name = "unknown"
    if name not in _ENCODINGS:
        what = named[1].decode() if named else ""
        raise BadInput(
            f"{stream.path}: not a Kismet log (in the encoding {what}, which is not read); give a .netxml as Kismet "
            "wrote it"
        )
    return "utf-8-sig" if name == "utf-8" else name


def _mended(text: str, counts: RowCounts) -> str:
    """The text with what no parser takes written as XML wants it; how much that was is counted."""

    def referred(found: re.Match[str]) -> str:
        try:
            number = int(found[2], 16 if found[1] else 10)
        except ValueError:
            return found[0]  # a stray `&`
        there = number in (9, 10, 13) or 0x20 <= number < 0xD800 or 0xE000 <= number < 0xFFFE
        if (there or 0x10000 <= number < 0x110000) and " " not in found[0]:
            return found[0]
        counts.mended += 1
        return f"&#{number};" if there else ""

    def escaped(found: re.Match[str]) -> str:
        counts.mended += 1
        return "&amp;" if found[0] == "&" else f"\\x{ord(found[0]):02x}"

    return _CONTROL.sub(escaped, _AMPERSAND.sub(escaped, _REFERENCE.sub(referred, text)))


def _row(network: dict[str, list[str]], counts: RowCounts) -> Row | None:
    try:
        transmitter = bssid_octets(_first(network, "BSSID"))
    except ValueError:
        counts.note_bad(counts.rows, "a network without an address")
        return None
    bounds = [rows.number(_first(network, key)) for key in _BOUNDS]
    spoilt = rows.holds_zero(*bounds)
    place = _place(network, "peak") or (None if spoilt else _place(network, "avg"))
    if place is None:
        counts.note_bad(counts.rows, "a network without a place")
        return None
    names = [] if network["type"][0] == "probe" else [text.strip() for text in network.get("SSID/essid", [])]
    absent = Absent()
    at = _time(network["last-time"][0]) or _time(network["first-time"][0])
    absent.unless(at, network["last-time"][0] or network["first-time"][0], "time")
    signal = _first(network, "snr-info/max_signal_dbm")
    signal_dbm = rows.dbm(rows.number(signal))
    absent.unless(signal_dbm, signal, "signal")
    channel_mhz = _channel(network)
    absent.unless(channel_mhz, _first(network, "channel"), "channel")
    return Row(
        transmitter=transmitter,
        ssid=next(filter(None, map(rows.name, names)), None),
        lat=place[0],
        lon=place[1],
        accuracy_m=None,
        signal_dbm=signal_dbm,
        channel_mhz=channel_mhz,
        at=at,
        estimate=True,
        absent=tuple(absent.said),
        spread_m=0.0 if spoilt else rows.spread_m(*bounds),
    )


def _first(network: dict[str, list[str]], key: str) -> str:
    return network.get(key, [""])[0].strip()


def _place(network: dict[str, list[str]], which: str) -> tuple[float, float] | None:
    return rows.position(*(rows.number(_first(network, f"gps-info/{which}-{axis}")) for axis in ("lat", "lon")))


def _channel(network: dict[str, list[str]]) -> int | None:
    """The frequency on which most packets came; else the middle of the channel that is named."""
    heard = [[*text.split(), "0", "0"][:2] for text in network.get("freqmhz", [])]
    ranked = sorted(
        ((rows.number(packets) or 0.0, rows.mhz(rows.number(mhz))) for mhz, packets in heard), key=lambda pair: -pair[0]
    )
    found = next((mhz for _, mhz in ranked if mhz is not None), None)
    return found if found is not None else rows.channel(rows.number(_first(network, "channel")))


def _time(text: str) -> datetime | None:
    """`Sat May  9 10:00:00 2026`, in English whatever the machine's language."""
    if not text.isascii() or "_" in text:
        return None  # `int` would read other scripts' digits
    try:
        _, month, day, clock, year = text.split()
        hour, minute, second = clock.split(":")
        at = datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=UTC)
        return rows.believed(at)
    except (ValueError, OverflowError):
        return None
