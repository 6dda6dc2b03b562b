"""Signed in at a hub's page, for tests that look at it from outside: a session is written into the hub's own store."""

import ssl
import urllib.request
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from hub.log.people import Role
from hub.people.accounts import Accounts
from hub.store.sqlite.log import SqliteStore


def session_of(data: Path, role: Role = Role.ADMIN, name: str = "visitor") -> str:
    """The token of a session at a hub that is there; the person is made where they are missing."""
    with closing(SqliteStore(data, make=False)) as store:
        accounts = Accounts(store.people)
        person = store.people.named(name) or store.people.add(name, role)
        return accounts.begin(person, "link")


class Visitor:
    """A browser of a person with an account: asks a hub at an address by its own certificate, where it has one."""

    def __init__(self, data: Path, url: str, role: Role = Role.ADMIN) -> None:
        self._data, self._url, self._role = data, url.rstrip("/"), role
        parts = urlsplit(url)
        prefix = "__Host-" if parts.scheme == "https" else ""
        self.cookie = f"{prefix}contrechamp-{parts.port}={session_of(data, role)}"

    def get(self, path: str, timeout_s: float = 30.0) -> bytes:
        """What a path answers. Raises OSError where it is refused."""
        request = urllib.request.Request(f"{self._url}/{path.lstrip('/')}", headers={"cookie": self.cookie})
        context = None
        if self._url.startswith("https:"):
            context = ssl.create_default_context(cafile=self._data / "keys" / "page.crt")
        with urllib.request.urlopen(request, timeout=timeout_s, context=context) as answer:
            return bytes(answer.read())
