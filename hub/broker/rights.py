"""Who may do what at a broker: each probe in its own mailbox, whoever pairs at a rendezvous, the hub everywhere."""

import hmac
import re
import secrets
import ssl
from base64 import b64decode
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hub.store.passwords import hash_password
from hub.store.registry import Registry
from probe.contract import topics


def _no_tls() -> ssl.SSLContext:
    raise NotImplementedError


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """The hub's own login at its broker. `holds_back` is whether that lets senders wait while the hub is busy, as the
    embedded one does; any other queues what they send, and drops what is too much."""

    user: str = topics.HUB_USER
    password: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    client: str = field(default_factory=lambda: secrets.token_hex(11))
    tls: Callable[[], ssl.SSLContext] = _no_tls
    holds_back: bool = False


class Action(StrEnum):
    WRITE = "write"
    READ = "read"


_PAIR_UP = re.compile(rf"{topics.ROOT}/pair/[0-9a-f]{{32}}/up")
_PAIR_DOWN = re.compile(rf"{topics.ROOT}/pair/[0-9a-f]{{32}}/down")


class Rights:
    """What the embedded broker checks at each login, subscription and message. Follows the registry's changes."""

    def __init__(self, registry: Registry, hub: Login) -> None:
        self._registry, self._hub = registry, hub
        self._version = -1
        self._accounts: dict[str, str] = {}

    @property
    def hub_user(self) -> str:
        """The user that the hub itself logs in as."""
        return self._hub.user

    def may_connect(self, user: str | None, password: str | None) -> bool:
        """Whether somebody may log in. The client id does not matter: a session belongs to its account."""
        if user == self._hub.user:
            return _equal(self._hub.password, password or "")
        if user in topics.PAIR_USERS:
            return password == topics.PAIR_PASSWORD
        self._reload()
        hashed = self._accounts.get(user or "")
        return hashed is not None and _matches(password or "", hashed)

    def may_use(self, user: str | None, topic: str, action: Action) -> bool:
        """Whether a user may write to or read a topic; filters with wildcards are the hub's alone."""
        if user == self._hub.user:
            return True
        if user in topics.PAIR_USERS:
            return bool((_PAIR_UP if action is Action.WRITE else _PAIR_DOWN).fullmatch(topic))
        self._reload()
        if user is None or user not in self._accounts:
            return False
        own_topics = (topics.up(user),) if action is Action.WRITE else (topics.down(user), topics.home(user))
        return topic in own_topics

    def _reload(self) -> None:
        version = self._registry.version
        if version != self._version:
            self._accounts = {account.mailbox: account.password_hash for account in self._registry.accounts()}
            self._version = version


def _matches(password: str, hashed: str) -> bool:
    salt = b64decode(hashed.split("$")[3])
    return _equal(hash_password(password, salt), hashed)


def _equal(one: str, other: str) -> bool:
    """Of texts, `compare_digest` takes ASCII alone; half a surrogate pair is no text, and equals nothing of ours."""
    return hmac.compare_digest(one.encode(errors="replace"), other.encode(errors="replace"))
