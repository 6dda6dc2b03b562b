"""What strangers and thieves can do to the mosquitto that a hub runs: flood after flood, and then an honest probe.

`tests/siege/test_siege.py` lays all at once. Each prints its figures: memory now and at most, in MB.
"""

import resource
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from hub.broker.mosquitto import MAX_CONNECTIONS
from hub.data import open_hub
from probe.contract import topics
from probe.outbox.outbox import Outbox
from tests.examples import look
from tests.paired import enrolled, pair
from tests.processes import HubProcess, needs_mosquitto, probe
from tests.siege import strangers

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200), needs_mosquitto]

MOST_MB = 100
HELLO = strangers.client_hello()


class Hub:
    """A hub beyond loopback, its mosquitto, an honest probe and a stolen account."""

    def __init__(self, folder: Path) -> None:
        self.outbox = folder / "o.db"
        self.process = HubProcess(folder / "hub", host="0.0.0.0")
        self.process.start()
        self.port = int(self.process.mqtt_url.rsplit(":", 1)[1])
        self.pid = self.process.children()["mosquitto"]
        pair(self.outbox, self.process.data)
        with open_hub(self.process.data) as data:
            account = enrolled(data).account
        assert account is not None
        self.stolen = (account.mailbox, account.password, account.client)

    def delivers(self) -> bool:
        """Whether an honest probe gets in and has its sightings receipted."""
        with Outbox(self.outbox) as box:
            box.add([look() for _ in range(40)])
        return probe("send", "--outbox", self.outbox, "--to", f"mqtts://127.0.0.1:{self.port}").returncode == 0


@pytest.fixture(scope="module")
def hub(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hub]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] != resource.RLIM_INFINITY and before[1] < 3000:
        pytest.skip(f"this process may open {before[1]} files only; 2,000 connections need more: ulimit -Hn")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    hub = Hub(tmp_path_factory.mktemp("siege"))
    yield hub
    hub.process.kill()
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


FLOODS: dict[str, Callable[[Hub], object]] = {
    "1,000 refused logins": lambda hub: strangers.refused_logins(hub.port, 1000),
    "1,500 short connections": lambda hub: strangers.short_connections(hub.port, 1500),
    "3,000 times TLS garbage": lambda hub: strangers.tls_garbage(hub.port, 3000),
    "200 MiB in one PUBLISH": lambda hub: strangers.one_huge(hub.port, 200 << 20, *hub.stolen),
    "300 retained MiB by a thief": lambda hub: strangers.retained(hub.port, 300, 1 << 20, *hub.stolen),
    "300 retained MiB by who may pair": lambda hub: strangers.retained(
        hub.port, 300, 1 << 20, topics.PAIR_USERS[0], topics.PAIR_PASSWORD
    ),
}
HOLDS: dict[str, Callable[[Hub], AbstractContextManager[int]]] = {
    "2,000 silent connections": lambda hub: strangers.held_open(hub.port, 2000),
    "2,000 half hellos": lambda hub: strangers.held_open(hub.port, 2000, HELLO[:100]),
    "2,000 half handshakes": lambda hub: strangers.held_open(hub.port, 2000, HELLO),
    "1,500 CONNECTs of 97 kB that never end": lambda hub: strangers.stuffed(hub.port, 1500),
}


def _tell(hub: Hub, flood: str, told: object) -> None:
    print(
        f"{flood}: {told}; mosquitto {strangers.memory_mb(hub.pid)} MB, hub {strangers.memory_mb(hub.process.pid)} MB"
    )


@pytest.mark.parametrize("flood", FLOODS)
def test_after_a_flood_it_is_small_and_an_honest_probe_gets_in(hub: Hub, flood: str) -> None:
    _tell(hub, flood, FLOODS[flood](hub))
    assert hub.delivers()
    assert strangers.memory_mb(hub.pid)[1] < MOST_MB
    assert hub.process.children()["mosquitto"] == hub.pid, "it has not died of it"


@pytest.mark.parametrize("flood", HOLDS)
def test_who_holds_connections_keeps_no_honest_probe_out(hub: Hub, flood: str) -> None:
    with HOLDS[flood](hub) as kept:
        _tell(hub, flood, f"{kept} kept of {MAX_CONNECTIONS} places")
        assert hub.delivers()
    assert strangers.memory_mb(hub.pid)[1] < MOST_MB
    assert hub.process.children()["mosquitto"] == hub.pid, "it has not died of it"
