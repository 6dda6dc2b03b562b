"""One hard pole as a picture: four real cameras a few metres apart, what three walks reported of them, what was made of
it, and what is true.

The pole is not picked by what comes out: it is the first that has four cameras, by a hash of its place.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from zlib import crc32

import numpy as np

from tests.accuracy import curves, metrics
from tests.accuracy.curves import COLOURS, TOP
from tests.accuracy.positions import linked
from tests.accuracy.reports import EARTH_RADIUS_M, Answer, Floats, Ints, World

CAMERAS, NEXT_M, LEAST_M = 4, 6.0, 1.0
SIDE, MARGIN_M, BETWEEN = 250, 3.0, 26
LETTERS = "ABCD"


@dataclass(frozen=True, slots=True, kw_only=True)
class Pole:
    """Reports of one pole and its cameras, in metres from its middle: east and north (n x 2); the walk of each report,
    the true camera, and what each policy made of it, and where it was right."""

    cameras: Floats
    reports: Floats
    walk: Ints
    camera: Ints
    made: dict[str, Ints]
    right: dict[str, tuple[bool, ...]]


def hard_pole(world: World, answers: dict[str, Answer]) -> Pole | None:
    """The pole of a world, by these answers; None where no four cameras stand like that."""
    lat, lon = (np.array([getattr(one, axis) for one in world.cameras]) for axis in ("lat", "lon"))
    chosen = _four(lat, lon)
    if chosen is None:
        return None
    middle = float(lat[chosen].mean()), float(lon[chosen].mean())
    of_pole = np.flatnonzero(np.isin(world.camera, chosen))
    reports = [world.reports[number] for number in of_pole.tolist()]
    where = _metres(np.array([one.lat for one in reports]), np.array([one.lon for one in reports]), middle)
    number_of = {camera: number for number, camera in enumerate(chosen.tolist())}
    return Pole(
        cameras=_metres(lat[chosen], lon[chosen], middle),
        reports=where,
        walk=np.array([one.day for one in reports], np.int64),
        camera=np.array([number_of[camera] for camera in world.camera[of_pole].tolist()], np.int64),
        made={name: answer.camera[of_pole] for name, answer in answers.items()},
        right={
            name: tuple(metrics.right(answer.camera, world.camera)[of_pole].tolist())
            for name, answer in answers.items()
        },
    )


def _four(lat: Floats, lon: Floats) -> Ints | None:
    """The cameras of the pole: four that hang together by steps of at most 6 m, none at the place of another."""
    site = linked(lat, lon, NEXT_M)
    found: list[tuple[int, Ints]] = []
    for number in np.flatnonzero(np.bincount(site) == CAMERAS).tolist():
        members = np.flatnonzero(site == number)
        if len(np.unique(linked(lat[members], lon[members], LEAST_M))) == CAMERAS:
            found.append((crc32(f"{lat[members].min():.5f} {lon[members].min():.5f}".encode()), members))
    if not found:
        return None
    members = min(found, key=lambda each: each[0])[1]
    return members[np.argsort(lon[members], kind="stable")]


def _metres(lat: Floats, lon: Floats, middle: tuple[float, float]) -> Floats:
    scale = np.radians(1.0) * EARTH_RADIUS_M
    return np.column_stack([(lon - middle[1]) * scale * np.cos(np.radians(middle[0])), (lat - middle[0]) * scale])


def picture(pole: Pole, titles: dict[str, str]) -> str:
    """What is true, and beside it what each policy made: `titles` says which, and how they are called."""
    far = np.abs(np.vstack([pole.cameras, pole.reports])).max() + MARGIN_M
    true = replace(pole, made={"true": pole.camera}, right={"true": (True,) * len(pole.camera)})
    parts = _panel(0, "What is true", true, "true", far, pole.cameras)
    for place, (name, title) in enumerate(titles.items(), 1):
        parts += _panel(place, title, pole, name, far, None)
    y = TOP + SIDE + 44
    parts += [
        curves.words(12, y, "A1: camera A as the first walk reported it; its colour is the true camera's."),
        curves.words(12, y + 18, "Grey ring: a camera, where it is or where its reports are in the mean."),
        curves.words(12, y + 36, "Open point: a report that is not in the camera that is its own."),
    ]
    columns = 1 + len(titles)
    width = 24 + columns * SIDE + (columns - 1) * BETWEEN
    return curves.document("Four cameras on one pole, and what is made of three walks by it", width, y + 52, parts)


def _panel(place: int, title: str, pole: Pole, name: str, far: float, hubs: Floats | None) -> list[str]:
    x = 12 + place * (SIDE + BETWEEN)
    made = pole.made[name]

    def at(point: Sequence[float]) -> tuple[float, float]:
        east, north = float(point[0]), float(point[1])
        return round(x + SIDE * (0.5 + east / far / 2), 1), round(TOP + SIDE * (0.5 - north / far / 2), 1)

    ten = SIDE * 5 / far
    parts = [
        curves.heading(x, title),
        f'<rect class="frame" x="{x}" y="{TOP}" width="{SIDE}" height="{SIDE}" fill="none" stroke="#888888"/>',
        f'<path class="frame" d="M{x + 8} {TOP + SIDE - 8}h{ten:.1f}" stroke="#888888" stroke-width="3"/>',
        curves.words(x + 12 + ten, TOP + SIDE - 4, "10 m"),
        curves.words(x, TOP + SIDE + 18, f"{len(np.unique(made))} cameras, {len(made)} reports"),
    ]
    for camera in np.unique(made).tolist():
        own = np.flatnonzero(made == camera)
        hx, hy = at((hubs[camera] if hubs is not None else pole.reports[own].mean(axis=0)).tolist())
        for report in own.tolist():
            rx, ry = at(pole.reports[report].tolist())
            colour = COLOURS[int(pole.camera[report])]
            filled = colour if pole.right[name][report] else "none"
            label = f"{LETTERS[int(pole.camera[report])]}{int(pole.walk[report]) + 1}"
            parts += [
                f'<path d="M{hx:g} {hy:g}L{rx:g} {ry:g}" stroke="{colour}" stroke-width="1.5"/>',
                f'<circle cx="{rx:g}" cy="{ry:g}" r="4" fill="{filled}" stroke="{colour}" stroke-width="2"/>',
                curves.words(rx + 6, ry + 4, label, more=' font-size="11"'),
            ]
        parts.append(
            f'<circle class="frame" cx="{hx:g}" cy="{hy:g}" r="8" fill="none" stroke="#888888" stroke-width="2"/>'
        )
    return parts
