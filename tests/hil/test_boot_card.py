"""A card that `contrechamp-probe card` has written, from power-on to a probe that listens, with no hand on it."""

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hil.bench import built_wheel
from tests.hil.drivers.qemu import usable
from tests.hil.image.build import NoImage
from tests.hil.protocols import Absent
from tests.hil.stock.build import stock
from tests.hil.stock.machine import CardMachine
from tests.paired import made_hub, pair
from tests.patience import Patience

pytestmark = [pytest.mark.hil, pytest.mark.timeout(3600)]

FIRST_START_S, START_S = 1500.0, 1200.0  # for a machine that is emulated; more where the host is found to be busy
LOOK_S = 2.0
SETTINGS = '[run]\nmonitor = ["wlan1"]\n'
# wlan0 stands for the Pi's own Wi-Fi, wlan1 for the adapter that listens, wlan2 for a phone's.
_PHONE = """\
passphrase=$(sed -n s/^psk=//p /run/NetworkManager/system-connections/contrechamp-page.nmconnection)
name=$(sed -n s/^ssid=//p /run/NetworkManager/system-connections/contrechamp-page.nmconnection)
for _ in 1 2 3 4 5 6 7 8; do
  nmcli device wifi rescan ifname wlan2 2>/dev/null
  sleep 6  # of the machine's own: it looks around on each channel
  nmcli --wait 60 device wifi connect "$name" password "$passphrase" ifname wlan2 && break
done
nmcli --terse --fields IP4,DHCP4 device show wlan2
"""


@pytest.fixture(scope="module")
def machine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[CardMachine]:
    """A machine whose card was written by the command and has been through its first start."""
    if request.config.getoption("--bench").name != "virtual.yaml":
        pytest.skip("a bench of real things has its own card")
    folder = tmp_path_factory.mktemp("card")
    try:
        usable()
        made = stock(lambda line: print(line, file=sys.stderr, flush=True))
    except (Absent, NoImage) as problem:
        pytest.skip(f"no stock card: {problem}")
    machine = CardMachine(made, folder)
    boot = machine.stock_files(folder / "boot")
    _write(boot, folder)
    machine.copy_in(boot)
    try:
        machine.on()
        machine.wait_until_off(FIRST_START_S)
        yield machine
    finally:
        machine.off()


def _write(boot: Path, folder: Path) -> None:
    wheels = folder / "wheels"
    wheels.mkdir()
    built_wheel(wheels)
    (folder / "settings.toml").write_text(SETTINGS)
    pair(folder / "paired.db", made_hub(folder / "hub"))
    words = (
        "--paired",
        str(folder / "paired.db"),
        "--arch",
        "x86_64",
        "--wheels",
        str(wheels),
        "--settings",
        str(folder / "settings.toml"),
        "--country",
        "FR",
    )
    command = [
        sys.executable,
        "-m",
        "probe",
        "card",
        str(boot),
        *words,
        "--kit-card",
        str(folder / "kit.html"),
        "--json",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "cannot be fetched" in done.stderr:
        pytest.skip(f"no wheels for the card: {done.stderr.strip()}")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["changed"] > 50


@pytest.fixture(scope="module")
def probe(machine: CardMachine) -> dict[str, str]:
    """What systemd says of the probe once it listens, from the second start on."""
    machine.on()
    patience = Patience(START_S)
    wanted = ("ActiveState", "SubState", "StatusText", "NRestarts", "ActiveEnterTimestampMonotonic", "WatchdogUSec")
    for _ in itertools.count():
        _, said = machine.run(
            "systemctl", "show", "contrechamp-probe", f"--property={','.join(wanted)}", wait_s=START_S
        )
        told = dict(line.partition("=")[::2] for line in said.splitlines())
        if told.get("ActiveState") == "active":
            return told
        assert not patience.over(), f"{told}\n{machine.run('journalctl', '-u', 'contrechamp-probe', '-n', '30')}"
        time.sleep(LOOK_S)
    raise AssertionError


def test_the_first_start_sets_it_up(machine: CardMachine) -> None:
    log = machine.copy_out("contrechamp/first-boot.log").decode()
    assert "a part of its own for what is written" in log
    assert "done: starting as a probe" in log, log
    assert b"init=/usr/lib/contrechamp/init" in machine.copy_out("cmdline.txt")
    for secret in ("page-secret", "network-secret", "outbox.db", "pairing-code", "home-network"):
        assert machine.copy_out(f"contrechamp/{secret}") == b""


def test_from_power_on_to_listening(
    machine: CardMachine, probe: dict[str, str], figures: dict[str, int | float | str]
) -> None:
    figures["card.boot_to_listening_s"] = round(int(probe["ActiveEnterTimestampMonotonic"]) / 1e6, 1)
    figures["card.clock"] = "computed" if machine.emulated else "host"
    assert probe["NRestarts"] == "0"
    assert probe["WatchdogUSec"] == "1min"
    _, radios = machine.run("iw", "dev")
    assert "type monitor" in radios
    _, status = machine.run("sh", "-c", "cat /proc/$(systemctl show -P MainPID contrechamp-probe)/status")
    held = {
        line.split()[1] for line in status.splitlines() if line.startswith(("CapPrm", "CapEff", "CapBnd", "CapAmb"))
    }
    assert held == {"0000000000003000"}  # CAP_NET_ADMIN and CAP_NET_RAW
    assert "\nUid:\t0" not in status


def test_the_root_is_never_written_and_the_probes_own_part_is(machine: CardMachine, probe: dict[str, str]) -> None:
    assert probe["ActiveState"] == "active"
    assert machine.run("findmnt", "-no", "FSTYPE", "/")[1].strip() == "overlay"
    assert machine.run("findmnt", "-no", "FSTYPE", "/var/lib/contrechamp")[1].strip() == "ext4"
    _, mounts = machine.run("cat", "/proc/mounts")
    assert not [line for line in mounts.splitlines() if line.startswith("/dev/vda2") and " rw" in line]
    assert machine.run("test", "-O", "/var/lib/contrechamp/slots/current")[0] == 0
    assert machine.run("sh", "-c", "swapon --noheadings --show=NAME")[1].split() in ([], ["/dev/zram0"])
    assert machine.run("sh", "-c", "ls -A /var/log/journal 2>/dev/null")[1].strip() == ""


def test_a_phone_joins_the_pages_network_and_keeps_its_mobile_data(machine: CardMachine, probe: dict[str, str]) -> None:
    assert probe["ActiveState"] == "active"
    patience = Patience(START_S)
    while '"up":true' not in machine.run("cat", "/run/contrechamp-network/state")[1]:
        assert not patience.over(), machine.run("journalctl", "-b", "-u", "contrechamp-network")[1]
        time.sleep(LOOK_S)
    _, told = machine.run("sh", "-c", _PHONE, wait_s=START_S)
    assert "IP4.ADDRESS[1]:10.83.68." in told
    assert "IP4.GATEWAY:\n" in told
    for word in ("routers =", "domain_name_servers ="):
        assert not [line for line in told.splitlines() if word in line and "requested_" not in line], told
    _, listening = machine.run("iw", "dev", "wlan1", "info")
    assert "type monitor" in listening


def test_nothing_else_has_failed(machine: CardMachine, probe: dict[str, str]) -> None:
    assert probe["ActiveState"] == "active"
    _, failed = machine.run("systemctl", "--failed", "--plain", "--no-legend")
    assert failed.strip() == ""


def test_cloud_inits_own_schema(machine: CardMachine, probe: dict[str, str]) -> None:
    assert probe["ActiveState"] == "active"
    code, said = machine.run("cloud-init", "schema", "--config-file", "/boot/firmware/user-data")
    assert code == 0, said


def test_a_power_cut_hurts_nothing(machine: CardMachine, probe: dict[str, str]) -> None:
    assert probe["ActiveState"] == "active"
    machine.off()
    machine.on()
    patience = Patience(START_S)
    while machine.run("systemctl", "is-active", "contrechamp-probe", wait_s=START_S)[1].strip() != "active":
        assert not patience.over(), machine.console()
        time.sleep(LOOK_S)
