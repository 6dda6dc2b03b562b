"""A hub that runs starts whole or not at all, alone in its folder, and ends when a part of it has died."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.data import ServingLock, make_hub, read_hub
from hub.errors import BadInput, HubError
from hub.service import RunningHub, Settings
from hub.web.pages.operator.overview import PARTS
from tests.processes import HubProcess, answers, free_port, hub

BEFORE = "mqtt://127.0.0.1:1"


@pytest.fixture
def taken() -> Iterator[int]:
    """A port that somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield int(listener.getsockname()[1])


@pytest.fixture
def data(tmp_path: Path) -> Path:
    with make_hub(tmp_path / "hub") as folder:
        folder.registry.note_broker_address(BEFORE)
    return tmp_path / "hub"


def start(settings: Settings) -> None:
    with RunningHub(settings):
        raise AssertionError("it started")


@pytest.mark.parametrize("wrong", ["announce", "page", "broker", "tiles", "address"])
def test_what_cannot_start_leaves_nothing_half_started(wrong: str, data: Path, taken: int) -> None:
    page, mqtt = free_port(), free_port()
    settings = {
        "announce": Settings(data=data, port=page, mqtt_port=mqtt, announce=("203.0.113.9",)),
        "page": Settings(data=data, port=taken, mqtt_port=mqtt),
        "broker": Settings(data=data, port=page, mqtt_port=taken),
        "tiles": Settings(data=data, port=page, mqtt_port=mqtt, tiles_url="javascript:alert(1)"),
        "address": Settings(data=data, port=page, broker="http://host"),
    }[wrong]
    threads = set(threading.enumerate())
    with pytest.raises(HubError):
        start(settings)
    assert set(threading.enumerate()) <= threads
    assert not answers(page)
    assert not answers(mqtt)
    with read_hub(data) as log:
        assert log.registry.broker_address() == BEFORE
    ServingLock(data).release()


def test_a_hub_that_ran_leaves_no_thread_and_no_lock(data: Path) -> None:
    threads = set(threading.enumerate())
    with RunningHub(Settings(data=data)) as running:
        assert running.wait_until_listening(20)
        with pytest.raises(BadInput, match="serves this folder already"):
            ServingLock(data)
    assert {thread for thread in threading.enumerate() if not thread.daemon} <= threads
    assert not {thread.name for thread in threading.enumerate()} & {"derive", "ingest", "web", "broker"}
    ServingLock(data).release()


def test_what_runs_is_told_in_words_that_the_operator_s_page_has(data: Path) -> None:
    with RunningHub(Settings(data=data)) as running:
        assert running.wait_until_listening(20)
        well = running.well()
        assert well == dict.fromkeys(PARTS, True)
        running.second_pass.stop()
        assert [name for name, is_well in running.well().items() if not is_well] == ["second pass"]


def test_a_second_hub_on_a_folder_is_told_where_the_first_is(tmp_path: Path) -> None:
    first = HubProcess(tmp_path / "hub")
    first.start()
    try:
        second = hub("serve", "--data", first.data, "--port", "0", "--mqtt-port", "0")
        assert second.returncode == 2
        assert f"http://127.0.0.1:{first.port}/" in second.stderr
        assert first.mqtt_url in second.stderr
        with read_hub(first.data) as log:
            assert log.registry.broker_address() == first.mqtt_url
        first.kill()
        first.start()  # the kernel has let go of the lock of the one that was killed
    finally:
        first.kill()


def test_a_hub_that_has_gone_deaf_ends_with_a_sentence(tmp_path: Path) -> None:
    """No resolver takes such a name, and paho's thread dies of the question."""
    words = ("--port", "0", "--broker", f"mqtt://{'a' * 70}.example", "--data", tmp_path / "hub")
    done = hub("serve", *words)
    assert done.returncode == 1, "whoever watches over it starts it again"
    assert "intake by MQTT has ended by itself" in done.stderr.splitlines()[-1]


class HostileBroker:
    """Takes one client, and sends it messages on topics that are no text before it takes its subscription."""

    def __init__(self) -> None:
        self._listener = socket.socket()
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        self._listener.settimeout(30)
        self.url = f"mqtt://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        client, _ = self._listener.accept()
        with client:
            client.recv(1000)
            client.sendall(b"\x20\x02\x00\x00")  # CONNACK
            subscribe = client.recv(1000)
            client.sendall(b"\x30\x04\x00\x02\xff\xfe" * 3)  # PUBLISH
            client.sendall(b"\x90\x03" + subscribe[2:4] + b"\x01")  # SUBACK
            while client.recv(1000):
                pass

    def close(self) -> None:
        self._listener.close()


def test_a_topic_that_is_no_text_ends_nothing(data: Path) -> None:
    broker = HostileBroker()
    try:
        with RunningHub(Settings(data=data, broker=broker.url)) as running:
            assert running.wait_until_listening(20)
    finally:
        broker.close()
