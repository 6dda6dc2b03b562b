"""A composed extract: a few streets on a coast, in the format in which OpenStreetMap's come. No place on earth."""

from collections.abc import Iterable
from pathlib import Path

import osmium
from osmium.osm.mutable import Node, Relation, Way

LAT, LON = 12.5009, -30.509  # in the open Atlantic, and in the middle of a tile
DAY = "2026-05-09T00:00:00Z"
STEP = 0.001  # some 110 m
Tags = dict[str, str]


class Composer:
    """Collects what an extract holds, and writes it in the order that the format wants."""

    def __init__(self) -> None:
        self._nodes: list[Node] = []
        self._ways: list[Way] = []
        self._relations: list[Relation] = []

    def node(self, east: float, north: float, tags: Tags | None = None) -> int:
        """A node so many steps from the middle; its number."""
        number = len(self._nodes) + 1
        self._nodes.append(Node(id=number, location=(LON + east * STEP, LAT + north * STEP), tags=tags or {}))
        return number

    def way(self, points: Iterable[tuple[float, float]], tags: Tags) -> int:
        """A line; the same point twice is the same node."""
        known: dict[tuple[float, float], int] = {}
        nodes = [known.setdefault(point, known.get(point) or self.node(*point)) for point in points]
        number = len(self._ways) + 1
        self._ways.append(Way(id=number, nodes=nodes, tags=tags))
        return number

    def lake(self, outer: int, inner: int, tags: Tags) -> None:
        """A surface with a hole, by two closed ways."""
        members = [("w", outer, "outer"), ("w", inner, "inner")]
        relation = Relation(id=len(self._relations) + 1, members=members, tags={"type": "multipolygon", **tags})
        self._relations.append(relation)

    def write(self, path: Path) -> Path:
        """Write it all as a PBF."""
        header = osmium.io.Header()
        header.set("osmosis_replication_timestamp", DAY)
        with osmium.SimpleWriter(str(path), header=header, overwrite=True) as writer:
            for node in self._nodes:
                writer.add_node(node)
            for way in self._ways:
                writer.add_way(way)
            for relation in self._relations:
                writer.add_relation(relation)
        return path


def square(east: float, north: float, size: float) -> list[tuple[float, float]]:
    """The corners of a closed way, counter-clockwise."""
    return [(east, north), (east + size, north), (east + size, north + size), (east, north + size), (east, north)]


def composed(path: Path) -> Path:
    """The town: three streets, a tunnel, steps, a square, houses with numbers, a lake with an island, and a coast."""
    town = Composer()
    town.node(0, 1, {"place": "town", "name": "Contreville"})
    town.way([(-10, 0), (0, 0), (10, 0)],
             {"highway": "residential", "name": "Rue de l’Église", "name:en": "Church Street"})  # fmt: skip
    town.way([(0, -8), (0, 0)], {"highway": "primary", "name": "Boulevard Saint-Éloi"})
    town.way([(-10, 5), (10, 5)], {"highway": "footway"})
    town.way([(-10, 2), (10, 2)], {"highway": "secondary", "name": "Tunnel du Fort", "tunnel": "yes"})
    town.way([(-9, 0), (-9, 3)], {"highway": "steps", "name": "Escalier des Mouettes"})
    town.way(square(3, -6, 4), {"highway": "pedestrian", "area": "yes", "name": "Place du Marché"})
    town.way(square(1, 0.2, 0.2), {"building": "yes", "addr:housenumber": "12", "addr:street": "Rue de l'Eglise"})
    town.way(square(2, 0.2, 0.2), {"building": "yes", "addr:housenumber": "14", "addr:street": "Rue d’à côté"})
    town.way(square(-6, -9, 3), {"leisure": "park", "name": "Jardin Bleu"})
    town.lake(town.way(square(-6, -4, 3), {}), town.way(square(-5, -3, 1), {}), {"natural": "water", "name": "Lac"})
    # The land is on its left: the sea lies in the south.
    town.way([(-60, -9.5), (-20, -9.5), (20, -9.6), (60, -9.5)], {"natural": "coastline"})
    town.way(square(4, -10.3, 0.4), {"natural": "coastline"})
    return town.write(path)
