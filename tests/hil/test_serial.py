"""Cables: a receiver that is pulled comes back under another name; garbage, half lines and silence do no harm."""

import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.hil.bench import Bench, source
from tests.hil.drivers import nmea
from tests.hil.protocols import Done
from tests.hil.town import Street, seconds

pytestmark = pytest.mark.hil
HOLD = "import sys, time; port = open(sys.argv[1], 'rb', buffering=0); print('held', flush=True); time.sleep(60)"


def pulled(bench: Bench, without: str | None = None) -> tuple[dict[str, object], Done]:
    """The receiver is named by its port, as people do, and pulled; what the walk says of it at the end."""
    if not bench.gnss.pulls:
        pytest.skip("nothing can pull the receiver's cable on this bench: give gnss its plug and unplug commands")
    street = Street()
    with bench.radio.up(), bench.receiver() as device:
        port = bench.run("readlink", "-f", device).out.strip()
        walk = bench.walk("--monitor", bench.radio.ears[0], "--gnss", port, "--offline", without=without)
        for at_s, now in seconds(8):
            bench.fix(now, *street.place(at_s))
        # Somebody else has the port open as well, so that the kernel cannot give its name again.
        bench.start("python3", "-c", HOLD, port).line()
        bench.gnss.unplug()
        time.sleep(4)
        bench.gnss.plug()
        assert bench.run("readlink", "-f", bench.gnss.device()).out.strip() != port, "the port has another name now"
        time.sleep(6)
        for at_s, now in seconds(8):
            bench.fix(now, *street.place(at_s))
        ended = walk.stop()
    bench.end_commands()
    return source(ended, 1), ended


def test_a_receiver_that_was_pulled_is_read_again_under_its_new_name(paired: Bench) -> None:
    told, ended = pulled(paired)
    assert told["health"] == "listening", ended.err
    assert int(str(told["frames"])) > 16, (told, ended.err)


def test_control_under_its_old_name_it_is_lost(paired: Bench) -> None:
    told, ended = pulled(paired, without="names")
    assert told["health"] == "lost", ended.err


def stuttered(bench: Bench, without: str | None = None) -> tuple[int, Done]:
    """A receiver that says garbage and half lines between its sentences; sentences read, and how the walk ended."""
    street = Street()
    with bench.radio.up(), bench.receiver() as device:
        walk = bench.walk("--monitor", bench.radio.ears[0], "--gnss", device, "--offline", without=without)
        for at_s, now in seconds(8):
            whole = nmea.fix(now, *street.place(at_s))
            bench.gnss.send(b"\x00\xff\xfe$$$,,,*ZZ\r\n" + bytes(range(256)) + whole[: len(whole) // 3] + b"\r\n")
            bench.gnss.send(nmea.sentence("GNRMC,12,A,4700.0,N,01700.0,W,a,b,241126,,,A").encode())
            bench.gnss.send(whole + nmea.no_fix())
        ended = walk.stop()
    return int(str(source(ended, 1)["frames"])), ended


def test_garbage_and_half_lines_do_not_end_the_walk(paired: Bench) -> None:
    lines, ended = stuttered(paired)
    assert lines >= 40, ended.err
    assert "Traceback" not in ended.err


def test_control_a_reader_that_trusts_its_receiver_breaks(paired: Bench) -> None:
    """The walk goes on without it, and says whose fault it is."""
    _, ended = stuttered(paired, without="sentences")
    assert "a fault of this program" in ended.err, ended.err


def test_a_receiver_that_says_nothing_or_knows_no_place_is_no_trouble(paired: Bench) -> None:
    """Silence, no satellites, a leap second, and a date 1024 weeks ago: the walk goes on, the health says listening."""
    street = Street()
    with paired.radio.up(), paired.receiver() as device:
        walk = paired.walk("--monitor", paired.radio.ears[0], "--gnss", device, "--offline")
        time.sleep(6)  # silence
        for at_s, now in seconds(3):
            paired.gnss.send(nmea.no_fix(now))
            paired.gnss.send(nmea.leap_second(datetime(2026, 12, 31, tzinfo=UTC), *street.place(at_s)))
            paired.fix(now - timedelta(weeks=1024), *street.place(at_s))
            paired.fix(now, *street.place(at_s))
        ended = walk.stop()
    assert source(ended, 1)["health"] == "listening", ended.err
    assert int(str(source(ended, 1)["frames"])) >= 21, ended.err
    assert "Traceback" not in ended.err
