"""Draws coloured bodies with their edges: offscreen, without perspective, white behind. 1200 x 900 pixels, few colours.

VTK draws by EGL, and by OSMesa where there is no EGL: on Debian libegl1 and libgl1 (with Mesa's software driver,
libegl-mesa0 and libgl1-mesa-dri), or libosmesa6.
"""

import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1200, 900
INK = (0.13, 0.14, 0.16)
NEW = (0.90, 0.36, 0.0)  # the edges of what a step adds, and its arrow
Vector = tuple[float, float, float]


@dataclass(frozen=True)
class Body:
    """Triangles (a trimesh), their colour "#rrggbb", and whether a step adds them. `faint`: only stands around."""

    mesh: Any
    colour: str
    new: bool = False
    faint: bool = False
    opacity: float = 1.0
    edges: bool = True


@dataclass(frozen=True)
class Arrow:
    """From where a piece is held to where it goes."""

    begin: Vector
    end: Vector


@dataclass(frozen=True)
class Label:
    """A number in a ring or a pin's name in a box, `away` pixels from what it points at; a line joins them if far."""

    text: str
    at: Vector
    away: tuple[float, float] = (0.0, 0.0)
    size: int = 24
    ring: bool = True


Mark = Arrow | Label


@dataclass(frozen=True)
class View:
    """From where: the direction from the middle of things to the eye, and which way is up. `room` widens it."""

    eye: Vector
    up: Vector = (0.0, 1.0, 0.0)
    room: float = 1.06


def _rgb(colour: str, faint: bool) -> Vector:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    if faint:  # half way to a light grey
        parts = [0.5 * part + 0.5 * 0.84 for part in parts]
    return parts[0], parts[1], parts[2]


def _shaded(body: Body, data: Any) -> Any:
    import vtk

    normals = vtk.vtkPolyDataNormals()
    normals.SetInputData(data)
    normals.SetFeatureAngle(35)
    normals.SplittingOn()
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(normals.GetOutputPort())
    mapper.SetResolveCoincidentTopologyToPolygonOffset()
    mapper.SetRelativeCoincidentTopologyPolygonOffsetParameters(1.0, 1.0)
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    look = actor.GetProperty()
    look.SetColor(*_rgb(body.colour, body.faint))
    look.SetAmbient(0.42)
    look.SetDiffuse(0.68)
    look.SetOpacity(body.opacity)
    return actor


def _lined(body: Body, data: Any, camera: Any) -> list[Any]:
    """Sharp edges and the outline as seen from the camera."""
    import vtk

    sharp = vtk.vtkFeatureEdges()
    sharp.SetInputData(data)
    sharp.SetFeatureAngle(32)
    sharp.ColoringOff()
    sharp.BoundaryEdgesOn()
    sharp.ManifoldEdgesOff()
    sharp.NonManifoldEdgesOff()
    outline = vtk.vtkPolyDataSilhouette()
    outline.SetInputData(data)
    outline.SetCamera(camera)
    outline.SetDirectionToCameraVector()
    outline.SetEnableFeatureAngle(0)
    actors = []
    for source, width in ((sharp, 2.2 if body.new else 1.5), (outline, 3.6 if body.new else 2.2)):
        mapper = vtk.vtkPolyDataMapper()
        mapper.SetInputConnection(source.GetOutputPort())
        actor = vtk.vtkActor()
        actor.SetMapper(mapper)
        look = actor.GetProperty()
        look.SetColor(*(NEW if body.new else INK))
        look.SetLineWidth(width * 1.6)
        look.LightingOff()
        look.SetOpacity(1.0 if body.new or not body.faint else 0.75)
        actors.append(actor)
    return actors


def _arrow(arrow: Arrow) -> Any:
    """A shaft with a tip at its end, mm."""
    import numpy as np
    import vtk

    begin, end = np.array(arrow.begin), np.array(arrow.end)
    long = float(np.linalg.norm(end - begin)) or 1.0
    source = vtk.vtkArrowSource()
    source.SetTipResolution(24)
    source.SetShaftResolution(16)
    source.SetTipLength(min(0.5, 7.0 / long))
    source.SetTipRadius(2.6 / long)
    source.SetShaftRadius(0.9 / long)
    along = (end - begin) / long
    side = np.cross(along, [0.0, 0.0, 1.0] if abs(along[2]) < 0.9 else [1.0, 0.0, 0.0])
    side /= np.linalg.norm(side)
    third = np.cross(along, side)
    matrix = vtk.vtkMatrix4x4()
    for i in range(3):
        for column, vector in enumerate((along, side, third)):
            matrix.SetElement(i, column, float(vector[i]) * long)
        matrix.SetElement(i, 3, float(begin[i]))
    mapper = vtk.vtkPolyDataMapper()
    mapper.SetInputConnection(source.GetOutputPort())
    actor = vtk.vtkActor()
    actor.SetMapper(mapper)
    actor.SetUserMatrix(matrix)
    actor.GetProperty().SetColor(*NEW)
    actor.GetProperty().SetAmbient(0.6)
    return actor


def _window() -> Any:
    """A window that nobody sees. VTK complains where there is no X, and goes on."""
    import vtk

    vtk.vtkObject.GlobalWarningDisplayOff()
    os.environ.pop("DISPLAY", None)
    window = vtk.vtkRenderWindow()
    window.SetOffScreenRendering(1)
    window.SetMultiSamples(0)
    window.SetSize(WIDTH * 2, HEIGHT * 2)
    return window


def _camera(renderer: Any, view: View) -> Any:
    """No perspective, all of it in the picture, whatever its shape: measured along the picture's own axes.

    Returns where a point is in the picture, as a function."""
    import numpy as np

    eye = np.array(view.eye) / np.linalg.norm(view.eye)
    up = np.array(view.up) - np.dot(view.up, eye) * eye
    up /= np.linalg.norm(up)
    right = np.cross(up, eye)
    low, high = np.full(3, np.inf), np.full(3, -np.inf)
    actors = renderer.GetActors()
    actors.InitTraversal()
    while (actor := actors.GetNextActor()) is not None:
        box = actor.GetBounds()
        if box is None or box[0] > box[1]:
            continue
        for corner in ((x, y, z) for x in box[:2] for y in box[2:4] for z in box[4:]):
            at = np.array([np.dot(corner, axis) for axis in (right, up, eye)])
            low, high = np.minimum(low, at), np.maximum(high, at)
    middle = (low + high) / 2
    focus = middle[0] * right + middle[1] * up + middle[2] * eye
    wide, tall = high[0] - low[0], high[1] - low[1]
    camera = renderer.GetActiveCamera()
    camera.ParallelProjectionOn()
    camera.SetFocalPoint(*focus)
    camera.SetPosition(*(focus + eye * 1000))
    camera.SetViewUp(*up)
    camera.SetParallelScale(view.room * max(tall, wide * HEIGHT / WIDTH) / 2)
    renderer.ResetCameraClippingRange()
    zoom = HEIGHT / 2 / camera.GetParallelScale()

    def seen(point: Vector) -> tuple[float, float]:
        from_middle = np.array(point) - focus
        return WIDTH / 2 + zoom * float(from_middle @ right), HEIGHT / 2 - zoom * float(from_middle @ up)

    return seen


def _written(picture: Image.Image, labels: Sequence[Label], seen: Any) -> None:
    """Numbers and names over the finished picture: numbers in a ring, pins' names in a box. No words: both languages
    share it."""
    pen = ImageDraw.Draw(picture)
    ink, paper = "#212429", "#ffffff"
    for label in labels:
        x, y = seen(label.at)
        at = x + label.away[0], y + label.away[1]
        if max(map(abs, label.away)) > 20:
            pen.line([(x, y), at], fill=ink, width=2)
            pen.ellipse([x - 3, y - 3, x + 3, y + 3], fill=ink)
        font = ImageFont.load_default(label.size)
        long = pen.textlength(label.text, font=font)
        half = label.size * 0.62
        wide = max(half, long / 2 + label.size * 0.25)
        if label.ring:
            wide = half = max(half, long / 2 + 4) + 2
            pen.ellipse([at[0] - wide, at[1] - half, at[0] + wide, at[1] + half], fill=paper, outline=ink, width=2)
        else:
            pen.rectangle([at[0] - wide, at[1] - half, at[0] + wide, at[1] + half], fill=paper, outline=ink)
        pen.text(at, label.text, font=font, fill=ink, anchor="mm")


def render(bodies: Sequence[Body], marks: Sequence[Mark], view: View, path: Path) -> Path:
    """A picture of bodies, arrows and labels as a PNG of at most 128 colours."""
    import vtk
    from vtk.util.numpy_support import vtk_to_numpy

    from hardware.enclosure.mesh import polydata

    renderer = vtk.vtkRenderer()
    renderer.SetBackground(1, 1, 1)
    data = [polydata(body.mesh) for body in bodies]
    for body, one in zip(bodies, data, strict=True):
        renderer.AddActor(_shaded(body, one))
    for mark in marks:
        if isinstance(mark, Arrow):
            renderer.AddActor(_arrow(mark))
    seen = _camera(renderer, view)
    for body, one in zip(bodies, data, strict=True):
        if body.edges:
            for actor in _lined(body, one, renderer.GetActiveCamera()):
                renderer.AddActor(actor)
    renderer.RemoveAllLights()
    for place, strength in (((-0.5, 0.8, 1.0), 0.75), ((0.9, 0.1, 0.7), 0.3), ((0.0, -1.0, 0.5), 0.25)):
        light = vtk.vtkLight()
        light.SetLightTypeToCameraLight()
        light.SetPosition(*place)
        light.SetIntensity(strength)
        renderer.AddLight(light)
    window = _window()
    window.AddRenderer(renderer)
    window.Render()
    grab = vtk.vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.ReadFrontBufferOff()
    grab.Update()
    taken = grab.GetOutput()
    across, down, _ = taken.GetDimensions()
    pixels = vtk_to_numpy(taken.GetPointData().GetScalars()).reshape(down, across, -1)[::-1, :, :3]
    window.Finalize()
    picture = Image.fromarray(pixels.copy()).resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
    _written(picture, [mark for mark in marks if isinstance(mark, Label)], seen)
    few = picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    octets = io.BytesIO()
    few.save(octets, "PNG", optimize=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(octets.getvalue())
    return path
