"""From where one more look at a camera would tell most, for those who walk and those who decide.

Only of cameras to which people may be led: see `second_looks.py`. It goes by what the map shows of where the camera is,
and by streets: by no walk, so it tells nothing of any beyond that.
"""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from math import pi
from pathlib import Path

from hub.basemap import WALKERS
from hub.basemap.walkable import Walkable
from hub.merge.locate import RADIUS95
from hub.merge.observe import Estimate
from hub.merge.place import Located, Mode, Region
from hub.merge.stand import Stand, Stood, next_stands
from hub.publish.view import CameraDetail

MOST_STANDS = 3
_MOST_KEPT = 1000

_Known = tuple[tuple[object, ...], tuple[Stand, ...]]


class Stands:
    """Places to look from, for any thread. `data` is the hub's folder, where its walkers' streets lie. Where no street
    is known there are none, but `anywhere`: there may be no way, which is for people to see."""

    def __init__(self, data: Path, *, anywhere: bool = False) -> None:
        self._anywhere = anywhere
        self._streets = Walkable(data / WALKERS)
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, _Known] = OrderedDict()

    def known(self, detail: CameraDetail) -> tuple[Stand, ...] | None:
        """What was worked out of a camera before, where that holds still; None where it has to be worked out."""
        with self._lock:
            mark, stands = self._kept.get(detail.camera.id, ((), ()))
        return stands if mark == self._mark(detail) else None

    def of(self, detail: CameraDetail, taken: Sequence[Stood] = ()) -> tuple[Stand, ...]:
        """The few places from which one more look at a camera would tell most, the best first; none where it is sure
        enough, or people are not to be led there. `taken` are where looks were taken, for those who may know that."""
        known = None if taken else self.known(detail)
        if known is not None:
            return known
        streets = self._streets.near(detail.camera.lat, detail.camera.lon)
        if not may_lead_to(detail) or (streets is None and not self._anywhere):
            stands: tuple[Stand, ...] = ()
        else:
            stands = next_stands(located_of(detail), taken, streets, MOST_STANDS)
        if not taken:
            with self._lock:
                self._kept[detail.camera.id] = self._mark(detail), stands
                self._kept.move_to_end(detail.camera.id)
                if len(self._kept) > _MOST_KEPT:
                    self._kept.popitem(last=False)
        return stands

    def _mark(self, detail: CameraDetail) -> tuple[object, ...]:
        """Another value where the advice may be another."""
        camera = detail.camera
        place = camera.lat, camera.lon, camera.radius95_m, camera.region95, detail.region50, detail.modes
        return *place, may_lead_to(detail), self._streets.version


def may_lead_to(detail: CameraDetail) -> bool:
    """Whether people may be led to a camera: to no private dwelling's, nor to one that is said to be one as long as
    nobody has decided; and to nothing that is gone, or no camera."""
    camera = detail.camera
    if camera.private or camera.review == "rejected" or camera.gone is not None:
        return False
    said = any(claim.about == "private-dwelling" and claim.value is not False for claim in detail.claims)
    return not said or "private" in detail.decided


def located_of(detail: CameraDetail) -> Located:
    """Where a camera is, by what is told of it; the covariance is that of a round cloud as large as its region."""
    camera = detail.camera
    area_m2 = pi * camera.radius95_m**2
    variance = max(0.01, (camera.radius95_m / RADIUS95) ** 2)
    return Located(
        estimate=Estimate(lat=camera.lat, lon=camera.lon, east=variance, north=variance),
        modes=tuple(Mode(lat=mode.lat, lon=mode.lon, share=mode.percent / 100) for mode in detail.modes),
        region50=Region(rings=detail.region50, area_m2=area_m2 / 4),
        region95=Region(rings=camera.region95, area_m2=area_m2),
    )
