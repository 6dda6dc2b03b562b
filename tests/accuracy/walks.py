"""Simulated walks past real positions. The laws and figures are in merging.toml; a seed gives the same walks again."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256

import numpy as np

from tests.accuracy.frozen import merging
from tests.accuracy.positions import Positions, linked
from tests.accuracy.reports import EARTH_RADIUS_M, Floats, Ints, Report, World, shifted


@dataclass(frozen=True, slots=True)
class Setting:
    """What is walked: the set whose attributes are used, the level of error, the law of the bias, and a seed.
    `told`: whether reports say how accurate they are; `every_direction`: whether all say where the camera looks."""

    name: str
    level: str
    law: str
    seed: int
    told: bool = True
    every_direction: bool = False


@dataclass(slots=True)
class Attributes:
    """What is true of each camera; None or NaN is "nobody can tell"."""

    kind: list[str | None]
    mount: list[str | None]
    direction: Floats = field(default_factory=lambda: np.zeros(0))


def walked(positions: Positions, setting: Setting) -> World:
    """The reports of all walks past these cameras, shuffled, and the truth about them."""
    frozen = merging()
    level = frozen["levels"][setting.level]
    # One stream for each thing that is drawn: another law of the bias leaves what was seen and said as it is.
    streams = np.random.SeedSequence(setting.seed).spawn(4)
    of_cameras, of_sight, of_bias, of_order = (np.random.default_rng(stream) for stream in streams)
    true = attributes(positions, setting, of_cameras)
    bias_law = grid_bias if setting.law == "grid" else smooth_bias
    reports: list[Report] = []
    truths: list[tuple[int, float, float]] = []
    for day in range(frozen["walks"]["count"]):
        seen = np.flatnonzero(of_sight.random(len(positions)) < frozen["walks"]["detection"])
        east, north = (level["bias_m"] * part[seen] for part in bias_law(positions, of_bias))
        noise = of_sight.normal(0, level["noise_m"], (2, len(seen)))
        lat, lon = shifted(positions.lat[seen], positions.lon[seen], east + noise[0], north + noise[1])
        accuracy = round(1.51 * float(np.hypot(level["bias_m"], level["noise_m"])), 1) if setting.told else None
        for place, camera in enumerate(seen.tolist()):
            kind, mount, direction = _said(true, camera, setting, of_sight)
            walk = f"{setting.seed}-{day}-{positions.area[camera]}"
            reports.append(
                Report(
                    id=_hex(f"{walk}-{of_order.integers(2**62)}"),
                    walk=_hex(walk),
                    day=day,
                    lat=float(lat[place]),
                    lon=float(lon[place]),
                    accuracy_m=accuracy,
                    kind=kind,
                    mount=mount,
                    direction=direction,
                )
            )
            truths.append((camera, float(east[place]), float(north[place])))
    return _world(positions, true, reports, truths, of_order)


def _world(
    positions: Positions,
    true: Attributes,
    reports: list[Report],
    truths: list[tuple[int, float, float]],
    random: np.random.Generator,
) -> World:
    order = random.permutation(len(reports)).tolist()
    reported = np.array([truths[place][0] for place in order], np.int64)
    numbers, camera = np.unique(reported, return_inverse=True)
    return World(
        reports=tuple(reports[place] for place in order),
        camera=np.asarray(camera, np.int64),
        east_off=np.array([truths[place][1] for place in order]),
        north_off=np.array([truths[place][2] for place in order]),
        cameras=tuple(
            Report(
                id=f"camera-{number}",
                walk="true",
                day=0,
                lat=float(positions.lat[number]),
                lon=float(positions.lon[number]),
                kind=true.kind[number],
                mount=true.mount[number],
                direction=None if np.isnan(true.direction[number]) else float(true.direction[number]),
            )
            for number in numbers.tolist()
        ),
    )


def _hex(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:32]


def _local(positions: Positions) -> tuple[Floats, Floats]:
    """Metres from the middle of the own area: within one, flat is good enough for a bias."""
    counts = np.bincount(positions.area)
    lat0, lon0 = (np.bincount(positions.area, part) / counts for part in (positions.lat, positions.lon))
    scale = np.radians(1.0) * EARTH_RADIUS_M
    east = (positions.lon - lon0[positions.area]) * scale * np.cos(np.radians(lat0[positions.area]))
    return east, (positions.lat - lat0[positions.area]) * scale


def grid_bias(positions: Positions, random: np.random.Generator) -> tuple[Floats, Floats]:
    """One bias for each square; where the squares begin is drawn for each walk and area. Of deviation 1."""
    side = merging()["bias"]["grid_m"]
    east, north = _local(positions)
    areas = int(positions.area.max()) + 1
    corner = random.random((2, areas)) * side
    square = np.column_stack(
        [
            positions.area,
            np.floor((east + corner[0][positions.area]) / side).astype(np.int64),
            np.floor((north + corner[1][positions.area]) / side).astype(np.int64),
        ]
    )
    squares, which = np.unique(square, axis=0, return_inverse=True)
    drawn = random.normal(0, 1, (2, len(squares)))
    which = which.ravel()
    return drawn[0][which], drawn[1][which]


def smooth_bias(positions: Positions, random: np.random.Generator) -> tuple[Floats, Floats]:
    """A Gaussian field of Gaussian correlation, as a sum of waves, drawn for each walk and area. Of deviation 1."""
    frozen = merging()["bias"]
    waves, length = frozen["smooth_waves"], frozen["smooth_m"]
    east, north = _local(positions)
    fields = np.zeros((2, len(positions)))
    members = np.split(np.argsort(positions.area, kind="stable"), np.cumsum(np.bincount(positions.area))[:-1])
    for area in members:
        for axis in range(2):
            wave = random.normal(0, 1 / length, (2, waves))
            phase = random.random(waves) * 2 * np.pi
            angles = np.outer(east[area], wave[0]) + np.outer(north[area], wave[1]) + phase
            fields[axis, area] = np.cos(angles) @ random.normal(0, 1, waves) * np.sqrt(2 / waves)
    return fields[0], fields[1]


def attributes(positions: Positions, setting: Setting, random: np.random.Generator) -> Attributes:
    """What is true of each camera, and can be told: neighbours are alike, as real ones are."""
    frozen = merging()["attributes"][setting.name]
    count = len(positions)
    site = linked(positions.lat, positions.lon, frozen.get("clump_m", 1.0))
    kinds = _clumped(frozen["kinds"], site, frozen.get("kind_clump", 0.0), random)
    mounts: list[str | None] = [None] * count
    if "mounts" in frozen:
        mounts = _clumped(frozen["mounts"], site, frozen["mount_clump"], random)
    if "direction" in frozen:
        common, own = random.random(int(site.max()) + 1)[site] * 360, random.random(count) * 360
        direction = np.where(random.random(count) < frozen["direction_clump"], common, own)
        shown = 1.0 if setting.every_direction else frozen["direction"] / frozen["said"]
        direction[random.random(count) >= shown] = np.nan
    else:
        direction = positions.direction.copy()
        unknown = np.isnan(direction) & setting.every_direction
        direction[unknown] = random.random(int(unknown.sum())) * 360
    return Attributes(
        kind=_thinned(kinds, frozen["kind"] / frozen["said"], random),
        mount=_thinned(mounts, frozen.get("mount", 1.0) / frozen["said"], random),
        direction=direction,
    )


def _clumped(values: dict[str, float], site: Ints, clump: float, random: np.random.Generator) -> list[str | None]:
    """A value for each camera: that of its site, with this probability, else one of its own."""
    names, weights = list(values), list(values.values())
    common = random.choice(len(names), int(site.max()) + 1, p=weights)[site]
    own = random.choice(len(names), len(site), p=weights)
    return [names[number] for number in np.where(random.random(len(site)) < clump, common, own).tolist()]


def _thinned(values: list[str | None], share: float, random: np.random.Generator) -> list[str | None]:
    there = random.random(len(values)) < share
    return [value if kept else None for value, kept in zip(values, there.tolist(), strict=True)]


def _said(
    true: Attributes, camera: int, setting: Setting, random: np.random.Generator
) -> tuple[str | None, str | None, float | None]:
    """What a walker says of a camera: mostly what is true of it."""
    said, frozen = merging()["said"], merging()["attributes"][setting.name]
    # Always the same number of draws, so that what one report lacks moves no other
    drawn = iter(random.random(9).tolist())
    turned = float(random.normal(0, said["direction_sd"]))
    kind_gap, mount_gap, silent = (value >= frozen["said"] for value in (next(drawn), next(drawn), next(drawn)))
    kind = None if kind_gap else _said_of(true.kind[camera], list(frozen["kinds"]), said["kind_wrong"], drawn)
    mounts = list(frozen.get("mounts", ()))
    mount = None if mount_gap else _said_of(true.mount[camera], mounts, said["mount_wrong"], drawn)
    wrong, anywhere = next(drawn), next(drawn)
    direction = float(true.direction[camera])
    if np.isnan(direction) or (silent and not setting.every_direction):
        return kind, mount, None
    looks = anywhere * 360 if wrong < said["direction_wrong"] else direction + turned
    return kind, mount, round(looks % 360, 1) % 360


def _said_of(true: str | None, values: list[str], wrong: float, drawn: Iterator[float]) -> str | None:
    off, to = next(drawn), next(drawn)
    if true is None:
        return None
    return values[int(to * len(values))] if off < wrong else true
