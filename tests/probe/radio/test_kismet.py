"""Kismet's logs, old and new: files written here after its documentation; no real one was at hand."""

import sqlite3
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.radio.kismet import read_kismet
from probe.radio.netxml import read_netxml
from probe.radio.wigle import Row, RowCounts
from probe.replay import Outcome, import_log
from tests.probe.radio.compose import AXIS_OCTETS, beacon, radiotap

NETXML = """<?xml version="1.0" encoding="ISO-8859-1"?>
<!DOCTYPE detection-run SYSTEM "http://kismetwireless.net/kismet-3.1.0.dtd">
<detection-run kismet-version="2016" start-time="Sat May 09 10:00:00 2026">
<wireless-network number="1" type="infrastructure" first-time="Sat May 09 10:00:00 2026">
 <SSID><type>Beacon</type><essid cloaked="false">HAP_Q7K2MD</essid></SSID>
 <BSSID>AC:CC:8E:10:20:30</BSSID><channel>6</channel><freqmhz>2437 12</freqmhz>
 <snr-info><max_signal_dbm>-51</max_signal_dbm></snr-info>
 <wireless-client number="1"><client-mac>00:1D:AA:00:00:01</client-mac></wireless-client>
 <gps-info><avg-lat>47.1</avg-lat><avg-lon>-17.1</avg-lon><peak-lat>47.2</peak-lat><peak-lon>-17.2</peak-lon></gps-info>
</wireless-network>
<wireless-network number="2" type="probe"><BSSID>nobody</BSSID></wireless-network>
<wireless-network number="3" type="infrastructure"><BSSID>AC:CC:8E:10:20:31</BSSID></wireless-network>
</detection-run>
"""


Packets = list[tuple[object, ...]] | None


def log(path: Path, version: object = 5, packets: Packets = None, device: object = "{}") -> Path:
    path.unlink(missing_ok=True)
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE KISMET (kismet_version TEXT, db_version INT, db_module TEXT)")
    db.execute("INSERT INTO KISMET VALUES ('2026', ?, 'kismetlog')", (version,))
    db.execute(
        "CREATE TABLE packets (ts_sec, ts_usec, phyname, sourcemac, destmac, transmac, frequency, devkey, lat, lon,"
        " alt, speed, heading, packet_len, signal, datasource, dlt, packet, error, tags)"
    )
    db.execute(
        "CREATE TABLE devices (first_time, last_time, devkey, phyname, devmac, strongest_signal, min_lat, min_lon,"
        " max_lat, max_lon, avg_lat, avg_lon, bytes_data, type, device)"
    )
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
    return list(read_kismet(path, counts or RowCounts()))


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


def test_netxml_gives_networks_and_never_clients(tmp_path: Path) -> None:
    (tmp_path / "a.netxml").write_text(NETXML)
    counts = RowCounts()
    (row,) = read_netxml(tmp_path / "a.netxml", counts)
    assert (row.transmitter, row.ssid, row.lat, row.channel_mhz) == (AXIS_OCTETS, "HAP_Q7K2MD", 47.2, 2437)
    assert (counts.rows, counts.bad_rows) == (3, 2)


@pytest.mark.parametrize("text", ["", "<html></html>", "PK\x03\x04", NETXML.replace("<detection-run ", "<other ")])
def test_what_is_no_netxml_is_one_sentence(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.netxml").write_text(text)
    with pytest.raises(BadInput) as problem:
        list(read_netxml(tmp_path / "a.netxml", RowCounts()))
    assert "\n" not in str(problem.value)


def test_a_bomb_of_entities_is_refused(tmp_path: Path) -> None:
    bomb = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><detection-run>&b;</detection-run>'
    (tmp_path / "a.netxml").write_text(bomb)
    with pytest.raises(BadInput):
        list(read_netxml(tmp_path / "a.netxml", RowCounts()))


def test_cut_at_every_byte_netxml_gives_what_came_before(tmp_path: Path) -> None:
    path, whole = tmp_path / "a.netxml", NETXML.encode()
    for end in range(0, len(whole) - 1, 3):
        path.write_bytes(whole[:end])
        try:
            found = list(read_netxml(path, RowCounts()))
        except BadInput:
            continue
        assert end >= len(whole.rstrip())
        assert len(found) == 1


def test_cut_and_damaged_a_kismet_log_is_one_sentence(tmp_path: Path) -> None:
    whole = log(tmp_path / "whole.kismet", packets=[packet()] * 20).read_bytes()
    path = tmp_path / "cut.kismet"
    for end in range(0, len(whole), 512):
        path.write_bytes(whole[:end])
        try:
            rows(path)
        except BadInput as problem:
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
