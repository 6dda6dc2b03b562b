"""Makes street maps in the background of a hub that runs, one at a time, and says how far it is."""

import logging
import threading
from dataclasses import dataclass
from pathlib import Path

from hub.basemap.make import Made, clear_left_over, make_basemap, remove_basemap
from hub.errors import BadInput, HubError

STOP_S = 10.0

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far it is: `state` is idle, running, done or failed; `part` from 0 to 1; `why` a sentence where it failed."""

    state: str = "idle"
    step: str = "read"
    part: float = 0.0
    why: str = ""
    made: Made | None = None


class StreetWorks:
    """The maker of a hub's street maps."""

    def __init__(self, data: Path) -> None:
        self._data = data
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._progress = Progress()
        clear_left_over(data)

    def progress(self) -> Progress:
        """How far the one is that runs, or how the last one ended."""
        return self._progress

    def start(self, extract: Path, *, once: bool = False) -> None:
        """Begin to make the street map; an extract that is wanted `once` is deleted afterwards. Raises BadInput while
        another runs."""
        with self._lock:
            if self._thread is not None and self._thread.is_alive():
                raise BadInput("a street map is being made already; wait until it is done, or stop it")
            self._stop.clear()
            self._progress = Progress(state="running")
            self._thread = threading.Thread(target=self._run, args=(extract, once), name="street map", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End the one that runs, and wait until it has ended."""
        self._stop.set()
        thread = self._thread
        if thread is not None and thread.is_alive():
            thread.join(STOP_S)

    def remove(self) -> bool:
        """Take the street map away; whether there was one. Raises BadInput while one is made, StoreError."""
        there = remove_basemap(self._data)
        self._progress = Progress()
        return there

    def wait(self) -> Progress:
        """Wait for the one that runs; how it ended."""
        thread = self._thread
        if thread is not None:
            thread.join()
        return self._progress

    def _run(self, extract: Path, once: bool) -> None:
        try:
            made = make_basemap(self._data, extract, tell=self._tell, stop=self._stop)
            self._progress = Progress(state="done", part=1.0, made=made)
        except HubError as problem:
            _log.warning("%s", problem)
            # What was stopped is no failure, and what was asked for once was asked for here.
            self._progress = Progress() if self._stop.is_set() else Progress(state="failed", why=str(problem))
        except Exception:  # noqa: BLE001  # the border of a thread: the page would show it as running for ever
            _log.exception("the street map could not be made")
            self._progress = Progress(state="failed", why="the street map could not be made; the hub's log says why")
        finally:
            if once:
                extract.unlink(missing_ok=True)

    def _tell(self, step: str, part: float) -> None:
        self._progress = Progress(state="running", step=step, part=part)
