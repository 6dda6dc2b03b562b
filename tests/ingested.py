"""Sightings brought into a store as the operator's import brings them."""

from pathlib import Path

from hub.ingest.lines import import_lines
from hub.store.store import Store
from probe.contract.envelope import encode
from probe.contract.sighting import Sighting


def imported(store: Store, folder: Path, *sightings: Sighting) -> None:
    """Import sightings."""
    lines = folder / "lines.jsonl"
    lines.write_bytes(b"\n".join(map(encode, sightings)))
    assert not import_lines(lines, store).troubles
