"""A hub that reads its log again, in a real Chromium: how far it is follows, and the new cameras come by themselves."""

from collections.abc import Iterator, Sequence

import msgspec
import pytest

from hub.errors import StillReading
from hub.log.people import Role
from hub.publish.view import CameraDetail, Status
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.serve import WebServer
from tests.browser import WAIT_MS, Watch
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap

pytestmark = pytest.mark.browser


class ReadingMap(ScriptedMap):
    """A map of no saved cameras, until its log is read."""

    reading: int | None = 34

    def cameras(self) -> Sequence[CameraDetail]:
        return super().cameras() if self.reading is None else []

    def status(self) -> Status:
        told = msgspec.structs.replace(super().status(), reading=self.reading, cameras=len(self.cameras()))
        return told if self.reading is None else msgspec.structs.replace(told, revision=0)

    def coverage(self) -> bytes:
        if self.reading is not None:
            raise StillReading(self.reading)
        return super().coverage()

    def says(self, reading: int | None) -> None:
        self.reading = reading
        news = {"status": self.status(), "features": [], "gone": []} if reading is not None else {"reload": True}
        for listener in self._listeners:
            listener(msgspec.json.encode(news))


@pytest.fixture
def source() -> ReadingMap:
    return ReadingMap(look(), look(observer=(0.0, 90.0)))


@pytest.fixture
def url(source: ReadingMap) -> Iterator[str]:
    server = WebServer(make_app(source, gate=OpenGate(Role.ADMIN)), "127.0.0.1", 0)
    server.start()
    yield server.url
    server.stop()


def test_the_map_says_how_far_the_hub_is_and_then_has_the_cameras(watch: Watch, url: str, source: ReadingMap) -> None:
    with watch(world=True) as watched:
        page = watched.page
        page.goto(url)
        watched.ready()
        page.wait_for_selector("#status.is-live", timeout=WAIT_MS)
        assert "34" in page.inner_text("#reading")
        assert page.is_hidden("#empty"), "nobody knows yet that there are no cameras"
        source.says(56)
        page.wait_for_selector("#reading:has-text('56')", timeout=WAIT_MS)
        source.says(None)
        page.wait_for_selector("html[data-cameras='2']", state="attached", timeout=WAIT_MS)
        page.wait_for_selector("#reading", state="hidden", timeout=WAIT_MS)
        watched.clean()
