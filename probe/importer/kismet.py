"""Kismet's `.kismet` logs as a source of rows: an SQLite file with packets, and the devices that were made of them.

Follows Kismet's page on the format (kismetwireless.net/docs/dev/kismetdb, db_version 4 to 8) and the statements with
which Kismet creates and fills the tables (kis_databaselogfile.cc, db_version 6 and later). What later versions added
are columns that are not read here. Before version 5 places are whole numbers of 1/100000 degree.

Packets are read where the log holds them, each with its own place. Where none can be used (they were left out, or taken
out by kismetdb_strip_packets) the devices are, with Kismet's average place, which is an estimate. While Kismet runs,
a journal lies beside the log, and the log is half written: it is refused. The file is opened for reading alone, and
nothing is written beside it. SQLite promises nothing about types: any column may hold anything.
"""

import json
import os
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from probe.contract.base import bssid_octets
from probe.errors import BadInput
from probe.importer import rows
from probe.importer.wigle import Row, RowCounts
from probe.radio.dot11 import Reader
from probe.radio.elements import ssid_text
from probe.radio.frame import Frame
from probe.radio.source import CaptureCounts

_MAGIC = b"SQLite format 3\0"
_WIFI = "IEEE802.11"
_RADIOTAP, _BARE = 127, 105
_PROBE_REQUEST, _IDENTITY = 4, {4, 5, 8}
_LONGEST_VALUE = 64 << 20  # what SQLite may hold of one value; a log with a longer one is refused
_LONGEST_PACKET, _LONGEST_RECORD = 65_536, 4 << 20

_PACKETS = ("ts_sec", "ts_usec", "phyname", "frequency", "lat", "lon", "signal", "dlt", "error", "packet")
_DEVICES = ("first_time", "last_time", "phyname", "devmac", "strongest_signal", "avg_lat", "avg_lon", "device")
_USABLE = (
    "SELECT 1 FROM packets WHERE phyname = ? AND dlt IN (?, ?) AND typeof(packet) = 'blob' AND length(packet) >= 24"
    " LIMIT 1"
)
_PACKET_ROWS = (
    "SELECT ts_sec, ts_usec, phyname, frequency, lat, lon, signal, dlt, error,"
    " CASE WHEN typeof(packet) = 'blob' AND length(packet) <= ? THEN packet END FROM packets"
)
_DEVICE_ROWS = (
    "SELECT last_time, first_time, phyname, devmac, strongest_signal, avg_lat, avg_lon,"
    " CASE WHEN length(device) <= ? THEN device END FROM devices"
)


def read_kismet(path: Path, counts: RowCounts) -> Iterator[Row]:
    """The Wi-Fi rows of a log: one for each packet with an identity, or for each device where no packet can be used.

    Raises BadInput where the file is no whole log; rows that cannot be used are counted and passed.
    """
    _look_at(path)
    try:
        where = quote(os.fsencode(path.absolute()))
        db = sqlite3.connect(f"file://{where}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as problem:
        raise BadInput(f"{path}: cannot be read ({rows.said(problem)}); give a .kismet log") from problem
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        db.text_factory = lambda octets: octets.decode("utf-8", errors="replace")
        yield from _rows(path, db, counts)
    except sqlite3.Error as problem:
        raise BadInput(
            f"{path}: damaged or cut short ({rows.said(problem)}); stop Kismet before copying it, and copy it again"
        ) from problem
    finally:
        db.close()


def _look_at(path: Path) -> None:
    """Refuse what is no SQLite file, and a log that is still being written."""
    if not path.is_file():
        raise BadInput(f"{path}: cannot be read (no such file); give a .kismet log")
    start = _start(path)
    if start != _MAGIC:
        what = f"starts with {start[:4].hex()}" if start else "the file is empty"
        raise BadInput(f"{path}: not a .kismet log ({what}); give the file that Kismet names .kismet")
    for ending in ("-journal", "-wal"):
        beside = path.with_name(path.name + ending)
        # The journal of a finished transaction is emptied, or its first octets are.
        if beside.is_file() and _start(beside)[:1].strip(b"\0"):
            raise BadInput(
                f"{path}: half written ({beside.name} lies beside it); stop Kismet, or, where it crashed, let "
                "`sqlite3 LOG vacuum` finish a copy of both files"
            )


def _start(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC))
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a .kismet log") from problem


def _rows(path: Path, db: sqlite3.Connection, counts: RowCounts) -> Iterator[Row]:
    scale = _scale(path, db)
    if _has(path, db, "packets", _PACKETS) and db.execute(_USABLE, (_WIFI, _RADIOTAP, _BARE)).fetchone():
        any_used = False
        for row in _packets(db, scale, counts):
            any_used = True
            yield row
        if any_used:
            return
    if not _has(path, db, "devices", _DEVICES):
        raise BadInput(f"{path}: no packets that can be used, and no table devices; give a log that has one of them")
    yield from _devices(db, scale, counts)


def _scale(path: Path, db: sqlite3.Connection) -> float:
    """What makes degrees of the log's places."""
    if not _has(path, db, "KISMET", ("db_version",)):
        raise BadInput(f"{path}: a database without a table KISMET, so no .kismet log; give the log that Kismet wrote")
    told = db.execute("SELECT db_version FROM KISMET LIMIT 1").fetchone()
    # Degrees are also meant where the version cannot be read: whole numbers are then out of range and refused.
    return 1e-5 if told is not None and isinstance(told[0], int) and told[0] < 5 else 1.0


def _has(path: Path, db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> bool:
    """Whether there is such a table. Views are none: they could stand for any amount of work."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND lower(name) = lower(?)"
    if db.execute(query, (table,)).fetchone() is None:
        return False
    there = {str(name).lower() for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))}
    missing = ", ".join(column for column in columns if column not in there)
    if missing:
        raise BadInput(f"{path}: table {table} lacks {missing}; give a log as Kismet wrote it")
    return True


def _packets(db: sqlite3.Connection, scale: float, counts: RowCounts) -> Iterator[Row]:
    heard = CaptureCounts()
    reader = Reader(heard)
    for number, row in enumerate(db.execute(_PACKET_ROWS, (_LONGEST_PACKET,)), start=1):
        seconds, micros, phy, khz, lat, lon, signal, link, error, packet = row
        counts.rows += 1
        if phy != _WIFI:
            counts.not_wifi += 1
            continue
        place = _place(lat, lon, scale)
        why = _unusable(place, link, error, packet)
        broken = heard.malformed + heard.bad_fcs
        frame = None if why else _frame(reader, link, packet)
        if frame is None and heard.malformed + heard.bad_fcs > broken:
            why = "a packet that breaks the rules of 802.11"
        if why:
            counts.note_bad(number, why)
        if place is None or frame is None or frame.subtype not in _IDENTITY:
            continue
        yield Row(
            transmitter=frame.transmitter,
            ssid=_own_name(frame),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=rows.dbm(signal) or frame.signal_dbm,
            channel_mhz=_mhz(khz) or frame.channel_mhz,
            at=_time(seconds, micros),
            estimate=False,
        )


def _unusable(place: tuple[float, float] | None, link: object, error: object, packet: object) -> str | None:
    """Why a packet cannot be used; None where it can."""
    if place is None:
        return "a packet without a place"
    if isinstance(error, int) and error:
        return "a packet that Kismet marks as damaged"
    if link not in (_RADIOTAP, _BARE):
        return f"a packet of link type {rows.said(link)[:20]}, which is not read"
    return None if isinstance(packet, bytes) and packet else "a packet without its octets"


def _frame(reader: Reader, link: object, packet: bytes) -> Frame | None:
    read = reader.radiotap if link == _RADIOTAP else reader.unmarked
    return read(packet, 0, len(packet), 0.0)


def _own_name(frame: Frame) -> str | None:
    """The name that the sender gives itself. A probe request names the network that it looks for: another's."""
    return None if frame.ssid is None or frame.subtype == _PROBE_REQUEST else ssid_text(frame.ssid)


def _devices(db: sqlite3.Connection, scale: float, counts: RowCounts) -> Iterator[Row]:
    for number, row in enumerate(db.execute(_DEVICE_ROWS, (_LONGEST_RECORD,)), start=1):
        last, first, phy, address, signal, lat, lon, record = row
        counts.rows += 1
        if phy != _WIFI:
            counts.not_wifi += 1
            continue
        try:
            transmitter = bssid_octets(str(address))
        except ValueError:
            counts.note_bad(number, "a device without an address")
            continue
        place = _place(lat, lon, scale)
        if place is None:
            counts.note_bad(number, "a device without a place")
            continue
        yield Row(
            transmitter=transmitter,
            ssid=_advertised(record),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=rows.dbm(signal),
            channel_mhz=None,
            at=_time(last, 0) or _time(first, 0),
            estimate=True,
        )


def _place(lat: object, lon: object, scale: float) -> tuple[float, float] | None:
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    return rows.position(lat * scale, lon * scale)


def _mhz(khz: object) -> int | None:
    return rows.mhz(khz / 1000) if isinstance(khz, int | float) else None


def _time(seconds: object, micros: object) -> datetime | None:
    if not isinstance(seconds, int) or not 0 < seconds < 4_102_444_800:  # the year 2100
        return None
    part = micros if isinstance(micros, int) and 0 <= micros < 1_000_000 else 0
    return datetime.fromtimestamp(seconds, UTC).replace(microsecond=part)


def _advertised(record: object) -> str | None:
    """The name that a device advertised last. Older records have it by itself, newer ones in a record of its own.

    The networks that it advertised are a list, or in older records a mapping. Networks it looked for are not its name.
    """
    try:
        told: Any = json.loads(record if isinstance(record, str | bytes) else "{}")
    except (ValueError, RecursionError):
        return None
    wifi = _part(told, "dot11.device")
    networks = _part(wifi, "dot11.device.advertised_ssid_map")
    every = list(networks.values()) if isinstance(networks, dict) else networks if isinstance(networks, list) else []
    records = [_part(wifi, "dot11.device.last_beaconed_ssid_record"), *every]
    names = [_part(network, "dot11.advertisedssid.ssid") for network in records]
    return next(
        filter(None, map(rows.name, [names[0], _part(wifi, "dot11.device.last_beaconed_ssid"), *names[1:]])), None
    )


def _part(whole: Any, key: str) -> Any:
    return whole.get(key) if isinstance(whole, dict) else None
