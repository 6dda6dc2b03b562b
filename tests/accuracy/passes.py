"""Passes by one camera in a street, simulated: what was heard, what was not, and bearings to it.

Flat metres, east and north of the street's middle before the camera's block, turned by a random angle. Places are those
that the receiver says. The figures are in locating.toml.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from tests.accuracy.frozen import locating
from tests.accuracy.reports import Floats


@dataclass(frozen=True, slots=True)
class Heard:
    """A hearing: where the probe says it was, in metres, and how loud."""

    east: float
    north: float
    dbm: float


@dataclass(frozen=True, slots=True)
class Look:
    """A bearing to the camera, of no known distance, and the deviation that is said of it, in degrees. `away_m`: how
    far it really was, in metres, which no estimator is told as it is."""

    east: float
    north: float
    bearing_deg: float
    sd_deg: float
    away_m: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One walk by the camera. `silent`: where the probe listened on the channel, on its way, and heard nothing."""

    heard: tuple[Heard, ...]
    silent: tuple[tuple[float, float], ...]
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What is known of one camera (`passes`; `streets` as lines, where an operator has given an extract), and where it
    is (`east`, `north`), which no estimator is told."""

    passes: tuple[Pass, ...]
    streets: tuple[tuple[float, float, float, float], ...]
    east: float
    north: float

    @property
    def heard(self) -> list[Heard]:
        return [one for each in self.passes for one in each.heard]


@dataclass(slots=True)
class _Track:
    """A walk: where it really went, and where the receiver says (n x 2)."""

    true: Floats
    said: Floats


def trials(scenario: str, count: int, seed: int) -> list[Trial]:
    """So many trials of a scenario; those of a seed are the same again, however many are asked for."""
    names = sorted(locating()["scenarios"])
    return [drawn(scenario, np.random.default_rng([seed, names.index(scenario), number])) for number in range(count)]


def drawn(scenario: str, random: np.random.Generator) -> Trial:
    """A trial; drawn again where hardly anything was heard."""
    frozen = locating()
    walks = frozen["scenarios"][scenario]["walks"]
    along = frozen["bearing"]["along_m"][frozen["scenarios"][scenario]["looks"]]
    while True:
        camera = _camera(random)
        tracks = [_track(_way(walk, camera, random), random) for walk in walks]
        heard = _heard(camera, tracks, random)
        if sum(int((~np.isnan(each)).sum()) for each in heard) >= frozen["radio"]["least_hearings"]:
            break
    looks = [_looks(camera, track, along, _compass(random), random) for track in tracks]
    return _turned(camera, tracks, heard, looks, random)


def drawn_beside(scenario: str, random: np.random.Generator, apart_m: float) -> tuple[Trial, Trial]:
    """Two cameras on one facade, so far apart, by the same walks: each is heard and looked at by itself, with the same
    drift of the receiver and the same compass."""
    frozen = locating()
    walks = frozen["scenarios"][scenario]["walks"]
    along = frozen["bearing"]["along_m"][frozen["scenarios"][scenario]["looks"]]
    while True:
        first = _camera(random)
        cameras = first, first + np.array([apart_m, 0.0, 0.0])
        tracks = [_track(_way(walk, first, random), random) for walk in walks]
        heard = [_heard(camera, tracks, random) for camera in cameras]
        if all(sum(int((~np.isnan(each)).sum()) for each in one) >= frozen["radio"]["least_hearings"] for one in heard):
            break
    compasses, angle = [_compass(random) for _ in tracks], int(random.integers(2**62))
    made = []
    for camera, loud in zip(cameras, heard, strict=True):
        looks = [
            _looks(camera, track, along, compass, random) for track, compass in zip(tracks, compasses, strict=True)
        ]
        made.append(_turned(camera, tracks, loud, looks, np.random.default_rng(angle)))  # the same street for both
    return made[0], made[1]


def _between(limits: Sequence[float], random: np.random.Generator) -> float:
    return float(random.uniform(limits[0], limits[1]))


def _camera(random: np.random.Generator) -> Floats:
    """East, north, and height above the probe: on a facade north of the street, or in a yard behind it."""
    frozen = locating()["street"]
    behind = _between(frozen["behind_m"], random) if random.random() < frozen["behind_share"] else 0.0
    east = random.uniform(-0.4, 0.4) * frozen["block_m"]
    return np.array([east, frozen["width_m"] / 2 + behind, _between(frozen["height_m"], random)])


def _way(walk: dict[str, Any], camera: Floats, random: np.random.Generator) -> list[tuple[float, float]]:
    """The corners of a walk."""
    frozen = locating()
    half, block = frozen["street"]["width_m"] / 2, frozen["street"]["block_m"]
    off, reach = frozen["street"]["pavement_m"], frozen["walk"]["reach_m"]
    side = walk["side"] or (1 if random.random() < 0.5 else -1)
    north = side * (half - off)
    start = float(camera[0]) - reach + random.uniform(-15, 15)
    if walk["way"] == "pass":
        return [(start, north), (start + 2 * reach, north)]
    corner = block / 2 + off
    if walk["way"] == "l":
        mirror = 1 if random.random() < 0.5 else -1
        start = mirror * (mirror * float(camera[0]) - reach + random.uniform(-15, 15))
        turn = 1 if random.random() < 0.5 else -1
        return [(start, north), (mirror * corner, north), (mirror * corner, north + turn * reach)]
    far = half + block + off
    ring = [(-corner, north), (corner, north), (corner, side * far), (-corner, side * far)]
    first = int(random.integers(4))
    return [*ring[first:], *ring[: first + 1]]


def _track(corners: Sequence[tuple[float, float]], random: np.random.Generator) -> _Track:
    """The places of a walk, one for each cycle of the channels, and what a drifting receiver says of them."""
    frozen = locating()["walk"]
    points = np.array(corners)
    length = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=1)))
    at = np.arange(random.random(), 1e4) * frozen["speed_mps"] * frozen["cycle_s"]
    at = at[at <= length[-1]]
    true = np.column_stack([np.interp(at, length, points[:, axis]) for axis in range(2)])
    sd = _between(frozen["gnss_radial_m"], random) / np.sqrt(2)
    keep = np.exp(-frozen["cycle_s"] / frozen["gnss_drift_s"])
    drift = np.zeros_like(true)
    drift[0] = random.normal(0, sd, 2)
    for step in range(1, len(drift)):
        drift[step] = keep * drift[step - 1] + random.normal(0, sd * np.sqrt(1 - keep * keep), 2)
    return _Track(true, true + drift + random.normal(0, frozen["gnss_white_m"], true.shape))


def _heard(camera: Floats, tracks: Sequence[_Track], random: np.random.Generator) -> list[Floats]:
    """The loudness at each place of each walk; NaN where nothing was heard. Shadows are the place's, so that walks
    share them; fading is each frame's own."""
    frozen = locating()["radio"]
    true = np.vstack([track.true for track in tracks])
    distance = np.sqrt(((true - camera[:2]) ** 2).sum(axis=1) + camera[2] ** 2)
    apart = np.linalg.norm(true[:, np.newaxis] - true[np.newaxis], axis=2)
    covariance = np.exp(-apart / _between(frozen["shadowing_m"], random)) + 1e-6 * np.eye(len(true))
    shadow = np.linalg.cholesky(covariance) @ random.normal(0, _between(frozen["shadowing_db"], random), len(true))
    k = 10 ** (_between(frozen["rician_k_db"], random) / 10)
    wave = np.sqrt(k / (k + 1)) + (random.normal(size=len(true)) + 1j * random.normal(size=len(true))) / np.sqrt(
        2 * (k + 1)
    )
    off_street = np.abs(true[:, 1]) > locating()["street"]["width_m"] / 2
    dbm = random.normal(*frozen["at_1m_dbm"]) - 10 * _between(frozen["exponent"], random) * np.log10(distance)
    dbm = dbm + shadow + 20 * np.log10(np.abs(wave)) - off_street * _between(frozen["building_db"], random)
    dbm = np.round(dbm)
    dbm[(dbm < frozen["threshold_dbm"]) | (random.random(len(true)) < frozen["lost"])] = np.nan
    return np.split(dbm, np.cumsum([len(track.true) for track in tracks])[:-1])


def _compass(random: np.random.Generator) -> tuple[float, float]:
    """What the compass of a walk is off, and the deviation of each bearing, in degrees."""
    frozen = locating()["bearing"]
    return float(random.normal(0, frozen["compass_deg"])), _between(frozen["sd_deg"], random)


def _looks(
    camera: Floats,
    track: _Track,
    along: Sequence[float],
    compass_and_sd: tuple[float, float],
    random: np.random.Generator,
) -> list[Look]:
    """Bearings from places before the camera's facade, so many metres before and behind it on the way."""
    frozen = locating()["bearing"]
    compass, sd = compass_and_sd
    on_street = np.flatnonzero(np.abs(track.true[:, 1]) <= locating()["street"]["width_m"] / 2)
    looks = []
    for offset in along:
        place = on_street[np.argmin(np.abs(track.true[on_street, 0] - camera[0] - offset))]
        east, north = camera[:2] - track.true[place]
        away_m = float(np.hypot(east, north))
        bearing = np.degrees(np.arctan2(east, north)) + compass + random.normal(0, sd)
        if random.random() < frozen["outliers"]:
            bearing = random.uniform(0, 360)
        said = track.said[place]
        looks.append(Look(float(said[0]), float(said[1]), float(bearing % 360), frozen["told_sd_deg"], away_m))
    return looks


def _turned(
    camera: Floats,
    tracks: Sequence[_Track],
    heard: Sequence[Floats],
    looks: Sequence[Sequence[Look]],
    random: np.random.Generator,
) -> Trial:
    """All of it, turned clockwise by one random angle: streets do not run east."""
    angle = random.uniform(0, 360)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))

    def turn(east: float, north: float) -> tuple[float, float]:
        return float(c * east + s * north), float(c * north - s * east)

    passes = []
    for track, dbm, taken in zip(tracks, heard, looks, strict=True):
        said = [turn(*place) for place in track.said.tolist()]
        loud = dbm.tolist()
        passes.append(
            Pass(
                heard=tuple(Heard(*place, db) for place, db in zip(said, loud, strict=True) if not np.isnan(db)),
                silent=tuple(place for place, db in zip(said, loud, strict=True) if np.isnan(db)),
                looks=tuple(
                    replace(one, east=east, north=north, bearing_deg=(one.bearing_deg + angle) % 360)
                    for one in taken
                    for east, north in [turn(one.east, one.north)]
                ),
            )
        )
    east, north = turn(float(camera[0]), float(camera[1]))
    return Trial(
        passes=tuple(passes), streets=tuple((*turn(*a), *turn(*b)) for a, b in _streets()), east=east, north=north
    )


def _streets() -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """The middles of the streets around: the camera's, the crossing ones and the next ones beside it."""
    frozen = locating()["street"]
    step = frozen["block_m"] + frozen["width_m"]
    along = [((-2 * step, number * step), (2 * step, number * step)) for number in (-1, 0, 1)]
    across = [(((number - 0.5) * step, -2 * step), ((number - 0.5) * step, 2 * step)) for number in (0, 1)]
    return along + across
