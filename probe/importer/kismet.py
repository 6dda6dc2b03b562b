"""Kismet's `.kismet` logs as a source of rows: an SQLite file with packets, and the devices that were made of them.

Follows Kismet's page on the format (kismetwireless.net/docs/dev/kismetdb, db_version 4 to 8) and the statements with
which Kismet creates and fills the tables (kis_databaselogfile.cc, db_version 6 and later). What later versions added
are columns that are not read here. Before version 5 places are whole numbers of 1/100000 degree.

Packets are read where the log holds them, each with its own place. Where none can be used (they were left out, or taken
out by kismetdb_strip_packets) the devices are, with Kismet's average place, which is an estimate. While Kismet runs,
a journal lies beside the log, and the log is half written: it is refused. The file is opened for reading alone, and
nothing is written beside it. SQLite promises nothing about types: any column may hold anything. Until 2024 Kismet
averaged places of 0, 0 with the rest: an average that this went into is no place.
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
from probe.importer.rows import Absent, Row, RowCounts
from probe.importer.stream import CutShort, LogStream
from probe.importer.tables import Gap, scan
from probe.radio.dot11 import Reader
from probe.radio.elements import ssid_text
from probe.radio.frame import Frame
from probe.radio.source import CaptureCounts

_MAGIC, _HEADER = b"SQLite format 3\0", 100
_WIFI = "IEEE802.11"
_RADIOTAP, _BARE = 127, 105
_PROBE_REQUEST, _IDENTITY = 4, {4, 5, 8}
_LONGEST_VALUE = 64 << 20  # what SQLite may hold of one value; a log with a longer one is refused
_LONGEST_PACKET, _LONGEST_RECORD = 65_536, 4 << 20
_MOST_IN_MEMORY, _BLOCK = 64 << 20, 1 << 20
_BLUETOOTH = {"bluetooth", "btle"}

_PACKETS = ("ts_sec", "ts_usec", "phyname", "frequency", "lat", "lon", "signal", "dlt", "error", "packet")
_DEVICES = ("first_time", "last_time", "phyname", "devmac", "strongest_signal", "avg_lat", "avg_lon", "device")
_BOUNDS = ("min_lat", "min_lon", "max_lat", "max_lon")
_USABLE = (
    "SELECT 1 FROM packets WHERE phyname = ? AND dlt IN (?, ?) AND typeof(packet) = 'blob' AND length(packet) >= 24"
    " LIMIT 1"
)
_PACKET_COLUMNS = (
    "ts_sec, ts_usec, phyname, frequency, lat, lon, signal, dlt, error,"
    f" CASE WHEN typeof(packet) = 'blob' AND length(packet) <= {_LONGEST_PACKET} THEN packet END"
)
_DEVICE_COLUMNS = (
    "last_time, first_time, phyname, devmac, strongest_signal, avg_lat, avg_lon,"
    f" CASE WHEN length(device) <= {_LONGEST_RECORD} THEN device END"
)


def read_kismet(stream: LogStream, counts: RowCounts) -> Iterator[Row]:
    """The Wi-Fi rows of a log: one for each packet with an identity, or for each device where no packet can be used.

    Raises BadInput where the file is no log; rows that cannot be used, and damaged parts, are counted and passed.
    """
    path = stream.path
    db = _packed(stream, counts) if stream.packed or not path.is_file() else _on_disk(path, counts)
    try:
        db.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
        db.text_factory = lambda octets: octets.decode("utf-8", errors="replace")
        # Without the first, SQLite refuses a file that is shorter than it says, with all that is there.
        for pragma in ("writable_schema = ON", "trusted_schema = OFF"):
            db.execute(f"PRAGMA {pragma}")
        yield from _rows(path, db, counts)
    except (sqlite3.Error, UnicodeDecodeError) as problem:
        raise BadInput(
            f"{path}: damaged or cut short ({rows.said(problem)}); stop Kismet before copying it, and copy it again"
        ) from problem
    finally:
        db.close()


def _on_disk(path: Path, counts: RowCounts) -> sqlite3.Connection:
    _look_at(path)
    try:
        with path.open("rb") as file:
            missing = _missing(file.read(_HEADER), path.stat().st_size)
        if missing:
            counts.faults.append(f"it is cut short by {missing} bytes; what is there was read")
        where = quote(os.fsencode(path.absolute()))
        return sqlite3.connect(f"file://{where}?mode=ro&immutable=1", uri=True)
    except (OSError, sqlite3.Error) as problem:
        raise BadInput(f"{path}: cannot be read ({rows.said(problem)}); give a .kismet log") from problem


def _missing(header: bytes, size: int) -> int:
    """How many octets a database lacks of what its own header says."""
    if len(header) < _HEADER or header[24:28] != header[92:96]:
        return 0  # written by what does not keep the number of pages
    page = int.from_bytes(header[16:18], "big")
    return max(0, (65_536 if page == 1 else page) * int.from_bytes(header[28:32], "big") - size)


def _packed(stream: LogStream, counts: RowCounts) -> sqlite3.Connection:
    """A log out of gzip or a pipe, in memory: SQLite reads here and there, and nothing is unpacked onto a disk."""
    content = bytearray()
    try:
        while block := stream.read(_BLOCK):
            content += block
            if len(content) > _MOST_IN_MEMORY:
                raise BadInput(
                    f"{stream.path}: holds a .kismet log of more than {_MOST_IN_MEMORY >> 20} MB; unpack it first "
                    "(gunzip --keep), and give the .kismet file"
                )
    except CutShort as problem:
        counts.faults.append(f"{problem}; what came before was read")
    if len(content) < _HEADER or not content.startswith(_MAGIC):
        raise BadInput(f"{stream.path}: holds no whole .kismet log; give the file that Kismet names .kismet")
    content[18:20] = b"\x01\x01"  # in memory there is no write-ahead log
    db = sqlite3.connect(":memory:")
    try:
        db.deserialize(bytes(content))
    except (sqlite3.Error, OverflowError) as problem:
        db.close()
        raise BadInput(f"{stream.path}: holds no .kismet log that can be read ({rows.said(problem)})") from problem
    return db


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
    scale = _scale(path, db, counts)
    packets, lacking = _table(db, "packets", _PACKETS)
    if packets and not lacking and _usable(db):
        any_used = False
        for row in _packets(db, scale, counts):
            any_used = True
            yield row
        if any_used:
            return
    devices, missing = _table(db, "devices", _DEVICES)
    wrong = " and ".join(
        f"table {table} lacks {what}" for table, what in (("packets", lacking), ("devices", missing)) if what
    )
    if not devices or missing:
        what = wrong or "no packets that can be used, and no table devices"
        raise BadInput(f"{path}: {what}; give a log as Kismet wrote it")
    if wrong:
        counts.faults.append(f"{wrong}; the devices were read")
    yield from _devices(db, scale, counts)


def _usable(db: sqlite3.Connection) -> bool:
    try:
        return db.execute(_USABLE, (_WIFI, _RADIOTAP, _BARE)).fetchone() is not None
    except (sqlite3.Error, UnicodeDecodeError):
        return True  # damaged somewhere: what can be read is seen by reading it


def _scale(path: Path, db: sqlite3.Connection, counts: RowCounts) -> float:
    """What makes degrees of the log's places."""
    there, lacking = _table(db, "KISMET", ("db_version",))
    if not there:
        raise BadInput(f"{path}: a database without a table KISMET, so no .kismet log; give the log that Kismet wrote")
    if lacking:
        raise BadInput(f"{path}: table KISMET lacks {lacking}; give a log as Kismet wrote it")
    # Degrees are also meant where the version cannot be read: whole numbers are then out of range and refused.
    try:
        told = db.execute("SELECT db_version FROM KISMET LIMIT 1").fetchone()
    except (sqlite3.Error, UnicodeDecodeError) as problem:
        counts.faults.append(f"table KISMET is damaged ({rows.said(problem)})")
        return 1.0
    return 1e-5 if told is not None and isinstance(told[0], int) and told[0] < 5 else 1.0


def _table(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> tuple[bool, str]:
    """Whether there is such a table, and what it lacks. Views are none: they could stand for any amount of work."""
    query = "SELECT name FROM sqlite_master WHERE type = 'table' AND rootpage > 0 AND lower(name) = lower(?)"
    if db.execute(query, (table,)).fetchone() is None:
        return False, ""
    there = {str(name).lower() for (name,) in db.execute("SELECT name FROM pragma_table_info(?)", (table,))}
    return True, ", ".join(column for column in columns if column not in there)


def _passed(phy: object, counts: RowCounts) -> bool:
    """Whether a row is no Wi-Fi; it is counted as what it is."""
    if phy == _WIFI:
        return False
    if str(phy).lower() in _BLUETOOTH:
        counts.bluetooth += 1
    else:
        counts.other += 1
    return True


def _packets(db: sqlite3.Connection, scale: float, counts: RowCounts) -> Iterator[Row]:
    heard = CaptureCounts()
    reader = Reader(heard)
    for row in scan(db, "packets", _PACKET_COLUMNS):
        if isinstance(row, Gap):
            _note_gap(row, "packets", counts)
            continue
        number, seconds, micros, phy, khz, lat, lon, signal, link, error, packet = row
        counts.rows += 1
        if _passed(phy, counts):
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
        absent = Absent()
        at = _time(seconds, micros)
        absent.unless(at, seconds, "time")
        yield Row(
            transmitter=frame.transmitter,
            ssid=_own_name(frame),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=rows.dbm(signal) or rows.dbm(frame.signal_dbm),
            channel_mhz=_mhz(khz) or frame.channel_mhz,
            at=at,
            estimate=False,
            absent=tuple(absent.said),
        )


def _note_gap(gap: Gap, table: str, counts: RowCounts) -> None:
    counts.note_bad(gap.first, f"{table}, {rows.said(gap)}", rows=1 if gap.last is None else gap.last - gap.first + 1)


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
    bounds = _BOUNDS if not _table(db, "devices", _BOUNDS)[1] else ("0", "0", "0", "0")
    for row in scan(db, "devices", f"{_DEVICE_COLUMNS}, {', '.join(bounds)}"):
        if isinstance(row, Gap):
            _note_gap(row, "devices", counts)
            continue
        number, last, first, phy, address, signal, lat, lon, record, *box = row
        counts.rows += 1
        if _passed(phy, counts):
            continue
        try:
            transmitter = bssid_octets(str(address))
        except ValueError:
            counts.note_bad(number, "a device without an address")
            continue
        told = _record(record)
        spoilt = rows.holds_zero(*box)
        average = None if spoilt or _void(told) else _place(lat, lon, scale)
        place = average or _peak(told)
        if place is None:
            counts.note_bad(number, "a device without a place")
            continue
        absent = Absent()
        at, signal_dbm = _time(last, 0) or _time(first, 0), rows.dbm(signal)
        absent.unless(at, last or first, "time")
        absent.unless(signal_dbm, signal, "signal")
        absent.unless(told, record, "name (its record is no JSON)")
        yield Row(
            transmitter=transmitter,
            ssid=_advertised(told),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=signal_dbm,
            channel_mhz=None,
            at=at,
            estimate=True,
            absent=tuple(absent.said),
            spread_m=0.0 if spoilt else rows.spread_m(*(_scaled(bound, scale) for bound in box)),
        )


def _record(record: object) -> Any:
    """A device's own record, which is JSON; None where it is none."""
    try:
        return json.loads(record) if isinstance(record, str | bytes) else None
    except (ValueError, RecursionError):
        return None


def _void(told: Any) -> bool:
    """Whether the record says itself that its average is of no fix."""
    return _no_fix(_part(_part(told, "kismet.device.base.location"), "kismet.common.location.avg_loc"))


def _peak(told: Any) -> tuple[float, float] | None:
    """Where the device was the loudest, by its record."""
    peak = _part(_part(told, "kismet.device.base.signal"), "kismet.common.signal.peak_loc")
    point = _part(peak, "kismet.common.location.geopoint")
    if _no_fix(peak) or not isinstance(point, list) or len(point) != 2:
        return None
    return rows.position(point[1], point[0])


def _no_fix(location: Any) -> bool:
    """Fix 2 is of two dimensions, 3 of three; older records say whether they are valid."""
    fix, valid = _part(location, "kismet.common.location.fix"), _part(location, "kismet.common.location.valid")
    return (isinstance(fix, int) and fix < 2) or valid in (0, False)


def _place(lat: object, lon: object, scale: float) -> tuple[float, float] | None:
    return rows.position(_scaled(lat, scale), _scaled(lon, scale))


def _scaled(degrees: object, scale: float) -> float | None:
    return degrees * scale if isinstance(degrees, int | float) else None


def _mhz(khz: object) -> int | None:
    return rows.mhz(khz / 1000) if isinstance(khz, int | float) else None


def _time(seconds: object, micros: object) -> datetime | None:
    if not isinstance(seconds, int) or not 0 < seconds < 4_102_444_800:  # the year 2100
        return None
    part = micros if isinstance(micros, int) and 0 <= micros < 1_000_000 else 0
    return rows.believed(datetime.fromtimestamp(seconds, UTC).replace(microsecond=part))


def _advertised(told: Any) -> str | None:
    """The name that a device advertised last. Older records have it by itself, newer ones in a record of its own.

    The networks that it advertised are a list, or in older records a mapping. Networks it looked for are not its name.
    """
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
