"""Every route times every role, by real requests: an endpoint is reached by those whom its route is for, and by nobody
else."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send

from hub.log.people import Role
from hub.service import RunningHub
from hub.web.gate import Gated
from tests.hub.web import access
from tests.hub.web.inhabited import OWN

ACCESS = Path(__file__).parents[3] / "docs" / "access.md"


@pytest.fixture(scope="module")
def running() -> Iterator[RunningHub]:
    with access.running_hub() as running:
        yield running


def browser_of(running: RunningHub, role: Role) -> TestClient:
    port = re.findall(r":(\d+)/", running.url)[0]
    browser = TestClient(
        running.app, base_url=f"http://127.0.0.1:{port}", client=("127.0.0.1", 1), follow_redirects=False, headers=OWN
    )
    if role is not Role.STRANGER:
        people, name = running.folder.store.people, f"the {role.name.lower()}"
        person = people.named(name) or people.add(name, role)
        browser.cookies.set(f"contrechamp-{port}", running.accounts.begin(person, "link"))
    return browser


def test_every_route_is_reached_by_its_roles_and_by_nobody_else(
    running: RunningHub, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached: list[Gated] = []
    routes = access.gated(running)
    assert len(routes) > 20
    for route in routes:

        async def note(scope: Scope, receive: Receive, send: Send, route: Gated = route) -> None:
            reached.append(route)
            await Response(status_code=204)(scope, receive, send)

        monkeypatch.setattr(route, "app", note)  # the gate stands before it; what is behind it is not to be done
    for role in Role:
        browser = browser_of(running, role)
        for route in routes:
            path = re.sub(r"\{[^}]*\}", "1", route.path)
            for method in sorted(route.methods or ()):
                reached.clear()
                status = browser.request(method, path).status_code
                let_in = role >= route.role
                assert (reached == [route]) == let_in, f"{method} {route.path} as {role.name}: {status}"
                assert (status == 204) == let_in
                if not let_in:
                    assert status == (401 if role is Role.STRANGER else 403)


def test_the_map_itself_is_shown_to_a_reader_and_to_no_stranger(running: RunningHub) -> None:
    for path in ("/", "/cameras", "/api/status", "/api/cameras.geojson"):
        assert browser_of(running, Role.READER).get(path).status_code == 200
        assert browser_of(running, Role.STRANGER).get(path).status_code == 401


def test_the_page_of_who_may_ask_for_what_is_that_of_the_routes() -> None:
    assert ACCESS.read_text() == access.page(), "run make picture"
