"""What a log writes where it knows nothing is absent, counted and told, and hides nothing that is known beside it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from probe.contract.sighting import Hearing
from tests.probe.importer.compose import APP, WEB, WEB_BLE, addresses, app, camera, imported


def hearing(folder: Path, row: str) -> tuple[Hearing, list[str], list[str]]:
    """The only hearing of a log of one row, and what was said of it: as a note, and as a trouble."""
    (sighting,), outcome = imported(APP + row, folder)
    assert sighting.radio is not None
    (only,) = sighting.radio.hearings
    return only, outcome.notes, outcome.troubles


@pytest.mark.parametrize(
    ("lat", "lon"),
    [
        *[(0, 0), ("0.000000", "0.000000"), ("-0.0", "0.0"), ("0.0000001", "0"), ("", ""), ("nan", "nan")],
        *[(90, 180), ("inf", 2.1), ("null", "null"), (48.1, ""), (91, 2.1), (48.1, 181), ("1_0", 2.1)],
    ],
)
def test_a_place_that_is_none(lat: object, lon: object, tmp_path: Path) -> None:
    bad, good = app(lat=lat, lon=lon), app(rssi=-80)
    for rows in (bad + good, good + bad):
        (sighting,), outcome = imported(APP + rows, tmp_path)
        assert sighting.observer is not None
        assert (sighting.observer.lat, sighting.observer.lon) == (48.1, 2.1)
        assert sighting.radio is not None
        assert len(sighting.radio.hearings) == 1
        (trouble,) = outcome.troubles
        assert "1 rows could not be read" in trouble
    web = f"{lat},{lon},Flock-0A0B01,0,1,2026-05-09 10:00:00,2026-05-09 10:00:00,x,{camera(1)},infra,6,,\n"
    found, outcome = imported(WEB + web, tmp_path)
    assert not found
    assert outcome.troubles


def test_the_equator_and_the_meridian_are_places(tmp_path: Path) -> None:
    for lat, lon in ((0.0, 9.5), (51.5, 0.0), (-0.02, 0.01)):
        (sighting,), outcome = imported(APP + app(lat=lat, lon=lon), tmp_path)
        assert sighting.observer is not None
        assert (sighting.observer.lat, sighting.observer.lon, outcome.troubles) == (lat, lon, [])


@pytest.mark.parametrize("rssi", ["0", "-0", "-0.0", "60", "1", "-151", "nan", "-2147483648", "loud"])
def test_a_signal_that_is_none(rssi: str, tmp_path: Path) -> None:
    only, notes, troubles = hearing(tmp_path, app(rssi=rssi))
    assert only.signal_dbm is None
    assert "signal in 1 rows" in notes[0]
    assert not troubles


@pytest.mark.parametrize("accuracy", ["0", "0.0", "-1", "1e9", "nan", "?"])
def test_an_accuracy_that_is_none(accuracy: str, tmp_path: Path) -> None:
    only, notes, _ = hearing(tmp_path, app(accuracy=accuracy))
    assert only.place.accuracy_m is None
    assert "accuracy in 1 rows" in notes[0]


@pytest.mark.parametrize(
    ("channel", "mhz", "heard"),
    [
        *[("0", "0", None), ("", "", None), ("-1", "-1", None), ("6", "6", 2437), ("6", "0", 2437), ("36", "", 5180)],
        *[("37", "", None), ("14", "", 2484), ("6.5", "", None), ("5", "5975", 5975), ("200", "99999", None)],
    ],
)
def test_a_channel_that_is_none(channel: str, mhz: str, heard: int | None, tmp_path: Path) -> None:
    only, notes, _ = hearing(tmp_path, app(channel=channel, mhz=mhz))
    assert only.channel_mhz == heard
    assert bool(notes) == (heard is None and channel != "")


@pytest.mark.parametrize(
    "at",
    [
        *["2006-09-23 10:00:00", "2096-05-09 10:00:00", "1970-01-01 00:00:00", "2026-05-09 30:00:00"],
        *["2026-13-09 10:00:00", "2026-02-30 10:00:00", "0000-00-00 00:00:00", "7/9/2026 8:02", "now", "1778320800"],
    ],
)
def test_a_time_that_cannot_be_is_absent_and_hides_none_that_can(at: str, tmp_path: Path) -> None:
    (sighting,), outcome = imported(APP + app(at=at), tmp_path)
    assert sighting.time is None
    assert "time in 1 rows" in outcome.notes[0]
    assert not outcome.troubles
    for rows in (app(at=at) + app(), app() + app(at=at)):
        (sighting,), _ = imported(APP + rows, tmp_path)
        assert sighting.time is not None
        assert sighting.time.utc == datetime(2026, 5, 9, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    ["2026-7-9 8:2:10", "2026/07/09 08:02:10", "2026-07-09T08:02:10.000Z", "2026-07-09 10:02:10+02:00"],
)
def test_one_time_written_in_many_ways(at: str, tmp_path: Path) -> None:
    (sighting,), _ = imported(APP + app(at=at), tmp_path)
    assert sighting.time is not None
    assert sighting.time.utc == datetime(2026, 7, 9, 8, 2, 10, tzinfo=UTC)


def test_a_web_row_has_the_first_time_where_the_last_cannot_be(tmp_path: Path) -> None:
    row = f"48.1,2.1,Flock-0A0B01,0,1,2026-05-09 10:00:00,2001-12-31T19:00:00Z,x,{camera(1)},infra,0,,\n"
    (sighting,), outcome = imported(WEB + row, tmp_path)
    assert sighting.time is not None
    assert sighting.time.utc.day == 9
    assert outcome.by_band == {"unknown": 1}


def ble(mac: str, company: object = 2504, kind: str = "BLE", name: str = "FS Ext Battery", **more: object) -> str:
    return app(mac, name, channel=7936, mhz="", company=company, kind=kind, **more)  # type: ignore[arg-type]


def test_an_address_that_may_be_a_passing_one_is_no_camera(tmp_path: Path) -> None:
    """A row does not say whether a maker gave the address: one in no maker's known block may change by the hour."""
    passing, known, static = "5a:11:22:33:44:55", "58:8e:81:00:00:01", "c4:11:22:33:44:55"
    found, outcome = imported(APP + ble(passing) + ble(known) + ble(static), tmp_path)
    assert addresses(found) == sorted([known, static])
    assert (outcome.rows, outcome.bluetooth_rows, outcome.troubles) == (3, 3, [])


def test_a_passing_address_does_not_last_for_days(tmp_path: Path) -> None:
    rows = [
        f"48.1,2.1,,0,2026-05-0{day}T10:00:00Z,2026-05-09T10:00:00Z,5a:11:22:33:44:55,BLE,,7936,2504,FS Ext Battery,\n"
        for day in (1, 9)
    ]
    assert len(imported(WEB_BLE + rows[0], tmp_path)[0]) == 1
    assert len(imported(WEB_BLE + rows[1], tmp_path)[0]) == 0


@pytest.mark.parametrize("company", ["", "0", "65535", "-1", "70000", "2504.5", "x"])
def test_a_company_that_is_none(company: str, tmp_path: Path) -> None:
    found, _ = imported(APP + ble("c4:11:22:33:44:55", company=company), tmp_path)
    assert not found, "without the company the name alone says too little"


def test_classic_bluetooth_and_mobile_networks_are_counted_as_such(tmp_path: Path) -> None:
    mast = "310_260_1234_5678,Carrier,LTE;us,2026-05-09 10:00:00,0,,-90,48.1,2.1,30,5,,,{}\n"
    rows = ble("58:8e:81:00:00:01", kind="BT") + "".join(map(mast.format, ("LTE", "GSM", "WCDMA", "NR", "CDMA")))
    found, outcome = imported(APP + rows, tmp_path)
    assert (found, outcome.troubles) == ([], [])
    assert (outcome.rows, outcome.bluetooth_rows, outcome.mobile_rows) == (6, 1, 5)
