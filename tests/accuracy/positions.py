"""Positions of real cameras, by area, from the folder that CONTRECHAMP_TESTDATA names."""

import gzip
import json
import os
from dataclasses import dataclass
from pathlib import Path
from zlib import crc32

import numpy as np
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from tests.accuracy.frozen import merging
from tests.accuracy.reports import Floats, Ints, on_globe


@dataclass(frozen=True, slots=True, kw_only=True)
class Positions:
    """Cameras: where they are, where they look (NaN: not known), and the area that each is in."""

    lat: Floats
    lon: Floats
    direction: Floats
    area: Ints

    def __len__(self) -> int:
        return len(self.lat)


def data_folder() -> Path | None:
    """The folder of real data, or None where nobody named one that has what is needed."""
    named = os.environ.get("CONTRECHAMP_TESTDATA")
    folder = Path(named) if named else None
    files = [entry["file"] for entry in merging()["sets"].values()]
    return folder if folder is not None and all((folder / file).is_file() for file in files) else None


def read(folder: Path, name: str) -> Positions:
    """All cameras of a set, `cctv` or `alpr`."""
    frozen = merging()["sets"][name]
    file = folder / frozen["file"]
    if name == "cctv":
        nodes = [node for node in json.loads(file.read_text()) if node["type"] == "cctv"]
        lat, lon = (np.array([float(node[key]) for node in nodes]) for key in ("lat", "lon"))
        direction = np.full(len(nodes), np.nan)
    else:
        with gzip.open(file, "rt") as lines:
            rows = [line.rstrip("\n").split("\t") for line in lines]
        lat, lon = (np.array([float(row[column]) for row in rows]) for column in (0, 1))
        direction = np.array([float(row[3]) if row[3] else np.nan for row in rows])
    south, west, north, east = frozen.get("box", (-90.0, -180.0, 90.0, 180.0))
    inside = (lat >= south) & (lat <= north) & (lon >= west) & (lon <= east)
    lat, lon, direction = lat[inside], lon[inside], direction[inside]
    return Positions(lat=lat, lon=lon, direction=direction, area=linked(lat, lon, merging()["areas"]["link_m"]))


def linked(lat: Floats, lon: Floats, metres: float) -> Ints:
    """The group of each point: all that hang together by steps of so many metres."""
    pairs = cKDTree(on_globe(lat, lon)).query_pairs(metres, output_type="ndarray")
    return grouped(pairs, len(lat))


def grouped(pairs: Ints, count: int) -> Ints:
    """The group of each of so many things, of which these pairs (n x 2) hang together."""
    graph = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    return np.asarray(connected_components(graph, directed=False)[1], np.int64)


def chosen(positions: Positions, share: float, *, learn: bool) -> Positions:
    """A share of the areas to learn from, or of those to judge by: whole areas, by a hash of where they are."""
    frozen = merging()["areas"]
    order = np.lexsort((positions.lon, positions.lat, positions.area))
    first = order[np.unique(positions.area[order], return_index=True)[1]]
    keep = np.zeros(len(first), bool)
    for area, number in enumerate(first.tolist()):
        name = f"{positions.lat[number]:.5f} {positions.lon[number]:.5f}"
        is_learn = _share_of(f"{frozen['salt']} side {name}") < frozen["learn_share"]
        keep[area] = is_learn == learn and _share_of(f"{frozen['salt']} part {name}") < share
    mask = keep[positions.area]
    renumbered = np.unique(positions.area[mask], return_inverse=True)[1]
    return Positions(
        lat=positions.lat[mask],
        lon=positions.lon[mask],
        direction=positions.direction[mask],
        area=np.asarray(renumbered, np.int64),
    )


def _share_of(text: str) -> float:
    # CRC is linear: names that differ in a digit land side by side, so it is mixed once more
    return crc32(f"{crc32(text.encode()) * 2654435761 % 2**32:x}".encode()) / 2**32
