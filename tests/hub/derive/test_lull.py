"""While many sightings or pictures come in, the map waits; when it is quiet, it goes on."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from hub.derive import live
from hub.derive.live import LiveCameras
from hub.store.sqlite.log import SqliteStore
from tests.examples import look
from tests.hub.derive.test_live import add
from tests.processes import until


class _Growing(SqliteStore):
    """A store that has grown by so many sightings whenever somebody looks, and then no more."""

    growth: Sequence[int] = ()

    def version(self) -> int:
        count, *self.growth = (*self.growth, 0) if not self.growth else self.growth
        self.looks = getattr(self, "looks", 0) + 1
        self.grown = getattr(self, "grown", 0) + count
        return self.grown


@pytest.mark.parametrize(
    ("growth", "looks"),
    [
        ((), 1),  # nothing comes: at once
        ((5,), 1),  # a walk that is under way
        ((500,), 1 + live.LULLS),
        ((500, 0, 500, 1, 0, 500), 6 + live.LULLS),  # a machine with too much to do commits with pauses
    ],
)
def test_after_a_burst_the_map_goes_on_when_it_is_quiet_for_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, growth: Sequence[int], looks: int
) -> None:
    monkeypatch.setattr(live, "LULL_S", 0.0)
    with closing(_Growing(tmp_path)) as store:
        cameras = LiveCameras(store)
        store.growth = growth
        cameras._wait_for_lull()
        assert store.looks == looks


@pytest.mark.parametrize(
    ("pictures", "looks"),
    [
        ((2, 2, 1), 1),  # of a walk that is under way
        ((40,), 1 + live.LULLS),
        ((40, 0, 9, 4, 3, 40), 6 + live.LULLS),  # a walk's pictures are sent after all its sightings
    ],
)
def test_a_burst_of_pictures_is_one_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, pictures: Sequence[int], looks: int
) -> None:
    monkeypatch.setattr(live, "LULL_S", 0.0)
    coming = iter(pictures)
    with closing(_Growing(tmp_path)) as store:
        cameras = LiveCameras(store)

        def version() -> int:
            cameras.note_taken(next(coming, 0))
            return _Growing.version(store)

        monkeypatch.setattr(store, "version", version)
        cameras._wait_for_lull()
        assert store.looks == looks


def test_what_came_last_is_saved_where_the_hub_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "DEBOUNCE_S", 3600.0)
    with closing(SqliteStore(tmp_path)) as store:
        cameras = LiveCameras(store)
        cameras.start()
        add(store, look())
        cameras.request_refresh()
        until(lambda: len(store.cameras()) == 1, "the first to be saved")  # and the thread rests from now on
        add(store, look(observer=(500.0, 0.0)))
        cameras.stop()
        assert len(store.cameras()) == 2
