"""The way home: a hub that is away, moves or dies, and a network that is slow or cut. All that waited arrives."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hil.acknowledged import writer
from tests.hil.bench import Bench
from tests.hil.town import Hub, until
from tests.processes import Mosquitto, free_port

pytestmark = pytest.mark.hil
SLOW = "tc qdisc add dev $d root netem delay 150ms 50ms loss 5% rate 256kbit"
WAY = "d=$(ip route get {host} | sed -n 's/.* dev \\([^ ]*\\).*/\\1/p'); "


def test_a_hub_that_is_away_is_told_in_a_sentence_and_nothing_is_lost(paired: Bench, hub: Hub) -> None:
    ids = writer(paired, "for=3").rest().ids
    hub.process.stop()
    ended = paired.probe("send", *paired.outbox, "--patience", "8", check=False)
    assert ended.code == 2, ended
    assert "stay in the outbox" in ended.err
    assert "Traceback" not in ended.err, ended.err
    hub.start()
    paired.probe("send", *paired.outbox)
    assert set(ids) <= hub.ids()


@contextmanager
def slow(bench: Bench) -> Iterator[None]:
    """The probe's way to this machine is slow and lossy, as at the edge of a café's Wi-Fi."""
    way = WAY.format(host=bench.host)
    bench.run("modprobe", "sch_netem")
    bench.run("sh", "-ec", way + SLOW)
    try:
        yield
    finally:
        bench.run("sh", "-c", way + "tc qdisc del dev $d root", check=False)


def delivered_through_trouble(
    bench: Bench, hub: Hub, dies: Callable[[], None], without: str | None = None
) -> tuple[set[str], int]:
    """Deliver over a slow link that is cut, while something dies and comes back; the lost ids, of how many."""
    ids, known = writer(bench, "for=6").rest().ids, hub.sightings()
    with slow(bench):
        program = bench.defenceless(without, "send", *bench.outbox) if without else bench.sending()
        until(lambda: hub.sightings() > known, "the first sighting at the hub")
        dies()
        bench.network.cut()
        time.sleep(8)
        bench.network.join()
        assert program.wait(150).code == 0
    until(lambda: set(ids) <= hub.ids() or without is not None, "all sightings in the hub's log", 20)
    return set(ids) - hub.ids(), len(ids)


def dying(hub: Hub) -> Callable[[], None]:
    def dies() -> None:
        hub.process.kill()
        hub.start()

    return dies


@pytest.mark.timeout(1200)
def test_through_a_slow_link_a_cut_and_a_dead_hub_all_arrives(
    paired: Bench, hub: Hub, figures: dict[str, int | float | str]
) -> None:
    lost, figures["home.made"] = delivered_through_trouble(paired, hub, dying(hub))
    figures["home.lost"] = len(lost)
    assert not lost


@pytest.mark.timeout(1200)
def test_control_what_is_only_given_to_the_network_is_lost(paired: Bench, hub: Hub) -> None:
    lost, _ = delivered_through_trouble(paired, hub, dying(hub), without="receipts")
    assert lost


def through_a_broker_that_dies(bench: Bench, folder: Path, without: str | None = None) -> set[str]:
    """A broker of the operator's own dies on the way and comes back; the lost ids."""
    mosquitto = Mosquitto(folder, hub_data=folder / "hub", host=bench.host)
    mosquitto.start()

    def dies() -> None:
        mosquitto.kill()
        time.sleep(2)
        mosquitto.start()

    try:
        with Hub(folder / "hub", bench.host, broker=mosquitto.url) as hub:
            bench.pair(hub.process)
            lost, _ = delivered_through_trouble(bench, hub, dies, without)
    finally:
        mosquitto.kill()
    return lost


@pytest.mark.timeout(1200)
def test_a_broker_of_its_own_dies_on_the_way_and_all_arrives(bench: Bench, tmp_path: Path) -> None:
    assert not through_a_broker_that_dies(bench, tmp_path)


@pytest.mark.timeout(1200)
def test_control_what_a_dead_broker_had_is_lost_where_no_receipt_is_awaited(bench: Bench, tmp_path: Path) -> None:
    assert through_a_broker_that_dies(bench, tmp_path, without="receipts")


def moved(bench: Bench, hub: Hub, without: str | None = None) -> bool:
    """The hub comes back at another port and announces itself; whether all arrives."""
    ids = writer(bench, "for=2").rest().ids
    hub.process.stop()
    before = hub.process.mqtt_port
    hub.process.mqtt_port = free_port()
    hub.process.also("--announce", bench.host)
    hub.start()
    try:
        bench.probe("send", *bench.outbox, "--patience", "10", wait_s=120, check=False, without=without)
        return set(ids) <= hub.ids()
    finally:
        hub.process.stop()
        hub.process.also()
        hub.process.mqtt_port = before
        hub.start()


def test_a_hub_that_moved_is_found_again_by_its_key(paired: Bench, hub: Hub) -> None:
    assert moved(paired, hub)


def test_control_a_probe_that_knows_one_address_alone_does_not_find_it(paired: Bench, hub: Hub) -> None:
    assert not moved(paired, hub, without="finding")
