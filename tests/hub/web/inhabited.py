"""A page with people: one account of each role, in a real store, by the product's own gate."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from starlette.testclient import TestClient

from hub.data import HubFolder
from hub.log.people import Person, Role
from hub.people.accounts import Accounts
from hub.people.attempts import Attempts
from hub.people.passkeys import Passkeys
from hub.store.sqlite.log import SqliteStore
from hub.web.app import make_app
from hub.web.forms import FORM_TYPE
from hub.web.gate import Gate
from hub.web.pages import Pages
from hub.web.pages.people import PeoplePages
from hub.web.pages.sign_in import Door, SignInPages
from hub.web.way import Ways
from tests.examples import look
from tests.hub.web.scripted import ScriptedMap
from tests.hub.web.scripted_pictures import ScriptedPictures
from tests.paired import pairing_of

PASSWORD = "seven grey herons at noon"  # noqa: S105 (of nobody)
# A cheap hash: what a real one takes is measured elsewhere, and a hundred of them would take seconds.
HASH = Argon2id(salt=bytes(16), length=32, iterations=1, lanes=1, memory_cost=64).derive_phc_encoded(PASSWORD.encode())
OWN = {"sec-fetch-site": "same-origin"}
ROLES = (Role.READER, Role.REVIEWER, Role.OPERATOR, Role.ADMIN)


class Browser(TestClient):
    """Sends forms as browsers do, also empty ones."""

    def post(self, url: Any, **more: Any) -> Any:
        if not more.get("data") and "content" not in more:
            more["headers"] = {"content-type": FORM_TYPE, **(more.get("headers") or {})}
        return super().post(url, **more)


class Clock:
    """Unix time that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now_s = datetime(2026, 5, 9, 12, tzinfo=UTC).timestamp()

    def __call__(self) -> float:
        return self.now_s


class Inhabited:
    """The page, its accounts, and browsers of its people."""

    def __init__(
        self,
        data: Path,
        *,
        base: str = "http://127.0.0.1:8787",
        proxies: Sequence[str] = (),
        names: Sequence[str] = (),
        hub: HubFolder | None = None,
        parts: Sequence[Pages] = (),
        people: bool = True,
    ) -> None:
        self.base, self.clock, self.slept = base, Clock(), list[float]()
        self.store = SqliteStore(data) if hub is None else hub.store
        self.accounts = Accounts(self.store.people, now=self.clock)
        self.people = {role: self.store.people.add(role.name.title(), role, HASH) for role in ROLES if people}
        self.map, self.pictures = ScriptedMap(look()), ScriptedPictures()
        door = Door(Gate(self.accounts, Ways(proxies)), Attempts(self.clock), self._sleep)
        passkeys = Passkeys(self.accounts, now=self.clock)
        self.app = make_app(
            self.map,
            gate=door.gate,
            pairing=None if hub is None else pairing_of(hub),
            pictures=self.pictures,
            names=names,
            parts=[*parts, PeoplePages(door, passkeys), SignInPages(door, passkeys)],
        )

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)

    def stranger(self, address: str = "127.0.0.1", **headers: str) -> TestClient:
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        return Browser(
            self.app, base_url=self.base, client=(address, 50_000), follow_redirects=False, headers={**OWN, **said}
        )

    def browser(self, who: Role | Person, address: str = "127.0.0.1", **headers: str) -> TestClient:
        """The browser of somebody who is signed in."""
        person = self.people[who] if isinstance(who, Role) else who
        browser = self.stranger(address, **headers)
        browser.cookies.set("contrechamp-8787", self.accounts.begin(person, "link"))
        return browser

    def sign_in(self, browser: TestClient, name: str, password: str = PASSWORD, **more: str) -> Any:
        return browser.post("/sign-in", data={"name": name, "password": password, **more})

    def close(self) -> None:
        self.store.close()
