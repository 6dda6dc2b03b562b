"""What is around a bench's probe: the hub it sends to, a street to walk, cameras' signals along that walk."""

import json
import math
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from probe.contract.envelope import decode_sighting
from probe.contract.geodesy import distance_m, moved
from probe.contract.sighting import Sighting
from tests.patience import Patience
from tests.processes import HubProcess
from tests.visiting import Visitor

ORIGIN = (47.0, -17.0)  # in the Atlantic: no bench maps a real street
PACE_M_S = 1.4
AXIS, TATTILE, DAHUA = "ac:cc:8e:10:20:30", "00:20:31:10:20:30", "3c:ef:8c:10:20:30"
ONE = {AXIS: (42.0, 9.0)}


class Hub:
    """A hub on this machine, its log and its map."""

    def __init__(self, data: Path, host: str, **more: Any) -> None:
        self.process = HubProcess(data, host=host, **more)
        self.url = ""

    def __enter__(self) -> "Hub":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.process.stop()

    def start(self) -> None:
        self.url = str(self.process.start()["url"])
        self._visitor = Visitor(self.process.data, self.url)

    def ask(self, path: str) -> Any:
        return json.loads(self._visitor.get(path, timeout_s=10))

    def cameras(self) -> list[dict[str, Any]]:
        """The features of the map."""
        found: list[dict[str, Any]] = self.ask("api/cameras.geojson")["features"]
        return found

    def log(self) -> dict[str, bytes]:
        """Every sighting in the hub's log, by its id."""
        with closing(sqlite3.connect(self.process.data / "hub.db")) as db:
            return dict(db.execute("SELECT id, body FROM sighting"))

    def pictures(self) -> dict[str, bytes]:
        """Every picture that the hub has opened, by its SHA-256."""
        with closing(sqlite3.connect(self.process.data / "hub.db")) as db:
            return dict(db.execute("SELECT sha256, jpeg FROM picture"))

    def ids(self) -> set[str]:
        return set(self.log())

    def heard(self, but: set[str]) -> list[Sighting]:
        """The sightings by radio in the log, but for some ids."""
        found = [decode_sighting(body) for name, body in self.log().items() if name not in but]
        return [sighting for sighting in found if sighting.radio is not None]

    def sightings(self) -> int:
        return int(self.ask("api/status")["sightings"])


@dataclass(frozen=True, slots=True)
class Street:
    """A walk along a street, eastwards from the origin, and the cameras beside it: metres east and north of there."""

    length_m: float = 84.0
    cameras_m: Mapping[str, tuple[float, float]] = field(default_factory=lambda: dict(ONE))

    @property
    def seconds(self) -> float:
        return self.length_m / PACE_M_S

    def camera(self, address: str = AXIS) -> tuple[float, float]:
        """Where one stands (lat, lon)."""
        return moved(*ORIGIN, *self.cameras_m[address])

    def place(self, at_s: float) -> tuple[float, float]:
        """Where the walker is (lat, lon)."""
        return moved(*ORIGIN, min(self.length_m, at_s * PACE_M_S), 0.0)

    def power_dbm(self, at_s: float, address: str = AXIS) -> float:
        """The power at which simulated radios, which hear 50 dB less, hear a camera as in a usual street.

        That is -38 dBm at 1 m, and 27.5 dB less for ten times the distance.
        """
        there = distance_m(*self.place(at_s), *self.camera(address))
        return 50.0 - 38.0 - 27.5 * math.log10(max(1.0, there))


def seconds(count: float, begins: datetime | None = None) -> Iterator[tuple[float, datetime]]:
    """Each second as it comes: how many are over, and the time in UTC that the sky tells."""
    began_s, begins = time.monotonic(), begins or datetime.now(UTC)
    for number in range(math.ceil(count)):
        time.sleep(max(0.0, began_s + number - time.monotonic()))
        yield float(number), begins + timedelta(seconds=number)


def until(true: Callable[[], bool], what: str, wait_s: float = 60.0) -> float:
    """Wait until something is true; returns how long it took."""
    patience = Patience(wait_s)
    while not true():
        assert not patience.over(), f"waited {patience.waited_s:.0f} s in vain for {what}"
        time.sleep(0.2)
    return patience.waited_s
