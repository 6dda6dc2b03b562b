"""Who holds places at the hub's own mosquitto without logging in has to go; who has logged in stays."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hub.broker import mosquitto
from hub.broker.doorkeeper import EACH, GRACE_S, PAIRING_S, Doorkeeper
from hub.broker.supervised import OwnMosquitto
from hub.data import HubFolder, make_hub
from probe.contract import topics
from tests.hub.broker.test_broker import Client
from tests.hub.broker.test_own_mosquitto import account_of, beyond, insider, logged_in
from tests.paired import enrolled
from tests.processes import needs_mosquitto, until

pytestmark = needs_mosquitto


class Door:
    """A broker whose doorkeeper's clock stands still until it is moved, and the hub in it."""

    def __init__(self, folder: HubFolder) -> None:
        self.now_s = 0.0
        self.folder = folder
        self.broker = OwnMosquitto("0.0.0.0", 0, folder.keys, folder.registry, clock=lambda: self.now_s)
        self.broker.start()
        self.hub = insider(self.broker)

    def guests(self) -> list[str | None]:
        """As whom everybody at the listener has logged in, as the doorkeeper has seen at its last look."""
        keeper = self.broker._child.doorkeeper
        return sorted((guest.user for guest in list(keeper._guests.values()) if guest), key=str)

    def stranger(self, host: str = "127.0.0.1") -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.broker.port), timeout=60, source_address=(host, 0))

    def close(self) -> None:
        self.hub.close()
        self.broker.stop()


@pytest.fixture
def door(tmp_path: Path) -> Iterator[Door]:
    with make_hub(tmp_path / "hub") as folder:
        door = Door(folder)
        yield door
        door.close()


def test_who_does_not_log_in_has_to_go_and_probes_stay(door: Door) -> None:
    identity = enrolled(door.folder)
    own = logged_in(door.broker, identity)
    pairing = Client(beyond(door.broker), topics.PAIR_USERS[0], topics.PAIR_PASSWORD)
    mailbox = account_of(identity).mailbox
    with door.stranger() as silent, door.stranger() as slow:
        slow.sendall(b"\x16\x03\x01\x02\x00")
        until(lambda: door.guests() == sorted([mailbox, topics.PAIR_USERS[0], None, None], key=str), "all to be seen")
        door.now_s = GRACE_S + 1
        assert (silent.recv(1), slow.recv(1)) == (b"", b"")
    until(lambda: door.guests() == sorted([mailbox, topics.PAIR_USERS[0]]), "the strangers to be gone")
    assert pairing.connected
    door.now_s = PAIRING_S + 1
    until(lambda: not pairing.connected, "the pairing to be over")
    assert own.connected
    assert door.hub.connected
    topic = topics.up(mailbox)
    own.publish(topic)
    until(lambda: door.hub.heard == [topic], "a message of who has stayed")
    for client in (own, pairing):
        client.close()


def test_where_places_run_short_who_holds_many_has_to_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mosquitto, "MAX_CONNECTIONS", 20)
    with make_hub(tmp_path / "hub") as folder, ExitStack() as stack:
        door = Door(folder)
        stack.callback(door.close)
        few = [stack.enter_context(door.stranger("127.0.0.9")) for _ in range(2)]
        many = [stack.enter_context(door.stranger("127.0.0.8")) for _ in range(18)]
        until(lambda: sum(map(_is_open, many)) == EACH, "most of them to be put out, though no time has passed")
        assert all(_is_open(one) for one in few)
        logged_in(door.broker, enrolled(folder)).close()


def _is_open(link: socket.socket) -> bool:
    link.settimeout(0)
    try:
        return link.recv(1) != b""
    except BlockingIOError:
        return True


def test_nobody_is_put_out_where_logins_cannot_be_told(door: Door) -> None:
    """A mosquitto that says it in other words: then everybody would look like a stranger."""
    keeper = Doorkeeper(door.broker._child.process.pid, door.broker.port, 20, clock=lambda: door.now_s)
    try:
        with door.stranger() as stranger:
            until(lambda: door.guests() == [None], "it to be seen")
            keeper.hear(f"Somebody is here from 127.0.0.1:{stranger.getsockname()[1]} (u'hub').")
            keeper.look()
            door.now_s = GRACE_S / 2
            keeper.look()
            assert keeper._usable is None
            assert _is_open(stranger)
    finally:
        keeper.close()


def test_a_process_that_has_ended_is_no_trouble() -> None:
    child = os.fork()
    if not child:
        os._exit(0)
    keeper = Doorkeeper(child, 1, 20)
    os.waitpid(child, 0)
    keeper.look()
    keeper.close()


def test_a_machine_that_does_not_let_us_is_told_once(caplog: pytest.LogCaptureFixture) -> None:
    class Closed(Doorkeeper):
        def _present(self) -> list[object]:  # type: ignore[override]
            raise PermissionError(1, "Operation not permitted")

    keeper = Closed(os.getpid(), 1, 20)
    keeper.look()
    keeper.look()
    keeper.close()
    assert len(caplog.messages) == 1
    assert "cannot be put out here (Operation not permitted)" in caplog.messages[0]
