"""A hub with a log that it reads again, held where a test wants it: for tests of what it does meanwhile."""

import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from hub.data import make_hub
from hub.derive.deriver import Deriver
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.derive.progress import Told
from hub.derive.showing import CameraChange
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.publish.batches import DAY_S
from hub.publish.publisher import Publisher
from probe.contract.sighting import Sighting
from tests.examples import look
from tests.ingested import imported
from tests.visiting import session_of

HELD_AT = 0.345
WAIT_S = 60.0
REACHED, RELEASE = threading.Event(), threading.Event()


class HeldDeriver(Deriver):
    """A deriver that stands still in its first derivation after a start, until it is released."""

    def refresh(self, told: Told | None = None) -> CameraChange | None:
        if told is not None:
            told(HELD_AT)
            REACHED.set()
            assert RELEASE.wait(WAIT_S)
        return super().refresh(told)


def filled(folder: Path, scratch: Path, number: int = 8) -> list[Sighting]:
    """A hub that has run: cameras far apart, saved, the first two of them confirmed and on the shared map."""
    sightings = [look(observer=(300.0 * one, 0.0)) for one in range(number)]
    with make_hub(folder) as hub:
        imported(hub.store, scratch, *sightings)
        live = LiveCameras(hub.store)
        live.refresh()
        desk = Desk(live, hub.store)
        for one in sightings[:2]:
            desk.decide("Ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=(one.id,))])
        now_s = time.time() - 20 * DAY_S
        publisher = Publisher(hub.store, desk.cameras, released=desk.released, now=lambda: now_s)
        publisher.open(publisher.preview().tag)
        for _ in range(10):
            now_s += DAY_S
            publisher.look()
    return sightings


@dataclass(frozen=True)
class Answer:
    """What a page answered."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


class Asking:
    """A browser of a person with an account, which sends forms as the page's own does."""

    def __init__(self, data: Path, url: str, role: Role = Role.ADMIN) -> None:
        self._url = url.rstrip("/")
        self._cookie = f"contrechamp-{urlsplit(url).port}={session_of(data, role)}"

    def ask(self, path: str, body: bytes | None = None, *, lang: str = "en", kind: str = "") -> Answer:
        """GET a path, or POST a body to it; a form unless `kind` is another type."""
        headers = {"cookie": self._cookie, "accept-language": lang, "sec-fetch-site": "same-origin"}
        if body is not None:
            headers["content-type"] = kind or "application/x-www-form-urlencoded"
        request = urllib.request.Request(f"{self._url}{path}", data=body, headers=headers)
        try:
            with urllib.request.urlopen(request, timeout=WAIT_S) as answer:
                told = answer.read().decode()
                return Answer(answer.status, told, {name.lower(): value for name, value in answer.headers.items()})
        except urllib.error.HTTPError as problem:
            told = problem.read().decode()
            return Answer(problem.code, told, {name.lower(): value for name, value in problem.headers.items()})
