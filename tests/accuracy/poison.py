"""What one hostile contributor can do, and what not, measured: the same town without and with what they send.

They know the town, and send under many walks, over four quarters of a year: invented pins and transmitters, real
cameras moved by 15 to 30 m, "listened, and silent" over all of it, and "it is gone". The link to their probe has
expired: what the hub has is tags (`hub/keys/contributors.py`), as for everybody else.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

import msgspec
import numpy as np

from hub.ingest.areas import areas_of
from hub.merge.camera import Camera
from hub.merge.cameras import derive
from hub.merge.contributors import area_of, at_least
from hub.merge.gone import Absence, GoneReport, Listening, absence, watched
from hub.merge.observe import Observation, observe
from hub.publish.describe import describe_all
from hub.review.candidates import Neighbourhood
from hub.review.known import MISSED
from hub.review.queue import is_safe
from probe.contract.base import bssid_octets
from probe.contract.evidence import Role
from probe.contract.geodesy import cell, distance_m
from probe.contract.sighting import Hearing, Kind, Place, Radio, Sighting, Strength
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
Figures = dict[str, float | int | str | None]


@cache
def frozen() -> dict[str, Any]:
    """The parameters."""
    return tomllib.loads((HERE / "poison.toml").read_text())


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one attack did. `invented` cameras rest on nothing else: of these so many were said to be of more than one
    contributor, `seen` on the map by a look, and `offered` to be confirmed by one answer for several. `moved_m` is how
    far real cameras went: median, 90th percentile, most. `lost` have no camera of their own any more, `merged` cameras
    hold two real ones, `split` real ones are several: more than before. Of the real ones, so many were asked about as
    gone by what several people did not hear or found, so many by one person's word, and for so many it was noted that
    one person's walks did not hear them."""

    attack: str
    sent: int
    invented: int
    invented_of_several: int
    seen: int
    offered: int
    moved_m: tuple[float, float, float]
    lost: int
    merged: int
    split: int
    asked_gone: int
    asked_by_a_word: int
    worth_a_look: int


@dataclass(frozen=True, slots=True)
class _Town:
    """What honest walkers sent, and of which real camera each sighting is, by its id."""

    cameras: tuple[Report, ...]
    honest: tuple[tuple[Sighting, str], ...]  # with who sent it
    of_camera: dict[str, int]
    transmitters: dict[int, str]


def measure(full: bool) -> tuple[list[Row], Figures]:
    """One row for each attack alone, and one for all at once; and the figures `poison.*`."""
    there = _town(frozen()["town"]["cameras" if full else "small_cameras"])
    before = _cameras_of(there, [])
    rows = [_judged(there, before, name, attack(there)) for name, attack in ATTACKS.items()]
    rows.append(_judged(there, before, "all", [one for attack in ATTACKS.values() for one in attack(there)]))
    figures: Figures = {"poison.cameras": len(there.cameras), "poison.honest": len(there.honest)}
    for row in rows:
        said = {name: getattr(row, name) for name in Row.__dataclass_fields__ if name not in ("attack", "moved_m")}
        said |= dict(zip(("moved_median_m", "moved_p90_m", "moved_most_m"), row.moved_m, strict=True))
        figures |= {f"poison.{row.attack}.{name}": value for name, value in said.items()}
    figures["poison.elsewhere.moved_m"] = moved_elsewhere(there)
    return rows, figures


def text(rows: Sequence[Row], figures: Figures) -> str:
    """The table for the page, with what it says in words."""
    lines = [
        f"One hostile contributor in a town of {figures['poison.cameras']} cameras that three honest walkers reported "
        f"({figures['poison.honest']} sightings): {frozen()['hostile']['walks']} walks in four quarters.",
        "",
        "| what they send | sightings | invented | … said to be of several people | … offered to be confirmed together "
        "| real ones moved, median / p90 / most | lost | merged | split | inferred to be gone "
        "| asked about by one person's word |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        median, p90, most = row.moved_m
        lines.append(
            f"| {WORDS[row.attack]} | {row.sent} | {row.invented} | {row.invented_of_several} | {row.offered} "
            f"| {median:.1f} / {p90:.1f} / {most:.1f} m | {row.lost} | {row.merged} | {row.split} "
            f"| {row.asked_gone} | {row.asked_by_a_word} |"
        )
    return "\n".join(lines)


WORDS = {
    "phantom_pins": "invented pins",
    "phantom_radio": "invented transmitters",
    "shifted_looks": "real cameras, pinned 15-30 m off",
    "shifted_radio": "real transmitters, heard 15-30 m off",
    "false_surveys": "“listened, and silent”, and “it is gone”",
    "all": "**all of it**",
}


def _town(cameras: int) -> _Town:
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
    return _Town(world.cameras, tuple(honest), of_camera, transmitters)


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


def _hostile_walks() -> list[tuple[str, int]]:
    """Walk ids and days."""
    count = frozen()["hostile"]["walks"]
    return [(sha256(f"{MALLORY} {n}".encode()).hexdigest()[:32], 5 + 30 * n) for n in range(count)]


def _pin(name: str, walk: str, day: int, lat: float, lon: float) -> Sighting:
    report = Report(
        id=sha256(f"pin {name} {walk}".encode()).hexdigest()[:32],
        walk=walk,
        day=day,
        lat=lat,
        lon=lon,
        accuracy_m=frozen()["hostile"]["accuracy_m"],
    )
    return today.sighting(report)


def _beside(there: _Town, share: float, metres: Sequence[float], seed: int) -> list[tuple[float, float]]:
    """Places so far from some of the real cameras."""
    random = np.random.default_rng(seed)
    picked = random.choice(len(there.cameras), max(1, int(share * len(there.cameras))), replace=False)
    turn, away = random.uniform(0, 2 * np.pi, len(picked)), random.uniform(metres[0], metres[1], len(picked))
    lat = np.array([there.cameras[number].lat for number in picked])
    lon = np.array([there.cameras[number].lon for number in picked])
    lats, lons = shifted(lat, lon, away * np.sin(turn), away * np.cos(turn))
    return list(zip(lats.tolist(), lons.tolist(), strict=True))


def phantom_pins(there: _Town) -> list[Sighting]:
    """Cameras that are none, marked on every walk."""
    places = _beside(there, frozen()["hostile"]["phantoms"], frozen()["hostile"]["phantom_m"], 1)
    return [
        _pin(f"phantom {n}", walk, day, lat, lon)
        for n, (lat, lon) in enumerate(places)
        for walk, day in _hostile_walks()
    ]


def phantom_radio(there: _Town) -> list[Sighting]:
    """Transmitters that are none, heard on three walks, as a real one would be."""
    places = _beside(there, frozen()["hostile"]["phantoms"], frozen()["hostile"]["phantom_m"], 2)
    return [
        _heard(f"ac:cc:8e:f0:{n >> 8:02x}:{n & 255:02x}", lat, lon, walk, day, f"phantom {n} {walk}")
        for n, (lat, lon) in enumerate(places)
        for walk, day in _hostile_walks()[::4]
    ]


def _off(there: _Town, seed: int) -> list[tuple[float, float]]:
    """Where each real camera is said to be: 15 to 30 m off, the same way on every walk."""
    random = np.random.default_rng(seed)
    turn = random.uniform(0, 2 * np.pi, len(there.cameras))
    least, most = frozen()["hostile"]["shift_m"]
    away = random.uniform(least, most, len(there.cameras))
    lat, lon = (np.array([getattr(one, name) for one in there.cameras]) for name in ("lat", "lon"))
    lats, lons = shifted(lat, lon, away * np.sin(turn), away * np.cos(turn))
    return list(zip(lats.tolist(), lons.tolist(), strict=True))


def shifted_looks(there: _Town) -> list[Sighting]:
    """Every real camera on every walk, off by 15 to 30 m."""
    return [
        _pin(f"shifted {n}", walk, day, lat, lon)
        for n, (lat, lon) in enumerate(_off(there, 3))
        for walk, day in _hostile_walks()
    ]


def shifted_radio(there: _Town) -> list[Sighting]:
    """Every real transmitter on every walk, as if it stood 15 to 30 m off."""
    off = _off(there, 4)
    return [
        _heard(address, *off[n], walk, day, f"shifted {n} {walk}")
        for n, address in there.transmitters.items()
        for walk, day in _hostile_walks()
    ]


def false_surveys(_: _Town) -> list[Sighting]:
    """Surveys and words of absence are no observations: `_absences` adds them."""
    return []


ATTACKS: dict[str, Callable[[_Town], list[Sighting]]] = {
    "phantom_pins": phantom_pins,
    "phantom_radio": phantom_radio,
    "shifted_looks": shifted_looks,
    "shifted_radio": shifted_radio,
    "false_surveys": false_surveys,
}


OF_THE_HEARD = ("shifted_radio",)  # who is moved by these is counted among those that were heard


def _tags(sighting: Sighting, who: str, day: date) -> tuple[str, ...]:
    """A contributor's tags, as a hub writes them: one key for each quarter, one tag for each area."""
    term = f"{day.year}q{(day.month + 2) // 3}-00000000"
    return tuple(
        f"{term}/{area}/{sha256(f'{who} {term} {area}'.encode()).hexdigest()[:24]}" for area in areas_of(sighting)
    )


def _observed(some: Sequence[tuple[Sighting, str]]) -> list[Observation]:
    found = []
    for seq, (one, who) in enumerate(some, 1):
        day = one.time.utc.date() if one.time is not None else date(2026, 1, 1)
        seen = observe(seq, one, None, _tags(one, who, day))
        if seen is not None:
            found.append(seen)
    return found


def _cameras_of(there: _Town, hostile: Sequence[Sighting]) -> list[Camera]:
    return derive(_observed([*there.honest, *((one, MALLORY) for one in hostile)]))[0]


def _judged(there: _Town, before: Sequence[Camera], attack: str, hostile: Sequence[Sighting]) -> Row:
    after = _cameras_of(there, hostile) if hostile else list(before)
    invented = [
        camera for camera in after if not any(one.sighting.id in there.of_camera for one in camera.observations)
    ]
    details = describe_all(after)
    near = Neighbourhood(details)
    ids = {camera.id for camera in invented}
    of_invented = [detail for detail in details if detail.camera.id in ids]
    lies = _absences(there, after) if attack in ("false_surveys", "all") else []
    was, now = _home_of(there, before), _home_of(there, after)
    moved = [
        distance_m(was[n].estimate.lat, was[n].estimate.lon, now[n].estimate.lat, now[n].estimate.lon)
        for n in was.keys() & now.keys()
        if attack not in OF_THE_HEARD or n in there.transmitters
    ]
    return Row(
        attack=attack,
        sent=len(hostile) + (_lies_sent(there) if lies else 0),
        invented=len(invented),
        invented_of_several=sum(at_least(camera.observations) > 1 for camera in invented),
        seen=sum(detail.camera.standing == "seen" for detail in of_invented),
        offered=sum(is_safe(detail, near) for detail in of_invented),
        moved_m=(
            round(float(np.median(moved)), 2),
            round(float(np.percentile(moved, 90)), 2),
            round(float(max(moved)), 2),
        ),
        lost=_known(was) - _known(now),
        merged=_of_two(there, after) - _of_two(there, before),
        split=_of_several(there, after) - _of_several(there, before),
        asked_gone=sum(said.is_borne_out and said.probability >= MISSED for said in lies),
        asked_by_a_word=sum(said.reports > 0 for said in lies),
        worth_a_look=sum(not said.is_borne_out for said in lies),
    )


def _honest_of(there: _Town, camera: Camera) -> Counter[int]:
    """How many honest sightings of each real camera it holds."""
    ids = (one.sighting.id for one in camera.observations)
    return Counter(there.of_camera[one] for one in ids if one in there.of_camera)


def _home_of(there: _Town, cameras: Sequence[Camera]) -> dict[int, Camera]:
    """For each real camera the one that holds most of its honest sightings."""
    best: dict[int, tuple[int, str, Camera]] = {}
    for camera in cameras:
        for number, count in _honest_of(there, camera).items():
            known = best.get(number)
            if known is None or (-count, camera.id) < (-known[0], known[1]):
                best[number] = count, camera.id, camera
    return {number: camera for number, (_, _, camera) in best.items()}


def _known(home: dict[int, Camera]) -> int:
    """How many real cameras have one that is not another's as well."""
    return len({camera.id for camera in home.values()})


def _of_two(there: _Town, cameras: Sequence[Camera]) -> int:
    return sum(len(_honest_of(there, camera)) > 1 for camera in cameras)


def _of_several(there: _Town, cameras: Sequence[Camera]) -> int:
    held = Counter(number for camera in cameras for number in _honest_of(there, camera))
    return sum(count > 1 for count in held.values())


def _lies_sent(there: _Town) -> int:
    """Surveys of the whole town, and words about each camera."""
    hostile = frozen()["hostile"]
    return int(len(hostile["survey_days"]) + hostile["reports"] * len(there.cameras))


def _absences(there: _Town, cameras: Sequence[Camera]) -> list[Absence]:
    """What comes of "listened, and silent" in every cell, and of "it is gone", said of every real camera again and
    again. Words count in `asked_gone` only where they are of several people."""
    hostile = frozen()["hostile"]
    found = []
    for camera in {id(one): one for one in _home_of(there, cameras).values()}.values():
        known = watched(camera.observations)
        if known is None:
            continue
        here = cell(camera.estimate.lat, camera.estimate.lon)
        lies = [
            Listening(
                cell=name,
                walk=f"{MALLORY} {days}",
                day=known.last_known + timedelta(days=days),
                contributor=None,
                contributor_tags=(_tag(known.last_known + timedelta(days=days), name),),
                seconds={CHANNEL: hostile["survey_s"]},
            )
            for name in sorted(known.cells)
            for days in hostile["survey_days"]
        ]
        words = [
            GoneReport(
                day=(day := known.last_known + timedelta(days=60 * n)),
                strength=Strength.STRONG,
                contributor=None,
                contributor_tags=(_tag(day, here),),
            )
            for n in range(1, hostile["reports"] + 1)
        ]
        said = absence(known, lies, words)
        if said is not None:
            found.append(said)
    return found


def _tag(day: date, cell_name: str) -> str:
    term = f"{day.year}q{(day.month + 2) // 3}-00000000"
    area = area_of(cell_name)
    return f"{term}/{area}/{sha256(f'{MALLORY} {term} {area}'.encode()).hexdigest()[:24]}"


def moved_elsewhere(there: _Town) -> float:
    """How far the town's cameras go, at most, by what is sent of another town: nothing is learnt from what is sent, so
    0. A camera that is another one than before counts as infinitely far."""
    before = {camera.id: camera for camera in _cameras_of(there, [])}
    pins = [
        _pin(f"far {n}", walk, day, one.lat + 2.0, one.lon)
        for n, one in enumerate(there.cameras[:40])
        for walk, day in _hostile_walks()
    ]
    far = {one.id for one in pins}
    most = 0.0
    after = [one for one in _cameras_of(there, pins) if not any(each.sighting.id in far for each in one.observations)]
    if {camera.id for camera in after} != before.keys():
        return float("inf")
    for camera in after:
        was = before[camera.id].estimate
        most = max(most, distance_m(was.lat, was.lon, camera.estimate.lat, camera.estimate.lon))
    return most
