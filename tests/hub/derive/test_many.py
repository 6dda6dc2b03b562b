"""A camera with more sightings than a decision can name is decided about all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.log.decisions import DecisionKind, NewDecision
from hub.publish import describe
from hub.review import check
from hub.store.sqlite.log import SqliteStore
from tests.examples import look
from tests.hub.derive.test_live import add


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def test_whoever_piles_sightings_up_keeps_nobody_from_hiding_a_dwelling(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One contributor's share is 22,000 bare pins, and a decision names 20,000."""
    monkeypatch.setattr(describe, "MAX_LISTED", 1)
    monkeypatch.setattr(check, "MAX_SIGHTINGS", 6)
    monkeypatch.setattr(check, "MOST_OF_ONE", 3)
    add(store, *(look(walk=f"{number:032x}") for number in range(9)))
    live = LiveCameras(store)
    live.refresh()
    desk = Desk(live, store)
    (camera,) = desk.cameras()
    every = desk.sightings(camera.camera.id)
    assert len(every) == 9
    with pytest.raises(BadInput):
        desk.decide("ada", [NewDecision(kind=DecisionKind.PRIVATE, sightings=every, value="yes")])
    named = check.to_name(camera.sighting_ids, every)
    assert len(named) == 3
    assert set(camera.sighting_ids) <= set(named) <= set(every)
    desk.decide("ada", [NewDecision(kind=DecisionKind.PRIVATE, sightings=named, value="yes")])
    assert [one.camera.private for one in desk.cameras()] == [True]
    assert list(live.cameras()) == []


def test_what_can_be_named_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    assert check.to_name(("b",), ("a", "b", "c")) == ("a", "b", "c")
    monkeypatch.setattr(check, "MOST_OF_ONE", 2)
    assert check.to_name(("c",), ("a", "b", "c")) == ("a", "c")
    assert check.MOST_OF_ONE < check.MAX_SIGHTINGS
