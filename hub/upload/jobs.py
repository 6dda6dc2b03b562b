"""What is brought to the page, one at a time, in a thread of its own: how far each is, and what came of it.

Bounded: so many octets of photos are in memory at once, so many files wait, and nothing more is begun. What was brought
and not taken in when the hub ends is gone, and its owner is told that the page lost it.
"""

import logging
import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from hub.errors import HubError
from hub.store.store import Store
from hub.upload import files, photos
from hub.upload.confined import Confined
from hub.upload.incoming import Brought, IncomingFolder, in_memory
from hub.upload.outcome import Outcome, refused
from hub.upload.photos import PhotoDrops, PhotoWanted

MOST_PHOTO_BYTES = 120 << 20  # of photos that come or wait, in all
MOST_FILES = 3  # that come or wait
MOST_REMEMBERED = 200
SPARE_BYTES = 256 << 20  # of the disk stay free
STOP_S = 10.0

_log = logging.getLogger(__name__)


class Full(Exception):
    """There is no room for another at the moment."""


class Stage(StrEnum):
    """How far something is that was brought."""

    COMING = "coming"
    WAITING = "waiting"
    READING = "reading"  # people are taken out, or the log is read
    TAKING = "taking"
    DONE = "done"


@dataclass(slots=True)
class Job:
    """One photo or file. `share` is how much of its stage is done, 0 to 1; `lines` how many sightings of a file are in;
    `by` is who brought it, who alone is told of it."""

    id: str
    name: str
    by: str
    size: int
    brought: Brought
    photo: PhotoWanted | None = None
    again: bool = False
    stage: Stage = Stage.COMING
    share: float = 0.0
    lines: int = 0
    outcome: Outcome | None = field(default=None)


class Uploads:
    """The queue and its thread; a part of a running hub. `refresh` says that there is something new to derive."""

    def __init__(self, store: Store, data: Path, refresh: Callable[[], object]) -> None:
        self._store, self._refresh = store, refresh
        self._folder = IncomingFolder(data)
        self._drops = PhotoDrops(store)
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._process: Confined | None = None
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name="uploads", daemon=True)

    def start(self) -> None:
        """Begin; what an earlier run has left is removed. Raises StoreError."""
        self._folder.clear()
        self._thread.start()

    def stop(self) -> None:
        """End the thread and what it has started, also where it was never started."""
        with self._lock:
            self._stopping = True
            if self._process is not None:
                self._process.end()
        self._queue.put(None)
        if self._thread.is_alive():
            self._thread.join(STOP_S)
        for job in self._jobs.values():
            job.brought.close()

    @property
    def alive(self) -> bool:
        """Whether the thread runs."""
        return self._thread.is_alive()

    def photo(self, name: str, size: int, by: str, wanted: PhotoWanted) -> Job:
        """Room for a photo of `size` octets that is coming. Raises Full."""
        with self._lock:
            waiting = sum(job.size for job in self._jobs.values() if job.photo and job.stage is not Stage.DONE)
            if self._stopping or waiting + size > MOST_PHOTO_BYTES:
                raise Full
            return self._add(Job(secrets.token_hex(16), name, by, size, in_memory(), photo=wanted))

    def file(self, name: str, size: int, by: str, *, again: bool) -> Job:
        """Room for a file of `size` octets that is coming. Raises Full, StoreError."""
        free = self._store.free_bytes()
        with self._lock:
            waiting = [job for job in self._jobs.values() if job.photo is None and job.stage is not Stage.DONE]
            too_large = free is not None and sum(job.size for job in waiting) + 2 * size > free - SPARE_BYTES
            if self._stopping or len(waiting) >= MOST_FILES or too_large:
                raise Full
            return self._add(Job(secrets.token_hex(16), name, by, size, self._folder.new(), again=again))

    def ready(self, job: Job) -> None:
        """All of it has come."""
        job.stage = Stage.WAITING
        self._queue.put(job)

    def abandon(self, job: Job) -> None:
        """It did not come whole: nothing of it stays."""
        job.brought.close()
        with self._lock:
            self._jobs.pop(job.id, None)

    def find(self, id: str, by: str) -> Job | None:
        """What somebody brought, by its id."""
        with self._lock:
            job = self._jobs.get(id)
        return job if job is not None and job.by == by else None

    def brought(self, name: str, by: str) -> bool:
        """Whether somebody has brought what an import's name stands for, since the hub began to run."""
        with self._lock:
            outcomes = [job.outcome for job in self._jobs.values() if job.by == by]
        return any(outcome is not None and outcome.undo == name for outcome in outcomes)

    def forget(self, name: str) -> None:
        """An import is taken back: what still comes of the same drop begins another."""
        with self._lock:
            self._drops.forget(name)

    def _add(self, job: Job) -> Job:
        self._jobs[job.id] = job
        done = [one.id for one in self._jobs.values() if one.stage is Stage.DONE]
        for id in done[: max(0, len(self._jobs) - MOST_REMEMBERED)]:
            del self._jobs[id]
        return job

    def _run(self) -> None:
        while (job := self._queue.get()) is not None and not self._stopping:
            job.stage = Stage.READING
            try:
                job.outcome = self._take(job)
            except HubError as problem:
                job.outcome = refused("upload_problem", why=str(problem))
            except Exception:  # noqa: BLE001 (the border of a thread: the next one is not to suffer for it)
                _log.exception("something that was brought to the page could not be taken in")
                job.outcome = refused("upload_log_crashed")
            finally:
                job.brought.close()
                job.stage = Stage.DONE
            if job.outcome.stored:
                self._refresh()

    def _take(self, job: Job) -> Outcome:
        if job.photo is not None:

            def share(done: float) -> None:
                job.share = done

            return photos.take_photo(job.brought, job.photo, self._drops, started=self._began, share=share)

        def reading(done: float) -> None:
            job.share = done

        def taking(lines: int, done: float) -> None:
            job.stage, job.lines, job.share = Stage.TAKING, lines, done

        watch = files.Watch(started=self._began, reading=reading, taking=taking)
        return files.take_file(job.brought, job.name, self._store, self._folder, watch, again=job.again)

    def _began(self, process: Confined) -> None:
        with self._lock:
            self._process = process
            if self._stopping:
                process.end()
