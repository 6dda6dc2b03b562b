"""The units, scripts and rules that a card carries, as the programs that read them see them."""

import re
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

from probe.card.cloud import meta_data, network_config, user_data
from probe.card.writing import FILES, UNITS

HERE = Path(str(files("probe.card") / "files"))
EXPOSURE = 2.5
SERVICES = [name for name in UNITS if name.endswith(".service") and name != "contrechamp-zram.service"]


def _analyze(*words: str | Path) -> subprocess.CompletedProcess[str]:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is missing; apt install systemd")
    return subprocess.run([program, *words], capture_output=True, text=True, check=False)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree in which the programs that the units name are there, and can be run."""
    units = tmp_path / "etc" / "systemd" / "system"
    units.mkdir(parents=True)
    for name in UNITS:
        text = (HERE / "units" / name).read_text()
        (units / name).write_text(text)
        for program in re.findall(r"^Exec\w+=-?(/\S+)", text, re.MULTILINE):
            path = tmp_path / program.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("#!/bin/sh\n")
            path.chmod(0o755)
    for name in (
        "multi-user.target",
        "sysinit.target",
        "basic.target",
        "swap.target",
        "network.target",
        "paths.target",
    ):
        (units / name).write_text("[Unit]\nDescription=there\n")
    for name in ("shutdown.target", "local-fs.target", "umount.target", "system.slice", "-.slice", "-.mount"):
        (units / name).write_text(
            "[Unit]\nDescription=there\n" + ("[Mount]\nWhat=/\nWhere=/\n" if name == "-.mount" else "")
        )
    return tmp_path


@pytest.mark.parametrize("unit", UNITS)
def test_systemd_understands_a_unit(root: Path, unit: str) -> None:
    done = _analyze("verify", "--man=no", "--recursive-errors=no", f"--root={root}", unit)
    ours = [line for line in (done.stdout + done.stderr).splitlines() if "contrechamp" in line]
    assert (done.returncode, ours) == (0, [])


def test_a_fault_in_a_unit_would_be_seen(root: Path) -> None:
    unit = root / "etc" / "systemd" / "system" / UNITS[0]
    unit.write_text(unit.read_text().replace("ProtectSystem=strict", "ProtectSystem=stritc"))
    done = _analyze("verify", "--man=no", "--recursive-errors=no", f"--root={root}", UNITS[0])
    assert "stritc" in done.stdout + done.stderr


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_is_hardened(root: Path, unit: str) -> None:
    done = _analyze(
        "security", "--offline=true", "--no-pager", f"--root={root}", f"--threshold={EXPOSURE * 10:.0f}", unit
    )
    found = re.search(r"exposure level for \S+: ([\d.]+)", done.stdout)
    assert found is not None, done.stdout + done.stderr
    assert float(found[1]) <= EXPOSURE


def test_the_probe_holds_two_capabilities_and_never_gives_up() -> None:
    text = (HERE / "units" / "contrechamp-probe.service").read_text()
    for line in (
        "Type=notify",
        "AmbientCapabilities=CAP_NET_RAW CAP_NET_ADMIN",
        "CapabilityBoundingSet=CAP_NET_RAW CAP_NET_ADMIN",
        "DevicePolicy=closed",
        "Restart=always",
        "StartLimitIntervalSec=0",
    ):
        assert line in text.splitlines()
    for unit in SERVICES:
        if unit != "contrechamp-probe.service":
            assert "CapabilityBoundingSet=" in (HERE / "units" / unit).read_text().splitlines(), unit


@pytest.mark.parametrize("script", ["first-boot.sh", "init.sh"])
def test_a_shell_understands_a_script(script: str) -> None:
    assert script in FILES
    subprocess.run(["sh", "-n", str(HERE / script)], check=True)


def test_each_file_of_the_card_is_written_and_nothing_else_lies_there() -> None:
    there = {path.relative_to(HERE).as_posix() for path in HERE.rglob("*") if path.is_file()}
    more = {"wheels.tsv", "networkmanager.conf", "usb.nmconnection"}
    assert there == {*FILES, *(f"units/{name}" for name in UNITS), *more}


def test_first_boot_takes_only_what_is_there() -> None:
    """Each file that the first start installs is one that `card` writes."""
    text = (HERE / "first-boot.sh").read_text()
    named = set(re.findall(r"^install -D -m \d+ (\S+) ", text, re.MULTILINE))
    assert named <= {*FILES, "networkmanager.conf"}


def test_cloud_init_accepts_what_it_is_told(tmp_path: Path) -> None:
    for name, text in (("user-data", user_data()), ("meta-data", meta_data("x")), ("network-config", network_config())):
        (tmp_path / name).write_text(text)
    program = shutil.which("cloud-init")
    if program is None:
        pytest.skip("cloud-init is missing: its schema is tried on the bench, with Debian 13's own")
    done = subprocess.run(
        [program, "schema", "--config-file", str(tmp_path / "user-data")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_first_start_needs_nothing_that_runs_elsewhere() -> None:
    """The page's helper and the update are started by names that exist."""
    for module in ("probe.device.access_point",):
        subprocess.run([sys.executable, "-c", f"import {module}"], check=True)
