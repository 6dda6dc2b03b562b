"""What is shown while a hub reads its log again: as it was saved, and as people decided since."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.derive.desk import Desk
from hub.derive.first import FirstDerivation
from hub.derive.live import LiveCameras
from hub.log.decisions import DecisionKind, NewDecision
from hub.store.sqlite.log import SqliteStore
from tests.examples import look
from tests.hub.derive.test_live import add


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def shown(store: SqliteStore) -> int:
    return len(FirstDerivation(store, threading.Event(), lambda: None).cameras)


def about(kind: DecisionKind, sighting: str, value: str | None = None) -> list[NewDecision]:
    return [NewDecision(kind=kind, sightings=(sighting,), value=value)]


def test_what_people_decided_before_the_power_went_is_not_shown_again(store: SqliteStore) -> None:
    """The cameras are saved some seconds after a decision, and later while much comes in."""
    house, shop, street = (look(observer=(500.0 * number, 0.0)) for number in range(3))
    add(store, house, shop, street)
    live = LiveCameras(store)
    live.refresh()
    assert shown(store) == 3
    store.decisions.append("ada", about(DecisionKind.PRIVATE, house.id, "yes"))
    assert shown(store) == 2
    store.decisions.append("ada", about(DecisionKind.REJECT, shop.id))
    assert shown(store) == 1
    store.decisions.append("ada", about(DecisionKind.CONFIRM, shop.id))
    assert shown(store) == 2
    store.decisions.append("ada", about(DecisionKind.PRIVATE, house.id, "no"))
    assert shown(store) == 3


def test_what_is_decided_meanwhile_is_heeded_as_the_reading_goes_on(store: SqliteStore) -> None:
    house, shop = look(), look(observer=(500.0, 0.0))
    add(store, house, shop)
    live = LiveCameras(store)
    live.refresh()
    first = FirstDerivation(store, threading.Event(), lambda: None)
    first.told(0.1)
    assert len(first.cameras) == 2
    Desk(live, store).decide("ada", about(DecisionKind.PRIVATE, house.id, "yes"))
    first.told(0.2)
    assert [one.sighting_ids for one in first.cameras] == [(shop.id,)]
    assert list(first.by_id) == [first.cameras[0].camera.id]
