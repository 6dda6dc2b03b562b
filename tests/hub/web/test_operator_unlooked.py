"""What waits for people: the overview counts questions and pictures nobody has looked at, and leads to them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from hub.derive.desk import Desk
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.log.pictures import Done, Standing
from hub.web.app import make_app
from hub.web.gate import OpenGate
from hub.web.pages import Pages
from hub.web.pages.operator import unlooked
from hub.web.pages.review import ReviewPages
from tests.examples import WALK_B
from tests.hub.photo.world import World, jpeg_of, noise, sha
from tests.hub.web.operated import BASE, Operated, operated

ONE, TWO, THREE = (jpeg_of(noise(seed)) for seed in (1, 2, 3))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Operated]:
    with operated(tmp_path / "hub") as world:
        yield world


def test_the_overview_counts_the_questions_at_the_desk(world: Operated) -> None:
    taken = World(world.folder).take(ONE)
    world.cameras.refresh()
    desk = Desk(world.cameras, world.folder.store)
    parts: list[Pages] = [world.pages(), ReviewPages(desk, world.cameras)]
    app = make_app(world.cameras, gate=OpenGate(Role.ADMIN, "ada"), pictures=world.gallery, parts=parts)
    browser = TestClient(app, base_url=BASE, headers={"accept-language": "en"})
    page = browser.get("/hub").text
    assert "1 question at the desk" in page
    assert '<a href="/review">Answer</a>' in page
    desk.decide("ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=(taken.id,))])
    page = browser.get("/hub").text
    assert "0 questions at the desk" in page
    assert '<a href="/review">Answer</a>' not in page
    assert "at the desk" not in world.browser().get("/hub").text, "a hub whose page has no desk"


def test_the_overview_leads_to_the_pictures_that_nobody_has_looked_at(world: Operated) -> None:
    assert "Somebody has looked at every picture." in world.browser().get("/hub/pictures").text
    sender = World(world.folder)
    sender.take(ONE, TWO)
    sender.take(THREE, walk=WALK_B, observer=(500.0, 0.0))
    world.cameras.refresh()
    page = world.browser().get("/hub").text
    assert "3 pictures that nobody has looked at" in page
    assert 'href="/hub/pictures"' in page
    listed = world.browser().get("/hub/pictures").text
    links = re.findall(r'<h2><a href="(/cameras/c-[0-9a-f]{16}#pictures)">', listed)
    assert len(links) == 2
    assert f'data-picture="{sha(ONE)}"' in world.browser().get(links[0]).text
    for jpeg in (ONE, TWO, THREE):
        world.folder.store.pictures.stand(sha(jpeg), Standing.LOOKED, Done.LOOKED)
    page = world.browser().get("/hub").text
    assert "0 pictures that nobody has looked at" in page
    assert 'href="/hub/pictures"' not in page


def test_a_long_list_says_how_many_it_leaves_out(world: Operated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unlooked, "MOST", 2)
    sender = World(world.folder)
    sender.take(ONE, TWO)
    sender.take(THREE, walk=WALK_B, observer=(500.0, 0.0))
    world.cameras.refresh()
    assert "1 more is not listed here." in world.browser().get("/hub/pictures").text


@pytest.mark.parametrize(("role", "status"), [(Role.READER, 403), (Role.REVIEWER, 200)])
def test_the_list_is_for_those_who_may_look(role: Role, status: int, world: Operated) -> None:
    assert world.browser(role).get("/hub/pictures").status_code == status
