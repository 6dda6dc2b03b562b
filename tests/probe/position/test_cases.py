"""Small NMEA logs that were read wrong once, each with its right answer. Read from the folder of real data."""

from pathlib import Path

import pytest

from probe.position.nmea import read_log, said_of_log
from probe.position.track import Track


@pytest.mark.parametrize("name", ["walk.nmea", "nmea-rmc-before-gga.nmea", "nmea-ubx-between.nmea"])
def test_every_second_has_a_fix_with_its_accuracy(name: str, testdata: Path) -> None:
    path = testdata / "cases" / "radio" / name
    if not path.exists():
        pytest.skip(f"no such case in this folder: {name}")
    fixes, counts = read_log(path)
    assert [fix.at_s for fix in fixes] == [1_778_320_800.0 + second for second in range(60)]
    assert {fix.accuracy_m for fix in fixes} == {3.2}
    assert said_of_log(path, counts) == ([], [])
    assert Track(fixes).at(1_778_320_830.5) is not None
