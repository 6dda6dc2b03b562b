"""Two processes: `revoke` on the command line while the hub that serves takes the probe's sightings in."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from hub.data import HubFolder, make_hub, open_hub
from hub.ingest.receive import Incoming, UnitIngest
from hub.log.events import Batch
from tests.examples import look
from tests.paired import enrolled, parcel

pytestmark = pytest.mark.engines

LOST = date(2026, 5, 9)


class Overtaken:
    """A store whose commit is overtaken by another process that revokes the probe and holds what is there."""

    def __init__(self, folder: HubFolder) -> None:
        self._folder = folder

    def __getattr__(self, name: str) -> Any:
        return getattr(self._folder.store, name)

    def append(self, batch: Batch) -> None:
        with open_hub(self._folder.path) as other:
            for probe in other.registry.probes():
                other.registry.revoke(probe, LOST)
                assert other.store.hold_since(probe.id, LOST, "lost") == 0
        self._folder.store.append(batch)


def test_what_is_under_way_while_its_probe_is_revoked_is_held(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as folder:
        walker = enrolled(folder, "lost")
        assert walker.account is not None
        store: Any = Overtaken(folder)
        incoming = Incoming(topic="t", mailbox=walker.account.mailbox, payload=parcel(walker, look(), look()))
        UnitIngest(store, folder.keys, folder.registry).receive([incoming])
        assert folder.store.read() == []
        assert folder.store.counts().held == 2
