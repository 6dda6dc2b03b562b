"""Work in the background: one of a kind, few at once, told as a share, broken off, and its file fetched once."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.errors import BadInput
from hub.web.work import MOST_AT_ONCE, MOST_KEPT, Busy, Job, Outcome, Refused, State, Tick, Work


@pytest.fixture
def work() -> Iterator[Work]:
    work = Work()
    yield work
    work.stop()


def done(_: Tick) -> Outcome:
    return Outcome(key="done")


def ended(job: Job) -> Job:
    job.ended.result(30)
    return job


class Gate:
    """A task that waits until it is let go, and says how far it is."""

    def __init__(self) -> None:
        self.inside, self.go = threading.Event(), threading.Event()

    def __call__(self, tick: Tick) -> Outcome:
        tick(1, 4)
        self.inside.set()
        assert self.go.wait(30)
        tick(2, 4)
        return Outcome(key="done")


def test_what_came_of_it_is_told(work: Work) -> None:
    job = ended(work.start("a", done, by="ada", then="/hub"))
    assert (job.state, job.outcome) == (State.DONE, Outcome(key="done"))
    assert work.get(job.id) is job
    assert work.get("x") is None


def test_one_of_a_kind_at_a_time_and_few_at_once(work: Work) -> None:
    gates = [Gate() for _ in range(MOST_AT_ONCE)]
    jobs = [work.start(f"kind {n}", gate, by="", then="/") for n, gate in enumerate(gates)]
    assert gates[0].inside.wait(30)
    assert jobs[0].share == 0.25
    with pytest.raises(Busy) as same:
        work.start("kind 0", done, by="", then="/")
    assert same.value.job is jobs[0]
    with pytest.raises(Busy):
        work.start("another", done, by="", then="/")
    for gate in gates:
        gate.go.set()
    assert {ended(job).state for job in jobs} == {State.DONE}
    ended(work.start("kind 0", done, by="", then="/"))


def test_it_ends_where_it_says_how_far_it_is(work: Work) -> None:
    gate = Gate()
    job = work.start("a", gate, by="", then="/")
    assert gate.inside.wait(30)
    work.break_off(job)
    gate.go.set()
    assert ended(job).state is State.STOPPED


def test_failures_are_told_apart(work: Work, caplog: pytest.LogCaptureFixture) -> None:
    def raises(problem: Exception) -> Job:
        def task(_: Tick) -> Outcome:
            raise problem

        return ended(work.start("a", task, by="", then="/"))

    assert raises(BadInput("a sentence")).problem == "a sentence"
    refused = raises(Refused("key", n=3)).problem
    assert isinstance(refused, Refused)
    assert (refused.key, refused.values) == ("key", {"n": 3})
    fault = raises(ZeroDivisionError())
    assert (fault.state, fault.problem) == (State.FAILED, None)
    assert "ZeroDivisionError" in caplog.text


def test_what_is_kept_is_bounded_and_files_go_with_it(work: Work, tmp_path: Path) -> None:
    discarded: list[int] = []

    def makes(number: int) -> Job:
        def task(_: Tick) -> Outcome:
            path = tmp_path / str(number)
            path.touch()
            return Outcome(key="done", file=path, discarded=lambda: discarded.append(number))

        return ended(work.start("a", task, by="", then="/"))

    jobs = [makes(number) for number in range(MOST_KEPT + 3)]
    assert work.get(jobs[0].id) is None
    assert discarded == [0, 1]
    jobs[5].outcome.file.unlink()  # type: ignore[union-attr]  # somebody has fetched it
    work.stop()
    assert list(tmp_path.iterdir()) == []
    assert 5 not in discarded
    with pytest.raises(Busy):
        work.start("a", done, by="", then="/")


def test_stopping_breaks_off_what_runs(work: Work) -> None:
    gate = Gate()
    job = work.start("a", gate, by="", then="/")
    assert gate.inside.wait(30)
    threading.Timer(0, gate.go.set).start()
    work.stop()
    assert job.ended.done()
    assert job.state in (State.STOPPED, State.DONE)


def test_who_waits_no_longer_ends_nothing(work: Work) -> None:
    gate = Gate()
    job = work.start("a", gate, by="", then="/")
    assert asyncio.run(job.soon(0)) is False
    gate.go.set()
    assert ended(job).state is State.DONE
    assert asyncio.run(job.soon()) is True
