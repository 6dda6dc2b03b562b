"""A flood of askers does not queue up at a broker that holds nobody back: the hub hears them by handfuls."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub.ingest import turnstile
from hub.ingest.mqtt import MqttIngest
from hub.ingest.turnstile import HANDFUL, QUIET_S, WITHIN_S, Turnstile
from hub.service import RunningHub, Settings
from probe.contract import topics
from tests.examples import look
from tests.hub.broker import wire
from tests.hub.broker.wire import Wire
from tests.hub.enroll.test_flood import HELLO, Steady
from tests.paired import enrolled, parcel
from tests.processes import Mosquitto, until

FLOOD = 3000  # fewer than what our mosquitto queues for the hub at most, so that all of it would come


def test_after_a_handful_nobody_is_heard_until_all_are_through() -> None:
    steady, heard = Steady(), list[bool]()
    one = Turnstile(heard.append, steady)
    for _ in range(HANDFUL - 1):
        one.passed()
    assert one.open
    one.passed()
    assert (one.open, heard) == (False, [False])
    for _ in range(3 * HANDFUL):  # what had queued up by then
        steady.now_s += QUIET_S / 2
        one.passed()
        assert one.turn() > 0
    assert heard == [False]
    steady.now_s += QUIET_S * 1.01
    assert one.turn() == 0
    assert (one.open, heard) == (True, [False, True])
    for _ in range(HANDFUL):
        one.passed()
    assert heard == [False, True, False], "each time"


def test_whoever_asks_in_peace_is_always_heard() -> None:
    steady, heard = Steady(), list[bool]()
    one = Turnstile(heard.append, steady)
    for _ in range(10 * HANDFUL):
        steady.now_s += 2 * WITHIN_S / HANDFUL
        one.passed()
        one.turn()
    assert (one.open, heard) == (True, [])


def test_a_new_connection_hears_everybody() -> None:
    steady, heard = Steady(), list[bool]()
    one = Turnstile(heard.append, steady)
    for _ in range(HANDFUL):
        one.passed()
    one.opened()
    assert one.open
    one.turn()
    assert heard == [False], "it has subscribed by itself"


def test_it_opens_by_itself_and_ends() -> None:
    heard = list[bool]()
    one = Turnstile(heard.append)
    one.start()
    for _ in range(HANDFUL):
        one.passed()
    until(lambda: heard == [False, True], "it to open")
    one.stop()
    assert not one.alive


@contextmanager
def behind_mosquitto(folder: Path) -> Iterator[tuple[RunningHub, str]]:
    """A hub in this process behind a real mosquitto, and where that is."""
    mosquitto = Mosquitto(folder, hub_data=folder / "hub")
    mosquitto.start()
    try:
        with RunningHub(Settings(data=folder / "hub", broker=mosquitto.url)) as running:
            assert running.wait_until_listening(60.0)
            yield running, mosquitto.url
    finally:
        mosquitto.kill()


def test_a_flood_stays_out_at_mosquitto_and_sightings_do_not_wait_behind_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a turnstile the hub has to hear the whole flood before anything that comes after it."""
    asked, shut = list[str](), threading.Event()
    hears, makes = MqttIngest._on_message, MqttIngest._make_client

    def on_message(self: MqttIngest, client: object, data: object, message: object) -> None:
        if topics.rendezvous_of(message.topic) is not None:  # type: ignore[attr-defined]
            asked.append(message.topic)  # type: ignore[attr-defined]
        hears(self, client, data, message)

    def make_client(self: MqttIngest, *how: object) -> object:
        client = makes(self, *how)  # type: ignore[arg-type]
        client.on_unsubscribe = lambda *_: shut.set()
        return client

    monkeypatch.setattr(MqttIngest, "_on_message", on_message)
    monkeypatch.setattr(MqttIngest, "_make_client", make_client)
    monkeypatch.setattr(turnstile, "QUIET_S", 3600.0)
    with behind_mosquitto(tmp_path) as (running, url):
        honest = enrolled(running.folder)
        with Wire(url) as flood:
            assert flood.login(wire.connect(topics.PAIR_USERS[0], topics.PAIR_PASSWORD))
            for number in range(HANDFUL):
                assert flood.publish(topics.pair_up(f"{number:032x}"), HELLO)
            until(lambda: len(asked) == HANDFUL, "a handful to be heard")
            until(shut.is_set, "the broker to know that it is enough")
            for number in range(FLOOD):
                assert flood.publish(topics.pair_up(f"{HANDFUL + number:032x}"), HELLO)
        assert honest.account is not None
        down = topics.down(honest.account.mailbox)
        with Wire(url) as one:
            assert one.login(wire.connect(honest.account.mailbox, honest.account.password))
            assert one.subscribe(down)
            assert one.publish(topics.up(honest.account.mailbox), parcel(honest, look()))
            until(lambda: one.ping() and down in [topic for topic, _ in one.heard], "the receipts")
        assert len(asked) == HANDFUL
