"""Wi-Fi: nothing is ever sent, what was lost is told, and a radio may come and go."""

import json
import time

import pytest

from tests.hil.bench import VirtualBench
from tests.hil.protocols import Done
from tests.hil.town import AXIS

pytestmark = pytest.mark.hil
SSID = "IPC-CAM-4F21"


def source(ended: Done, place: int = 0) -> dict[str, object]:
    """What a walk says of a source at its end."""
    assert ended.code == 0, ended.err
    found: dict[str, object] = json.loads(ended.out.splitlines()[-1])["sources"][place]
    return found


def sent(bench: VirtualBench, interface: str) -> int:
    """Frames that the kernel sent on an interface."""
    return int(bench.run("cat", f"/sys/class/net/{interface}/statistics/tx_packets").out)


def test_a_sweeping_probe_sends_nothing(paired: VirtualBench, radios: VirtualBench) -> None:
    radios.monitor("wlan3", 2437)
    walk = paired.walk("--monitor", "wlan1", "--offline")
    ear = radios.stimulus("ear", "wlan3", "14")
    heard = json.loads(ear.wait(60).out)
    assert source(walk.stop())["health"] == "listening"
    assert heard == {}, "the third radio heard somebody"
    assert sent(radios, "wlan1") == 0


def test_the_ear_and_the_counter_would_have_noticed(radios: VirtualBench) -> None:
    """The control: one probe request by a radio that searches actively is counted, and heard."""
    radios.monitor("wlan3", 2437)
    ear = radios.stimulus("ear", "wlan3", "8")
    radios.run("sh", "-ec", "ip link set wlan1 up; iw dev wlan1 scan freq 2437 >/dev/null || true")
    assert json.loads(ear.wait(60).out), "an active scan went unnoticed"


def test_a_burst_shows_as_loss_and_not_as_silence(paired: VirtualBench, radios: VirtualBench) -> None:
    radios.monitor("wlan2", 2437)
    air = radios.stimulus("air", "wlan2", "2437", AXIS, SSID)
    walk = paired.walk("--monitor", "wlan1", "--offline", "--dwell-ms", "10000")
    radios.run("sh", "-c", "sleep 4; iw dev wlan1 set freq 2437")
    radios.run("pkill", "-STOP", "-f", "contrechamp-probe run")
    radios.run("iw", "dev", "wlan1", "set", "freq", "2437", check=False)
    air.say("burst 12000")
    radios.run("pkill", "-CONT", "-f", "contrechamp-probe run")
    time.sleep(12)
    told = source(walk.stop())
    air.wait()
    assert int(str(told["lost"])) > 100, told
    assert int(str(told["frames"])) > 0, told


def test_another_channel_is_not_heard(paired: VirtualBench, radios: VirtualBench) -> None:
    radios.monitor("wlan2", 2437)
    radios.monitor("wlan3", 2462)
    ear = radios.stimulus("ear", "wlan3", "4")
    air = radios.stimulus("air", "wlan2", "2437", AXIS, SSID)
    air.say("20")
    assert json.loads(ear.wait(60).out) == {}
    radios.monitor("wlan3", 2437)
    ear = radios.stimulus("ear", "wlan3", "4")
    assert AXIS in json.loads(ear.wait(60).out), "the control: on its channel it is heard"
    air.wait()


def test_a_radio_that_was_unplugged_is_heard_again(paired: VirtualBench) -> None:
    with paired.radios(4):
        walk = paired.walk("--monitor", "wlan1", "--offline")
        time.sleep(5)
    time.sleep(3)
    with paired.radios(4):
        paired.monitor("wlan2", 2437)
        air = paired.stimulus("air", "wlan2", "2437", AXIS, SSID)
        air.say("20")
        time.sleep(15)
        ended = walk.stop()
        air.wait()
    assert int(str(source(ended)["frames"])) > 0
    assert "lost" in ended.err or "gone" in ended.err, ended.err
    assert ended.err.count("listening") >= 2, ended.err


def test_one_of_two_radios_goes_and_the_other_hears_on(paired: VirtualBench, radios: VirtualBench) -> None:
    radios.monitor("wlan2", 2437)
    air = radios.stimulus("air", "wlan2", "2437", AXIS, SSID)
    air.say("20")
    walk = paired.walk("--monitor", "wlan0", "--monitor", "wlan1", "--offline")
    time.sleep(6)
    radios.run("ip", "link", "set", "wlan0", "down")
    time.sleep(8)
    ended = walk.stop()
    air.wait()
    assert "wlan0" in ended.err
    assert source(ended, 1)["health"] == "listening"


def test_an_interface_that_does_not_monitor_is_refused_in_a_sentence(paired: VirtualBench) -> None:
    ended = paired.probe("run", "--monitor", "eth0", "--for", "5", "--outbox", "/data/outbox.db", check=False)
    assert ended.code == 2, ended
    assert "eth0" in ended.err
    assert "Traceback" not in ended.err
