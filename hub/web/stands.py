"""From where one more look would narrow a camera's doubt: as the desk tells it, and as marks on its sketch."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from hub.merge.stand import Stand
from hub.publish.view import CameraDetail, CameraView
from hub.web.sketch import HEIGHT, WIDTH, Sketch
from probe.contract.geodesy import bearing_deg, distance_m, offset_m

EDGE = 12.0  # of the sketch: what lies beyond is marked there
HALF = 0.6  # of the radius is left at most where it is said to be about half

StandsOf = Callable[[CameraDetail], Sequence[Stand]]


class StandView(Struct, frozen=True, kw_only=True):
    """A place to look from: its number, as on the sketch, whether it is a photo or a pass, where it lies as seen from
    the camera's mark, the radius of doubt before and after, and where it is on the sketch; `beyond` it lies farther
    away in this direction."""

    number: int
    what: str
    distance_m: float
    bearing_deg: float
    before_m: float
    after_m: float
    halves: bool
    on_street: bool
    x: float
    y: float
    beyond: bool


def shown(stands: Sequence[Stand], camera: CameraView, sketch: Sketch) -> tuple[StandView, ...]:
    """The places as the desk shows them."""
    return tuple(_shown(number, stand, camera, sketch) for number, stand in enumerate(stands, 1))


def _shown(number: int, stand: Stand, camera: CameraView, sketch: Sketch) -> StandView:
    east, north = offset_m(sketch.lat, sketch.lon, stand.lat, stand.lon)
    dx, dy = east * sketch.scale, -north * sketch.scale
    # On the way from the middle to it, as far as the sketch goes
    part = min(1.0, *(half / abs(off) for half, off in _halves(dx, dy) if off))
    return StandView(
        number=number,
        what=stand.what,
        distance_m=distance_m(camera.lat, camera.lon, stand.lat, stand.lon),
        bearing_deg=bearing_deg(camera.lat, camera.lon, stand.lat, stand.lon),
        before_m=stand.before_m,
        after_m=stand.after_m,
        halves=stand.after_m <= HALF * stand.before_m,
        on_street=stand.on_street,
        x=round(WIDTH / 2 + part * dx, 1),
        y=round(HEIGHT / 2 + part * dy, 1),
        beyond=part < 1.0,
    )


def _halves(dx: float, dy: float) -> tuple[tuple[float, float], ...]:
    return (WIDTH / 2 - EDGE, dx), (HEIGHT / 2 - EDGE, dy), (1.0, 1.0)
