"""Power, disk, clock and the way home: what the outbox has acknowledged reaches the hub, whatever happens."""

import random
import time
from datetime import UTC, datetime, timedelta

import pytest

from probe.contract.envelope import decode_sighting, encode
from tests.examples import radio
from tests.hil.bench import VirtualBench
from tests.hil.drivers.ssh import SshRunning
from tests.hil.town import AXIS, Hub, Street, seconds, until
from tests.processes import free_port

pytestmark = pytest.mark.hil
OUTBOX = ("--outbox", "/data/outbox.db")


def writer(bench: VirtualBench, *words: str) -> SshRunning:
    """Start to write sightings."""
    (bench.machine.share / "example.json").write_bytes(encode(radio()))
    return bench.stimulus("writer", "/data/outbox.db", "/mnt/bench/example.json", *words)


def acknowledged(running: SshRunning, count: int) -> list[str]:
    """The next so many acknowledged ids."""
    return [running.line().strip() for _ in range(count)]


def cut_after(bench: VirtualBench, *words: str) -> list[str]:
    """Write, cut the power at a random moment, power up; returns what had been acknowledged."""
    running = writer(bench, "600", *words)
    ids = acknowledged(running, random.randint(20, 120))
    bench.power_cut()
    ids += running.rest()
    bench.power_up()
    return ids


@pytest.mark.parametrize("cut", range(3))
def test_what_was_acknowledged_survives_a_power_cut(paired: VirtualBench, hub: Hub, cut: int) -> None:
    ids = cut_after(paired)
    paired.probe("send", *OUTBOX)
    missing = set(ids) - hub.ids()
    assert not missing, f"{len(missing)} of {len(ids)} are lost"


def test_the_cut_would_have_lost_what_is_not_written_through(paired: VirtualBench, hub: Hub) -> None:
    """The control: with synchronous=OFF, acknowledged sightings do not survive."""
    ids = cut_after(paired, "unsafe")
    paired.probe("send", *OUTBOX, check=False)
    assert set(ids) - hub.ids(), f"all {len(ids)} survived: this bench cuts no power"


def test_a_full_and_then_a_read_only_disk_are_told_and_nothing_acknowledged_is_lost(
    paired: VirtualBench, hub: Hub
) -> None:
    running = writer(paired, "120")
    ids = acknowledged(running, 20)
    paired.run("sh", "-c", "dd if=/dev/zero of=/data/ballast bs=64k 2>/dev/null; true")
    full = until_refused(running, ids)
    assert "/data/outbox.db" in full, full
    paired.run("rm", "/data/ballast")
    ids += until_taken(running)
    # What the kernel does with a card that fails: the file system turns read-only under the program.
    paired.run("mount", "-o", "remount,abort", "/data", check=False)
    until_refused(running, ids)
    ids += [line for line in running.stop().out.split("\n")[:-1] if not line.startswith("refused")]
    paired.run("sh", "-c", "umount /data; e2fsck -p /dev/vdb; mount -o noatime /dev/vdb /data", check=False)
    paired.probe("send", *OUTBOX)
    assert set(ids) <= hub.ids()


def until_refused(running: SshRunning, ids: list[str]) -> str:
    """Read on until a write is refused; what it says. Notes what was acknowledged until then."""
    for _ in range(100_000):
        line = running.line().strip()
        if line.startswith("refused"):
            return line
        assert line, "the writer has ended"
        ids.append(line)
    raise AssertionError("never refused")


def until_taken(running: SshRunning) -> list[str]:
    """Read on until a write is acknowledged."""
    while True:
        line = running.line().strip()
        assert line, "the writer has ended"
        if not line.startswith("refused"):
            return [line]


def test_a_probe_that_wakes_in_2019_tells_true_times_once_the_sky_does(paired: VirtualBench, hub: Hub) -> None:
    paired.run("sync")
    paired.power_cut()
    paired.power_up(clock="2019-01-01T00:00:00")
    street, known = Street(length_m=42.0, camera_m=(21.0, 9.0)), hub.ids()
    begins = datetime.now(UTC)
    with paired.radios(4), paired.receiver() as device:
        paired.monitor("wlan2", 2437)
        air = paired.stimulus("air", "wlan2", "2437", AXIS, "front door")
        walk = paired.walk("--monitor", "wlan1", "--gnss", device, "--country", "FR", "--offline")
        for at_s, now in seconds(street.seconds + 5):
            paired.fix(now, *street.place(at_s))
            air.say(f"{street.power_dbm(at_s):.1f}")
        assert walk.stop(90).code == 0
    paired.probe("send", *OUTBOX)
    made = [decode_sighting(body) for name, body in hub.log().items() if name not in known]
    times = [sighting.time.utc for sighting in made if sighting.radio is not None and sighting.time is not None]
    assert times, "no sighting with a time has come"
    assert all(begins - timedelta(seconds=5) <= at <= datetime.now(UTC) for at in times), times


def test_hub_gone_and_network_cut_keep_all_that_waits(paired: VirtualBench, hub: Hub) -> None:
    running = writer(paired, "6")
    ids = [line for line in running.rest() if not line.startswith("refused")]
    hub.process.stop()
    ended = paired.probe("send", *OUTBOX, "--patience", "8", check=False)
    assert ended.code != 0, ended
    assert "Traceback" not in ended.err, ended.err
    hub.start()
    sending = paired.start("/opt/bench/bin/contrechamp-probe", "send", *OUTBOX)
    time.sleep(2.5)
    paired.machine.cut()
    time.sleep(12)
    paired.machine.join()
    assert sending.wait(120).code == 0
    assert set(ids) <= hub.ids()


def test_a_hub_that_moved_is_found_again_by_its_key(paired: VirtualBench, hub: Hub) -> None:
    ids = writer(paired, "3").rest()
    hub.process.stop()
    before = hub.process.mqtt_port
    hub.process.mqtt_port = free_port()
    hub.process.also("--announce", paired.machine.host)
    hub.start()
    try:
        paired.probe("send", *OUTBOX, wait_s=120)
        assert set(ids) <= hub.ids()
    finally:
        hub.process.stop()
        hub.process.also()
        hub.process.mqtt_port = before
        hub.start()
    until(lambda: hub.sightings() > 0, "the hub")
