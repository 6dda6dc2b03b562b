"""The shared map of a hub that runs: decisions at the desk, and what everybody is told of them."""

import json
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from random import Random
from urllib.parse import urlencode

import msgspec
import numpy as np
import pytest
from PIL import Image
from starlette.testclient import TestClient

from hub.data import make_hub
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.front.parts import Frame, Front
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.log.pictures import Done, Standing
from hub.photo.public import MAX_EDGE, public_jpeg
from hub.publish import describe
from hub.publish.batches import DAY_S
from hub.publish.exported import exported, public_ids
from hub.publish.formats import FORMATS
from hub.publish.publisher import Publisher
from hub.web.app import make_app
from hub.web.forms import FORM_TYPE
from hub.web.gate import OpenGate
from hub.web.pages.shared import SharedPages
from probe.contract.geodesy import distance_m
from probe.contract.sighting import ClockSource, Moment, PrivateDwellingClaim, Strength
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.photo.world import World, jpeg_of, noise, sha
from tests.ingested import imported
from tests.paired import pairing_of

HERE = "http://127.0.0.1:8787"


class Evening:
    """A hub with its desk and its shared map; a clock that a test turns."""

    def __init__(self, folder: Path) -> None:
        self._opened = make_hub(folder)
        self.hub = self._opened.__enter__()
        self.world = World(self.hub)
        self.live = LiveCameras(self.hub.store)
        self.live.refresh()
        self.desk = Desk(self.live, self.hub.store)
        self.now_s = 20_000 * DAY_S + 72_000
        self.publisher = Publisher(
            self.hub.store, self.desk.cameras, lambda: self.live.status().revision, released=self.desk.released,
            now=lambda: self.now_s, random=Random(1),
        )  # fmt: skip
        pages = SharedPages(self.publisher, self.picture)
        self.browser = TestClient(
            make_app(self.live, gate=OpenGate(Role.STRANGER), parts=[pages]), base_url=HERE, client=("127.0.0.1", 1)
        )

    def picture(self, sha256: str) -> bytes | None:
        jpeg = self.hub.store.pictures.jpeg(sha256)
        return None if jpeg is None else public_jpeg(jpeg)

    def end(self) -> None:
        self._opened.__exit__(None, None, None)

    def decide(self, kind: DecisionKind, sighting: str, **more: str) -> None:
        self.desk.decide("Ada", [NewDecision(kind=kind, sightings=(sighting,), **more)])  # type: ignore[arg-type]

    def days(self, number: int) -> None:
        for _ in range(number):
            self.now_s += DAY_S
            self.publisher.look()

    def features(self) -> list[dict[str, object]]:
        self.publisher.look()
        told: list[dict[str, object]] = json.loads(self.browser.get("/shared/cameras.geojson").content)["features"]
        return told


@pytest.fixture
def evening(tmp_path: Path) -> Iterator[Evening]:
    made = Evening(tmp_path / "hub")
    with made.browser:
        yield made
    made.end()


def test_after_an_evening_of_decisions_everybody_sees_exactly_what_was_confirmed(
    evening: Evening, tmp_path: Path
) -> None:
    confirmed, other, waiting = (look(observer=(100.0 * one, 0.0)) for one in range(3))
    rejected, home, hint = look(observer=(0.0, 200.0)), look(observer=(100.0, 200.0)), radio(at=(500.0, 500.0))
    claimed = look(observer=(300.0, 200.0), claims=(PrivateDwellingClaim(value=True, strength=Strength.WEAK),))
    imported(evening.hub.store, tmp_path, confirmed, other, waiting, rejected, home, hint, claimed)
    evening.live.refresh()
    kinds = DecisionKind
    for one in (confirmed, other, home, hint, claimed):
        evening.decide(kinds.CONFIRM, one.id)
    evening.decide(kinds.REJECT, rejected.id)
    evening.decide(kinds.PRIVATE, home.id)
    evening.publisher.look()
    evening.publisher.open(evening.publisher.preview().tag)
    assert evening.features() == []
    evening.days(4)
    assert len(evening.features()) == 2
    assert len(exported(evening.desk.cameras(), everything=False)) == 2
    # The other is said to be of a home after all: it leaves at once, and comes back where that is taken back.
    evening.decide(kinds.PRIVATE, other.id)
    (left,) = evening.features()
    lon, lat = left["geometry"]["coordinates"]  # type: ignore[index]
    here = next(one for one in evening.desk.cameras() if confirmed.id in one.sighting_ids).camera
    assert distance_m(here.lat, here.lon, lat, lon) < 1
    evening.desk.undo("Ada")
    evening.days(4)
    assert len(evening.features()) == 2


def test_a_picture_is_public_where_somebody_looked_and_released_it_and_no_longer(evening: Evening) -> None:
    scene = jpeg_of(np.kron(noise(1, 160, 90), np.ones((10, 10, 1), np.uint8)), comment=b"camera model X")
    taken = evening.world.take(scene)
    evening.live.refresh()
    evening.decide(DecisionKind.CONFIRM, taken.id)
    evening.decide(DecisionKind.RELEASE, taken.id, value=sha(scene))
    evening.publisher.open(evening.publisher.preview().tag)
    evening.days(4)
    (feature,) = evening.features()
    assert "pictures" not in feature["properties"], "nobody has looked"  # type: ignore[operator]
    evening.hub.store.pictures.stand(sha(scene), Standing.LOOKED, Done.LOOKED)
    evening.days(4)
    (feature,) = evening.features()
    (name,) = feature["properties"]["pictures"]  # type: ignore[index]
    assert sha(scene)[:12] not in json.dumps(feature)
    answer = evening.browser.get(f"/public/pictures/{name}.jpg")
    assert answer.headers["cache-control"] == "no-store"
    with Image.open(BytesIO(answer.content)) as picture:
        assert max(picture.size) == MAX_EDGE
        assert not picture.getexif()
        assert "comment" not in picture.info
    assert f"/public/pictures/{name}.jpg" in evening.browser.get("/shared").text
    # A complaint hides it at once, and the hash by which sightings name it leads nowhere.
    complaint = evening.hub.store.complaints.open("me", [sha(scene)], None)
    assert evening.browser.get(f"/public/pictures/{name}.jpg").status_code == 404
    assert evening.browser.get(f"/public/pictures/{sha(scene)}.jpg").status_code == 404
    evening.hub.store.pictures.stand(sha(scene), Standing.LOOKED, Done.SHOWN)
    assert evening.browser.get(f"/public/pictures/{name}.jpg").status_code == 404, "a complaint is open"
    evening.hub.store.complaints.close(complaint.number, "nobody is on it")
    evening.hub.store.pictures.stand(sha(scene), Standing.LOOKED, Done.SHOWN)
    assert evening.browser.get(f"/public/pictures/{name}.jpg").status_code == 200
    evening.decide(DecisionKind.WITHHOLD, taken.id, value=sha(scene))
    assert evening.browser.get(f"/public/pictures/{name}.jpg").status_code == 404
    assert "pictures" not in evening.features()[0]["properties"]  # type: ignore[operator]


def test_two_walks_that_bear_out_one_camera_are_one_public_camera(evening: Evening, tmp_path: Path) -> None:
    first, again = look(), look(walk=WALK_B)
    imported(evening.hub.store, tmp_path, first)
    evening.live.refresh()
    evening.decide(DecisionKind.CONFIRM, first.id)
    evening.publisher.look()
    evening.publisher.open(evening.publisher.preview().tag)
    evening.days(4)
    (before,) = evening.features()
    imported(evening.hub.store, tmp_path, again)
    evening.live.refresh()
    evening.days(4)
    (after,) = evening.features()
    assert before["id"] == after["id"]


def told_to_everybody(folder: Path, walks: Sequence[tuple[int, str, int]]) -> list[tuple[str, bytes, str]]:
    """What a stranger is told in a week after an evening: of four cameras far from one another, each seen once, by a
    walk on a day; the log has them in the order given."""
    evening = Evening(folder / "hub")
    with evening.browser:
        seen = [
            msgspec.structs.replace(
                look(observer=(300.0 * place, 0.0), walk=walk),
                time=Moment(utc=datetime(2026, 5, day, 10, tzinfo=UTC), source=ClockSource.EXIF),
            )
            for place, walk, day in walks
        ]
        imported(evening.hub.store, folder, *seen)
        evening.live.refresh()
        evening.publisher.open(evening.publisher.preview().tag)
        for one in seen:
            evening.decide(DecisionKind.CONFIRM, one.id)
        answers = []
        for _ in range(7):
            evening.days(1)
            for path in (
                "/shared",
                "/shared/cameras.geojson",
                *(f"/shared/cameras/{one['id']}" for one in evening.features()),
            ):
                answer = evening.browser.get(path)
                assert answer.status_code == 200
                answers.append((path, answer.content, answer.headers["etag"]))
        rows = evening.hub.store.public.rows()
        cameras = evening.desk.cameras()
        for kind, form in FORMATS.items():
            answers.append((kind, form.write(cameras, everything=False, ids=public_ids(rows, cameras)), ""))
        assert len(evening.features()) == 4
    evening.end()
    return answers


def test_two_hubs_that_differ_in_which_walk_saw_what_tell_everybody_the_same(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
    one = told_to_everybody(tmp_path / "one", [(0, WALK_A, 3), (1, WALK_A, 3), (2, WALK_B, 9), (3, WALK_B, 9)])
    other = told_to_everybody(tmp_path / "other", [(2, WALK_A, 3), (0, WALK_B, 9), (3, WALK_A, 3), (1, WALK_B, 9)])
    assert one == other


def test_no_other_address_is_a_stranger_s(evening: Evening) -> None:
    """Those that the tests above ask for are all that this part answers strangers by."""
    routes = SharedPages(evening.publisher, evening.picture).routes(lambda *_: None)  # type: ignore[arg-type]
    strangers = {one.path for one in routes if one.role is Role.STRANGER}
    assert strangers == {
        "/shared", "/shared/cameras.geojson", "/shared/basemap.pmtiles", "/shared/cameras/{public_id}",
        "/public/pictures/{public_id}.jpg",
    }  # fmt: skip


def test_who_names_a_camera_by_its_public_id_has_its_pictures_found(evening: Evening) -> None:
    """Also once nobody sees that camera any more; an id that stands for nothing leads nowhere."""
    taken = evening.world.take(jpeg_of(noise(1)))
    evening.live.refresh()
    evening.decide(DecisionKind.CONFIRM, taken.id)
    evening.publisher.open(evening.publisher.preview().tag)
    (row,) = evening.hub.store.public.rows()
    assert evening.publisher.sightings_of(row.id) == (taken.id,)
    evening.publisher.close()
    assert evening.publisher.sightings_of(row.id) == (taken.id,)
    assert evening.publisher.sightings_of("0" * 16) is None


@pytest.mark.parametrize("address", ["/shared/cameras/{public}", "/cameras/{own}"])
def test_a_complaint_that_gives_a_cameras_address_hides_its_pictures_in_the_hub_that_runs(
    address: str, evening: Evening
) -> None:
    jpeg, hub = jpeg_of(noise(1)), evening.hub
    taken = evening.world.take(jpeg)
    evening.live.refresh()
    hub.store.pictures.stand(sha(jpeg), Standing.LOOKED, Done.LOOKED)
    evening.decide(DecisionKind.CONFIRM, taken.id)
    evening.publisher.open(evening.publisher.preview().tag)
    (row,), (camera,) = hub.store.public.rows(), evening.desk.cameras()
    with ExitStack() as stack:
        frame = Frame(
            folder=hub, data=hub.path, cameras=evening.live, desk=evening.desk, pairing=pairing_of(hub),
            tiles_url=None, contact=None, well=dict,
        )  # fmt: skip
        app = make_app(evening.live, gate=OpenGate(Role.STRANGER), parts=Front(stack, frame).parts)
        about = HERE + address.format(public=row.id, own=camera.camera.id)
        form = {"content-type": FORM_TYPE, "origin": HERE, "sec-fetch-site": "same-origin"}
        with TestClient(app, base_url=HERE) as browser:
            assert browser.post("/complaint", content=urlencode({"about": about}), headers=form).status_code == 200
    picture = hub.store.pictures.get(sha(jpeg))
    assert picture is not None
    assert picture.standing is Standing.HIDDEN


def test_a_complaint_hides_also_what_a_camera_does_not_list(evening: Evening, monkeypatch: pytest.MonkeyPatch) -> None:
    """A camera lists so many of its sightings and no more: a complaint about it is about all of them."""
    monkeypatch.setattr(describe, "MAX_LISTED", 1)
    hub, jpegs = evening.hub, [jpeg_of(noise(number)) for number in (1, 2)]
    taken = [evening.world.take(jpeg, walk=f"{number:032x}") for number, jpeg in enumerate(jpegs)]
    evening.live.refresh()
    for jpeg in jpegs:
        hub.store.pictures.stand(sha(jpeg), Standing.LOOKED, Done.LOOKED)
    every = NewDecision(kind=DecisionKind.CONFIRM, sightings=tuple(one.id for one in taken))
    evening.desk.decide("Ada", [every])
    (camera,) = evening.desk.cameras()
    with ExitStack() as stack:
        frame = Frame(
            folder=hub, data=hub.path, cameras=evening.live, desk=evening.desk, pairing=pairing_of(hub),
            tiles_url=None, contact=None, well=dict,
        )  # fmt: skip
        front = Front(stack, frame)
        assert front.sightings_named(camera.camera.id) == tuple(one.id for one in taken)
        assert front.sightings_named("c-nobody") is None
