"""What the machine says of its power and its card: read from files as the kernel writes them; unknown is absent."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.device.meters import MachineReading, Meters
from probe.device.power import PowerReading, power


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_where_nothing_knows_nothing_is_said(tmp_path: Path) -> None:
    assert power(tmp_path) is None
    write(tmp_path / "class/hwmon/hwmon0/name", "cpu_thermal\n")
    write(tmp_path / "class/power_supply/usb/type", "USB\n")
    assert power(tmp_path) is None


@pytest.mark.parametrize(("alarm", "low"), [("0", False), ("1", True)])
def test_a_pis_own_word_for_a_voltage_that_has_fallen(tmp_path: Path, alarm: str, low: bool) -> None:
    write(tmp_path / "class/hwmon/hwmon1/name", "rpi_volt\n")
    write(tmp_path / "class/hwmon/hwmon1/in0_lcrit_alarm", f"{alarm}\n")
    assert power(tmp_path) == PowerReading(low=low)


@pytest.mark.parametrize(("told", "low"), [("50000", False), ("50005", True), ("0", False), ("what", None)])
def test_the_older_file_counts_now_and_not_what_was(tmp_path: Path, told: str, low: bool | None) -> None:
    write(tmp_path / "devices/platform/soc/soc:firmware/get_throttled", f"{told}\n")
    assert power(tmp_path) == (None if low is None else PowerReading(low=low))


def test_a_battery_that_tells(tmp_path: Path) -> None:
    folder = tmp_path / "class/power_supply/battery"
    write(folder / "type", "Battery\n")
    write(folder / "capacity", "63\n")
    assert power(tmp_path) == PowerReading(low=False, share=0.63)
    write(folder / "time_to_empty_avg", "9000\n")
    assert power(tmp_path) == PowerReading(low=False, share=0.63, hours_left=2.5)
    write(folder / "capacity", "9\n")
    assert power(tmp_path) == PowerReading(low=True, share=0.09, hours_left=2.5)
    write(folder / "capacity", "930\n")
    assert power(tmp_path) is None


@given(st.binary(max_size=80))
def test_whatever_the_files_hold_it_is_a_reading_or_none(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    root = tmp_path_factory.mktemp("sys")
    for name in ("class/power_supply/b/capacity", "class/power_supply/b/time_to_empty_avg"):
        write(root / name, "")
        (root / name).write_bytes(data)
    write(root / "class/power_supply/b/type", "Battery")
    write(root / "devices/platform/soc/soc:firmware/get_throttled", "")
    (root / "devices/platform/soc/soc:firmware/get_throttled").write_bytes(data)
    found = power(root)
    assert found is None or found.share is None or 0 <= found.share <= 1


def test_what_is_written_is_this_process_own_and_the_disks_is_told_apart(tmp_path: Path) -> None:
    device = os.stat(tmp_path).st_dev
    stat = tmp_path / f"sys/dev/block/{os.major(device)}:{os.minor(device)}/stat"
    write(stat, "1 2 3 4 5 6 100 8 9 10 11\n")
    write(tmp_path / "proc/io", "wchar: 9\nwrite_bytes: 4096\n")
    now_s = 0.0
    meters = Meters(tmp_path / "outbox.db", lambda: now_s, sys=tmp_path / "sys", proc=tmp_path / "proc")
    assert (meters.read().written_bytes, meters.read().disk_bytes) == (0, 0)
    write(stat, "1 2 3 4 5 6 9000 8 9 10 11\n")
    write(tmp_path / "proc/io", "wchar: 9\nwrite_bytes: 106496\n")
    now_s = 30.0
    assert (meters.read().written_bytes, meters.read().written_per_hour) == (102_400, None)
    now_s = 1800.0
    assert meters.read().written_per_hour == 204_800
    assert meters.read().disk_bytes == 8900 * 512
    write(stat, "1 2 3 4 5 6 0 8 9 10 11\n")
    assert meters.read().disk_bytes is None, "counters that went back say nothing"


def test_memory_is_this_process_and_what_is_not_there_is_absent(tmp_path: Path) -> None:
    now = Meters(tmp_path, lambda: 0.0, sys=tmp_path).read()
    assert now.rss_bytes is not None
    assert now.peak_rss_bytes is not None
    assert now.peak_rss_bytes >= now.rss_bytes > 1 << 20
    assert Meters(tmp_path, lambda: 0.0, sys=tmp_path, proc=tmp_path).read() == MachineReading()
