"""Raw garbage against each listener: afterwards an honest probe is served, and nothing is left of the rest."""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest

from hub.broker.embedded import EmbeddedBroker
from hub.broker.guard import Standing
from hub.data import make_hub
from probe.contract import topics
from probe.contract.pairing import Account
from tests.hub.broker import wire
from tests.hub.broker.garbage import Login, cut, pelt, say
from tests.hub.broker.wire import Wire
from tests.paired import enrolled
from tests.processes import Mosquitto, until

PAIRING = (topics.PAIR_USERS[0], topics.PAIR_PASSWORD)
EACH = 10  # packets are cut at one in so many offsets; the slow tests cut at all


@dataclass(frozen=True)
class Listener:
    """A broker that runs, the hub's login there, an honest probe's and a thief's; `settled` is whether nothing of
    those who have gone is left."""

    url: str
    hub: Login
    honest: Account
    thief: Login
    settled: Callable[[], bool]

    def serves(self) -> None:
        """An honest probe comes in, is heard and hears."""
        honest = self.honest
        with Wire(self.url) as hub, Wire(self.url) as one:
            assert hub.login(wire.connect(*self.hub))
            assert hub.subscribe(topics.EVERYTHING)
            assert one.login(wire.connect(honest.mailbox, honest.password, honest.client))
            assert one.subscribe(topics.down(honest.mailbox))
            assert one.publish(topics.up(honest.mailbox), b"parcel")
            assert hub.hears(topics.up(honest.mailbox), b"parcel")
            assert hub.publish(topics.down(honest.mailbox), b"receipts")
            assert one.hears(topics.down(honest.mailbox), b"receipts")


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def listener(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listener]:
    data = tmp_path_factory.mktemp("fuzz") / "hub"
    with make_hub(data) as folder:
        honest, stolen = enrolled(folder).account, enrolled(folder).account
        assert honest is not None
        assert stolen is not None
        thief = stolen.mailbox, stolen.password
        if request.param == "embedded":
            broker = EmbeddedBroker("127.0.0.1", 0, folder.registry)
            broker.start()
            nothing = Standing(newcomers=0, sessions=0, octets=0)
            login = broker.login.user, broker.login.password
            try:
                yield Listener(str(broker.own_address), login, honest, thief, lambda: broker.standing == nothing)
            finally:
                broker.stop()
            return
        password = folder.registry.hub_password()
    mosquitto = Mosquitto(data.parent, hub_data=data)
    mosquitto.start()
    try:
        yield Listener(mosquitto.url, (topics.HUB_USER, password), honest, thief, lambda: True)
    finally:
        mosquitto.kill()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("who", ["pairing", "thief"])
def test_garbage_leaves_an_honest_probe_served(listener: Listener, who: str, seed: int) -> None:
    pelt(listener.url, PAIRING if who == "pairing" else listener.thief, seed, 60)
    listener.serves()
    until(listener.settled, "nothing left of those who have gone")


def test_packets_that_are_cut_leave_an_honest_probe_served(listener: Listener) -> None:
    first = random.Random(1).randrange(EACH)
    for number, octets in enumerate(cut(PAIRING)):
        if number % EACH == first:
            say(listener.url, octets)
    listener.serves()
    until(listener.settled, "nothing left of those who have gone")


def test_a_client_may_speak_octet_by_octet(listener: Listener) -> None:
    with Wire(listener.url) as one:
        for octet in wire.connect(*listener.thief):
            one.send(bytes([octet]))
        answer = one.next()
        assert answer is not None
        assert answer[0] == wire.CONNACK
        assert one.ping()
