"""A town that honest walkers reported, and what one hostile contributor sends of it. The figures are in poison.toml;
the same parameters give the same sightings again."""

import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from probe.contract.base import bssid_octets
from probe.contract.evidence import Role
from probe.contract.sighting import Hearing, Kind, Place, Radio, Sighting
from probe.detect.registry import Recogniser
from probe.detect.rule import Transmission
from tests.accuracy import today
from tests.accuracy.frozen import HERE
from tests.accuracy.positions import Positions, chosen, data_folder, read
from tests.accuracy.reports import Report, shifted
from tests.accuracy.streets_of_cameras import town
from tests.accuracy.walks import Setting, walked

MALLORY = "mallory"
CHANNEL = 2437


@cache
def frozen() -> dict[str, Any]:
    """The parameters."""
    return tomllib.loads((HERE / "poison.toml").read_text())


@dataclass(frozen=True, slots=True)
class Town:
    """What honest walkers sent, and of which real camera each sighting is, by its id."""

    cameras: tuple[Report, ...]
    honest: tuple[tuple[Sighting, str], ...]  # with who sent it
    of_camera: dict[str, int]
    transmitters: dict[int, str]


def town_of(cameras: int) -> Town:
    settings = frozen()["town"]
    there = _positions(cameras)
    world = walked(there, Setting("cctv", settings["level"], settings["law"], settings["seed"]))
    random = np.random.default_rng(settings["seed"])
    heard = random.random(len(world.cameras)) < settings["heard"]
    transmitters = {n: f"ac:cc:8e:00:{n >> 8:02x}:{n & 255:02x}" for n in np.flatnonzero(heard).tolist()}
    honest = [(today.sighting(one), f"walker-{one.day}") for one in world.reports]
    of_camera = {one.id: int(number) for one, number in zip(world.reports, world.camera, strict=True)}
    for report in world.reports:
        number = of_camera[report.id]
        if number in transmitters:  # whoever saw it has heard it as well
            true, name = world.cameras[number], f"honest-{number}-{report.day}"
            one = _heard(transmitters[number], true.lat, true.lon, report.walk, report.day, name)
            honest.append((one, f"walker-{report.day}"))
            of_camera[one.id] = number
    return Town(world.cameras, tuple(honest), of_camera, transmitters)


def _positions(cameras: int) -> Positions:
    folder = data_folder()
    found = town(max(1, cameras * 2 // 5)) if folder is None else chosen(read(folder, "cctv"), 1.0, learn=False)
    order = np.argsort(found.area, kind="stable")
    last = found.area[order[min(cameras, len(order)) - 1]]
    mask = found.area <= last  # whole areas
    area = np.unique(found.area[mask], return_inverse=True)[1]
    return Positions(
        lat=found.lat[mask], lon=found.lon[mask], direction=found.direction[mask], area=np.asarray(area, np.int64)
    )


def _heard(transmitter: str, lat: float, lon: float, walk: str, day: int, name: str) -> Sighting:
    """A pass of a transmitter that stands at a place, by a law of the distance, shadowing and whole decibels."""
    law = frozen()["radio"]
    random = np.random.default_rng(int(sha256(name.encode()).hexdigest()[:12], 16))
    finding = Recogniser().examine(Transmission(transmitter=bssid_octets(transmitter), ssid=None, role=Role.NETWORK))
    if finding is None:
        raise ValueError(f"{transmitter}: no rule knows it")
    along = (np.arange(law["hearings"]) - law["hearings"] / 2) * law["step_m"] + random.uniform(-8, 8)
    across = law["pavement_m"] + random.uniform(0, 6)
    turn = random.uniform(0, 2 * np.pi)
    east, north = along * np.cos(turn) - across * np.sin(turn), along * np.sin(turn) + across * np.cos(turn)
    lats, lons = shifted(np.full(len(along), lat), np.full(len(along), lon), east, north)
    dbm = law["power_dbm"] - 10 * law["exponent"] * np.log10(np.hypot(along, across))
    dbm = np.round(dbm + random.normal(0, law["shadowing_db"], len(along)))
    places = [Place(lat=float(a), lon=float(b), accuracy_m=4.0) for a, b in zip(lats, lons, strict=True)]
    return Sighting(
        v=1,
        id=sha256(f"heard {name}".encode()).hexdigest()[:32],
        walk=walk,
        kind=Kind.RADIO,
        made=msgspec.structs.replace(today.MADE, rule=finding.rule, rule_version=finding.version),
        time=today.on_day(day),
        observer=places[len(places) // 2],
        evidence=finding.evidence,
        claims=finding.claims,
        radio=Radio(
            transmitter=transmitter,
            hearings=tuple(
                Hearing(place=place, signal_dbm=float(np.clip(value, -95, -20)), channel_mhz=CHANNEL)
                for place, value in zip(places, dbm, strict=True)
            ),
        ),
    )


def hostile_walks() -> list[tuple[str, int]]:
    """Walk ids and days."""
    count = frozen()["hostile"]["walks"]
    return [(sha256(f"{MALLORY} {n}".encode()).hexdigest()[:32], 5 + 30 * n) for n in range(count)]


def pin(name: str, walk: str, day: int, lat: float, lon: float) -> Sighting:
    report = Report(
        id=sha256(f"pin {name} {walk}".encode()).hexdigest()[:32],
        walk=walk,
        day=day,
        lat=lat,
        lon=lon,
        accuracy_m=frozen()["hostile"]["accuracy_m"],
    )
    return today.sighting(report)


def _beside(there: Town, share: float, metres: Sequence[float], seed: int) -> list[tuple[float, float]]:
    """Places so far from some of the real cameras."""
    random = np.random.default_rng(seed)
    picked = random.choice(len(there.cameras), max(1, int(share * len(there.cameras))), replace=False)
    turn, away = random.uniform(0, 2 * np.pi, len(picked)), random.uniform(metres[0], metres[1], len(picked))
    lat = np.array([there.cameras[number].lat for number in picked])
    lon = np.array([there.cameras[number].lon for number in picked])
    lats, lons = shifted(lat, lon, away * np.sin(turn), away * np.cos(turn))
    return list(zip(lats.tolist(), lons.tolist(), strict=True))


def phantom_pins(there: Town) -> list[Sighting]:
    """Cameras that are none, marked on every walk."""
    places = _beside(there, frozen()["hostile"]["phantoms"], frozen()["hostile"]["phantom_m"], 1)
    return [
        pin(f"phantom {n}", walk, day, lat, lon) for n, (lat, lon) in enumerate(places) for walk, day in hostile_walks()
    ]


def phantom_radio(there: Town) -> list[Sighting]:
    """Transmitters that are none, heard on three walks, as a real one would be."""
    places = _beside(there, frozen()["hostile"]["phantoms"], frozen()["hostile"]["phantom_m"], 2)
    return [
        _heard(f"ac:cc:8e:f0:{n >> 8:02x}:{n & 255:02x}", lat, lon, walk, day, f"phantom {n} {walk}")
        for n, (lat, lon) in enumerate(places)
        for walk, day in hostile_walks()[::4]
    ]


def _off(there: Town, seed: int) -> list[tuple[float, float]]:
    """Where each real camera is said to be: 15 to 30 m off, the same way on every walk."""
    random = np.random.default_rng(seed)
    turn = random.uniform(0, 2 * np.pi, len(there.cameras))
    least, most = frozen()["hostile"]["shift_m"]
    away = random.uniform(least, most, len(there.cameras))
    lat, lon = (np.array([getattr(one, name) for one in there.cameras]) for name in ("lat", "lon"))
    lats, lons = shifted(lat, lon, away * np.sin(turn), away * np.cos(turn))
    return list(zip(lats.tolist(), lons.tolist(), strict=True))


def shifted_looks(there: Town) -> list[Sighting]:
    """Every real camera on every walk, off by 15 to 30 m."""
    return [
        pin(f"shifted {n}", walk, day, lat, lon)
        for n, (lat, lon) in enumerate(_off(there, 3))
        for walk, day in hostile_walks()
    ]


def shifted_radio(there: Town) -> list[Sighting]:
    """Every real transmitter on every walk, as if it stood 15 to 30 m off."""
    off = _off(there, 4)
    return [
        _heard(address, *off[n], walk, day, f"shifted {n} {walk}")
        for n, address in there.transmitters.items()
        for walk, day in hostile_walks()
    ]


def false_surveys(_: Town) -> list[Sighting]:
    """Surveys and words of absence are no observations: `_absences` adds them."""
    return []


ATTACKS: dict[str, Callable[[Town], list[Sighting]]] = {
    "phantom_pins": phantom_pins,
    "phantom_radio": phantom_radio,
    "shifted_looks": shifted_looks,
    "shifted_radio": shifted_radio,
    "false_surveys": false_surveys,
}
