"""WiGLE exports of both kinds. All rows here are made up."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import BadInput
from probe.importer.rows import RowCounts
from probe.importer.sightings import import_log
from probe.importer.wigle import read_csv
from probe.walk.outcome import Outcome
from tests.probe.importer.reading import rows_of

APP = (
    "WigleWifi-1.6,appRelease=2.90,model=none,release=14,device=none,display=none,board=none,brand=none,star=Sol\n"
    "MAC,SSID,AuthMode,FirstSeen,Channel,Frequency,RSSI,CurrentLatitude,CurrentLongitude,AltitudeMeters,"
    "AccuracyMeters,RCOIs,MfgrId,Type\n"
)
WEB = "trilat,trilong,ssid,qos,transid,firsttime,lasttime,lastupdt,netid,name,type,channel\n"


def app_row(
    mac: str = "ac:cc:8e:00:00:01", ssid: str = "x", lat: object = 47.0, kind: str = "WIFI", rssi: int = -60
) -> str:
    return f"{mac},{ssid},[ESS],2026-05-09 10:00:00,36,5180,{rssi},{lat},-17.0,12,4.5,,,{kind}\n"


def imported(text: str, folder: Path) -> tuple[list[object], Outcome]:
    path = folder / "export.csv"
    path.write_text(text, newline="")
    outcome = Outcome()
    return list(import_log(path, outcome)), outcome


def test_observations_of_one_transmitter_are_one_sighting(tmp_path: Path) -> None:
    rows = app_row(rssi=-70) + app_row(lat=47.0001, rssi=-50) + app_row(mac="f4:ca:e5:00:00:01")
    (sighting,), outcome = imported(APP + rows, tmp_path)
    radio = sighting.radio  # type: ignore[attr-defined]
    assert [hearing.signal_dbm for hearing in radio.hearings] == [-50, -70]
    assert radio.hearings[0].channel_mhz == 5180
    assert sighting.observer.lat == 47.0001  # type: ignore[attr-defined]
    assert (outcome.rows, outcome.recognised_rows) == (3, 2)


def test_the_web_export_gives_an_estimate_and_no_observer(tmp_path: Path) -> None:
    text = WEB + "47.0,-17.0,Flock-12ABEF,7,1,2023-01-01 00:00:00,2024-01-01 00:00:00,x,74:4C:A1:12:AB:EF,,infra,11\n"
    (sighting,), _ = imported(text, tmp_path)
    assert sighting.observer is None  # type: ignore[attr-defined]
    assert sighting.subject.place.accuracy_m == 41.0  # type: ignore[attr-defined]
    assert sighting.made.rule == "flock-suffix"  # type: ignore[attr-defined]


def test_decimals_with_commas_make_no_place_in_whole_degrees(tmp_path: Path) -> None:
    shifted = app_row().replace("47.0,-17.0", "47,1,-17,2"), app_row().replace("47.0,-17.0", "48,12,2,11")
    web = "47,12,-17,25,x,0,20260509-00001,,,,ac:cc:8e:00:00:01,,infra,6\n"
    for text in (*(APP + row for row in shifted), WEB + web):
        sightings, outcome = imported(text, tmp_path)
        assert (sightings, outcome.rows) == ([], 1)
        (trouble,) = outcome.troubles
        assert "in whole degrees: are there commas for points?" in trouble
    (kept,), outcome = imported(APP + app_row(lat="47.0"), tmp_path)
    assert (kept.observer.lat, outcome.troubles) == (47.0, [])  # type: ignore[attr-defined]


def test_a_transmitter_that_travels_is_forgotten(tmp_path: Path) -> None:
    found, outcome = imported(APP + app_row() + app_row(lat=47.01), tmp_path)
    assert not found
    assert outcome.sweep.moving == 1


def test_bad_rows_are_named_by_line_and_the_rest_goes_on(tmp_path: Path) -> None:
    text = APP + app_row(lat="north") + app_row(mac="nonsense") + app_row(lat=147) + "short\n" + app_row()
    found, outcome = imported(text, tmp_path)
    assert len(found) == 1
    (trouble,) = outcome.troubles
    assert "4 rows could not be read" in trouble
    assert "line 3: the latitude is not a number" in trouble


def test_bluetooth_and_phone_masts_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_text(APP + app_row(kind="BLE") + app_row(kind="GSM"))
    counts = RowCounts()
    assert not [row for row in rows_of(read_csv, path, counts) if row.bluetooth is None]
    assert counts.not_wifi == 2


@pytest.mark.parametrize("text", ["", "a,b,c\n1,2,3\n", "MAC,SSID\n", "\0\0\0"])
def test_another_csv_is_refused_naming_what_is_missing(text: str, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="line 1: not a WiGLE export"):
        imported(text, tmp_path)


@given(tail=st.text(max_size=200))
def test_any_text_below_the_header(tail: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_text(APP + tail, encoding="utf-8", errors="surrogateescape" if tail.isascii() else "ignore", newline="")
    rows_of(read_csv, path)


def test_cut_at_every_byte(tmp_path: Path) -> None:
    whole = APP + app_row() + app_row(ssid='"a ""quoted"" name"')
    path = tmp_path / "cut.csv"
    for end in range(len(whole)):
        path.write_text(whole[:end])
        try:
            assert len(rows_of(read_csv, path)) <= 2
        except BadInput as problem:
            assert re.search("line [12]: not a WiGLE export", str(problem))
