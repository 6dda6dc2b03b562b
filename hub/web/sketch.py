"""A small map of a question, drawn as SVG by the hub itself: it is there at once, without a script, and is printed."""

import json
from collections.abc import Iterable, Sequence
from math import cos, hypot, radians, sin
from typing import Any

from msgspec import Struct

from hub.publish.view import CameraDetail, CameraView
from probe.contract.geodesy import offset_m

WIDTH, HEIGHT = 400.0, 300.0
LEAST_HALF_M, MOST_HALF_M = 25.0, 2_000.0
EDGE = 16.0  # so that no mark is cut off
CONE_M, CONE_DEG = 16.0, 60
BARS_M = (5, 10, 20, 50, 100, 200, 500, 1000)
MOST_LINES = 400


class Mark(Struct, frozen=True, kw_only=True):
    """A camera on the sketch: its letter or number, where, its region and its cone as paths, and what it is here:
    asked, candidate, or another one near by."""

    text: str
    role: str
    x: float
    y: float
    region: str
    cone: str | None
    label_y: float


class Line(Struct, frozen=True, kw_only=True):
    """A street or a building as a path."""

    layer: str
    path: str


class Sketch(Struct, frozen=True, kw_only=True):
    """A drawing of 400 by 300; `bar` is the length of `bar_m` metres, `scale` units to the metre; `lat` and `lon` are
    those of its middle."""

    lines: tuple[Line, ...]
    names: tuple[tuple[float, float, str], ...]
    marks: tuple[Mark, ...]
    bar: float
    bar_m: int
    scale: float
    lat: float
    lon: float


class Ground:
    """The hub's streets and buildings, read once for all sketches."""

    def __init__(self, base: bytes = b"") -> None:
        try:
            features = json.loads(base)["features"] if base else []
        except (ValueError, KeyError, TypeError):
            features = None  # a street map that cannot be read is none: the cameras are drawn all the same
        every = features if isinstance(features, list) else []
        self.shapes = [shape for shape in map(_shape, every) if shape is not None]


_Ring = list[tuple[float, float]]


class _Shape(Struct, frozen=True):
    layer: str
    name: str | None
    rings: list[_Ring]
    box: tuple[float, float, float, float]


def _shape(feature: Any) -> _Shape | None:
    try:
        layer, geometry = feature["properties"].get("layer"), feature["geometry"]
        if layer not in ("street", "building", "park", "water"):
            return None
        parts = geometry["coordinates"]
        rings = [parts] if geometry["type"] == "LineString" else parts if geometry["type"] == "Polygon" else []
        rings = [[(float(lon), float(lat)) for lon, lat, *_ in ring] for ring in rings]
    except (ValueError, KeyError, TypeError, AttributeError):
        return None
    points = [point for ring in rings for point in ring]
    if not points:
        return None
    lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
    return _Shape(layer, feature["properties"].get("name"), rings, (min(lons), min(lats), max(lons), max(lats)))


def draw(
    asked: Sequence[CameraDetail],
    candidates: Iterable[tuple[str, CameraDetail]] = (),
    others: Iterable[CameraDetail] = (),
    ground: Ground | None = None,
    *,
    text: str = "",
) -> Sketch:
    """The sketch of the cameras that are asked about, of those with letters, and of those near by. `text` is what the
    mark of one alone says."""
    lettered = list(candidates)
    frame = _Frame([detail.camera for detail in asked] + [detail.camera for _, detail in lettered])
    shown = {detail.camera.id for detail in asked} | {detail.camera.id for _, detail in lettered}
    marks = [frame.mark(other.camera, "", "other") for other in others if other.camera.id not in shown]
    marks += [frame.mark(detail.camera, letter, "candidate") for letter, detail in lettered]
    numbered = len(asked) > 1
    marks += [
        frame.mark(detail.camera, str(number) if numbered else text, "asked") for number, detail in enumerate(asked, 1)
    ]
    lines, names = frame.lines(ground or Ground())
    bar_m = max((bar for bar in BARS_M if bar * frame.scale <= WIDTH / 3), default=BARS_M[0])
    return Sketch(
        lines=tuple(lines),
        names=tuple(names),
        marks=tuple(frame.apart(marks)),
        bar=round(bar_m * frame.scale, 1),
        bar_m=bar_m,
        scale=round(frame.scale, 4),
        lat=frame.lat,
        lon=frame.lon,
    )


class _Frame:
    """What of the world is drawn, and how large."""

    def __init__(self, cameras: Sequence[CameraView]) -> None:
        first = cameras[0]
        boxes = []
        for camera in cameras:
            east, north = offset_m(first.lat, first.lon, camera.lat, camera.lon)
            reach = min(camera.reach95_m, MOST_HALF_M / 4)
            boxes.append((east - reach, north - reach, east + reach, north + reach))
        west, south = min(box[0] for box in boxes), min(box[1] for box in boxes)
        east_m, north_m = max(box[2] for box in boxes), max(box[3] for box in boxes)
        half_x = min(MOST_HALF_M, max(LEAST_HALF_M, (east_m - west) / 2))
        half_y = min(MOST_HALF_M, max(LEAST_HALF_M, (north_m - south) / 2))
        self.scale = min((WIDTH / 2 - EDGE) / half_x, (HEIGHT / 2 - EDGE) / half_y)
        self._first = first
        self._middle = ((west + east_m) / 2, (south + north_m) / 2)
        # Flat over these few metres.
        metre_lat = 1 / 111_195
        self.lat = round(first.lat + self._middle[1] * metre_lat, 7)
        self.lon = round(first.lon + self._middle[0] * metre_lat / max(0.01, cos(radians(first.lat))), 7)

    def at(self, lat: float, lon: float) -> tuple[float, float]:
        east, north = offset_m(self._first.lat, self._first.lon, lat, lon)
        x = WIDTH / 2 + (east - self._middle[0]) * self.scale
        y = HEIGHT / 2 - (north - self._middle[1]) * self.scale
        return round(x, 1), round(y, 1)

    def mark(self, camera: CameraView, text: str, role: str) -> Mark:
        x, y = self.at(camera.lat, camera.lon)
        rings = ([self.at(lat, lon) for lon, lat in ring] for ring in camera.region95)
        region = " ".join(_path(ring, closed=True) for ring in rings)
        cone = None
        if camera.direction is not None:
            reach = max(26.0, CONE_M * self.scale)
            turns = (radians(camera.direction + turn) for turn in range(-CONE_DEG // 2, CONE_DEG // 2 + 1, 10))
            tips = [(round(x + reach * sin(turn), 1), round(y - reach * cos(turn), 1)) for turn in turns]
            cone = _path([(x, y), *tips], closed=True)
        return Mark(text=text, role=role, x=x, y=y, region=region, cone=cone, label_y=y)

    def apart(self, marks: list[Mark]) -> list[Mark]:
        """Marks at one spot stand a little apart, so that each can be read."""
        placed: list[Mark] = []
        for mark in marks:
            y = mark.label_y
            while any(one.text and mark.text and hypot(one.x - mark.x, one.label_y - y) < 17 for one in placed):
                y -= 18
            placed.append(Mark(**{**{name: getattr(mark, name) for name in mark.__struct_fields__}, "label_y": y}))
        return placed

    def lines(self, ground: Ground) -> tuple[list[Line], list[tuple[float, float, str]]]:
        found: list[Line] = []
        names: list[tuple[float, float, str]] = []
        for shape in ground.shapes:
            west, south, east, north = shape.box
            (left, bottom), (right, top) = self.at(south, west), self.at(north, east)
            if right < 0 or left > WIDTH or bottom < 0 or top > HEIGHT or len(found) >= MOST_LINES:
                continue
            closed = shape.layer != "street"
            path = " ".join(_path([self.at(lat, lon) for lon, lat in ring], closed=closed) for ring in shape.rings)
            found.append(Line(layer=shape.layer, path=path))
            if shape.name and shape.layer == "street" and len(names) < 6:
                names.append(self._name_at(left, right, top, bottom, shape.name))
        order = {"park": 0, "water": 1, "street": 2, "building": 3}
        return sorted(found, key=lambda line: order[line.layer]), names

    def _name_at(self, left: float, right: float, top: float, bottom: float, name: str) -> tuple[float, float, str]:
        x = (max(0.0, left) + min(WIDTH, right)) / 2
        y = (max(0.0, top) + min(HEIGHT, bottom)) / 2
        return round(min(WIDTH - 60, max(60, x)), 1), round(min(HEIGHT - 8, max(14, y)), 1), name


def _path(points: Sequence[tuple[float, float]], *, closed: bool) -> str:
    if not points:
        return ""
    return "M" + "L".join(f"{x:g} {y:g}" for x, y in points) + ("Z" if closed else "")
