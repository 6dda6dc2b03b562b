"""What a hub shows of some sightings, without a hub that runs."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from hub.derive.live import LiveCameras
from hub.ingest.lines import import_lines
from hub.store.chosen import open_store
from probe.contract.envelope import encode
from probe.contract.sighting import Sighting


@contextmanager
def derived(folder: Path, *sightings: Sighting) -> Iterator[LiveCameras]:
    """The cameras of a hub that has been told these sightings."""
    folder.mkdir(exist_ok=True)
    lines = folder / "lines.jsonl"
    lines.write_bytes(b"\n".join(map(encode, sightings)))
    with closing(open_store(folder / "hub")) as store:
        assert not import_lines(lines, store).troubles
        cameras = LiveCameras(store)
        cameras.refresh()
        yield cameras
