"""Reads an extract and writes what the map shows: a file of GeoJSON lines for each layer, and the street index.

Two passes, by pyosmium: the first over relations, for lakes and parks of several lines; the second over everything.
Where the extract is large, the places of its nodes lie in a file and not in memory.
"""

import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import IO, Any

from hub.basemap.index import IndexWriter, Kind
from hub.basemap.sea import Cell, Grid, Point, ground
from hub.basemap.tags import KEYS, LAYERS, Drawn, is_below, named, place, stream, street, surface, walkers_class
from hub.basemap.walkers import SheetWriter
from hub.errors import BadInput
from probe.contract.streets import WayClass

Box = tuple[float, float, float, float]  # west, south, east, north
IN_MEMORY_BYTES = 200 << 20  # of an extract: its nodes then take about a gigabyte
_TELL_EVERY = 4096  # objects


class Gathering:
    """One extract on its way into layers."""

    def __init__(self, work: Path, index: IndexWriter, sheets: SheetWriter, area: Box | None) -> None:
        self._files = {layer: (work / f"{layer}.geojsonl").open("w", encoding="utf-8") for layer in LAYERS}
        self._index, self._sheets, self._area = index, sheets, area
        self._grid = Grid(14)
        self._coasts: list[list[tuple[float, float]]] = []
        self._inhabited: set[Cell] = set()  # of the finest grid
        self.box: Box | None = None
        self.features = 0

    def read(self, extract: Path, nodes: Path, tell: Callable[[float], None]) -> str | None:
        """Read it all; `tell` gets the part that is read, 0 to 1. Returns the day of the extract where it says one.
        Raises RuntimeError where it is damaged."""
        import osmium

        self._geojson = osmium.geom.GeoJSONFactory()
        large = extract.stat().st_size > IN_MEMORY_BYTES
        source = (
            osmium.FileProcessor(str(extract))
            .with_locations(f"sparse_file_array,{nodes}" if large else "flex_mem")
            .with_areas(osmium.filter.KeyFilter(*KEYS))
            .with_filter(osmium.filter.KeyFilter(*KEYS))
        )
        said = source.header.get("osmosis_replication_timestamp")
        position = _Position(extract)
        for count, one in enumerate(source):
            if count % _TELL_EVERY == 0:
                tell(position.part())
            self._take(one)
        return said[:10] or None

    def close(self) -> None:
        """Write what is known at the end alone, and close the layers. Raises BadInput where no street was among it."""
        try:
            if self.box is None:
                raise BadInput("no street in it: is this the right extract, and the right --area?")
            self._write_ground()
        finally:
            for file in self._files.values():
                file.close()

    def paths(self) -> dict[str, Path]:
        """The layers that hold anything, by name."""
        files = {layer: Path(file.name) for layer, file in self._files.items()}
        return {layer: path for layer, path in files.items() if path.stat().st_size}

    def _take(self, one: Any) -> None:
        tags = {tag.k: tag.v for tag in one.tags}
        if one.is_node():
            self._node(tags, one.lon, one.lat)
        elif one.is_way():
            self._way(tags, one)
        elif one.is_area():
            self._surface(tags, one)

    def _node(self, tags: dict[str, str], lon: float, lat: float) -> None:
        if not self._within([(lon, lat)]):
            return
        if tags.get("addr:housenumber"):
            self._house(tags, lon, lat)
        drawn = place(tags)
        if drawn is not None:
            self._index.place(tags["name"], drawn.kind, lon, lat)
            self._point(drawn, named(tags), lon, lat)

    def _way(self, tags: dict[str, str], way: Any) -> None:
        drawn = street(tags) or stream(tags)
        coast = tags.get("natural") == "coastline"
        if drawn is None and not coast:
            return
        points = [(node.lon, node.lat) for node in way.nodes if node.location.valid()]
        if len(points) < 2 or len(points) < len(way.nodes) or not self._within(points):
            return
        if coast:
            self._coasts.append(points)
            self._sheets.way(WayClass.WATER, None, points)
        if drawn is None:
            return
        names = named(tags)
        below = is_below(tags)
        kind = None if below else walkers_class(drawn)
        if kind is not None:
            self._sheets.way(kind, names.get("name"), points)
        self._write(drawn, names | ({"below": 1} if below else {}), self._geojson.create_linestring(way))
        if drawn.layer == "streets" and drawn.kind != "rail":
            self._note(points)
            if "name" in names:
                self._index.street(names, points, Kind.BELOW if below else Kind.LINE)

    def _surface(self, tags: dict[str, str], area: Any) -> None:
        drawn = surface(tags)
        number = tags.get("addr:housenumber")
        if drawn is None and not number:
            return
        ring = next(([(node.lon, node.lat) for node in outer] for outer in area.outer_rings()), [])
        if len(ring) < 4 or not self._within(ring):
            return
        if number:
            self._house(tags, *_centre(ring))
        if drawn is None:
            return
        names = named(tags) if drawn.layer != "buildings" else {}
        self._write(drawn, names, self._geojson.create_multipolygon(area))
        if drawn.layer == "squares":
            self._note(ring)
            if "name" in names and drawn.kind == "square":
                self._index.street(names, ring, Kind.BELOW if is_below(tags) else Kind.SQUARE)

    def _house(self, tags: dict[str, str], lon: float, lat: float) -> None:
        number = tags["addr:housenumber"][:20]
        self._index.number(number, tags.get("addr:street") or tags.get("addr:place"), lon, lat)
        self._point(Drawn("numbers", "number", 14), {"name": number}, lon, lat)

    def _note(self, points: list[tuple[float, float]]) -> None:
        """Streets say where the extract is, and where it is land."""
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        west, south, east, north = self.box or (180.0, 90.0, -180.0, -90.0)
        self.box = min(west, *lons), min(south, *lats), max(east, *lons), max(north, *lats)
        for lon, lat in points:
            x, y = self._grid.point(lon, lat)
            self._inhabited.add((int(x), int(y)))

    def _within(self, points: list[tuple[float, float]]) -> bool:
        if self._area is None:
            return True
        west, south, east, north = self._area
        lons, lats = [lon for lon, _ in points], [lat for _, lat in points]
        return max(lons) >= west and min(lons) <= east and max(lats) >= south and min(lats) <= north

    def _write_ground(self) -> None:
        assert self.box is not None  # noqa: S101
        grid = Grid.over(self.box)
        coarser = self._grid.zoom - grid.zoom
        coasts: list[list[Point]] = [[grid.point(*point) for point in coast] for coast in self._coasts]
        found = ground(coasts, {(x >> coarser, y >> coarser) for x, y in self._inhabited})
        for west, east, south in found.land:
            ring: list[Point] = [(west, south), (east, south), (east, south + 1), (west, south + 1), (west, south)]
            self._polygon("land", grid, ring)
        for ring in found.sea:
            self._polygon("sea", grid, ring)
        for ring in found.islands:
            self._polygon("island", grid, ring)

    def _polygon(self, kind: str, grid: Grid, ring: list[Point]) -> None:
        places = [[round(value, 7) for value in grid.degrees(point)] for point in ring]
        self._write(Drawn("ground", kind, 8), {}, json.dumps({"type": "Polygon", "coordinates": [places]}))

    def _point(self, drawn: Drawn, names: dict[str, str], lon: float, lat: float) -> None:
        self._write(drawn, names, f'{{"type":"Point","coordinates":[{lon:.7f},{lat:.7f}]}}')

    def _write(self, drawn: Drawn, properties: dict[str, Any], geometry: str) -> None:
        told = json.dumps({"kind": drawn.kind, **properties}, ensure_ascii=False)
        from_zoom = f'"tippecanoe":{{"minzoom":{drawn.min_zoom}}}'
        self._files[drawn.layer].write(f'{{"type":"Feature",{from_zoom},"properties":{told},"geometry":{geometry}}}\n')
        self.features += 1


class _Position:
    """How far a file has been read, as the kernel knows it: the reader itself does not say."""

    def __init__(self, path: Path) -> None:
        self._path, self._size = path.resolve(), max(1, path.stat().st_size)

    def part(self) -> float:
        """From 0 to 1; 0 where this system does not tell."""
        told = 0
        try:
            for name in os.listdir("/proc/self/fd"):
                if _leads_to(f"/proc/self/fd/{name}", self._path):
                    with open(f"/proc/self/fdinfo/{name}", encoding="ascii") as file:
                        told = max(told, _told_position(file))
        except OSError:
            return 0.0
        return min(1.0, told / self._size)


def _leads_to(link: str, path: Path) -> bool:
    try:
        return os.readlink(link) == str(path)
    except OSError:  # closed meanwhile
        return False


def _told_position(file: IO[str]) -> int:
    return next((int(line.split()[1]) for line in file if line.startswith("pos:")), 0)


def _centre(ring: Iterable[tuple[float, float]]) -> tuple[float, float]:
    """The middle of a ring's corners."""
    corners = list(ring)[1:]
    return sum(lon for lon, _ in corners) / len(corners), sum(lat for _, lat in corners) / len(corners)
