"""A hub on a disk with the operator's pages before it, and somebody of a role who asks."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from starlette.applications import Starlette
from starlette.testclient import TestClient

from hub.data import HubFolder, make_hub
from hub.derive.live import LiveCameras
from hub.enroll.pairing import Pairing
from hub.ingest.lines import import_lines
from hub.ingest.receive import Incoming
from hub.log.people import Role
from hub.photo.complaints import HubComplaints
from hub.photo.gallery import Gallery
from hub.web.app import make_app
from hub.web.forms import FORM_TYPE
from hub.web.gate import OpenGate
from hub.web.pages.operator import Ground, OperatorPages
from hub.web.work import Work
from probe.contract.envelope import encode
from probe.contract.sighting import Sighting
from tests.examples import look, radio
from tests.paired import enrolled, ingest_of, pairing_of, parcel
from tests.processes import until

BASE = "http://127.0.0.1:8787"


class RecordedAudit:
    """What was written down, in order."""

    def __init__(self) -> None:
        self.noted: list[tuple[str, str, str]] = []

    def note(self, who: str, what: str, about: str) -> None:
        self.noted.append((who, what, about))


@dataclass
class Operated:
    """The hub, its cameras, and its page for somebody of a role."""

    folder: HubFolder
    cameras: LiveCameras
    pairing: Pairing
    work: Work = field(default_factory=Work)
    audit: RecordedAudit = field(default_factory=RecordedAudit)
    well: dict[str, bool] = field(default_factory=lambda: {"broker": True, "intake by MQTT": False, "odd part": True})
    streets: bool = False

    @cached_property
    def gallery(self) -> Gallery:
        return Gallery(self.folder.store, self._sightings_of)

    def _sightings_of(self, camera_id: str) -> tuple[str, ...] | None:
        camera = self.cameras.camera(camera_id)
        return None if camera is None else camera.sighting_ids

    _apps: dict[Role, Starlette] = field(default_factory=dict)

    def pages(self) -> OperatorPages:
        """The part of the page, as a hub makes it when it starts."""
        ground = Ground(
            folder=self.folder,
            pairing=self.pairing,
            source=self.cameras,
            work=self.work,
            every=self.cameras,
            parts=lambda: self.well,
            has_streets=lambda: self.streets or self.cameras.base_version() is not None,
            audit=self.audit,
            complaints=HubComplaints(self.folder.store, self.gallery, self._sightings_of),
        )
        return OperatorPages(ground)

    def app(self, role: Role = Role.ADMIN) -> Starlette:
        if role not in self._apps:
            self._apps[role] = make_app(
                self.cameras,
                gate=OpenGate(role, "ada"),
                pairing=self.pairing,
                pictures=self.gallery,
                parts=[self._made],
            )
        return self._apps[role]

    @cached_property
    def _made(self) -> OperatorPages:
        return self.pages()

    def browser(self, role: Role = Role.ADMIN, language: str = "en") -> TestClient:
        return TestClient(self.app(role), base_url=BASE, headers={"origin": BASE, "accept-language": language})

    def imported(self, *sightings: Sighting, name: str = "walk.jsonl") -> Path:
        """A file of sightings, imported; returns where it is."""
        path = self.folder.path.parent / name
        path.write_bytes(b"\n".join(map(encode, sightings)))
        import_lines(path, self.folder.store)
        self.cameras.refresh()
        return path

    def walked(self, name: str, *sightings: Sighting, revoked: bool = False) -> None:
        """A probe of a name that has sent sightings, before or after it was revoked."""
        identity = enrolled(self.folder, name)
        assert identity.account is not None
        if revoked:
            self.folder.registry.revoke(self.folder.registry.named(name), datetime.now(UTC).date())
        payload = parcel(identity, *sightings)
        ingest_of(self.folder).receive([Incoming(topic="t", mailbox=identity.account.mailbox, payload=payload)])
        self.cameras.refresh()


@contextmanager
def operated(data: Path) -> Iterator[Operated]:
    """A new hub in a folder."""
    with make_hub(data) as folder:
        world = Operated(folder, LiveCameras(folder.store, data=data), pairing_of(folder))
        yield world
        world.work.stop()


def send(browser: TestClient, path: str, **fields: str) -> Any:
    """A form as a browser sends it, and where it leads."""
    answer = browser.post(path, content=urlencode(fields), headers={"content-type": FORM_TYPE}, follow_redirects=False)
    if answer.status_code != 303:
        return answer
    leads = answer.headers["location"]
    if leads.startswith("/hub/work/"):  # this machine is slow today
        until(lambda: _is_over(browser, leads), "the work to be over")
    return browser.get(leads)


def _is_over(browser: TestClient, page: str) -> bool:
    return bool(browser.get(page.removeprefix("/hub")).json()["state"] != "running")


def filled(world: Operated) -> Operated:
    """The same with something of everything: two probes, one revoked, an import, and junk that was set aside."""
    world.walked("Anna", look(), radio(at=(90.0, 0.0)))
    world.walked("Bea", look(observer=(300.0, 0.0)), look(observer=(330.0, 0.0)), revoked=True)
    world.imported(look(observer=(600.0, 0.0)), look(observer=(900.0, 0.0)))
    junk = Incoming(topic="<b>up</b>\u202e", mailbox="f" * 32, payload=b"<script>alert(1)</script>\x00\xff")
    ingest_of(world.folder).receive([junk])
    return world
