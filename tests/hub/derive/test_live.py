"""The map goes on while the disk is full: listeners hear of changes, and what could not be saved is saved later."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from hub.derive.deriver import Deriver
from hub.derive.live import LiveCameras
from hub.errors import StoreError
from hub.log.events import Batch, NewSighting, Origin, StoredSighting
from hub.store.chosen import open_store
from hub.store.sql.store import SqlStore
from hub.store.sqlite.log import SqliteStore
from hub.store.store import READ_OCTETS
from probe.contract.envelope import digest, encode
from probe.contract.sighting import Sighting
from tests.examples import look, radio
from tests.paired import let_write

pytestmark = pytest.mark.engines


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(tmp_path / "hub")
    yield store
    store.close()


def add(store: SqlStore, *sightings: Sighting) -> None:
    new = [
        NewSighting(id=one.id, hash=digest(encode(one)), body=encode(one), origin=Origin.OPERATOR) for one in sightings
    ]
    store.append(Batch(sightings={one.id: one for one in new}))


def test_what_could_not_be_saved_is_told_and_saved_later(store: SqlStore) -> None:
    add(store, radio())
    cameras = LiveCameras(store)
    heard: list[bytes] = []
    cameras.subscribe(heard.append)
    let_write(store, False)
    with pytest.raises(StoreError):
        cameras.refresh()
    assert len(heard) == 1
    assert len(cameras.cameras()) == 1
    let_write(store, True)
    assert not cameras.refresh(), "nothing is new"
    assert dict(store.cameras()).keys() == {one.camera.id for one in cameras.cameras()}


def test_what_goes_is_told(store: SqlStore) -> None:
    add(store, radio(), look(observer=(500.0, 0.0)))
    cameras = LiveCameras(store)
    cameras.refresh()
    heard: list[bytes] = []
    cameras.subscribe(heard.append)
    gone = next(one.camera.id for one in cameras.cameras() if one.camera.standing == "seen")
    with store.db.transaction() as db:
        db.execute("UPDATE sighting SET body = ? WHERE seq = 2", (b"",))
        store.db.set_meta("generation", "1")
    assert cameras.refresh()
    assert json.loads(heard[0])["gone"] == [gone]


def test_a_deriver_never_writes(tmp_path: Path) -> None:
    store = open_store(tmp_path / "hub")
    add(store, radio())
    store.close()
    store = open_store(tmp_path / "hub", read_only=True)
    deriver = Deriver(store)
    assert deriver.refresh() is not None
    assert deriver.refresh() is None
    assert len(deriver.cameras()) == 1
    store.close()


def test_what_was_never_started_can_be_stopped(store: SqlStore) -> None:
    cameras = LiveCameras(store)
    assert not cameras.alive
    cameras.stop()


class _LookedAtWhileRead(SqliteStore):
    """A store; somebody looks at the hub whenever sightings are read from it."""

    looked: Callable[[], object] = staticmethod(lambda: None)

    def read(
        self, after: int = 0, limit: int = 10_000, *, held: bool = False, octets: int = READ_OCTETS
    ) -> list[StoredSighting]:
        rows = super().read(after, limit, held=held, octets=octets)
        self.looked()
        return rows


def test_what_is_read_and_not_yet_derived_is_not_counted(tmp_path: Path) -> None:
    """Else whoever waits until all is counted looks at the cameras of before."""
    with closing(_LookedAtWhileRead(tmp_path)) as store:
        deriver = Deriver(store)
        seen: list[tuple[int, int]] = []

        def look_at() -> None:
            status = deriver.status()
            seen.append((status.sightings, len(deriver.cameras())))

        store.looked = look_at
        add(store, radio(), look(observer=(500.0, 0.0)))
        deriver.refresh()
        look_at()
    assert set(seen) == {(0, 0), (2, 2)}
