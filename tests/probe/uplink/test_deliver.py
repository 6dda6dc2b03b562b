"""Delivery that goes on through whatever is in the way, and tells each trouble once."""

import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from probe.errors import BadInput, OutboxError, ProbeError, UplinkError
from probe.outbox.outbox import Outbox, Standing
from probe.seal.identity import Identity
from probe.uplink.deliver import RepeatedDelivery
from probe.uplink.folder import FolderUplink
from probe.uplink.uplink import Delivery, Uplink
from tests.examples import look
from tests.paired import pair
from tests.processes import until

QUICK_S = 0.01


@pytest.fixture
def box(tmp_path: Path) -> Path:
    """An outbox in which a sighting waits."""
    pair(tmp_path / "o.db", tmp_path / "hub")
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
    return tmp_path / "o.db"


def started(delivery: RepeatedDelivery) -> threading.Thread:
    """Delivery in a thread, as a service runs it."""
    going = threading.Thread(target=delivery.run, daemon=True)
    going.start()
    return going


class Scripted:
    """A way to a hub that fails as it is told, and then leads to a folder."""

    def __init__(self, folder: Path, *problems: Exception) -> None:
        folder.mkdir(exist_ok=True)
        self.problems, self.folder, self.rounds = list(problems), FolderUplink(folder), 0

    def find(self, _identity: Identity) -> Uplink:
        return self

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        self.rounds += 1
        if self.problems:
            raise self.problems.pop(0)
        return self.folder.deliver(outbox, progress)


@pytest.mark.parametrize(
    "problem", [BadInput("the hub says no"), UplinkError("nobody answers"), OutboxError("the card errs")]
)
def test_any_trouble_is_told_once_and_tried_again(tmp_path: Path, box: Path, problem: ProbeError) -> None:
    told: list[str] = []
    way = Scripted(tmp_path / "stick", problem, problem, problem)
    delivery = RepeatedDelivery(lambda: Outbox(box), way.find, told.append, every_s=QUICK_S)
    going = started(delivery)
    until(lambda: any((tmp_path / "stick").glob("*.parcel")), "the sighting on the stick")
    until(lambda: delivery.trouble is None, "no trouble")
    delivery.stop()
    going.join(20.0)
    assert not going.is_alive()
    assert told == [str(problem), "Delivery goes on again."]
    assert delivery.standing is not None
    assert delivery.standing.queued == 1, "a stick gives no receipt by itself"


def test_what_is_held_is_handed_over_neither_meanwhile_nor_at_the_end(tmp_path: Path, box: Path) -> None:
    held, told = [True], list[str]()
    way = Scripted(tmp_path / "stick")
    delivery = RepeatedDelivery(lambda: Outbox(box), way.find, told.append, every_s=QUICK_S, held=lambda: held[0])
    going = started(delivery)
    until(lambda: delivery.standing is not None, "the first look at the outbox")
    delivery.stop()
    going.join(20.0)
    assert (way.rounds, told) == (0, [])
    held[0] = False
    other = RepeatedDelivery(lambda: Outbox(box), way.find, told.append, every_s=QUICK_S, held=lambda: held[0])
    other.stop()
    other.run()
    assert way.rounds == 1


def test_a_card_that_fails_as_a_walk_begins_does_not_end_its_delivery(tmp_path: Path, box: Path) -> None:
    whole, opened, told = box.read_bytes(), list[Outbox](), list[str]()
    box.write_bytes(b"a card that went bad" * 4096)

    def open_outbox() -> Outbox:
        opened.append(Outbox(box))
        return opened[-1]

    way = Scripted(tmp_path / "stick")
    delivery = RepeatedDelivery(open_outbox, way.find, told.append, every_s=QUICK_S)
    going = started(delivery)
    until(lambda: delivery.trouble is not None, "a try in vain")
    (tmp_path / "again.db").write_bytes(whole)
    (tmp_path / "again.db").replace(box)
    until(lambda: any((tmp_path / "stick").glob("*.parcel")), "sightings on the stick")
    rounds = way.rounds
    until(lambda: way.rounds > rounds + 3, "more rounds")
    delivery.stop()
    going.join(20.0)
    assert not going.is_alive()
    assert len(opened) == 1, "each opening of a read-only card is a copy, which forgets the receipts"
    assert len(told) == 2, told


def test_what_comes_late_is_still_handed_over_when_it_is_stopped(tmp_path: Path, box: Path) -> None:
    way = Scripted(tmp_path / "stick")
    delivery = RepeatedDelivery(lambda: Outbox(box), way.find, print, every_s=60.0)
    going = started(delivery)
    until(lambda: way.rounds == 1, "the first round")
    with Outbox(box) as late:
        late.add([look()])
    delivery.stop()
    going.join(20.0)
    assert not going.is_alive()
    assert len(list((tmp_path / "stick").glob("*.parcel"))) == 2


def test_after_a_fault_of_ours_it_can_go_on(tmp_path: Path, box: Path) -> None:
    way = Scripted(tmp_path / "stick", ZeroDivisionError())
    delivery = RepeatedDelivery(lambda: Outbox(box), way.find, print)
    delivery.stop()
    with pytest.raises(ZeroDivisionError):
        delivery.run()
    delivery.run()
    assert len(list((tmp_path / "stick").glob("*.parcel"))) == 1
