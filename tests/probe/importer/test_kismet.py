"""Kismet's `.kismet` logs: files written here after its documentation; no real one was at hand."""

import json
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.importer.kismet import read_kismet
from probe.importer.rows import Row, RowCounts
from probe.importer.sightings import import_log
from probe.walk.outcome import Outcome
from tests.probe.importer.reading import rows_of
from tests.probe.importer.test_netxml import NETXML
from tests.probe.radio.compose import AXIS_OCTETS, beacon, radiotap

Packets = list[tuple[object, ...]] | None


# As Kismet creates them (db_version 6).
PACKETS = """CREATE TABLE packets (ts_sec INT, ts_usec INT, phyname TEXT, sourcemac TEXT, destmac TEXT, transmac TEXT,
 frequency REAL, devkey TEXT, lat REAL, lon REAL, alt REAL, speed REAL, heading REAL, packet_len INT, signal INT,
 datasource TEXT, dlt INT, packet BLOB, error INT, tags TEXT)"""
DEVICES = """CREATE TABLE devices (first_time INT, last_time INT, devkey TEXT, phyname TEXT, devmac TEXT,
 strongest_signal INT, min_lat REAL, min_lon REAL, max_lat REAL, max_lon REAL, avg_lat REAL, avg_lon REAL,
 bytes_data INT, type TEXT, device BLOB, UNIQUE(phyname, devmac) ON CONFLICT REPLACE)"""


def log(path: Path, version: object = 5, packets: Packets = None, device: object = "{}") -> Path:
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE KISMET (kismet_version TEXT, db_version INT, db_module TEXT)")
    db.execute("INSERT INTO KISMET VALUES ('2026', ?, 'kismetlog')", (version,))
    db.execute(PACKETS)
    db.execute(DEVICES)
    db.executemany(
        "INSERT INTO packets (ts_sec, ts_usec, phyname, frequency, lat, lon, signal, dlt, packet)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        packets or [],
    )
    db.execute(
        "INSERT INTO devices (first_time, phyname, devmac, strongest_signal, avg_lat, avg_lon, device)"
        " VALUES (1778320800, 'IEEE802.11', 'AC:CC:8E:10:20:30', -48, 47.0, -17.0, ?)",
        (device,),
    )
    db.commit()
    db.close()
    return path


def packet(lat: object = 47.0, lon: object = -17.0, octets: object = None, link: object = 127) -> tuple[object, ...]:
    whole = radiotap(beacon()) if octets is None else octets
    return 1_778_320_800, 250_000, "IEEE802.11", 5_180_000, lat, lon, -63, link, whole


def rows(path: Path, counts: RowCounts | None = None) -> list[Row]:
    return rows_of(read_kismet, path, counts)


def test_packets_become_rows_with_their_own_place(tmp_path: Path) -> None:
    counts = RowCounts()
    (row,) = rows(log(tmp_path / "a.kismet", packets=[packet(), packet(lat=0, lon=0)]), counts)
    assert (row.transmitter, row.ssid, row.lat, row.lon) == (AXIS_OCTETS, "town", 47.0, -17.0)
    assert (row.signal_dbm, row.channel_mhz, row.estimate) == (-63, 5180, False)
    assert row.at is not None
    assert row.at.timestamp() == pytest.approx(1_778_320_800.25)
    assert (counts.rows, counts.bad_rows) == (2, 1)


def test_an_old_log_holds_places_as_whole_numbers(tmp_path: Path) -> None:
    (row,) = rows(log(tmp_path / "a.kismet", version=4, packets=[packet(lat=4_700_000, lon=-1_700_000)]))
    assert row.lat == pytest.approx(47.0)
    assert row.lon == pytest.approx(-17.0)


def test_without_packets_the_devices_speak(tmp_path: Path) -> None:
    record = '{"dot11.device": {"dot11.device.last_beaconed_ssid": "HAP_Q7K2MD"}}'
    (row,) = rows(log(tmp_path / "a.kismet", device=record))
    assert (row.transmitter, row.ssid, row.estimate, row.signal_dbm) == (AXIS_OCTETS, "HAP_Q7K2MD", True, -48)


def test_both_kinds_are_imported_by_their_content_not_their_name(tmp_path: Path) -> None:
    log(tmp_path / "one.db", packets=[packet()] * 3)
    (tmp_path / "two.txt").write_text(NETXML)
    for path, rule in ((tmp_path / "one.db", "vendor-oui"), (tmp_path / "two.txt", "vendor-oui")):
        outcome = Outcome()
        (sighting,) = import_log(path, outcome)
        assert sighting.made.rule == rule


def test_cut_and_damaged_a_kismet_log_is_one_sentence(tmp_path: Path) -> None:
    whole = log(tmp_path / "whole.kismet", packets=[packet()] * 20).read_bytes()
    path = tmp_path / "cut.kismet"
    for end in range(0, len(whole), 512):
        path.write_bytes(whole[:end])
        counts = RowCounts()
        try:
            assert len(rows(path, counts)) == 20 or counts.bad_rows or counts.faults
        except BadInput as problem:
            assert "; " in str(problem)
            assert "\n" not in str(problem)
    path.write_bytes(b"no database")
    with pytest.raises(BadInput):
        rows(path)
    with pytest.raises(BadInput):
        rows(tmp_path / "nowhere.kismet")


anything = (
    st.none()
    | st.integers(-(2**62), 2**62)
    | st.floats(allow_nan=False)
    | st.text(max_size=20)
    | st.binary(max_size=60)
)


@given(values=st.tuples(*[anything] * 9), device=anything, version=anything)
def test_any_value_in_any_column_is_survived(
    values: tuple[object, ...], device: object, version: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "odd.kismet"
    wifi = (*values[:2], "IEEE802.11", *values[3:])
    log(path, version=version, packets=[values, wifi, packet(octets=values[8])], device=device)
    for row in rows(path):
        assert len(row.transmitter) == 6


@given(values=st.tuples(*[anything] * 8), version=anything)
def test_any_value_in_any_column_of_a_device_is_survived(
    values: tuple[object, ...], version: object, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.getbasetemp() / "odd-device.kismet"
    db = sqlite3.connect(log(path, version=version))
    insert = (
        "INSERT INTO devices (first_time, last_time, strongest_signal, avg_lat, avg_lon, device, phyname, devmac)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    )
    db.execute(insert, values)
    db.execute(insert, (*values[:6], "IEEE802.11", "AC:CC:8E:10:20:31"))
    db.commit()
    db.close()
    counts = RowCounts()
    for row in rows(path, counts):
        assert -90 <= row.lat <= 90
        assert row.signal_dbm is None or -150 <= row.signal_dbm < 0
    assert counts.rows == 3


def record(**wifi: object) -> str:
    """A device's JSON, with members of dot11.device."""
    return json.dumps(
        {
            "kismet.device.base.name": "not advertised",
            "dot11.device": {f"dot11.device.{key}": value for key, value in wifi.items()},
        }
    )


def network(name: str) -> dict[str, str]:
    return {"dot11.advertisedssid.ssid": name}


@pytest.mark.parametrize(
    ("device", "name"),
    [
        (record(last_beaconed_ssid="a"), "a"),
        (record(last_beaconed_ssid_record=network("b"), advertised_ssid_map=[network("c")]), "b"),
        (record(advertised_ssid_map=[network(""), network("c")]), "c"),
        (record(advertised_ssid_map={"123": network("d")}), "d"),
        (record(last_probed_ssid="e", last_probed_ssid_record={"dot11.probedssid.ssid": "e"}), None),
        (record(last_beaconed_ssid=7, last_beaconed_ssid_record=[], advertised_ssid_map=7), None),
        ('{"dot11.device": null}', None),
        ("[" * 100_000, None),
        ("7" * 5_000, None),
        (record(last_beaconed_ssid="f", padding="x" * (5 << 20)), None),
        (record(last_beaconed_ssid="g\n\x1b[2J"), "g\\x0a\\x1b[2J"),
    ],
)
def test_a_device_bears_the_name_that_it_advertised(device: str, name: str | None, tmp_path: Path) -> None:
    (row,) = rows(log(tmp_path / "a.kismet", device=device.encode()))
    assert row.ssid == name


def test_a_log_without_its_packets_speaks_by_its_devices(tmp_path: Path) -> None:
    """kismetdb_strip_packets leaves the rows and takes the octets."""
    for octets in (b"", "", None):
        counts = RowCounts()
        (row,) = rows(log(tmp_path / "a.kismet", packets=[(*packet()[:8], octets)] * 3), counts)
        assert row.estimate
        assert (counts.rows, counts.bad_rows) == (1, 0)


def test_packets_that_identify_no_one_leave_it_to_the_devices(tmp_path: Path) -> None:
    data = radiotap(b"\x08\x00" + bytes(40))
    (row,) = rows(log(tmp_path / "a.kismet", packets=[packet(octets=data)]))
    assert row.estimate


def test_a_probe_request_does_not_bear_the_name_it_looks_for(tmp_path: Path) -> None:
    kinds = [radiotap(beacon(ssid=b"HAP_Q7K2MD", subtype=subtype)) for subtype in (4, 5, 8, 0, 2)]
    found = rows(log(tmp_path / "a.kismet", packets=[packet(octets=octets) for octets in kinds]))
    assert [row.ssid for row in found] == [None, "HAP_Q7K2MD", "HAP_Q7K2MD"]


def test_bare_frames_are_read_and_the_radio_header_fills_what_the_row_does_not_say(tmp_path: Path) -> None:
    silent = (1_778_320_800, 0, "IEEE802.11", 0, 47.0, -17.0, 0, 127, radiotap(beacon(), signal_dbm=-61, mhz=2437))
    bare, filled = rows(log(tmp_path / "a.kismet", packets=[packet(octets=beacon(), link=105), silent]))
    assert (bare.transmitter, bare.signal_dbm, bare.channel_mhz) == (AXIS_OCTETS, -63, 5180)
    assert (filled.signal_dbm, filled.channel_mhz) == (-61, 2437)


def test_what_cannot_be_used_is_counted_with_its_reason(tmp_path: Path) -> None:
    odd = [packet(lat=91), packet(link=192), packet(octets=b"x" * 70_000), packet(octets=radiotap(b"\x80\x00cut"))]
    path = log(tmp_path / "a.kismet", packets=[packet(), *odd, packet()])
    db = sqlite3.connect(path)
    db.execute("UPDATE packets SET error = 1 WHERE rowid = 6")
    db.execute("INSERT INTO packets (phyname) VALUES ('Bluetooth')")
    db.commit()
    db.close()
    counts = RowCounts()
    assert len(rows(path, counts)) == 1
    assert (counts.rows, counts.not_wifi, counts.bad_rows) == (7, 1, 5)
    reasons = ("without a place", "link type 192", "without its octets", "breaks the rules", "marks as damaged")
    for bad, reason in zip(counts.bad, reasons, strict=True):
        assert reason in bad
    assert counts.bad[0].startswith("line 2: ")


def test_a_half_written_log_is_refused_and_a_finished_one_is_not(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()] * 500)
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode=PERSIST")  # as Kismet has it
    db.execute("PRAGMA cache_size=1")
    db.execute("BEGIN")
    db.execute("UPDATE packets SET lat = 1.0, tags = 'so that pages are written before the end of the transaction'")
    with pytest.raises(BadInput, match=r"half written \(a.kismet-journal lies beside it\); stop Kismet"):
        rows(path)
    db.execute("ROLLBACK")
    assert path.with_name("a.kismet-journal").exists()
    assert {row.lat for row in rows(path)} == {47.0}
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("UPDATE packets SET lat = 1.0")
    with pytest.raises(BadInput, match=r"a\.kismet-wal lies beside it"):
        rows(path)
    db.close()


def test_nothing_is_written_and_nothing_left_beside_the_log(tmp_path: Path) -> None:
    path = log(tmp_path / "odd ?#%41 name.kismet", packets=[packet()])
    before = path.read_bytes()
    path.chmod(0o400)
    assert len(rows(path)) == 1
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def changed(path: Path, statement: str) -> Path:
    db = sqlite3.connect(log(path, packets=[packet()]))
    db.execute(statement)
    db.commit()
    db.close()
    return path


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DROP TABLE KISMET", "without a table KISMET"),
        ("ALTER TABLE KISMET DROP COLUMN db_version", "table KISMET lacks db_version"),
        ("ALTER TABLE devices DROP COLUMN device", "table devices lacks device"),
        ("ALTER TABLE devices RENAME COLUMN avg_lat TO latitude", "table devices lacks avg_lat;"),
    ],
)
def test_what_is_missing_is_named(statement: str, told: str, tmp_path: Path) -> None:
    path = changed(tmp_path / "a.kismet", statement)
    db = sqlite3.connect(path)
    db.execute("DELETE FROM packets")
    db.commit()
    db.close()
    with pytest.raises(BadInput) as problem:
        rows(path)
    assert told in str(problem.value)
    assert "; give " in str(problem.value)


def test_one_of_the_two_tables_is_enough(tmp_path: Path) -> None:
    (row,) = rows(changed(tmp_path / "a.kismet", "DROP TABLE devices"))
    assert not row.estimate
    (row,) = rows(changed(tmp_path / "a.kismet", "DROP TABLE packets"))
    assert row.estimate
    db = sqlite3.connect(tmp_path / "a.kismet")
    db.execute("DROP TABLE devices")
    db.commit()
    db.close()
    with pytest.raises(BadInput, match="no packets that can be used, and no table devices"):
        rows(tmp_path / "a.kismet")


def test_a_view_in_place_of_a_table_is_not_run(tmp_path: Path) -> None:
    endless = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS db_version FROM n ORDER BY i"
    path = changed(tmp_path / "a.kismet", "DROP TABLE KISMET")
    db = sqlite3.connect(path)
    db.execute(f"CREATE VIEW KISMET AS {endless}")
    db.commit()
    db.close()
    with pytest.raises(BadInput, match="without a table KISMET"):
        rows(path)


def test_a_value_of_any_size_is_not_held(tmp_path: Path) -> None:
    path = log(tmp_path / "a.kismet", packets=[packet()] * 3)
    db = sqlite3.connect(path)
    db.execute("UPDATE packets SET phyname = printf('%.70000000c', 'x') WHERE rowid = 2")
    db.commit()
    db.close()
    counts = RowCounts()
    assert len(rows(path, counts)) == 2
    assert counts.bad == ["line 2: packets, rows from 2 to row 2: string or blob too big"]


@pytest.mark.parametrize("content", [b"", b"SQLite", b"no database at all", b"\xd4\xc3\xb2\xa1" + bytes(20)])
def test_another_file_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "a.kismet"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=r"not a \.kismet log .*; give the file"):
        rows(path)
    with pytest.raises(BadInput, match="cannot be read"):
        rows(tmp_path)


def test_damage_at_any_place_raises_nothing_else(tmp_path: Path) -> None:
    whole = log(tmp_path / "whole.kismet", packets=[packet()] * 20).read_bytes()
    path = tmp_path / "damaged.kismet"
    refused = 0
    for at in range(0, len(whole), 97):
        path.write_bytes(whole[:at] + b"\xff\x00\xff" + whole[at + 3 :])
        counts = RowCounts()
        try:
            rows(path, counts)
            refused += bool(counts.bad_rows or counts.faults)
        except BadInput as problem:
            refused += 1
            assert "\n" not in str(problem)
    assert refused > 3
