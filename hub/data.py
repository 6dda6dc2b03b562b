"""A hub's folder, opened: log, keys and registry, as commands and the running hub use them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from hub.enroll.pairing import Pairing
from hub.ingest.receive import Receiver
from hub.keys import HubKeys
from hub.store.sqlite.registry import Registry
from hub.store.sqlite.store import SqliteStore
from probe.detect.registry import Recogniser

ADDRESS = "address"  # where probes reach the hub that ran here last


@dataclass(frozen=True, slots=True)
class HubFolder:
    """What lies in a hub's folder."""

    path: Path
    store: SqliteStore
    keys: HubKeys
    registry: Registry
    recogniser: Recogniser = field(
        default_factory=Recogniser
    )  # of all that judges here, so that nothing is judged twice

    def receiver(self) -> Receiver:
        """What takes units in."""
        return Receiver(self.store, self.keys, self.registry, recogniser=self.recogniser)

    def pairing(self) -> Pairing:
        """What invites probes and answers them."""
        return Pairing(self.keys, self.registry)

    @property
    def address(self) -> str | None:
        """Where probes reach the hub, as it was when it last ran."""
        return self.store.db.meta(ADDRESS)

    def note_address(self, address: str) -> None:
        """Remember where probes reach this hub."""
        self.store.db.set_meta(ADDRESS, address)


def load_hub(path: Path) -> HubFolder:
    """The folder, opened; `store.close()` ends it. Raises StoreError."""
    store = SqliteStore(path)
    try:
        return HubFolder(path, store, HubKeys(path), Registry(store.db))
    except BaseException:
        store.close()
        raise


@contextmanager
def open_hub(path: Path) -> Iterator[HubFolder]:
    """The folder for as long as it is looked at. Raises StoreError."""
    folder = load_hub(path)
    try:
        yield folder
    finally:
        folder.store.close()
