"""What people decide is so on the shared map at once, also where the cameras are not derived by it yet."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest

from hub.data import make_hub
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.errors import BadInput, StoreError
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.events import Forgetting, Undoing
from hub.log.public import PublicRow
from hub.publish.batches import DAY_S
from hub.publish.publisher import Publisher
from hub.store.store import Store
from tests.examples import look
from tests.ingested import imported

pytestmark = pytest.mark.engines


class Town:
    """A hub whose cameras are confirmed and whose shared map is open; another process can write to its store."""

    def __init__(self, store: Store, scratch: Path, cameras: int = 4) -> None:
        self.store, self.now_s = store, 20_000 * DAY_S
        self.sightings = [look(observer=(300.0 * one, 0.0)) for one in range(cameras)]
        imported(store, scratch, *self.sightings)
        self.live = LiveCameras(store)
        self.live.refresh()
        self.desk = desk = Desk(self.live, store)
        self.publisher = Publisher(
            store,
            desk.cameras,
            lambda: self.live.status().revision,
            is_current=desk.is_current,
            may_be_public=desk.may_be_public,
            now=lambda: self.now_s,
        )
        self.publisher.open(self.publisher.preview().tag)
        desk.decide("Ada", [self.said(DecisionKind.CONFIRM, number) for number in range(cameras)])
        self.publisher.look()

    def said(self, kind: DecisionKind, number: int) -> NewDecision:
        return NewDecision(kind=kind, sightings=(self.sightings[number].id,))

    def days(self, number: int) -> None:
        for _ in range(number):
            self.now_s += DAY_S
            self.publisher.look()

    def seen(self) -> int:
        shown = self.publisher.shown()
        assert shown is not None
        return len(shown.cameras)


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    with make_hub(tmp_path / "hub") as hub:
        yield Town(hub.store, tmp_path)


@pytest.mark.parametrize("kind", [DecisionKind.PRIVATE, DecisionKind.REJECT])
def test_what_another_process_has_decided_comes_with_no_batch(town: Town, kind: DecisionKind) -> None:
    town.store.decisions.append("Ada", [town.said(kind, 0)])
    town.days(5)
    assert town.seen() == 0, "a batch was made of cameras that are not as people decided"
    town.live.refresh()
    town.days(5)
    assert town.seen() == 3


def test_what_another_process_has_decided_leaves_before_it_is_derived(town: Town) -> None:
    town.days(5)
    assert town.seen() == 4
    town.store.decisions.append("Ada", [town.said(DecisionKind.PRIVATE, 0), town.said(DecisionKind.REJECT, 1)])
    town.publisher.look()
    assert town.seen() == 2
    town.live.refresh()
    town.publisher.look()
    assert town.seen() == 2
    assert sum(row.body is not None for row in town.store.public.rows()) == 2


def test_nothing_is_opened_that_is_not_as_people_decided(town: Town) -> None:
    town.days(5)
    town.publisher.close()
    tag = town.publisher.preview().tag
    town.store.decisions.append("Ada", [town.said(DecisionKind.PRIVATE, 0)])
    with pytest.raises(BadInput, match="changed meanwhile"):
        town.publisher.open(tag)
    town.live.refresh()
    town.publisher.open(town.publisher.preview().tag)
    assert town.seen() == 3


def test_a_walk_that_is_taken_back_leaves_before_the_cameras_are_derived_without_it(town: Town) -> None:
    town.days(5)
    town.store.undo(Undoing(walk=town.sightings[0].walk, sightings=(1,)))
    town.publisher.look()
    assert town.seen() == 3


def test_what_an_operator_took_back_leaves_however_much_it_is(town: Town) -> None:
    town.days(5)
    town.store.undo(Undoing(walk=town.sightings[0].walk, sightings=(1, 2, 3)))
    town.live.refresh()
    town.publisher.look()
    assert town.publisher.sharing().held is None
    assert town.seen() == 1


class Meanwhile(Random):
    """Lots in the midst of which something happens, once."""

    def __init__(self, then: Callable[[], object]) -> None:
        super().__init__(1)
        self._then = [then]

    def uniform(self, a: float, b: float) -> float:
        while self._then:
            self._then.pop()()
        return super().uniform(a, b)


def forget(town: Town, *numbers: int) -> None:
    town.store.forget(Forgetting(sightings=tuple((one + 1, town.sightings[one].id) for one in numbers)))


def test_what_somebody_has_forgotten_while_a_batch_is_made_does_not_come_back(town: Town) -> None:
    town.publisher._random = Meanwhile(lambda: forget(town, 0, 1, 2))
    town.now_s += 3 * DAY_S
    town.publisher.look()
    assert town.seen() == 0
    forgotten = {one.id for one in town.sightings[:3]}
    assert not any(row.body or row.coming for row in town.store.public.rows() if row.sightings & forgotten)
    assert not any(row.sightings & forgotten for row in town.store.public.rows())
    town.live.refresh()
    town.days(2)
    assert town.seen() == 1
    assert town.publisher.sharing().held is None


def test_a_map_is_closed_whatever_is_forgotten_meanwhile(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.days(5)
    rows = town.store.public.rows

    def read() -> list[PublicRow]:
        found = rows()
        monkeypatch.undo()
        forget(town, 0)
        return found

    monkeypatch.setattr(town.store.public, "rows", read)
    town.publisher.close()
    assert town.publisher.shown() is None
    assert not town.publisher.sharing().open
    assert not any(town.sightings[0].id in row.sightings for row in town.store.public.rows())
    town.live.refresh()
    town.publisher.open(town.publisher.preview().tag)
    assert town.seen() == 3


def test_what_must_not_be_seen_leaves_also_where_nothing_can_be_written(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> bool:
        raise StoreError("the disk is full")

    town.days(5)
    assert town.seen() == 4
    town.desk.decide("Ada", [town.said(DecisionKind.PRIVATE, 0)])
    monkeypatch.setattr(town.store.public, "save", full)
    with pytest.raises(StoreError):
        town.publisher.look()
    assert town.seen() == 3
    with pytest.raises(StoreError):
        town.publisher.look()
    assert town.seen() == 3
    monkeypatch.undo()
    town.publisher.look()
    assert town.seen() == 3
    assert sum(row.body is not None for row in town.store.public.rows()) == 3
