"""The mosquitto that a hub runs beyond loopback: it starts and ends with the hub, and follows who is enrolled."""

import os
import pwd
import signal
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from hub.broker import supervised
from hub.broker.embedded import EmbeddedBroker
from hub.broker.mosquitto import USER, config
from hub.broker.mosquitto_log import MOST, MosquittoLog
from hub.broker.supervised import OwnMosquitto, end_stale, find_mosquitto, sweep
from hub.data import HubFolder, make_hub, open_hub
from hub.errors import BadInput, BrokerError
from probe.contract import topics
from probe.contract.pairing import Account
from probe.outbox.outbox import Outbox
from probe.seal.identity import Identity
from tests.examples import look
from tests.hub.broker.test_broker import Client
from tests.paired import enrolled, pair
from tests.processes import PROGRAM, HubProcess, answers, enterable_folder, needs_mosquitto, probe, until

pytestmark = needs_mosquitto


@contextmanager
def started(folder: HubFolder, **more: object) -> Iterator[OwnMosquitto]:
    """A mosquitto beyond loopback, without the rest of a hub."""
    broker = OwnMosquitto("0.0.0.0", 0, folder.keys, folder.registry, **more)  # type: ignore[arg-type]
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


def pid_of(broker: OwnMosquitto) -> int:
    return int((broker._folder / "pid").read_text())


def runs(pid: int) -> bool:
    """Whether a process runs: one that nobody has waited for yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


def gets_in(broker: OwnMosquitto, account: Account) -> bool:
    client = Client(beyond(broker), account.mailbox, account.password, account.client)
    client.close()
    return client.let_in is True


def account_of(identity: Identity) -> Account:
    assert identity.account is not None
    return identity.account


def logged_in(broker: OwnMosquitto, identity: Identity) -> Client:
    """A probe at the listener that is for others."""
    account = account_of(identity)
    client = Client(beyond(broker), account.mailbox, account.password, account.client)
    assert client.let_in
    return client


def insider(broker: OwnMosquitto) -> Client:
    """The hub itself."""
    client = Client(str(broker.own_address), broker.login.user, broker.login.password)
    assert client.subscribe(topics.EVERYTHING)
    return client


def beyond(broker: OwnMosquitto) -> str:
    return f"mqtts://127.0.0.1:{broker.port}"


def test_serve_beyond_loopback_takes_one_command_and_delivers(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub", host="0.0.0.0")
    try:
        running.start()
        assert running.mqtt_url.startswith("mqtts://")
        pair(tmp_path / "o.db", running.data)
        with Outbox(tmp_path / "o.db") as box:
            box.add([look()])
        sent = probe("send", "--outbox", tmp_path / "o.db", "--to", running.mqtt_url)
        assert sent.returncode == 0, sent.stderr
        child = running.children()["mosquitto"]
        if os.geteuid() == 0:
            assert Path(f"/proc/{child}").stat().st_uid == pwd.getpwnam(USER).pw_uid, "no root behind the network"
        assert running.stop() == 0
        assert not runs(child)
        assert not answers(running.mqtt_port)
        assert running.log == ""
    finally:
        running.kill()


def test_a_hub_that_is_killed_takes_its_mosquitto_along(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub", host="0.0.0.0")
    try:
        running.start()
        child = running.children()["mosquitto"]
        running.kill()
        until(lambda: not runs(child), "the kernel to end mosquitto with its hub")
        until(lambda: not answers(running.mqtt_port), "its port to be free")
        running.start()  # at the same port
    finally:
        running.kill()


def test_one_that_dies_is_started_again_and_clients_come_back_to_it(
    folder: HubFolder, caplog: pytest.LogCaptureFixture
) -> None:
    with started(folder) as broker:
        clients = [logged_in(broker, enrolled(folder)), insider(broker)]
        at, first = (broker.port, broker.own_address), pid_of(broker)
        os.kill(first, signal.SIGKILL)
        until(lambda: not any(client.connected for client in clients), "everybody to be cut off")
        until(lambda: all(client.connected for client in clients), "everybody to be back")
        assert pid_of(broker) != first
        assert (broker.port, broker.own_address) == at
        assert "mosquitto has ended (signal 9); it is started again" in caplog.messages
        for client in clients:
            client.close()


def test_one_that_dies_again_and_again_is_given_up(folder: HubFolder, caplog: pytest.LogCaptureFixture) -> None:
    program = enterable_folder() / "mosquitto"
    program.write_text(f'#!/bin/sh\nexec {PROGRAM} "$@"\n')
    program.chmod(0o755)
    with started(folder, program=program, pauses_s=(0.0, 0.0)) as broker:
        program.write_text("#!/bin/sh\necho 'Error: no more today.' >&2\nexit 3\n")
        assert broker.alive
        os.kill(pid_of(broker), signal.SIGKILL)
        until(lambda: not broker.alive, "it to be given up")
    assert "mosquitto: Error: no more today." in caplog.messages
    assert caplog.messages[-1] == "mosquitto has ended 3 times in a row (exit code 3), and is given up"


def test_who_is_enrolled_gets_in_and_who_is_revoked_is_cut_off(folder: HubFolder) -> None:
    """Also by another process, as `enroll` and `revoke` are."""
    with started(folder) as broker:
        with open_hub(folder.path) as other:
            lost, kept = enrolled(other, "lost"), enrolled(other, "kept")
        clients = logged_in(broker, lost), logged_in(broker, kept)  # at once: their accounts were some to spare
        inner, before = insider(broker), pid_of(broker)
        with open_hub(folder.path) as other:
            other.registry.revoke(other.registry.named("lost"), datetime.now(UTC).date())
        until(lambda: not clients[0].connected, "the revoked one to be cut off")
        until(lambda: clients[0].let_in is False, "it to come again in vain")
        assert clients[1].connected
        topic = topics.up(account_of(kept).mailbox)
        clients[1].publish(topic)
        until(lambda: inner.heard == [topic], "a message of the other one")
        assert pid_of(broker) == before, "nobody else had to come again"
        for client in (*clients, inner):
            client.close()


def test_more_are_enrolled_than_there_were_accounts_to_spare(
    folder: HubFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervised, "SPARE_ACCOUNTS", 1)
    with started(folder) as broker:
        for account in [account_of(enrolled(folder)) for _ in range(3)]:
            until(partial(gets_in, broker, account), "its account to be known")


def test_its_files_are_for_nobody_else_and_go_with_it(folder: HubFolder) -> None:
    with started(folder) as broker:
        where = broker._folder
        for path in (where, *where.iterdir()):
            if path.name != "pid":
                assert not stat.S_IMODE(path.stat().st_mode) & 0o007, path
        if os.geteuid() == 0:
            assert where.stat().st_uid == 0, "mosquitto cannot put anything in the place of its files"
    assert not where.exists()


def test_what_a_crashed_hub_left_behind_is_ended(tmp_path: Path) -> None:
    sleeps = [sys.executable, "-c", "import time; time.sleep(600)"]
    stale, other = subprocess.Popen([*sleeps, str(tmp_path / "mosquitto.conf")]), subprocess.Popen(sleeps)
    until(lambda: b"mosquitto.conf" in Path(f"/proc/{stale.pid}/cmdline").read_bytes(), "the process to be itself")
    try:
        (tmp_path / "pid").write_text(str(stale.pid))
        end_stale(tmp_path)
        assert stale.wait() == -signal.SIGKILL
        end_stale(tmp_path)
        (tmp_path / "pid").write_text(str(other.pid))  # somebody else has its number by now
        end_stale(tmp_path)
        assert other.poll() is None
        used, left = tmp_path / "run" / "used", tmp_path / "run" / "left"
        for folder in (used, left):
            folder.mkdir(parents=True)
            (folder / "pid").write_text(str(stale.pid))
        used_by = subprocess.Popen([*sleeps, str(used / "mosquitto.conf")])
        (used / "pid").write_text(str(used_by.pid))
        sweep(tmp_path / "run")
        used_by.kill()
        used_by.wait()
        assert (used.exists(), left.exists()) == (True, False)
    finally:
        for process in (stale, other):
            process.kill()
            process.wait()


def test_a_machine_without_mosquitto_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_mosquitto() == Path(PROGRAM or ""), "where only root's PATH leads"
    with pytest.raises(BrokerError, match="apt install mosquitto") as told:
        find_mosquitto(also="")
    assert told.value.exit_code == 2


@pytest.mark.parametrize(("host", "port"), [("0.0.0.0", "taken"), ("203.0.113.9", 0), ("203.0.113.9", 18830)])
def test_where_it_cannot_listen_is_told_and_nothing_stays(host: str, port: int | str, folder: HubFolder) -> None:
    threads = set(threading.enumerate())
    with socket.socket() as other:
        other.bind(("0.0.0.0", 0))
        other.listen()
        at = other.getsockname()[1] if port == "taken" else int(port)
        broker = OwnMosquitto(host, at, folder.keys, folder.registry)
        with pytest.raises(BrokerError, match=r"cannot listen on .*--mqtt-port"):
            broker.start()
    assert not broker._folder.exists()
    until(lambda: set(threading.enumerate()) <= threads, "its threads to end")


def test_amqtt_listens_on_loopback_only(folder: HubFolder) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "hub.local"):
        with pytest.raises(BrokerError, match="loopback only"):
            EmbeddedBroker(host, 0, folder.registry)


@pytest.mark.parametrize("host", ["0.0.0.0\nuser root", "a b", "\u202e1"])
def test_no_host_and_no_folder_adds_a_line_to_its_settings(host: str) -> None:
    with pytest.raises(BadInput, match="configuration"):
        config(Path("/x"), host, 8883, None)
    with pytest.raises(BadInput, match="configuration"):
        config(Path(f"/x/{host}\n"), "0.0.0.0", 8883, None)


def test_its_words_fill_no_log_and_steer_no_terminal(caplog: pytest.LogCaptureFixture) -> None:
    now_s = [100.0]
    said = MosquittoLog(clock=lambda: now_s[0])
    said.hear(["Error: before it ran.\n"])
    assert (said.last, caplog.messages) == ("before it ran.", [])
    said.aloud = True
    said.hear(["Client x disconnected.\n", "OpenSSL Error[0]: garbage\n", "Error: \x1b[31mred\u202e.\n"])
    said.hear(f"Warning: {number}\n" for number in range(1000))
    assert len(caplog.messages) == MOST
    assert all(message.isprintable() for message in caplog.messages)
    now_s[0] += 60
    said.hear(["Warning: later\n"])
    assert caplog.messages[-2:] == ["mosquitto: 991 more lines were left out", "mosquitto: Warning: later"]


def _has_ipv6() -> bool:
    with socket.socket(socket.AF_INET6) as one:
        try:
            one.bind(("::1", 0))
        except OSError:
            return False
    return True


@pytest.mark.skipif(not _has_ipv6(), reason="this machine has no IPv6 loopback")
def test_it_listens_on_every_address_of_ipv6(folder: HubFolder) -> None:
    broker = OwnMosquitto("::", 0, folder.keys, folder.registry)
    broker.start()
    try:
        account = account_of(enrolled(folder))
        client = Client(f"mqtts://[::1]:{broker.port}", account.mailbox, account.password, account.client)
        assert client.let_in
        client.close()
    finally:
        broker.stop()
