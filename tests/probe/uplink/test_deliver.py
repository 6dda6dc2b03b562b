"""Delivery that goes on through whatever is in the way, and tells each trouble once."""

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
    delivery.start()
    until(lambda: any((tmp_path / "stick").glob("*.parcel")), "the sighting on the stick")
    until(lambda: delivery.trouble is None, "no trouble")
    delivery.stop(10.0)
    assert told == [str(problem), "Delivery goes on again."]
    assert delivery.standing is not None
    assert delivery.standing.queued == 1, "a stick gives no receipt by itself"


def test_a_card_that_fails_as_a_walk_begins_does_not_end_its_delivery(tmp_path: Path, box: Path) -> None:
    whole, opened, told = box.read_bytes(), list[Outbox](), list[str]()
    box.write_bytes(b"a card that went bad" * 4096)

    def open_outbox() -> Outbox:
        opened.append(Outbox(box))
        return opened[-1]

    way = Scripted(tmp_path / "stick")
    delivery = RepeatedDelivery(open_outbox, way.find, told.append, every_s=QUICK_S)
    delivery.start()
    until(lambda: delivery.trouble is not None, "a try in vain")
    (tmp_path / "again.db").write_bytes(whole)
    (tmp_path / "again.db").replace(box)
    until(lambda: any((tmp_path / "stick").glob("*.parcel")), "sightings on the stick")
    rounds = way.rounds
    until(lambda: way.rounds > rounds + 3, "more rounds")
    delivery.stop(10.0)
    assert len(opened) == 1, "each opening of a read-only card is a copy, which forgets the receipts"
    assert len(told) == 2, told


def test_what_comes_late_is_still_handed_over_when_it_is_stopped(tmp_path: Path, box: Path) -> None:
    way = Scripted(tmp_path / "stick")
    delivery = RepeatedDelivery(lambda: Outbox(box), way.find, print, every_s=60.0)
    delivery.start()
    until(lambda: way.rounds == 1, "the first round")
    with Outbox(box) as late:
        late.add([look()])
    delivery.stop(10.0)
    assert len(list((tmp_path / "stick").glob("*.parcel"))) == 2


def test_a_fault_of_ours_is_told_and_handed_to_whoever_owns_the_thread(tmp_path: Path, box: Path) -> None:
    told: list[str] = []
    delivery = RepeatedDelivery(lambda: Outbox(box), Scripted(tmp_path, ZeroDivisionError()).find, told.append)
    delivery.start()
    until(lambda: delivery.problem is not None, "the end of the thread")
    delivery.stop(10.0)
    assert isinstance(delivery.problem, ZeroDivisionError)
    assert "fault" in told[0]
