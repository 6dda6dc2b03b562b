"""An operator's evening in a real Chromium: three walks, 400 sightings, and an operator who knows the truth."""

from collections.abc import Iterator, Sequence
from datetime import date
from os import environ
from pathlib import Path
from random import Random
from statistics import median

import pytest

from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.publish.view import CameraDetail
from hub.review.known import by_radio_alone
from hub.store.sqlite.log import SqliteStore
from hub.web.pictures import PictureState, PictureView
from hub.web.serve import WebServer
from hub.web.words import words
from tests.browser import WAIT_MS, Watch, Watched
from tests.hub.derive.test_live import add
from tests.hub.review.evening import Evening, evening, town, us_west
from tests.hub.review.operator import Operator
from tests.hub.web.scripted_desk import signed_in_app
from tests.hub.web.scripted_pictures import ScriptedPictures, encoded, facade

pytestmark = pytest.mark.browser

SEATTLE = (47.6062, -122.3321)
SIGHTINGS, MOST_QUESTIONS, MOST_MINUTES = 400, 60, 20


class EveningPictures(ScriptedPictures):
    """One picture for each photo of an evening: some fronts, again and again."""

    def __init__(self, desk: Desk, made: Evening) -> None:
        super().__init__()
        self._desk = desk
        self._photos = {one.id: one.photo.content_sha256 for one in made.sightings if one.photo is not None}
        self._fronts = [encoded(facade(480, 270, seed)) for seed in range(6)]

    def of_camera(self, camera_id: str) -> Sequence[PictureView]:
        detail = self._desk.camera(camera_id)
        names = () if detail is None else detail.sighting_ids
        return [
            PictureView(
                id=self._photos[one], version="1", part="scene", sighting=one, day=date(2026, 5, 9), width=480,
                height=270, bytes=1, state=PictureState.LOOKED, second_pass=True, composed=True, bearing_deg=47.0,
                faces_covered=0,
            )
            for one in names
            if one in self._photos
        ]  # fmt: skip

    def jpeg(self, picture_id: str) -> bytes | None:
        return self._fronts[int(picture_id[:4], 16) % len(self._fronts)]

    def alike(self, camera_id: str) -> Sequence[tuple[str, str, int]]:  # noqa: ARG002 - none are
        return []


class Hub:
    """A hub's store, desk and page with an evening's sightings."""

    def __init__(self, folder: Path, made: Evening) -> None:
        self.made = made
        self.store = SqliteStore(folder)
        add(self.store, *made.sightings)
        self.live = LiveCameras(self.store)
        self.live.refresh()
        self.desk = Desk(self.live, self.store)
        app = signed_in_app(self.live, self.desk, pictures=EveningPictures(self.desk, made))
        self.server = WebServer(app, "127.0.0.1", 0)
        self.server.start()
        self.url = f"{self.server.url}review"

    def stop(self) -> None:
        self.server.stop()
        self.store.close()


@pytest.fixture
def osm(testdata: Path) -> Path:
    folder = testdata / "osm"
    if not (folder / "us-west-cameras.json").is_file():
        pytest.skip("no positions of real cameras: CONTRECHAMP_TESTDATA has no osm/us-west-cameras.json")
    return folder


@pytest.fixture
def hub(osm: Path, tmp_path: Path) -> Iterator[Hub]:
    random = Random(8)
    made = evening([*town(), *us_west(osm / "us-west-cameras.json", SEATTLE, 95, random)], random, SIGHTINGS)
    assert len(made.sightings) == SIGHTINGS
    running = Hub(tmp_path, made)
    yield running
    running.stop()


def small(tmp_path: Path) -> Hub:
    """The demo's town alone."""
    return Hub(tmp_path, evening(town(), Random(3), 120))


def at_desk(watched: Watched, hub: Hub) -> Operator:
    watched.page.goto(hub.url)
    watched.page.wait_for_selector("html.has-keys #screen", timeout=WAIT_MS)
    return Operator(watched, hub.desk, hub.made)


def state(desk: Desk) -> dict[str, CameraDetail]:
    return {detail.camera.id: detail for detail in desk.cameras()}


def keep(watched: Watched, name: str) -> None:
    """A picture of the page for a person, where one asked for it."""
    folder = environ.get("CONTRECHAMP_SCREENSHOTS")
    if folder:
        watched.page.screenshot(path=Path(folder) / f"review-{name}.png", full_page=True)


def undo_all(watched: Watched) -> int:
    """Press the key of undo until there is nothing to take back; returns how often."""
    page, taken = watched.page, 0
    while True:
        before = page.evaluate("Number(document.documentElement.dataset.answered ?? 0)")
        page.keyboard.press("u")
        page.wait_for_function(
            "before => Number(document.documentElement.dataset.answered) > before", arg=before, timeout=WAIT_MS
        )
        if page.get_attribute("#screen", "data-said") == words("en")("review_done_no_undo"):
            return taken
        taken += 1


def test_an_operator_s_evening(watch: Watch, hub: Hub, capsys: pytest.CaptureFixture[str]) -> None:
    before = state(hub.desk)
    with watch(width=1280, height=800) as watched:
        operator = at_desk(watched, hub)
        operator.answer_all()
        counted = operator.counted
        with capsys.disabled():
            print(f"\nan evening on {SIGHTINGS} sightings, {len(before)} cameras: {counted.told()}")
            print(f"afterwards {_outcome(hub)}")
        assert words("en")("review_none") in watched.page.inner_text("h1")
        assert len(counted.keys) <= MOST_QUESTIONS
        assert median(counted.keys) <= 2
        assert counted.model_s < MOST_MINUTES * 60
        _holds_what_was_confirmed(operator, hub)
        assert undo_all(watched) == len(counted.keys)
        assert state(hub.desk) == before
        watched.clean()


def _holds_what_was_confirmed(operator: Operator, hub: Hub) -> None:
    """Nothing that is no camera, nothing of a private dwelling, nothing by radio alone."""
    for detail in hub.desk.cameras():
        if detail.camera.review == "confirmed" and not detail.camera.private:
            thing = operator.truth(detail.camera.id)
            assert not thing.lamp, detail.camera.id
            assert not thing.private, detail.camera.id
            assert not by_radio_alone(detail), detail.camera.id


def _outcome(hub: Hub) -> str:
    details = hub.desk.cameras()
    confirmed = [one for one in details if one.camera.review == "confirmed"]
    mixed = sum(len({hub.made.thing_of[name].name for name in one.sighting_ids}) > 1 for one in confirmed)
    return (
        f"{len(confirmed)} confirmed ({mixed} of them of two things, as the merge had it), "
        f"{sum(one.camera.review == 'rejected' for one in details)} rejected, "
        f"{sum(one.camera.private for one in details)} private, "
        f"{sum(one.camera.follow_up for one in details)} to look at"
    )


def test_two_operators_lose_nothing(watch: Watch, tmp_path: Path) -> None:
    hub = small(tmp_path)
    try:
        with watch(width=1000) as ada, watch(width=1000) as bob:
            for watched, who in ((ada, "ada"), (bob, "bob")):
                watched.page.context.add_cookies([{"name": "who", "value": who, "url": hub.server.url}])
            both = [at_desk(ada, hub), at_desk(bob, hub)]
            for one in both:
                one.with_others = True
            assert len({one.watched.page.get_attribute("#screen", "data-question") for one in both}) == 2
            while sum(one.answer_one() for one in both):
                pass
            by = [one.by for one in hub.store.decisions.read()]
            assert {"ada", "bob"} == set(by)
            batches = {(one.by, one.what.batch) for one in hub.store.decisions.read()}
            assert len(batches) == sum(len(one.counted.keys) - one.counted.passed_over for one in both)
            _holds_what_was_confirmed(both[0], hub)
            ada.clean()
            bob.clean()
    finally:
        hub.stop()


def test_the_same_evening_in_french_by_touch(watch: Watch, tmp_path: Path) -> None:
    hub = small(tmp_path)
    try:
        with watch() as watched:
            browser = watched.page.context.browser
            assert browser is not None
            context = browser.new_context(
                viewport={"width": 360, "height": 740}, locale="fr-FR", has_touch=True, is_mobile=True,
                reduced_motion="reduce",
            )  # fmt: skip
            phone = Watched(context.new_page())
            operator = at_desk(phone, hub)
            operator.touch = True
            wide = "document.documentElement.scrollWidth > 360"
            assert not phone.page.evaluate(wide)
            operator.answer_all()
            assert words("fr")("review_none") in phone.page.inner_text("h1")
            assert median(operator.counted.keys) <= 2
            assert not phone.page.evaluate(wide)
            _holds_what_was_confirmed(operator, hub)
            phone.clean()
            context.close()
    finally:
        hub.stop()
