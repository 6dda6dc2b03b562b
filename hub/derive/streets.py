"""The streets by which a hub places its cameras: those of the street map in its folder, wherever cameras are derived.

They are found by the store's folder, so a hub that runs, a rebuild and an export see the same ones.
"""

from collections.abc import Sequence

from hub.basemap import WALKERS
from hub.basemap.walkable import Walkable
from hub.merge.where.evidence import Street
from hub.store.store import Store
from probe.contract.streets import WayClass

REACH_M = 150.0  # a camera is hardly ever farther from where its evidence places it at first
MOST_PIECES = 400
# Of the cameras mapped in Monaco, streets tell more without paths, drives and stairs than with them
KINDS = frozenset({WayClass.MAIN, WayClass.STREET})


class HubStreets:
    """The streets of a hub, also where its street map is replaced or removed meanwhile. For one thread at a time.

    They are asked for place by place, and few are kept. What is missing or damaged is not known, and costs the prior
    by streets alone.
    """

    def __init__(self, store: Store) -> None:
        self._map = Walkable(store.folder / WALKERS)
        self._version = self._map.version
        self.mark = self._map.mark
        self.edition = 1

    def renewed(self) -> bool:
        """Look at the map; whether it is another one than before."""
        version = self._map.version
        if version == self._version:
            return False
        self._version, self.mark = version, self._map.mark
        self.edition += 1
        return True

    def near(self, lat: float, lon: float) -> Sequence[Street]:
        """The middles of streets around a place in degrees; none where nobody knows any."""
        found = self._map.near(lat, lon, within_m=REACH_M, kinds=KINDS, most=MOST_PIECES)
        return [Street(start=one.start, end=one.end) for one in found or ()]
