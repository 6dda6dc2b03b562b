"""Work that takes longer than a reader waits: in a thread of its own, told as a share, broken off on request.

One of a kind at a time, and few at once, as the machine is for delivery first. What came of it is kept for a while, so
that the page that asked can say so.
"""

import asyncio
import logging
import secrets
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from hub.errors import HubError

MOST_AT_ONCE = 3
MOST_KEPT = 50
SOON_S = 0.7  # so long a page waits for what may be done at once
STOP_S = 10.0

_log = logging.getLogger(__name__)


class Busy(Exception):
    """Such a work is under way, or there are too many: `job` is one of them."""

    def __init__(self, job: "Job") -> None:
        super().__init__(job.kind)
        self.job = job


class BrokenOff(Exception):
    """What `Tick` raises where the work is to end."""


class Refused(Exception):
    """The work cannot be done: the name of the sentence that says why, and values for it."""

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key)
        self.key, self.values = key, values


class State(StrEnum):
    """How a work stands."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a work: the name of the sentence that says so, values for it, and a file to be fetched once.

    `more` are sentences as they come from below, such as one for each line that could not be read. `discarded` is
    called where the file is removed before anybody has fetched it.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    more: tuple[str, ...] = ()
    file: Path | None = None
    discarded: Callable[[], None] = lambda: None


class Tick:
    """What a work calls now and then: it says how far it is, and learns whether to end."""

    def __init__(self, job: "Job") -> None:
        self._job = job

    def __call__(self, done: int, of: int | None = None) -> None:
        """So much is done, of so much in all where that is known. Raises BrokenOff."""
        if self._job.ending.is_set():
            raise BrokenOff
        self._job.done, self._job.of = done, of if of is None else max(of, done)


Task = Callable[[Tick], Outcome]


class Job:
    """One work. Its page asks from another thread than the one that does it."""

    def __init__(self, kind: str, by: str, then: str) -> None:
        self.id = secrets.token_hex(16)
        self.kind, self.by, self.then = kind, by, then
        self.state = State.RUNNING
        self.done, self.of = 0, None  # type: int, int | None
        self.outcome: Outcome | None = None
        self.problem: str | Refused | None = None  # a sentence, or one of the page's; None with FAILED: a fault of ours
        self.ending = threading.Event()
        self.ended: Future[None] = Future()
        self.ended.set_running_or_notify_cancel()  # who waits no longer does not end it for others

    @property
    def share(self) -> float | None:
        """How much is done, 0 to 1; None where that is not known."""
        return None if not self.of else min(1.0, self.done / self.of)

    async def soon(self, seconds: float = SOON_S) -> bool:
        """Whether it has ended, after waiting for it at most so long."""
        waiting = asyncio.wrap_future(self.ended)
        await asyncio.wait({waiting}, timeout=seconds)
        waiting.cancel()
        return self.ended.done()


class Work:
    """What is being done and was done last. Safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._threads: dict[str, threading.Thread] = {}
        self._closed = False

    def start(self, kind: str, task: Task, *, by: str, then: str) -> Job:
        """Begin a work; `then` is the page that tells what came of it. Raises Busy."""
        job = Job(kind, by, then)
        with self._lock:
            running = [one for one in self._jobs.values() if one.state is State.RUNNING]
            same = next((one for one in running if one.kind == kind), None)
            if same is not None or len(running) >= MOST_AT_ONCE or self._closed:
                raise Busy(same or (running or [job])[0])
            self._jobs[job.id] = job
            for old in [one for one in self._jobs.values() if one.state is not State.RUNNING][:-MOST_KEPT]:
                self._forget(old)
            thread = self._threads[job.id] = threading.Thread(
                target=self._run, args=(job, task), name=f"work {kind}", daemon=True
            )
        thread.start()
        return job

    def get(self, job_id: str) -> Job | None:
        """A work by its id; None where it is long over."""
        with self._lock:
            return self._jobs.get(job_id)

    def break_off(self, job: Job) -> None:
        """Ask a work to end: it does where it says the next time how far it is."""
        job.ending.set()

    def drop(self, job: Job) -> None:
        """Forget a work that is over, with its file."""
        with self._lock:
            if job.state is not State.RUNNING:
                self._forget(job)

    def of_kind(self, kind: str) -> list[Job]:
        """The works of a kind that are known, in the order in which they began."""
        with self._lock:
            return [job for job in self._jobs.values() if job.kind == kind]

    def stop(self) -> None:
        """Break all off, wait for them, and remove what nobody has fetched."""
        with self._lock:
            self._closed = True
            threads, jobs = list(self._threads.values()), list(self._jobs.values())
        for job in jobs:
            job.ending.set()
        for thread in threads:
            thread.join(STOP_S)
        with self._lock:
            for job in jobs:
                self._forget(job)

    def _run(self, job: Job, task: Task) -> None:
        state = State.FAILED
        try:
            job.outcome = task(Tick(job))
            state = State.DONE
        except BrokenOff:
            state = State.STOPPED
        except Refused as problem:
            job.problem = problem
        except HubError as problem:
            job.problem = str(problem)
        except Exception:  # noqa: BLE001 (the border of a thread: the page has to learn that it is over)
            _log.exception("%s has failed", job.kind)
        with self._lock:
            job.state = state
            self._threads.pop(job.id, None)
        job.ended.set_result(None)

    def _forget(self, job: Job) -> None:
        self._jobs.pop(job.id, None)
        if job.outcome is not None and job.outcome.file is not None and job.outcome.file.exists():
            with suppress(OSError):
                job.outcome.file.unlink(missing_ok=True)
                job.outcome.discarded()
