"""Rights at the broker, embedded and mosquitto: what a stolen account can do, and what it cannot."""

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hub.broker.rights import Action, Login, Rights
from hub.data import make_hub, open_hub
from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.outbox.outbox import Outbox
from probe.seal.identity import Identity
from tests.examples import look
from tests.paired import enrolled, pair, parcel
from tests.processes import HubProcess, Mosquitto, hub, probe, until


class Client:
    """A client with a mind of its own."""

    def __init__(self, url: str, user: str, password: str, client: str = "") -> None:
        address = BrokerAddress.parse(url)
        self.heard: list[str] = []
        self.let_in: bool | None = None
        self.connected = False
        self.granted: list[bool] = []
        self._client = paho.Client(CallbackAPIVersion.VERSION2, client_id=client, protocol=paho.MQTTv311)
        self._client.username_pw_set(user, password)
        if address.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            self._client.tls_set_context(context)
        self._client.on_connect = self._on_connect
        self._client.on_disconnect = self._on_disconnect
        self._client.on_message = lambda _c, _d, message: self.heard.append(message.topic)
        self._client.on_subscribe = self._on_subscribe
        self._client.connect(address.host, address.port)
        self._client.loop_start()
        until(lambda: self.let_in is not None, "an answer to CONNECT")

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        self.let_in = self.connected = not reason.is_failure
        if reason.is_failure:
            self._client.disconnect()

    def _on_disconnect(self, *_: object) -> None:
        self.connected = False

    def _on_subscribe(self, _c: object, _d: object, _m: object, reasons: list[Any], _p: object) -> None:
        self.granted.append(not reasons[0].is_failure)

    def subscribe(self, topic: str) -> bool:
        """Whether the broker says yes. Some say yes and then give nothing."""
        before = len(self.granted)
        self._client.subscribe(topic, 1)
        until(lambda: len(self.granted) > before, "an answer to SUBSCRIBE")
        return self.granted[-1]

    def publish(self, topic: str, payload: bytes = b"x") -> None:
        self._client.publish(topic, payload, 1)

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()
        # Out of the circle of client and callbacks, so that it goes now, and its sockets with it.
        self._client.on_connect = self._client.on_message = self._client.on_subscribe = None
        self._client.on_disconnect = None


@pytest.fixture(scope="module", params=["embedded", "own mosquitto", "mosquitto"])
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[HubProcess]:
    folder = tmp_path_factory.mktemp("broker")
    mosquitto = None
    if request.param == "mosquitto":
        mosquitto = Mosquitto(folder, hub_data=folder / "hub")
        mosquitto.start()
    host = "127.0.0.1" if request.param == "embedded" else "0.0.0.0"
    process = HubProcess(folder / "hub", broker=mosquitto.url if mosquitto else None, host=host)
    process.start()
    yield process
    process.kill()
    if mosquitto:
        mosquitto.kill()


@pytest.fixture
def two(running: HubProcess) -> tuple[Identity, Identity]:
    with open_hub(running.data) as folder:
        return enrolled(folder), enrolled(folder)


def login(running: HubProcess, identity: Identity) -> Client:
    account = identity.account
    assert account is not None
    return Client(running.mqtt_url, account.mailbox, account.password, account.client)


def test_nobody_gets_in_without_an_account(running: HubProcess, two: tuple[Identity, Identity]) -> None:
    account = two[0].account
    assert account is not None
    wrong = (("", ""), ("hub", "hub"), ("hub", "é"), (account.mailbox, "wrong"), (account.mailbox, "ключ"))
    for user, password in (*wrong, ("f" * 32, account.password)):
        client = Client(running.mqtt_url, user, password, account.client)
        assert client.let_in is False, user
        client.close()


@pytest.mark.parametrize("password", ["mot de passe é", "٣", "", "\ud800", "x" * 70_000])
def test_any_text_is_a_wrong_password_and_no_fault(password: str, tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        identity = enrolled(folder)
        assert identity.account is not None
        rights, account = Rights(folder.registry, Login()), identity.account
        assert not rights.may_connect(topics.HUB_USER, password)
        assert not rights.may_connect(topics.PAIR_USERS[0], password)
        assert not rights.may_connect(account.mailbox, password)
        assert not rights.may_connect(password, password)
        assert rights.may_connect(account.mailbox, account.password)


def test_a_stolen_account_reads_and_writes_its_own_mailbox_only(
    running: HubProcess, two: tuple[Identity, Identity]
) -> None:
    thief_id, victim = two
    assert victim.account is not None
    assert thief_id.account is not None
    thief, own = login(running, thief_id), login(running, victim)
    assert thief.let_in
    mailbox, mine = victim.account.mailbox, thief_id.account.mailbox
    for topic in (topics.EVERYTHING, "#", "+/1/+/up", topics.down(mailbox), topics.up(mailbox), topics.home(mailbox)):
        thief.subscribe(topic)
    assert thief.subscribe(topics.down(mine))
    assert own.subscribe(topics.down(mailbox))
    # Somebody else's parcels, a false receipt, a false home packet, a hub's answer: none of them arrives.
    with open_hub(running.data) as folder:
        before = folder.store.counts()
    for topic in (topics.up(mailbox), topics.down(mailbox), topics.home(mailbox), topics.down(mine)):
        thief.publish(topic, parcel(thief_id, look()))
    own.publish(topics.up(mailbox), parcel(victim, look()))
    until(lambda: topics.down(mailbox) in own.heard, "the victim's own receipt")
    with open_hub(running.data) as folder:
        now = folder.store.counts()
    assert now.sightings == before.sightings + 1
    assert now.quarantined == before.quarantined
    assert own.heard.count(topics.down(mailbox)) == 1
    assert [topic for topic in thief.heard if mailbox in topic] == []
    thief.close()
    own.close()


def test_whoever_may_pair_may_do_nothing_else(running: HubProcess, two: tuple[Identity, Identity]) -> None:
    assert two[0].account is not None
    mailbox = two[0].account.mailbox
    pairing = Client(running.mqtt_url, topics.PAIR_USERS[0], topics.PAIR_PASSWORD)
    assert pairing.let_in
    pairing.subscribe(topics.down(mailbox))
    pairing.subscribe(topics.EVERYTHING)
    with open_hub(running.data) as folder:
        before = folder.store.counts()
    pairing.publish(topics.up(mailbox), parcel(two[0], look()))
    own = login(running, two[0])
    own.subscribe(topics.down(mailbox))
    own.publish(topics.up(mailbox), parcel(two[0], look()))
    until(lambda: bool(own.heard), "the receipt")
    assert not [topic for topic in pairing.heard if mailbox in topic]
    with open_hub(running.data) as folder:
        assert folder.store.counts().sightings == before.sightings + 1
    pairing.close()
    own.close()


def test_garbage_at_the_pairing_topic_disturbs_nobody(running: HubProcess, tmp_path: Path) -> None:
    pairing = Client(running.mqtt_url, topics.PAIR_USERS[0], topics.PAIR_PASSWORD)
    for number in range(50):
        pairing.publish(topics.pair_up("0" * 32), bytes([number]) * number * 20)
    pair(tmp_path / "o.db", running.data)
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
    assert probe("send", "--outbox", tmp_path / "o.db", "--to", running.mqtt_url).returncode == 0
    pairing.close()


def test_the_newest_keys_come_before_the_first_receipts(running: HubProcess, two: tuple[Identity, Identity]) -> None:
    """With its last receipt a probe goes; and nothing is retained at the broker for those who come."""
    account = two[0].account
    assert account is not None
    own = login(running, two[0])
    own.subscribe(topics.home(account.mailbox))
    own.subscribe(topics.down(account.mailbox))
    assert own.heard == []
    own.publish(topics.up(account.mailbox), parcel(two[0], look()))
    until(lambda: own.heard.count(topics.down(account.mailbox)) == 1, "the receipt")
    own.publish(topics.up(account.mailbox), parcel(two[0], look()))
    until(lambda: own.heard.count(topics.down(account.mailbox)) == 2, "the second receipt")
    assert own.heard == [topics.home(account.mailbox), topics.down(account.mailbox), topics.down(account.mailbox)]
    own.close()


def test_rights_end_when_a_probe_is_revoked(tmp_path: Path) -> None:
    with make_hub(tmp_path) as folder:
        identity, hub_login = enrolled(folder, "one"), Login()
        rights = Rights(folder.registry, hub_login)
        account = identity.account
        assert account is not None
        assert rights.may_connect(account.mailbox, account.password)
        assert rights.may_use(account.mailbox, topics.up(account.mailbox), Action.WRITE)
        assert not rights.may_use(account.mailbox, topics.up(account.mailbox), Action.READ)
        from datetime import date

        folder.registry.revoke(folder.registry.named("one"), date(2026, 5, 9))
        assert not rights.may_connect(account.mailbox, account.password)
        assert not rights.may_use(account.mailbox, topics.up(account.mailbox), Action.WRITE)


def test_spare_accounts_let_probes_come_without_touching_mosquitto_again(tmp_path: Path) -> None:
    mosquitto = Mosquitto(tmp_path, hub_data=tmp_path / "hub")
    with make_hub(tmp_path / "hub") as folder:
        spare = {account.mailbox for account in folder.registry.accounts()}
        identity = enrolled(folder)
    assert identity.account is not None
    assert identity.account.mailbox in spare
    assert hub("broker-config", "mosquitto", "--to", "/proc/nowhere", "--data", tmp_path / "hub").returncode == 2
    assert mosquitto.url.startswith("mqtts://")


def test_probes_find_their_own_hub_at_home(tmp_path: Path) -> None:
    """Over multicast on loopback: two hubs announce themselves, and the probe takes the one with its key."""
    from probe.uplink.find import brokers, our_brokers

    ours = HubProcess(tmp_path / "ours", host="0.0.0.0", more=("--announce", "127.0.0.1"))
    other = HubProcess(tmp_path / "other", host="0.0.0.0", more=("--announce", "127.0.0.1"))
    for process in (other, ours):
        process.start()
    try:
        found: list[BrokerAddress] = []

        def both() -> bool:  # and whoever else announces itself on this machine meanwhile
            found[:] = brokers(look_s=2.0, interfaces=["127.0.0.1"])
            return {ours.mqtt_port, other.mqtt_port} <= {address.port for address in found}

        until(both, "two hubs that announce themselves")
        assert all(address.tls for address in found)
        pair(tmp_path / "o.db", ours.data, address="mqtts://192.0.2.1:8883")
        with Outbox(tmp_path / "o.db") as box:
            identity = box.paired()
        here = our_brokers(lambda hub_id: hub_id == identity.hub_id, found)
        assert [address.port for address in here] == [ours.mqtt_port]
        # Who has found its hub does not go on looking: the clock of this look stands still, so it would never end.
        near = brokers(interfaces=["127.0.0.1"], clock=lambda: 0.0)
        assert next(our_brokers(lambda hub_id: hub_id == identity.hub_id, near)).port == ours.mqtt_port
    finally:
        for process in (other, ours):
            process.kill()


def test_an_announcement_says_what_is_wrong(tmp_path: Path) -> None:
    words = ("--data", tmp_path / "x", "--port", "0", "--mqtt-port", "0", "--host", "0.0.0.0", "--announce", "home")
    done = hub("serve", *words)
    assert done.returncode == 2
    assert "address of this machine" in done.stderr
