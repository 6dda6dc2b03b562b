"""WiGLE CSV exports as a source: the app's own format (WigleWifi-1.x) and the web site's export.

The app writes one row for each observation, with the phone's place and the signal; rows of one transmitter become the
hearings of one sighting. The web site writes one row for each transmitter, with WiGLE's estimate of its place.
Rows are examined by the rules like frames; those no rule knows are counted and forgotten.
"""

import csv
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from probe.contract.base import bssid_octets
from probe.errors import BadInput

APP_COLUMNS = ("MAC", "SSID", "FirstSeen", "RSSI", "CurrentLatitude", "CurrentLongitude", "AccuracyMeters", "Type")
WEB_COLUMNS = ("trilat", "trilong", "ssid", "netid", "firsttime", "lasttime", "channel", "type")
# The web site gives many words for Wi-Fi (infra, adhoc, ????), and these for everything else.
NOT_WIFI = {"bt", "ble", "cdma", "gsm", "lte", "wcdma", "nr"}
MAX_LINE = 64 * 1024
MAX_BAD_TOLD = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: an observation by a phone (`estimate` False) or WiGLE's estimate of a transmitter's place (True)."""

    transmitter: bytes
    ssid: str | None
    lat: float
    lon: float
    accuracy_m: float | None
    signal_dbm: int | None
    channel_mhz: int | None
    at: datetime | None
    estimate: bool


@dataclass(slots=True)
class RowCounts:
    """What became of the rows. `bad` holds the first few that could not be read, by line."""

    rows: int = 0
    not_wifi: int = 0
    bad_rows: int = 0
    bad: list[str] = field(default_factory=list)

    def note_bad(self, line: int, why: str) -> None:
        self.bad_rows += 1
        if len(self.bad) < MAX_BAD_TOLD:
            self.bad.append(f"line {line}: {why}")


def read_csv(path: Path, counts: RowCounts) -> Iterator[Row]:
    """The Wi-Fi rows of a WiGLE export. Raises BadInput where the file is none; damaged rows are counted and passed."""
    try:
        with path.open(encoding="utf-8", errors="replace", newline="") as file:
            yield from _rows(path, file, counts)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from problem


def _rows(path: Path, file: TextIO, counts: RowCounts) -> Iterator[Row]:
    lines = _Lines(file)
    reader = csv.reader(lines, strict=True)
    header = _next(reader, counts, lines)
    if header and header[0].startswith("WigleWifi-"):
        header = _next(reader, counts, lines)
    columns = {name.strip().lstrip("\ufeff"): place for place, name in enumerate(header or ())}
    make = _maker(path, columns)
    while (fields := _next(reader, counts, lines)) is not None:
        if not fields:
            continue
        counts.rows += 1
        try:
            row = make(columns, fields)
        except (ValueError, IndexError) as problem:
            counts.note_bad(lines.number, str(problem) if isinstance(problem, ValueError) else "a column is missing")
            continue
        if row is None:
            counts.not_wifi += 1
        else:
            yield row


class _Lines:
    """The lines of a file, counted and limited in length, so that no file can fill the memory."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._file.readline(MAX_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        return line.replace("\0", "")


def _next(reader: Iterator[list[str]], counts: RowCounts, lines: _Lines) -> list[str] | None:
    """The next row, or None at the end; rows that csv cannot take apart are counted."""
    while True:
        try:
            return next(reader)
        except StopIteration:
            return None
        except csv.Error as problem:
            counts.note_bad(lines.number, str(problem))


def _maker(path: Path, columns: dict[str, int]) -> Callable[[dict[str, int], list[str]], Row | None]:
    if all(name in columns for name in APP_COLUMNS):
        return _app_row
    if all(name in columns for name in WEB_COLUMNS):
        return _web_row
    nearest = APP_COLUMNS if "MAC" in columns else WEB_COLUMNS
    missing = ", ".join(name for name in nearest if name not in columns)
    raise BadInput(
        f"{path}: line 1: not a WiGLE export (no column {missing}); give the CSV of the WiGLE app or of wigle.net"
    )


def _app_row(columns: dict[str, int], fields: list[str]) -> Row | None:
    """A row of the app's format; None for Bluetooth and mobile networks."""
    if fields[columns["Type"]].strip().upper() != "WIFI":
        return None
    frequency = fields[columns["Frequency"]] if "Frequency" in columns else ""
    channel = fields[columns["Channel"]] if "Channel" in columns else ""
    return Row(
        transmitter=bssid_octets(fields[columns["MAC"]].strip()),
        ssid=fields[columns["SSID"]] or None,
        lat=_within(fields[columns["CurrentLatitude"]], 90, "latitude"),
        lon=_within(fields[columns["CurrentLongitude"]], 180, "longitude"),
        accuracy_m=_optional(fields[columns["AccuracyMeters"]], 0, 100_000),
        signal_dbm=_whole(fields[columns["RSSI"]], -150, -1),
        channel_mhz=_whole(frequency, 1, 100_000) or _mhz(channel),
        at=_time(fields[columns["FirstSeen"]]),
        estimate=False,
    )


def _web_row(columns: dict[str, int], fields: list[str]) -> Row | None:
    """A row of the web site's export; None for anything but Wi-Fi."""
    if fields[columns["type"]].strip().lower() in NOT_WIFI:
        return None
    return Row(
        transmitter=bssid_octets(fields[columns["netid"]].strip()),
        ssid=fields[columns["ssid"]] or None,
        lat=_within(fields[columns["trilat"]], 90, "latitude"),
        lon=_within(fields[columns["trilong"]], 180, "longitude"),
        accuracy_m=None,
        signal_dbm=None,
        channel_mhz=_mhz(fields[columns["channel"]]),
        at=_time(fields[columns["lasttime"]]),
        estimate=True,
    )


def _within(text: str, limit: float, what: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"the {what} is not a number: {text[:20]!r}") from None
    if not -limit <= value <= limit:
        raise ValueError(f"the {what} {text[:20]!r} is not on this earth")
    return value


def _optional(text: str, least: float, most: float) -> float | None:
    try:
        value = float(text)
    except ValueError:
        return None
    return value if least <= value <= most else None


def _whole(text: str, least: int, most: int) -> int | None:
    value = _optional(text, least, most)
    return None if value is None else round(value)


def _mhz(channel: str) -> int | None:
    """The centre of a 20 MHz channel of the 2.4 or 5 GHz band, in MHz; None for a number that is neither."""
    number = _whole(channel, 1, 196)
    if number is None:
        return None
    if number <= 14:
        return 2484 if number == 14 else 2407 + 5 * number
    return 5000 + 5 * number if number >= 32 else None


def _time(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
