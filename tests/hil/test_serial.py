"""Cables: a receiver that is pulled comes back under another name; garbage and half lines do no harm."""

import time

import pytest

from tests.hil.bench import VirtualBench
from tests.hil.drivers import nmea
from tests.hil.test_radio import source
from tests.hil.town import Street, seconds

pytestmark = pytest.mark.hil


def test_a_receiver_that_was_pulled_is_read_again_under_its_new_name(
    paired: VirtualBench, radios: VirtualBench
) -> None:
    street = Street()
    with radios.receiver() as device:
        walk = paired.walk("--monitor", "wlan1", "--gnss", device, "--offline")
        for at_s, now in seconds(6):
            radios.fix(now, *street.place(at_s))
        first = radios.run("readlink", "-f", device).out
        radios.start("sh", "-c", f"exec sleep 60 < {device}")  # somebody holds on to the old port
        radios.gnss.unplug()
        time.sleep(4)
        radios.gnss.plug()
        time.sleep(3)
        assert radios.run("readlink", "-f", device).out != first, "the control: the port's name has changed"
        for at_s, now in seconds(6):
            radios.fix(now, *street.place(at_s))
        ended = walk.stop()
    told = source(ended, 1)
    assert told["health"] == "listening", ended.err
    assert int(str(told["frames"])) >= 20, (told, ended.err)


def test_garbage_and_half_lines_do_not_end_the_walk(paired: VirtualBench, radios: VirtualBench) -> None:
    street = Street()
    with radios.receiver() as device:
        walk = paired.walk("--monitor", "wlan1", "--gnss", device, "--offline")
        for at_s, now in seconds(10):
            whole = nmea.fix(now, *street.place(at_s))
            radios.gnss.send(b"\x00\xff\xfe$$$,,,*ZZ\r\n" + bytes(range(256)) + whole[: len(whole) // 3])
            radios.gnss.send(whole + nmea.no_fix())
        ended = walk.stop()
    assert source(ended, 1)["health"] == "listening", ended.err
    assert "Traceback" not in ended.err
