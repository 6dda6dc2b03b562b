"""Channels and bands: each is what it is, and 6 GHz is not 5."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.importer.sightings import import_log
from probe.radio.channels import band_of, channel_label, channel_of, known_mhz, mhz_of
from probe.radio.moments import is_moment
from probe.walk.outcome import Outcome


@pytest.mark.parametrize(
    ("mhz", "band", "number", "label"),
    [
        (903, "900 MHz", None, "903 MHz"),
        (2402, "2.4 GHz", None, "2402 MHz"),
        (2412, "2.4 GHz", 1, "1"),
        (2472, "2.4 GHz", 13, "13"),
        (2484, "2.4 GHz", 14, "14"),
        (4920, "4.9 GHz", 184, "184 (4.9 GHz)"),
        (5180, "5 GHz", 36, "36"),
        (5845, "5 GHz", 169, "169"),
        (5865, "5.9 GHz", 173, "173 (5.9 GHz)"),
        (5920, "5.9 GHz", 184, "184 (5.9 GHz)"),
        (5935, "6 GHz", 2, "2 (6 GHz)"),
        (5955, "6 GHz", 1, "1 (6 GHz)"),
        (7115, "6 GHz", 233, "233 (6 GHz)"),
        (58_320, "60 GHz", 1, "1 (60 GHz)"),
        (69_120, "60 GHz", 6, "6 (60 GHz)"),
    ],
)
def test_a_band_a_number_and_a_label(mhz: int, band: str, number: int | None, label: str) -> None:
    assert (band_of(mhz), channel_of(mhz), channel_label(mhz), known_mhz(mhz)) == (band, number, label, mhz)


@pytest.mark.parametrize("mhz", [0, 1, 700, 2000, 3000, 4000, 8000, 50_000, 65_535 * 2])
def test_what_lies_in_no_band_is_no_channel(mhz: int) -> None:
    assert (band_of(mhz), channel_of(mhz), known_mhz(mhz)) == (None, None, None)
    assert band_of(None) is None
    assert channel_label(None) == "-"


@given(st.integers(-10, 300))
def test_a_number_goes_to_mhz_and_back(channel: int) -> None:
    mhz = mhz_of(channel)
    if mhz is None:
        assert not 1 <= channel <= 14
        assert channel not in range(32, 197)
    else:
        assert channel_of(mhz) == channel


def test_an_import_tells_6_ghz_from_5(tmp_path: object) -> None:
    from pathlib import Path

    assert isinstance(tmp_path, Path)
    head = (
        "WigleWifi-1.6,appRelease=1\nMAC,SSID,AuthMode,FirstSeen,Channel,Frequency,RSSI,"
        "CurrentLatitude,CurrentLongitude,AltitudeMeters,AccuracyMeters,RCOIs,MfgrId,Type\n"
    )
    rows = "".join(
        f"ac:cc:8e:10:20:{n:02x},x,[ESS],2026-05-09 10:00:00,{channel},{mhz},-60,48.{n},2.1,0,5,,,WIFI\n"
        for n, (channel, mhz) in enumerate([(6, 2437), (36, 5180), (1, 5955), (5, 5975)])
    )
    path = tmp_path / "six.csv"
    path.write_text(head + rows)
    outcome = Outcome()
    list(import_log(path, outcome))
    assert outcome.by_band == {"2.4 GHz": 1, "5 GHz": 1, "6 GHz": 2}


@pytest.mark.parametrize(
    ("at_s", "right"), [(0.0, False), (1.15e9, False), (1.778e9, True), (3.99e9, False), (4.29e9, False)]
)
def test_1970_2006_2096_and_2106_are_no_times(at_s: float, right: bool) -> None:
    assert is_moment(at_s) is right
