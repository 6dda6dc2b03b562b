"""Deriving again says whether the cameras are the same, also where sightings come meanwhile."""

from pathlib import Path

from hub.data import make_hub
from hub.derive.live import LiveCameras
from hub.derive.rebuild import rebuild
from hub.ingest.lines import import_lines
from hub.store.sqlite.log import SqliteStore
from probe.contract.envelope import encode
from probe.detect.registry import Recogniser
from tests.examples import look


def test_it_is_the_same_and_it_is_not(tmp_path: Path) -> None:
    file = tmp_path / "s.jsonl"
    file.write_bytes(b"\n".join(encode(look(observer=(n * 90.0, 0.0))) for n in range(3)))
    with make_hub(tmp_path / "hub") as hub:
        import_lines(file, hub.store)
        LiveCameras(hub.store).refresh()
        same = rebuild(hub.store, hub.recogniser)
        assert (same.sightings, same.before, same.cameras, same.identical, same.moving) == (3, 3, 3, True, False)
        hub.store.save_cameras([])
        other = rebuild(hub.store, hub.recogniser)
        assert (other.before, other.identical, other.moving) == (0, False, False)
        assert len(hub.store.cameras()) == 3


def test_sightings_that_come_meanwhile_are_no_fault(tmp_path: Path) -> None:
    class Busy(SqliteStore):
        """A store to which sightings come while it is read."""

        reads = 0

        def version(self) -> int:
            self.reads += 1
            return super().version() + self.reads

    with make_hub(tmp_path / "hub"):
        pass
    store = Busy(tmp_path / "hub")
    store.save_cameras([("x", b"{}")])
    done = rebuild(store, Recogniser())
    assert done.moving
    assert not done.identical
    store.close()
