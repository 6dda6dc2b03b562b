"""The shared map as a stranger sees it, and the operator's switch."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from hub.log.people import Role
from hub.publish.batches import DAY_S
from hub.publish.publisher import Publisher
from hub.publish.view import CameraDetail
from hub.store.sqlite.log import SqliteStore
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages.shared import PAGE_ROWS, SharedPages
from tests.hub.publish.cameras import camera
from tests.hub.web.scripted import ScriptedMap

HERE = "http://127.0.0.1:8787"


class Hub:
    """A hub's shared map behind its page; a clock that a test turns."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.store = SqliteStore(folder)
        self.now_s = 20_000 * DAY_S + 72_000
        self.details: list[CameraDetail] = []
        self.audited: list[tuple[str, str, str]] = []
        self.publisher = Publisher(self.store, lambda: self.details, now=lambda: self.now_s, random=Random(seed))
        pages = SharedPages(self.publisher, self.store.pictures.jpeg, lambda *said: self.audited.append(said))
        self.browser = TestClient(
            make_app(ScriptedMap(), gate=OpenGate(Role.OPERATOR), parts=[pages]),
            base_url=HERE,
            client=("127.0.0.1", 1),
            headers={"origin": HERE},
        )

    def has(self, *details: CameraDetail, days: int = 0) -> None:
        """These are the hub's cameras; then days go by."""
        self.details = list(details)
        self.publisher.look()
        for _ in range(24 * days):
            self.now_s += 3600
            self.publisher.look()

    def open(self) -> None:
        tag = self.publisher.preview().tag
        told = self.browser.post("/sharing", data={"action": "open", "tag": tag}, follow_redirects=False)
        assert told.status_code == 303

    def features(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.browser.get("/shared/cameras.geojson").content)["features"]
        return found


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    made = Hub(tmp_path)
    with made.browser:
        yield made
    made.store.close()


def test_a_closed_map_tells_nothing(hub: Hub) -> None:
    hub.has(camera(), days=4)
    for path in (
        "/shared",
        "/shared/cameras.geojson",
        f"/shared/cameras/{'0' * 16}",
        f"/public/pictures/{'0' * 16}.jpg",
    ):
        told = hub.browser.get(path)
        assert told.status_code == 404, path
        assert "Dome" not in told.text
    assert "not open" in hub.browser.get("/shared").text


def test_the_operator_sees_what_will_be_seen_and_opens_it(hub: Hub) -> None:
    hub.has(camera(), camera(east_m=40.0, mount="wall"), camera(east_m=90.0, private=True), days=4)
    page = hub.browser.get("/sharing").text
    assert "What everybody would see now: 2 cameras" in page
    assert page.count('class="shared-camera"') == 2
    hub.open()
    assert hub.audited == [("operator", "shared_map", "open")]
    assert len(hub.features()) == 2
    assert "is open" in hub.browser.get("/sharing").text
    hub.browser.post("/sharing", data={"action": "close"})
    assert hub.browser.get("/shared").status_code == 404


@pytest.mark.parametrize(
    ("said", "status_code"),
    [
        ({"action": "open", "tag": "old"}, 409),
        ({"action": "open"}, 409),
        ({"action": "burn"}, 400),
        ({"tag": "x"}, 400),
    ],
)
def test_a_form_that_is_not_right_changes_nothing(hub: Hub, said: dict[str, str], status_code: int) -> None:
    hub.has(camera(), days=4)
    told = hub.browser.post("/sharing", data=said)
    assert told.status_code == status_code
    assert not hub.publisher.sharing().open
    assert hub.audited == []


def test_a_form_from_elsewhere_changes_nothing(hub: Hub) -> None:
    tag = hub.publisher.preview().tag
    told = hub.browser.post("/sharing", data={"action": "open", "tag": tag}, headers={"origin": "https://evil.example"})
    assert told.status_code == 403
    assert not hub.publisher.sharing().open


@pytest.mark.parametrize(("lang", "words"), [("en", ["Dome camera", "never means", "taken away"]),
                                             ("fr", ["Caméra dôme", "jamais dire", "Carte des caméras"])])  # fmt: skip
def test_it_is_read_without_scripts_in_both_languages(hub: Hub, lang: str, words: list[str]) -> None:
    hub.has(camera(operator_type="public", gone="2026-05-20"), days=4)
    hub.open()
    page = hub.browser.get("/shared", headers={"accept-language": lang}).text
    for word in words[:2]:
        assert word in page
    assert page.count('class="shared-camera"') == 1
    assert ("public body" if lang == "en" else "exploitant public") in page
    assert "2026" in page


def test_only_the_language_is_remembered(hub: Hub) -> None:
    hub.open()
    assert "set-cookie" not in hub.browser.get("/shared").headers
    chosen = hub.browser.get("/shared?lang=fr")
    assert chosen.headers["set-cookie"].startswith("lang=fr")
    assert chosen.headers["cache-control"] == "no-store"


def test_a_browser_asks_each_time_and_is_told_where_nothing_changed(hub: Hub) -> None:
    hub.has(camera("a" * 32), days=4)
    hub.open()
    for path in ("/shared", "/shared/cameras.geojson"):
        first = hub.browser.get(path)
        assert first.headers["cache-control"] == "no-cache"
        again = hub.browser.get(path, headers={"if-none-match": first.headers["etag"]})
        assert again.status_code == 304
    before = hub.browser.get("/shared/cameras.geojson").headers["etag"]
    hub.has(camera("a" * 32, private=True))
    after = hub.browser.get("/shared/cameras.geojson", headers={"if-none-match": before})
    assert after.status_code == 200
    assert json.loads(after.content)["features"] == []


def test_a_merged_camera_s_address_leads_to_the_one_that_it_is_part_of(hub: Hub) -> None:
    hub.has(camera("a" * 32), camera("b" * 32, east_m=30.0), days=4)
    hub.open()
    ids = {one["id"] for one in hub.features()}
    hub.has(camera("a" * 32, "b" * 32))
    (kept,) = (one["id"] for one in hub.features())
    (other,) = ids - {kept}
    told = hub.browser.get(f"/shared/cameras/{other}", follow_redirects=False)
    assert (told.status_code, told.headers["location"]) == (307, f"/shared/cameras/{kept}")
    assert hub.browser.get(f"/shared/cameras/{kept}").status_code == 200
    assert hub.browser.get("/shared/cameras/nonsense").status_code == 404


def test_a_long_list_has_pages(hub: Hub) -> None:
    hub.has(*(camera(east_m=20.0 * one) for one in range(PAGE_ROWS + 5)), days=4)
    hub.open()
    assert hub.browser.get("/shared").text.count('class="shared-camera"') == PAGE_ROWS
    assert hub.browser.get("/shared?page=2").text.count('class="shared-camera"') == 5
    for odd in ("0", "99", "-1", "x", "9" * 50, "²"):
        assert hub.browser.get("/shared", params={"page": odd}).status_code == 200


def evening(hub: Hub, ids: str, days: str) -> None:
    """An evening of decisions: four cameras confirmed, and one of each that must not be seen."""
    kept_back: list[dict[str, Any]] = [
        {"review": "waiting"}, {"review": "rejected"}, {"standing": "hint"}, {"private": True}, {"composed": True},
    ]  # fmt: skip
    hub.has(
        *(
            camera(one * 32, east_m=60.0 * place, day=f"2026-05-{days[place]}0", walk=days[place])
            for place, one in enumerate(ids)
        ),
        *(camera(f"{place:x}e" * 16, east_m=900.0 + 50 * place, **one) for place, one in enumerate(kept_back)),
    )
    hub.details.sort(key=lambda detail: detail.camera.id)


def test_whoever_asks_for_everything_learns_what_was_confirmed_and_not_what_was_one_walk(tmp_path: Path) -> None:
    """Every public address, each day for a week, in two worlds that differ in which walk saw what alone."""
    told: list[list[tuple[str, int, list[tuple[str, str]], bytes]]] = []
    for number, (ids, days) in enumerate((("abcd", "1122"), ("dbca", "2121"))):
        hub = Hub(tmp_path / str(number))
        with hub.browser:
            hub.open()
            evening(hub, ids, days)
            answers = []
            for _ in range(7):
                hub.now_s += DAY_S
                hub.publisher.look()
                addresses = ["/shared", "/shared?lang=fr", "/shared/cameras.geojson"]
                addresses += [f"/shared/cameras/{one['id']}" for one in hub.features()]
                for address in addresses:
                    answer = hub.browser.get(address)
                    headers = sorted((name, value) for name, value in answer.headers.items() if name != "date")
                    answers.append((address, answer.status_code, headers, answer.content))
            told.append(answers)
            assert len(hub.features()) == 4
            whole = b"".join(content for _, _, _, content in answers)
            for secret in (*(one * 32 for one in "abcd"), "2026-05-10", "2026-05-20", "Axis", "sighting_ids"):
                assert secret.encode() not in whole
            assert {one["properties"]["month"] for one in hub.features()} == {"2026-05"}
        hub.store.close()
    assert told[0] == told[1]


def test_no_field_is_told_that_is_not_chosen(hub: Hub) -> None:
    hub.has(camera(site="s1", operator="Somebody", follow_up=True, operator_type="private"), days=4)
    hub.open()
    (one,) = hub.features()
    assert set(one["properties"]) == {"kind", "radius_m", "direction", "mount", "operator_type", "month"}
    assert b"Somebody" not in msgspec.json.encode(one)


@pytest.mark.parametrize(("lang", "note"), [("en", "Fictional town"), ("fr", "Ville fictive")])
def test_a_fictional_town_is_called_one_wherever_it_is_shown(hub: Hub, lang: str, note: str) -> None:
    hub.has(camera(composed=True), days=4)
    hub.open()
    (one,) = hub.features()
    assert one["properties"]["composed"] is True
    for path in ("/shared", f"/shared/cameras/{one['id']}"):
        page = hub.browser.get(path, headers={"accept-language": lang}).text
        assert note in page, path
        assert "as volunteers found them" not in page
        assert "repérées par des bénévoles" not in page


def test_a_real_town_is_not_called_fictional(hub: Hub) -> None:
    hub.has(camera(), days=4)
    hub.open()
    assert "Fictional" not in hub.browser.get("/shared").text


def test_fictional_cameras_beside_real_ones_are_not_shown_and_the_operator_learns_why(hub: Hub) -> None:
    made_up = [camera(composed=True, east_m=30.0 * one) for one in range(3)]
    hub.has(*made_up, camera(composed=True, review="waiting", east_m=200.0))
    assert 'id="kept-back"' not in hub.browser.get("/sharing").text
    hub.has(*made_up, camera(east_m=300.0), days=4)
    page = hub.browser.get("/sharing").text
    assert "3 confirmed cameras are of a fictional town; a hub that has real cameras never shows them." in page
    assert "What everybody would see now: 1 camera" in page


def test_what_is_to_come_is_listed_as_it_will_be_seen_each_by_its_day(hub: Hub) -> None:
    hub.has(camera(operator="Somebody"), camera(east_m=50.0, title_kind="alpr", day="2026-05-11"))
    page = hub.browser.get("/sharing").text
    now, _, coming = page.partition('id="coming"')
    assert "What everybody would see now: 0 cameras" in now
    assert 'class="shared-camera"' not in now
    assert "to come in the next days: 2 cameras" in coming
    assert coming.count('class="shared-camera"') == coming.count("at the latest</b>") == 2
    for secret in ("Somebody", "Axis", "2026-05-09", "2026-05-11", "11 May"):
        assert secret not in page
    hub.open()
    announced = re.findall(r'data-camera="([0-9a-f]{16})"', coming)
    hub.has(*hub.details, days=4)
    assert sorted(announced) == [one["id"] for one in hub.features()]
    assert 'id="coming"' not in hub.browser.get("/sharing").text


def test_what_changes_is_to_come_as_well_and_long_lists_have_pages(hub: Hub) -> None:
    hub.has(camera("a" * 32), days=4)
    hub.open()
    more = [camera(east_m=20.0 * one) for one in range(1, PAGE_ROWS + 5)]
    hub.has(camera("a" * 32, mount="wall"), *more)
    pages = [hub.browser.get("/sharing", params={"coming": number}).text for number in ("1", "2")]
    assert [page.partition('id="coming"')[2].count('class="shared-camera"') for page in pages] == [PAGE_ROWS, 5]
    assert sum(page.count("Seen already; like this by") for page in pages) == 1
