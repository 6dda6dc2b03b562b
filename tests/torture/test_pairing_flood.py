"""A flood at the pairing topics, through a real broker: an honest probe pairs and delivers all the same."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from hub.data import open_hub
from probe.contract import topics
from probe.contract.code import new_token
from probe.outbox.outbox import Outbox
from probe.pairing.mqtt import pair_over_mqtt
from probe.uplink.choose import broker_of
from probe.uplink.tls import pinned
from tests.examples import look
from tests.hub.enroll.test_flood import HELLO, asking
from tests.paired import pairing_of
from tests.processes import HubProcess, Mosquitto, probe, until

pytestmark = pytest.mark.slow

PROBES = 4  # the first one comes before much has queued up
BACK = 2000  # so much of it, before the next one comes


@pytest.fixture(params=["embedded", "mosquitto"])
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[HubProcess]:
    mosquitto = Mosquitto(tmp_path, hub_data=tmp_path / "hub") if request.param == "mosquitto" else None
    if mosquitto is not None:
        mosquitto.start()
    process = HubProcess(tmp_path / "hub", broker=mosquitto.url if mosquitto else None)
    process.start()
    yield process
    process.kill()
    if mosquitto is not None:
        mosquitto.kill()


class Flood:
    """Somebody who asks without a pause, as fast as the broker takes it, and who comes again when sent away: an
    account has one session, so that whoever takes one that is in use sends the other away."""

    def __init__(self, running: HubProcess, messages: list[bytes]) -> None:
        self.sent = 0
        self._messages = messages
        self._stop = threading.Event()
        self._client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_pre_connect = lambda client, _data: client.username_pw_set(
            random.choice(topics.PAIR_USERS), topics.PAIR_PASSWORD
        )
        self._client.on_publish = lambda *_: self._taken()
        address = broker_of(running.mqtt_url)
        if address.tls:
            self._client.tls_set_context(pinned(lambda _hub: True))
        self._client.connect(address.host, address.port)

    def _taken(self) -> None:
        self.sent += 1
        if not self._stop.is_set():
            self._next()

    def _next(self) -> None:
        rendezvous = f"{self.sent:032x}"
        self._client.publish(topics.pair_up(rendezvous), self._messages[self.sent % len(self._messages)], 1)

    def __enter__(self) -> "Flood":
        self._client.loop_start()
        for _ in range(10):
            self._next()
        until(lambda: self.sent > 50, "a flood")
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._client.disconnect()
        self._client.loop_stop()
        if (left := self._client.socket()) is not None:
            left.close()
        self._client.on_publish = None


@pytest.mark.parametrize("kind", ["hellos", "wrong tokens"])
def test_a_probe_pairs_and_delivers_through_a_flood(running: HubProcess, tmp_path: Path, kind: str) -> None:
    with open_hub(running.data) as folder:
        wrong = [asking(folder, new_token()) for _ in range(200)]
        with Flood(running, [HELLO] if kind == "hellos" else wrong) as flood, Outbox(tmp_path / "o.db") as box:
            for number in range(PROBES):
                through = flood.sent
                _, code = pairing_of(folder).invite(f"honest {number}", running.mqtt_url)
                identity = pair_over_mqtt(code, broker_of(running.mqtt_url), patience_s=60.0)
                until(lambda through=through: flood.sent > through + BACK, "the flood, which comes again")  # type: ignore[misc]
            box.pair(identity)
            through = flood.sent
            box.add([look()])
            sent = probe("send", "--outbox", box.path, "--patience", "60")
            assert sent.returncode == 0, sent.stderr
            assert box.standing().stored == 1
            until(lambda: flood.sent > through, "the flood, which goes on")
