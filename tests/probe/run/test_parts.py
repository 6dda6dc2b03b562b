"""A part that fails is started again, told once, and holds nothing else up."""

import sys
import threading

import pytest

from probe.errors import BadInput
from probe.run.parts import SupervisedPart
from tests.patience import ran
from tests.processes import until

AT_ONCE = (0.001,)
NETWORK = "the name of a network"


def test_a_part_that_fails_twice_is_told_once_and_goes_on(capfd: pytest.CaptureFixture[str]) -> None:
    told, tries = list[str](), list[int]()

    def work(part: SupervisedPart) -> None:
        tries.append(1)
        if len(tries) < 3:
            raise ValueError(NETWORK)
        part.well()
        while not part.rest(60.0):
            pass

    part = SupervisedPart("page", work, told.append, retry_s=AT_ONCE)
    part.start()
    until(lambda: len(tries) == 3 and part.trouble is None, "the third try")
    part.stop()
    assert part.join(20)
    assert told == ["page: a fault of this program (ValueError); it is started again", "page: goes on again"]
    assert part.faults == 2
    said = capfd.readouterr().err
    assert "test_parts.py" in said, "where, for whoever mends it"
    assert NETWORK not in said, "what it says may hold what was heard"


def test_an_expected_failure_is_its_own_sentence() -> None:
    told = list[str]()

    def work(_part: SupervisedPart) -> None:
        raise BadInput("port 80 is taken; give another")

    part = SupervisedPart("page", work, told.append, retry_s=AT_ONCE)
    part.start()
    until(lambda: part.faults > 3, "more tries")
    part.stop()
    assert part.join(20)
    assert told == ["port 80 is taken; give another"]
    assert part.trouble == told[0]


def test_one_that_hangs_is_seen_and_told_once() -> None:
    told, now_s, go = list[str](), [0.0], threading.Event()

    def work(part: SupervisedPart) -> None:
        go.wait(60)
        part.well()

    part = SupervisedPart("signals", work, told.append, patience_s=10.0, now=lambda: now_s[0])
    assert not part.look(), "it was not started"
    part.start()
    now_s[0] = 10.0
    assert not part.look()
    now_s[0] = 11.0
    assert part.look()
    assert part.look()
    assert told == ["signals: has not moved for 11 s; all else goes on"]
    go.set()
    assert part.join(20)
    assert not part.look(), "it is done"


def test_a_part_that_is_done_is_not_started_again() -> None:
    tries = list[int]()
    part = SupervisedPart("once", lambda _part: tries.append(1), print, retry_s=AT_ONCE)
    part.start()
    assert part.join(20)
    assert (tries, part.trouble) == ([1], None)


TAKEN_IN_ELSEWHERE = """
import signal, threading, time
from probe.run.parts import waited

ended = threading.Event()
signal.signal(signal.SIGTERM, lambda _number, _frame: ended.set())
other = threading.Thread(target=lambda: signal.pthread_kill(threading.get_ident(), signal.SIGTERM))
threading.Timer(0.2, other.start).start()
print(waited(ended), waited(threading.Event(), 0.0), waited(threading.Event(), 0.01))
"""


def test_a_signal_that_another_thread_takes_in_is_answered() -> None:
    done = ran([sys.executable, "-c", TAKEN_IN_ELSEWHERE], 20.0)
    assert (done.returncode, done.stdout.split()) == (0, ["True", "False", "False"]), done.stderr
