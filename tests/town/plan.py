"""The town's plan: an island in the open Atlantic, where nobody can take it for a real place.

Metres east and north of the origin. Streets run on a grid of 90 m; blocks of buildings stand between them.
"""

from dataclasses import dataclass

from probe.contract.geodesy import moved

ORIGIN = (47.0, -17.0)
PITCH_M = 90.0
STREET_HALF_M = 7.0
COLUMNS, ROWS = 5, 4  # streets from south to north, and from west to east
NAMES_NORTH = (
    "Rue de la Contre-Plongée",
    "Rue du Travelling",
    "Rue du Plan-Séquence",
    "Rue du Fondu",
    "Rue du Raccord",
)
NAMES_EAST = ("Quai du Générique", "Rue du Hors-Champ", "Rue de la Profondeur", "Avenue du Plan Large")
Point = tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A building as a rectangle: its lower left and upper right corner."""

    west: float
    south: float
    east: float
    north: float

    @property
    def ring(self) -> list[Point]:
        return [
            (self.west, self.south),
            (self.east, self.south),
            (self.east, self.north),
            (self.west, self.north),
            (self.west, self.south),
        ]


def place(point: Point) -> Point:
    """Latitude and longitude of a point of the plan."""
    lat, lon = moved(ORIGIN[0], ORIGIN[1], point[0], point[1])
    return round(lat, 7), round(lon, 7)


def blocks() -> list[Block]:
    """The buildings: four to a block, with a yard between them; one block is a park."""
    found = []
    for column in range(COLUMNS - 1):
        for row in range(ROWS - 1):
            if (column, row) == (2, 1):
                continue
            west, south = column * PITCH_M + STREET_HALF_M, row * PITCH_M + STREET_HALF_M
            half = (PITCH_M - 2 * STREET_HALF_M - 6.0) / 2
            corners = [(west + dx, south + dy) for dx in (0.0, half + 6.0) for dy in (0.0, half + 6.0)]
            found += [Block(west=x, south=y, east=x + half, north=y + half) for x, y in corners]
    return found


def in_sight(a: Point, b: Point, buildings: list[Block]) -> bool:
    """Whether no building stands between two points. Facades do not hide what hangs on them."""
    return not any(_crosses(a, b, block) for block in buildings)


def _crosses(a: Point, b: Point, block: Block) -> bool:
    """Whether a line passes through a building by more than a facade's thickness (Liang-Barsky clipping)."""
    inset, enter, leave = 0.8, 0.0, 1.0
    bounds = ((block.west + inset, block.east - inset), (block.south + inset, block.north - inset))
    for (low, high), start, step in zip(bounds, a, (b[0] - a[0], b[1] - a[1]), strict=True):
        if abs(step) < 1e-9:
            if not low < start < high:
                return False
            continue
        first, last = sorted(((low - start) / step, (high - start) / step))
        enter, leave = max(enter, first), min(leave, last)
    return enter < leave


def base_layer() -> dict[str, object]:
    """The town as GeoJSON for the hub's map."""
    width, height = (COLUMNS - 1) * PITCH_M, (ROWS - 1) * PITCH_M
    coast = [
        (-70, -40), (width * 0.4, -52), (width + 60, -38), (width + 105, height * 0.4), (width + 70, height + 60),
        (width * 0.55, height + 95), (-40, height + 70), (-110, height * 0.55), (-70, -40),
    ]  # fmt: skip
    park = Block(west=2 * PITCH_M + 7, south=PITCH_M + 7, east=3 * PITCH_M - 7, north=2 * PITCH_M - 7)
    pond = [(215.0, 125.0), (232.0, 120.0), (244.0, 133.0), (236.0, 148.0), (219.0, 146.0), (215.0, 125.0)]
    features = [
        _polygon("coast", coast, "Île Fictive"),
        _polygon("park", park.ring, "Parc du Champ"),
        _polygon("water", pond, "Étang du Miroir"),
        *(_polygon("building", block.ring, None) for block in blocks()),
        *(_line(NAMES_NORTH[i], (i * PITCH_M, -12), (i * PITCH_M, height + 20)) for i in range(COLUMNS)),
        *(_line(NAMES_EAST[i], (-25, i * PITCH_M), (width + 25, i * PITCH_M)) for i in range(ROWS)),
    ]
    return {"type": "FeatureCollection", "features": features}


def _lonlat(point: Point) -> list[float]:
    lat, lon = place(point)
    return [lon, lat]


def _polygon(layer: str, ring: list[Point], name: str | None) -> dict[str, object]:
    geometry = {"type": "Polygon", "coordinates": [[_lonlat(point) for point in ring]]}
    return {"type": "Feature", "properties": {"layer": layer, "name": name}, "geometry": geometry}


def _line(name: str, start: Point, end: Point) -> dict[str, object]:
    geometry = {"type": "LineString", "coordinates": [_lonlat(start), _lonlat(end)]}
    return {"type": "Feature", "properties": {"layer": "street", "name": name}, "geometry": geometry}
