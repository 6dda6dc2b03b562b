"""The way back over real brokers and by stick: streets come once, go on where they were cut, and disturb no receipt."""

import contextlib
import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from hub.basemap import WALKERS
from hub.basemap.walkers import SheetWriter
from hub.data import open_hub
from hub.enroll.folder import lay_home
from hub.enroll.home import WayBack, home_packet
from hub.ingest.folder import ingest_folder
from hub.service import RunningHub, Settings
from probe.contract.address import BrokerAddress
from probe.contract.base import ContractError
from probe.contract.envelope import pack
from probe.contract.folder import WALKERS_STREETS
from probe.contract.home import MAX_WANTED_BYTES, Wanted, decode_wanted
from probe.contract.parcel import decode_parcel
from probe.contract.streets import MAX_SHEET_BYTES, WayClass
from probe.outbox.outbox import Outbox
from probe.uplink.folder import FolderUplink
from probe.uplink.mqtt import MqttUplink
from probe.uplink.uplink import home_of, take_home_packet
from tests.examples import look
from tests.paired import ingest_of, made_hub, pair
from tests.processes import Mosquitto

WAIT_S = 30.0


def lay_streets(data: Path, streets: int = 400) -> int:
    """A walker's street map of several sheets in a hub's folder; how many octets it has."""
    writer = SheetWriter(data / "scratch.db")
    for number in range(streets):
        at = number * 0.0002
        bent = [(7.4 + step * 0.0008, 43.7 + at + (step * number % 7) * 0.00004) for step in range(120)]
        writer.way(WayClass.STREET, f"Rue du Numéro {number * 7919 % 100_003}", bent)
    octets = writer.finish(data / WALKERS, "2026-05-01")
    writer.close()
    assert octets is not None
    return octets


class Cable:
    """A TCP way to a port that passes so many octets to its client, and is then cut until it is mended."""

    def __init__(self, target: int) -> None:
        self._target, self.left, self.passed = target, 1 << 60, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._cut()
        for thread in self._threads:
            thread.join(WAIT_S)

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self.left <= 0:
                client.close()
                continue
            server = socket.create_connection(("127.0.0.1", self._target))
            self._open += [client, server]
            for source, target, down in ((client, server, False), (server, client, True)):
                thread = threading.Thread(target=self._pump, args=(source, target, down), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, source: socket.socket, target: socket.socket, down: bool) -> None:
        try:
            while data := source.recv(4096):
                if down:
                    self.left -= len(data)
                    self.passed += len(data)
                if self.left <= 0:
                    self._cut()
                    return
                target.sendall(data)
        except OSError:
            pass
        self._end(source)
        self._end(target)

    def _cut(self) -> None:
        for one in self._open:
            self._end(one)

    @staticmethod
    def _end(one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return made_hub(tmp_path / "hub")


@pytest.fixture
def cables() -> Iterator[Callable[[int], Cable]]:
    made: list[Cable] = []

    def cable(port: int) -> Cable:
        made.append(Cable(port))
        return made[-1]

    yield cable
    for one in made:
        one.close()


def deliver(box: Outbox, port: int, clock: Callable[[], float] = time.monotonic) -> int:
    return (
        MqttUplink(BrokerAddress.parse(f"mqtt://127.0.0.1:{port}"), patience_s=600.0, clock=clock)
        .deliver(box, lambda _standing: None)
        .standing.queued
    )


def test_streets_come_with_a_delivery_and_once(tmp_path: Path, data: Path, cables: Callable[[int], Cable]) -> None:
    octets = lay_streets(data)
    pair(tmp_path / "o.db", data)
    with RunningHub(Settings(data=data)) as running, Outbox(tmp_path / "o.db") as box:
        assert running.wait_until_listening(WAIT_S)
        cable = cables(BrokerAddress.parse(running.mqtt_url).port)
        box.add([look(), look()])
        assert deliver(box, cable.port) == 0
        home = home_of(box)
        assert home.missing() == ()
        assert home.about().sheets == home.about().all_sheets > 3
        assert json.loads(home.streets(7.41, 43.71, 7.42, 43.72))["ways"]
        first = cable.passed
        assert first > octets
        box.add([look()])
        assert deliver(box, cable.port) == 0
        assert cable.passed - first < 20_000


def test_receipts_come_while_the_streets_are_cut_and_these_go_on_where_they_were(
    tmp_path: Path, data: Path, cables: Callable[[int], Cable]
) -> None:
    octets = lay_streets(data)
    pair(tmp_path / "o.db", data)
    broker = Mosquitto(tmp_path)
    broker.start()
    try:
        with RunningHub(Settings(data=data, broker=broker.url)) as running, Outbox(tmp_path / "o.db") as box:
            assert running.wait_until_listening(WAIT_S)
            cable = cables(broker.port)
            cable.left = octets // 2
            box.add([look() for _ in range(5)])
            # A clock that hurries gives up what no longer comes; the receipts were there before.
            assert deliver(box, cable.port, clock=lambda: time.monotonic() * 8) == 0
            about = home_of(box).about()
            assert 0 < about.sheets < about.all_sheets
            cable.left, before = 1 << 60, cable.passed
            box.add([look()])
            assert deliver(box, cable.port) == 0
            assert home_of(box).missing() == ()
            assert cable.passed - before < octets - about.octets + 20_000
            assert running.folder.store.count() == 6
    finally:
        broker.kill()


def test_what_comes_to_wait_meanwhile_goes_before_the_rest_of_the_streets(
    tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lay_streets(data)
    pair(tmp_path / "o.db", data)
    with RunningHub(Settings(data=data)) as running, Outbox(tmp_path / "o.db") as box:
        assert running.wait_until_listening(WAIT_S)
        left: list[int] = []

        def take(outbox: Outbox, word: bytes, home: object = None) -> None:
            take_home_packet(outbox, word, home)  # type: ignore[arg-type]
            if not left and home_of(box).about().sheets == 1:
                left.append(len(home_of(box).missing(100)))
                box.add([look()])

        monkeypatch.setattr("probe.uplink.fetch.take_home_packet", take)
        box.add([look()])
        assert deliver(box, BrokerAddress.parse(running.mqtt_url).port) == 0
        assert running.folder.store.count() == 2
        assert len(home_of(box).missing(100)) == left[0] > 1  # the rest comes the next time


def test_after_pairing_the_map_comes_without_anything_to_send(tmp_path: Path, data: Path) -> None:
    lay_streets(data)
    identity = pair(tmp_path / "o.db", data)
    assert identity.account is not None
    with RunningHub(Settings(data=data)) as running, Outbox(tmp_path / "o.db") as box:
        assert running.wait_until_listening(WAIT_S)
        uplink = MqttUplink(BrokerAddress.parse(running.mqtt_url))
        assert not uplink.visit(box)  # nobody has said that this hub would understand
        box.add([look()])
        deliver(box, BrokerAddress.parse(running.mqtt_url).port)
        home_of(box).wipe()
        take_home_packet(box, WayBack(running.folder.keys, data, list).packet())
        assert home_of(box).missing()
        assert uplink.visit(box)
        assert home_of(box).missing() == ()


def test_by_stick_all_of_it_comes_at_once_and_is_not_written_twice(tmp_path: Path, data: Path) -> None:
    lay_streets(data)
    pair(tmp_path / "o.db", data)
    stick = tmp_path / "stick"
    stick.mkdir()
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        FolderUplink(stick).deliver(box, lambda _standing: None)
        with open_hub(data) as hub:
            ingest_folder(stick, ingest_of(hub))
            lay_home(stick, hub.keys, WayBack(hub.keys, data, list))
            before = (stick / WALKERS_STREETS).stat()
            lay_home(stick, hub.keys, WayBack(hub.keys, data, list))
            assert (stick / WALKERS_STREETS).stat() == before
        FolderUplink(stick).deliver(box, lambda _standing: None)
        assert home_of(box).missing() == ()
        assert home_of(box).about().sheets > 3
        assert box.standing().queued == 0
        (data / WALKERS).unlink()
        with open_hub(data) as hub:
            lay_home(stick, hub.keys, WayBack(hub.keys, data, list))
        assert not (stick / WALKERS_STREETS).exists()


@pytest.mark.parametrize("damage", ["cut", "changed", "empty"])
def test_a_damaged_stick_gives_what_is_whole_and_the_receipts(tmp_path: Path, data: Path, damage: str) -> None:
    lay_streets(data)
    pair(tmp_path / "o.db", data)
    stick = tmp_path / "stick"
    stick.mkdir()
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        FolderUplink(stick).deliver(box, lambda _standing: None)
        with open_hub(data) as hub:
            ingest_folder(stick, ingest_of(hub))
            lay_home(stick, hub.keys, WayBack(hub.keys, data, list))
        path = stick / WALKERS_STREETS
        octets = bytearray(path.read_bytes())
        octets[-1000] ^= 1
        path.write_bytes({"cut": bytes(octets[:-2000]), "changed": bytes(octets), "empty": b""}[damage])
        FolderUplink(stick).deliver(box, lambda _standing: None)
        assert box.standing().queued == 0
        about = home_of(box).about()
        assert about.sheets == (0 if damage == "empty" else about.all_sheets - 1)


def test_a_probe_of_before_takes_the_keys_and_passes_over_the_rest(tmp_path: Path, data: Path) -> None:
    """What it knows of the contract are the fields of then; the packet on a stick stays within what it reads."""
    lay_streets(data)
    with open_hub(data) as hub:
        way_back = WayBack(hub.keys, data, list)
        assert len(way_back.packet()) < 4096
        assert len(way_back.whole()) < 4 << 20
        assert len(home_packet(hub.keys)) < len(way_back.packet())


def test_a_packet_of_another_hub_is_not_taken(tmp_path: Path, data: Path) -> None:
    pair(tmp_path / "o.db", data)
    other = made_hub(tmp_path / "other")
    with Outbox(tmp_path / "o.db") as box, open_hub(other) as hub:
        with pytest.raises(ContractError):
            take_home_packet(box, WayBack(hub.keys, other, list).packet())
        assert not home_of(box).offered
        assert not (tmp_path / "o.home").exists()


def test_a_question_is_never_a_parcel_nor_the_other_way_round() -> None:
    question = pack(Wanted(v=1, want=(b"h" * 32,) * 8))
    assert len(question) <= MAX_WANTED_BYTES
    assert decode_wanted(question).want == (b"h" * 32,) * 8
    with pytest.raises(ContractError):
        decode_parcel(question)
    for length in range(len(question)):
        with pytest.raises(ContractError):
            decode_wanted(question[:length])
    assert MAX_SHEET_BYTES < 1 << 20  # of what any broker passes
