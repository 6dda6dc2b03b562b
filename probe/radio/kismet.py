"""Kismet's `.kismet` logs as a source of rows: an SQLite file with packets, and the devices that were made of them.

Follows Kismet's page on the format (kismetwireless.net/docs/dev/kismetdb): table `packets` with ts_sec, ts_usec,
phyname, frequency (kHz), lat, lon, signal (dBm), dlt and the packet itself; table `devices` with devmac, phyname,
strongest_signal, avg_lat, avg_lon and a JSON record. Logs before version 5 hold places in 1/100000 degree.
The file is opened for reading alone, and nothing is written beside it. No real log was at hand: tests write their own.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from probe.contract.base import bssid_octets
from probe.errors import BadInput
from probe.radio.dot11 import Reader
from probe.radio.elements import ssid_text
from probe.radio.frame import Frame
from probe.radio.source import CaptureCounts
from probe.radio.wigle import Row, RowCounts

_PACKETS = ("ts_sec", "ts_usec", "phyname", "frequency", "lat", "lon", "signal", "dlt", "packet")
_DEVICES = ("phyname", "devmac", "strongest_signal", "avg_lat", "avg_lon", "first_time", "device")
_WIFI = "IEEE802.11"
_LARGEST_PACKET = 65_536


def read_kismet(path: Path, counts: RowCounts) -> Iterator[Row]:
    """The Wi-Fi rows of a log: a row for each packet with an identity; for each device where it holds no packets.

    Raises BadInput where the file is none.
    """
    if not path.is_file():
        raise BadInput(f"{path}: cannot be read; give a .kismet log")
    try:
        db = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro&immutable=1", uri=True)
    except sqlite3.Error as problem:
        raise BadInput(f"{path}: cannot be read ({problem}); give a .kismet log") from problem
    try:
        db.text_factory = lambda octets: octets.decode("utf-8", errors="replace")
        scale = 1.0 if _version(db) >= 5 else 1e-5
        if db.execute("SELECT 1 FROM packets WHERE phyname = ? LIMIT 1", (_WIFI,)).fetchone():
            yield from _packets(db, scale, counts)
        else:
            yield from _devices(db, scale, counts)
    except (sqlite3.Error, OverflowError) as problem:
        raise BadInput(f"{path}: not a whole .kismet log ({problem}); stop Kismet before copying it") from problem
    finally:
        db.close()


def _version(db: sqlite3.Connection) -> int:
    row = db.execute("SELECT db_version FROM KISMET LIMIT 1").fetchone()
    return row[0] if row is not None and isinstance(row[0], int) else 0


def _packets(db: sqlite3.Connection, scale: float, counts: RowCounts) -> Iterator[Row]:
    heard = CaptureCounts()
    reader = Reader(heard)
    for number, row in enumerate(db.execute(f"SELECT {', '.join(_PACKETS)} FROM packets"), start=1):  # noqa: S608
        seconds, micros, phy, khz, lat, lon, signal, link, packet = row
        counts.rows += 1
        if phy != _WIFI:
            counts.not_wifi += 1
            continue
        place = _place(lat, lon, scale)
        if place is None or not isinstance(packet, bytes) or len(packet) > _LARGEST_PACKET:
            counts.note_bad(number, "a packet without a place or without its octets")
            continue
        frame = _frame(reader, link, packet)
        if frame is None:
            continue
        yield Row(
            transmitter=frame.transmitter,
            ssid=None if frame.ssid is None else ssid_text(frame.ssid),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=_signal(signal) or frame.signal_dbm,
            channel_mhz=_mhz(khz) or frame.channel_mhz,
            at=_time(seconds, micros),
            estimate=False,
        )


def _frame(reader: Reader, link: object, packet: bytes) -> Frame | None:
    if link == 127:
        return reader.radiotap(packet, 0, len(packet), 0.0)
    return reader.unmarked(packet, 0, len(packet), 0.0) if link == 105 else None


def _devices(db: sqlite3.Connection, scale: float, counts: RowCounts) -> Iterator[Row]:
    for number, row in enumerate(db.execute(f"SELECT {', '.join(_DEVICES)} FROM devices"), start=1):  # noqa: S608
        phy, address, signal, lat, lon, first, record = row
        counts.rows += 1
        if phy != _WIFI:
            counts.not_wifi += 1
            continue
        place = _place(lat, lon, scale)
        try:
            transmitter = bssid_octets(str(address))
        except ValueError:
            counts.note_bad(number, "a device without an address")
            continue
        if place is None:
            counts.note_bad(number, "a device without a place")
            continue
        yield Row(
            transmitter=transmitter,
            ssid=_name(record),
            lat=place[0],
            lon=place[1],
            accuracy_m=None,
            signal_dbm=_signal(signal),
            channel_mhz=None,
            at=_time(first, 0),
            estimate=True,
        )


def _place(lat: object, lon: object, scale: float) -> tuple[float, float] | None:
    if not isinstance(lat, int | float) or not isinstance(lon, int | float):
        return None
    place = lat * scale, lon * scale
    there = -90 <= place[0] <= 90 and -180 <= place[1] <= 180 and place != (0, 0)
    return place if there else None


def _signal(value: object) -> int | None:
    return int(value) if isinstance(value, int | float) and -150 <= value < 0 else None


def _mhz(khz: object) -> int | None:
    return int(khz // 1000) if isinstance(khz, int | float) and 2_000_000 <= khz <= 8_000_000 else None


def _time(seconds: object, micros: object) -> datetime | None:
    if not isinstance(seconds, int) or not 0 < seconds < 4_102_444_800:
        return None
    part = micros if isinstance(micros, int) and 0 <= micros < 1_000_000 else 0
    return datetime.fromtimestamp(seconds + part / 1e6, UTC)


def _name(record: object) -> str | None:
    """The name in a device's record: the one it advertised last, else what Kismet calls it."""
    try:
        told: Any = json.loads(record if isinstance(record, str | bytes) else "{}")
        wifi = told.get("dot11.device", {})
        name = wifi.get("dot11.device.last_beaconed_ssid") or told.get("kismet.device.base.name")
    except (ValueError, AttributeError, RecursionError):
        return None
    return ssid_text(name.encode("utf-8", errors="replace"))[:128] if isinstance(name, str) and name else None
