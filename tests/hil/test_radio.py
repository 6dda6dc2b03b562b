"""Wi-Fi: nothing is ever sent, what was lost is told, and a radio may come and go."""

import json
import time

import pytest

from tests.hil.bench import Bench, source
from tests.hil.protocols import Done
from tests.hil.town import AXIS

pytestmark = pytest.mark.hil
SSID, MHZ = "front door", 2437


def swept(bench: Bench, without: str | None = None) -> tuple[int, dict[str, int]]:
    """Sweep for a while; frames that its radio sent by the kernel's count, and those that a third radio heard."""
    (ear, *_), before = bench.radio.ears, bench.sent(bench.radio.ears[0])
    walk = bench.walk("--monitor", ear, "--offline", without=without)
    other = bench.radio.overhear(14)
    heard: dict[str, int] = json.loads(other.wait(60).out)
    assert source(walk.stop())["health"] == "listening"
    return bench.sent(ear) - before, heard


def test_a_sweeping_probe_sends_nothing(paired: Bench, radios: Bench, figures: dict[str, int | float | str]) -> None:
    sent, heard = swept(radios)
    figures["passive.frames_sent"], figures["passive.frames_heard"] = sent, sum(heard.values())
    assert sent == 0, "by the kernel's count"
    assert heard == {}, "the third radio heard somebody"


def test_control_a_probe_that_asks_is_noticed(paired: Bench, radios: Bench) -> None:
    sent, heard = swept(radios, without="passive")
    assert sent > 0
    assert heard


def burst(bench: Bench, without: str | None = None) -> dict[str, object]:
    """A burst comes while the probe is held up; what it says of its radio afterwards."""
    (ear, *_) = bench.radio.ears
    air = bench.radio.speak(MHZ, AXIS, SSID)
    walk = bench.walk("--monitor", ear, "--offline", "--dwell-ms", "10000", without=without)
    bench.run("sh", "-c", f"kill -STOP {walk.pid}; iw dev {ear} set freq {MHZ}")
    air.say("burst 12000")
    bench.run("kill", "-CONT", walk.pid)
    time.sleep(12)
    told = source(walk.stop())
    air.wait()
    return told


def test_a_burst_shows_as_loss_and_not_as_silence(
    paired: Bench, radios: Bench, figures: dict[str, int | float | str]
) -> None:
    told = burst(radios)
    figures["loss.sent"], figures["loss.told"] = 12_000, int(str(told["lost"]))
    assert int(str(told["lost"])) > 100, told
    assert int(str(told["frames"])) > 0, told


def test_control_without_the_kernels_count_a_burst_is_silence(paired: Bench, radios: Bench) -> None:
    assert burst(radios, without="loss")["lost"] == 0


def test_another_channel_is_not_heard(radios: Bench) -> None:
    ear = radios.radio.hear(2462, 4)
    air = radios.radio.speak(MHZ, AXIS, SSID)
    air.say("20")
    assert json.loads(ear.wait(60).out) == {}
    ear = radios.radio.hear(MHZ, 4)
    assert AXIS in json.loads(ear.wait(60).out), "the control: on its channel it is heard"
    air.wait()


def replugged(bench: Bench, without: str | None = None) -> tuple[int, Done]:
    """The radio is pulled and comes back; frames heard since, and how the walk ended."""
    (ear, *_) = bench.radio.ears
    walk = bench.walk("--monitor", ear, "--offline", without=without)
    time.sleep(2)
    bench.radio.unplug(ear)
    time.sleep(3)
    bench.radio.plug(ear)
    air = bench.radio.speak(MHZ, AXIS, SSID)
    air.say("20")
    time.sleep(14)
    ended = walk.stop()
    air.wait()
    return int(str(source(ended)["frames"])), ended


def test_a_radio_that_was_pulled_is_heard_again(paired: Bench, radios: Bench) -> None:
    frames, ended = replugged(radios)
    assert frames > 0, ended.err
    assert "lost" in ended.err, ended.err
    assert ended.err.count("listening") >= 2, ended.err


def test_control_an_old_socket_stays_silent_for_ever(paired: Bench, radios: Bench) -> None:
    frames, ended = replugged(radios, without="replug")
    assert frames == 0, ended.err


def one_of_two_pulled(bench: Bench, without: str | None = None) -> tuple[bool, Done]:
    """Two radios listen, and one is pulled; whether the walk still went on after that, and how it ended."""
    if len(bench.radio.ears) < 2:
        pytest.skip("this bench's probe has one radio")
    stays, goes = bench.radio.ears[:2]
    air = bench.radio.speak(MHZ, AXIS, SSID)
    air.say("20")
    walk = bench.walk("--monitor", goes, "--monitor", stays, "--offline", without=without)
    time.sleep(2)
    bench.radio.unplug(goes)
    time.sleep(9)
    goes_on, ended = walk.alive(), walk.stop()
    air.wait()
    bench.radio.plug(goes)
    return goes_on, ended


def test_one_of_two_radios_goes_and_the_other_hears_on(paired: Bench, radios: Bench) -> None:
    goes_on, ended = one_of_two_pulled(radios)
    assert goes_on
    assert source(ended, 0)["health"] == "lost", ended.err
    assert source(ended, 1)["health"] == "listening"
    assert int(str(source(ended, 1)["frames"])) > 0


def test_control_a_walk_that_hangs_on_each_radio_ends(paired: Bench, radios: Bench) -> None:
    goes_on, _ = one_of_two_pulled(radios, without="together")
    assert not goes_on


def refused(bench: Bench, without: str | None = None) -> Done:
    """Ask for monitor mode where there is none: the interface that leads to the hub."""
    wired = bench.run("sh", "-c", f"ip route get {bench.host} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p'").out.strip()
    words = ("run", "--monitor", wired, "--for", "4", "--offline", *bench.outbox)
    ended = bench.probe(*words, check=False, without=without)
    assert "Traceback" not in ended.err
    return ended


def test_an_interface_that_does_not_monitor_is_refused_in_a_sentence(paired: Bench) -> None:
    ended = refused(paired)
    assert ended.code == 2, ended
    assert "not a wireless interface" in ended.err


def test_control_without_a_look_at_its_mode_it_is_listened_to(paired: Bench) -> None:
    assert refused(paired, without="modes").code == 0
