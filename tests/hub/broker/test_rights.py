"""Every path to every topic, by every kind of account, on each broker: the cells of `table.py`, tried one by one."""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date

import pytest

from hub.broker.embedded import EmbeddedBroker
from hub.data import make_hub
from probe.contract import topics
from probe.contract.pairing import Account as BrokerAccount
from tests.hub.broker import wire
from tests.hub.broker.table import OTHERS, OWN, RENDEZVOUS, ROWS, Account, Path, Row
from tests.hub.broker.wire import Wire
from tests.paired import database_of, enrolled
from tests.processes import Mosquitto

Way = Callable[["Scene", Account, str], bool]


@dataclass(frozen=True)
class Scene:
    """A broker that runs, whoever comes to it (user, password, client id), and the victim."""

    url: str
    embedded: bool
    logins: dict[Account, tuple[str | None, str | None, str]]
    victim: BrokerAccount

    def topic(self, pattern: str, account: Account) -> str:
        """A topic of the table for an account; `rendezvous` is a new one each time."""
        own = self.logins[account][0] if account is not Account.HUB else self.logins[Account.PROBE][0]
        other = self.victim.mailbox
        return (
            pattern.replace(OWN, own or self.logins[Account.PROBE][0] or "")
            .replace(OTHERS, other)
            .replace(RENDEZVOUS, secrets.token_hex(16))
        )

    def hello(
        self, account: Account, *, clean: bool = True, will: tuple[str, bytes] | None = None, client: str | None = None
    ) -> bytes:
        """The CONNECT of an account."""
        user, password, own = self.logins[account]
        return wire.connect(user, password, own if client is None else client, clean=clean, will=will)

    @contextmanager
    def hub(self) -> Iterator[Wire]:
        """The hub, which hears everything."""
        with self.inside(Account.HUB) as hub:
            assert hub.subscribe(topics.EVERYTHING)
            yield hub

    @contextmanager
    def inside(self, account: Account) -> Iterator[Wire]:
        with Wire(self.url) as one:
            assert one.login(self.hello(account))
            yield one

    @contextmanager
    def of_victim(self) -> Iterator[Wire]:
        with self.inside(Account.VICTIM) as one:
            assert one.subscribe(topics.down(self.victim.mailbox))
            yield one


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def scene(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    data = tmp_path_factory.mktemp("rights") / "hub"
    with make_hub(data) as folder:
        one, victim, lost = (enrolled(folder, name).account for name in ("one", "victim", "lost"))
        assert one is not None
        assert victim is not None
        assert lost is not None
        folder.registry.make_spare(1)
        spare = database_of(folder).row("SELECT mailbox, password, client FROM account WHERE taken = 0")
        folder.registry.revoke(folder.registry.named("lost"), date(2026, 5, 9))
        logins = {
            Account.VICTIM: (victim.mailbox, victim.password, victim.client),
            Account.PROBE: (one.mailbox, one.password, one.client),
            Account.SPARE: (str(spare[0]), str(spare[1]), str(spare[2])),
            Account.PAIRING: (topics.PAIR_USERS[0], topics.PAIR_PASSWORD, "somebody"),
            Account.REVOKED: (lost.mailbox, lost.password, lost.client),
            Account.WRONG: (one.mailbox, "mot de passe oublié", one.client),
            Account.ANONYMOUS: (None, None, "nobody"),
        }
        if request.param == "embedded":
            broker = EmbeddedBroker("127.0.0.1", 0, folder.registry)
            broker.start()
            logins[Account.HUB] = (broker.login.user, broker.login.password, broker.login.client)
            try:
                yield Scene(str(broker.own_address), True, logins, victim)
            finally:
                broker.stop()
            return
        logins[Account.HUB] = (topics.HUB_USER, folder.registry.hub_password(), "hub")
    mosquitto = Mosquitto(data.parent, hub_data=data)
    mosquitto.start()
    try:
        yield Scene(mosquitto.url, False, logins, victim)
    finally:
        mosquitto.kill()


def logs_in(scene: Scene, account: Account, _topic: str) -> bool:
    with Wire(scene.url) as one:
        return one.login(scene.hello(account))


def publishes(scene: Scene, account: Account, topic: str) -> bool:
    if account is Account.HUB:  # who has one session, and hears itself
        with scene.hub() as hub:
            return hub.publish(topic, b"said") and hub.hears(topic, b"said")
    with scene.hub() as hub, Wire(scene.url) as one:
        if one.login(scene.hello(account)):
            one.publish(topic, b"said")
        return _came(hub, topic)


def subscribes(scene: Scene, account: Account, topic: str) -> bool:
    """By a topic that the filter matches: the victim's, where it has a wildcard."""
    said_at = {
        topics.EVERYTHING: topics.down(scene.victim.mailbox),
        f"{topics.ROOT}/+/down": topics.down(scene.victim.mailbox),
        f"{topics.ROOT}/pair/#": topics.pair_up(secrets.token_hex(16)),
    }.get(topic, topic)
    if account is Account.HUB:
        with scene.inside(account) as hub:
            return hub.subscribe(topic) and hub.publish(said_at, b"said") and hub.hears(said_at, b"said")
    with scene.hub() as hub, Wire(scene.url) as one:
        if not one.login(scene.hello(account)):
            return False
        one.subscribe(topic)
        assert hub.publish(said_at, b"said")
        _say_last(scene, hub, one, account)
        return (said_at, b"said") in one.heard


def retains(scene: Scene, account: Account, topic: str) -> bool:
    with Wire(scene.url) as one:
        if one.login(scene.hello(account)):
            one.publish(topic, b"kept", retain=True)
    with scene.hub() as hub:
        return _came(hub, topic, b"kept")


def leaves_a_will(scene: Scene, account: Account, topic: str) -> bool:
    """Its connection breaks off: it is sent away by its own second login, so that nobody has to wait."""
    if account is Account.HUB:  # which then is not there to hear: whoever may read the topic hears
        reader = Account.PAIRING if topics.ROOT + "/pair/" in topic else Account.VICTIM
        with Wire(scene.url) as hub, scene.inside(reader) as one:
            one.subscribe(topic)
            if hub.login(scene.hello(account, will=(topic, b"said"))):
                with scene.inside(account) as again:
                    assert not hub.ping()
                    _say_last(scene, again, one, reader)
            return (topic, b"said") in one.heard
    with scene.hub() as hub, Wire(scene.url) as one:
        if one.login(scene.hello(account, will=(topic, b"said"))):
            with scene.inside(account):
                assert not one.ping()
        return _came(hub, topic)


def resumes(scene: Scene, account: Account, topic: str) -> bool:
    with Wire(scene.url) as one:
        if not one.login(scene.hello(account, clean=False)):
            return False
        one.subscribe(topic)
    if account is Account.HUB:
        with scene.inside(Account.PROBE) as other:
            other.publish(topic, b"said")  # which may be in vain
        meant = False
    else:
        with scene.hub() as hub:
            assert hub.publish(topic, b"said")
    with Wire(scene.url) as one:
        assert one.login(scene.hello(account, clean=False))
        if account is Account.HUB:
            meant = one.present
        else:
            with scene.hub() as hub:
                _say_last(scene, hub, one, account)
            meant = (topic, b"said") in one.heard
        # It leaves nothing behind.
        one.leave()
    with scene.inside(account):
        return meant


def takes_over(scene: Scene, account: Account, topic: str) -> bool:
    """By the victim's client id, and by its user name as a client id, which a broker may take for a session's name."""
    for client in (scene.victim.client, scene.victim.mailbox):
        with scene.of_victim() as victim, Wire(scene.url) as one:
            if one.login(scene.hello(account, client=client, clean=False)):
                one.subscribe(topic)
                if account is Account.HUB:
                    one.publish(topic, b"said")
                else:
                    with scene.hub() as hub:
                        hub.publish(topic, b"said")
            elif account is not Account.HUB:
                with scene.hub() as hub:
                    hub.publish(topic, b"said")
            if not victim.hears(topic, b"said") or not victim.ping():
                return True
            if account is not Account.HUB and (topic, b"said") in one.heard:
                return True
    return False


WAYS: dict[Path, Way] = {
    Path.LOGIN: logs_in,
    Path.PUBLISH: publishes,
    Path.SUBSCRIBE: subscribes,
    Path.RETAIN: retains,
    Path.WILL: leaves_a_will,
    Path.RESUME: resumes,
    Path.TAKE_OVER: takes_over,
}


def _came(hub: Wire, topic: str, payload: bytes = b"said") -> bool:
    """Whether the hub has heard something, by what it says to itself after that."""
    last = secrets.token_hex(8).encode()
    assert hub.publish(f"{topics.ROOT}/last", last)
    assert hub.hears(f"{topics.ROOT}/last", last)
    return (topic, payload) in hub.heard


def _say_last(scene: Scene, hub: Wire, one: Wire, account: Account) -> None:
    """Let an account hear something that it may hear, after all that was said before."""
    if account is Account.PAIRING:
        last = topics.pair_down(secrets.token_hex(16))
    else:
        last = topics.home(scene.logins[account][0] or "")
    one.subscribe(last)
    assert hub.publish(last, b"last")
    assert one.hears(last, b"last")


@pytest.mark.parametrize(
    "account", [one for one in Account if one is not Account.VICTIM], ids=lambda account: account.name.lower()
)
@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.path} {row.topic}".strip())
def test_who_may_do_what(scene: Scene, row: Row, account: Account) -> None:
    may = row.may if scene.embedded or row.mosquitto is None else row.mosquitto
    assert WAYS[row.path](scene, account, scene.topic(row.topic, account)) == (account in may)
