"""Checks on the mesh of a printed piece as it lies on the bed: closed, thick enough, and printable without support."""

from itertools import pairwise
from typing import Any

import numpy as np
import trimesh
from shapely import LineString, Point, Polygon, STRtree, segmentize, unary_union
from shapely.geometry import MultiPolygon
from shapely.ops import polygonize_full


def meshed(shape: Any, tolerance: float = 0.05) -> trimesh.Trimesh:
    """A build123d shape as triangles, mm."""
    points, faces = shape.tessellate(tolerance, 0.3)
    return trimesh.Trimesh([tuple(point) for point in points], faces, process=True)


def thin(mesh: Any, limit: float, samples: int = 6000) -> list[tuple[tuple[float, float, float], float]]:
    """Where a piece is thinner than a limit: points just under its surface, and how far the other side is along the
    normal. Edges are left out: a ray that leaves by a face askew to the first (over 60°) says nothing of a wall."""
    import vtk

    body = polydata(mesh)
    tree = vtk.vtkStaticCellLocator()
    tree.SetDataSet(body)
    tree.BuildLocator()
    places, faces = trimesh.sample.sample_surface(mesh, samples, seed=7)
    hit, where, cell, t, sub = vtk.mutable(0), [0.0] * 3, vtk.mutable(0), vtk.mutable(0.0), vtk.mutable(0)
    found = []
    for place, face in zip(places, faces, strict=True):
        normal = mesh.face_normals[face]
        begin, end = place - normal * 0.01, place - normal * limit
        hit = tree.IntersectWithLine(begin, end, 1e-6, t, where, [0.0] * 3, sub, cell)
        if hit and float(np.dot(mesh.face_normals[int(cell)], -normal)) > 0.5:
            x, y, z = map(float, place)
            found.append(((x, y, z), float(np.linalg.norm(np.array(where) - place))))
    return found


def polydata(mesh: Any) -> Any:
    """Triangles as VTK has them."""
    import vtk
    from vtk.util.numpy_support import numpy_to_vtk, numpy_to_vtkIdTypeArray

    points = vtk.vtkPoints()
    points.SetData(numpy_to_vtk(np.ascontiguousarray(mesh.vertices), deep=True))
    cells = vtk.vtkCellArray()
    ends = np.arange(0, 3 * len(mesh.faces) + 1, 3, dtype=np.int64)
    corners = np.ascontiguousarray(mesh.faces, dtype=np.int64).ravel()
    cells.SetData(numpy_to_vtkIdTypeArray(ends, deep=True), numpy_to_vtkIdTypeArray(corners, deep=True))
    body = vtk.vtkPolyData()
    body.SetPoints(points)
    body.SetPolys(cells)
    return body


def layers(mesh: Any, height: float) -> list[Any]:
    """The piece's layers as areas, each cut in the middle of the layer."""
    low, high = mesh.bounds[:, 2]
    heights = np.arange(low + height * 0.47, high, height)
    cut: Any = trimesh.intersections.mesh_multiplane
    found = []
    for at in heights:
        # a cut that just meets a corner may not close: then a hair above
        for more in (0.0, 0.011, -0.013, 0.023):
            lines, _, _ = cut(mesh, [0, 0, 0], [0, 0, 1], [at + more])
            area, closed = _area(np.asarray(lines[0]))
            if closed:
                break
        found.append(area)
    return found


def _area(segments: Any) -> tuple[Any, bool]:
    """The area that segments of a section enclose, by even and odd; and whether all of them close."""
    lines = [LineString(s) for s in segments if np.linalg.norm(s[0] - s[1]) > 1e-4]
    area = Polygon()
    rounds, cuts, dangles, invalid = polygonize_full(unary_union(lines, grid_size=0.001))
    closed = all(part.is_empty for part in (cuts, dangles, invalid))
    faces = sorted(rounds.geoms, key=lambda one: -Polygon(one.exterior).area)
    rings = [Polygon(face.exterior) for face in faces]
    tree = STRtree(rings)
    for face, ring in zip(faces, rings, strict=True):
        inside = face.representative_point()
        around = sum(1 for i in tree.query(inside) if rings[i].contains(inside))
        area = area.union(ring) if around % 2 else area.difference(ring)
    return area, closed


def unsupported(mesh: Any, layer: float, slope: float, bridge: float) -> list[tuple[float, float, float, float]]:
    """Where a piece would be printed on air: x, y, z, and the span in mm.

    A layer may stand out over the one below by `layer * slope` (slope 1 is 45°, 1.2 is 50°). What stands out further
    must be a bridge: held on two sides at least, and no longer than `bridge`.
    """
    found = []
    areas = layers(mesh, layer)
    for i, (below, here) in enumerate(pairwise(areas)):
        hang = here.difference(below.buffer(layer * slope))
        for part in hang.geoms if isinstance(hang, MultiPolygon) else [hang]:
            if part.area < 0.05:
                continue
            span = _span(part, below)
            if span is None or span > bridge:
                x, y = part.representative_point().coords[0]
                z = float(mesh.bounds[0][2] + (i + 1.5) * layer)
                found.append((float(x), float(y), z, float("inf") if span is None else span))
    return found


def _span(part: Any, below: Any) -> float | None:
    """How far a bridge reaches from hold to hold; None where it is held on one side only."""
    held = part.buffer(0.6).intersection(below)
    if held.is_empty:
        return None
    # what lies between its holds is carried
    if part.difference(held.convex_hull.buffer(0.05)).area > 0.15 * part.area:
        return None
    # the middle of its free edge is the farthest from a hold
    edge = segmentize(part.boundary, 0.5)
    return 2 * max(float(below.distance(Point(at))) for line in getattr(edge, "geoms", [edge]) for at in line.coords)
