"""Three walks through a town, of which the truth is known: what an operator has before them of an evening."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from math import cos, radians
from pathlib import Path
from random import Random

import msgspec

from hub.merge.cameras import derive
from hub.merge.observe import observe
from hub.publish.describe import describe_all
from hub.publish.view import CameraDetail
from probe.contract.geodesy import bearing_deg, distance_m, moved
from probe.contract.sighting import (
    Adapter,
    CameraKind,
    ClockSource,
    DirectionClaim,
    Hearing,
    Kind,
    KindClaim,
    Making,
    Moment,
    Mount,
    MountClaim,
    Photo,
    Pin,
    Place,
    PresentClaim,
    PrivateDwellingClaim,
    Radio,
    Sighting,
    Strength,
    Subject,
    SubjectHow,
)
from tests.examples import radio as heard
from tests.town.cameras import town_cameras
from tests.town.plan import place

WALKS = 3
SEEN_SHARE, HEARD_SHARE = 0.72, 0.6
DRIFT_M, NOISE_M, COMPASS_SD_DEG, TAGGED = 3.0, 1.5, 8.0, 0.7
PRIVATE_SHARE, LAMP_SHARE = 0.03, 0.05
FIRST_DAY = datetime(2026, 5, 9, 10, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something that stands in the town: a camera, or (`lamp`) what walkers took for one."""

    name: str
    lat: float
    lon: float
    kind: CameraKind | None
    mount: Mount | None
    direction: float
    transmitter: str | None
    ssid: str | None = None
    private: bool = False
    lamp: bool = False


@dataclass
class Evening:
    """The sightings of three walks, and of which thing each is."""

    things: list[Thing]
    sightings: list[Sighting] = field(default_factory=list)
    thing_of: dict[str, Thing] = field(default_factory=dict)

    def details(self) -> list[CameraDetail]:
        """The cameras as the hub derives them of the sightings."""
        seen = [observe(number, one, "p") for number, one in enumerate(self.sightings, 1)]
        return describe_all(derive(one for one in seen if one is not None)[0])


def town() -> list[Thing]:
    """The demo's town."""
    return [
        Thing(
            name=one.name, lat=place(one.at)[0], lon=place(one.at)[1], kind=CameraKind(one.kind),
            mount=Mount(one.mount), direction=one.direction,
            transmitter=None if one.transmitter is None else one.transmitter.hex(":"),
            ssid=one.ssid.decode() if one.ssid else None,
        )
        for one in town_cameras(Random(8))
    ]  # fmt: skip


def us_west(path: Path, centre: tuple[float, float], count: int, random: Random) -> list[Thing]:
    """The real cameras nearest to a place; what the map does not say of them is drawn."""
    kinds = {"alpr": CameraKind.ALPR}
    rows = [row for row in json.loads(path.read_text()) if row["type"] in ("alpr", "cctv", "traffic_camera")]
    rows.sort(key=lambda row: distance_m(*centre, row["lat"], row["lon"]))
    return [
        _thing(
            str(row["id"]), row["lat"], row["lon"], kinds.get(row["type"]), row.get("direction"), random
        )
        for row in rows[:count]
    ]  # fmt: skip


def _thing(
    name: str, lat: float, lon: float, kind: CameraKind | None, direction: object, random: Random
) -> Thing:  # fmt: skip
    towards = float(direction) if isinstance(direction, int | float) else random.uniform(0, 360)
    octets = [0xAC, 0xCC, 0x8E, *(random.randrange(256) for _ in range(3))]
    return Thing(
        name=name, lat=lat, lon=lon, kind=kind or random.choice((CameraKind.FIXED, CameraKind.DOME)),
        mount=random.choice((Mount.WALL, Mount.POLE)), direction=towards,
        transmitter=bytes(octets).hex(":") if random.random() < HEARD_SHARE and kind is None else None,
    )  # fmt: skip


def evening(things: list[Thing], random: Random, sightings: int = 400) -> Evening:
    """Three walks, each past most of the things; as many sightings as were asked for, at most."""
    lamps = [
        Thing(
            name=f"lamp near {one.name}", lat=moved(one.lat, one.lon, 25.0, 25.0)[0],
            lon=moved(one.lat, one.lon, 25.0, 25.0)[1], kind=None, mount=Mount.STREET_LAMP, direction=0.0,
            transmitter=None, lamp=True,
        )
        for one in random.sample(things, round(LAMP_SHARE * len(things)))
    ]  # fmt: skip
    private = set(random.sample(range(len(things)), max(1, round(PRIVATE_SHARE * len(things)))))
    things = [*(replace(one, private=number in private) for number, one in enumerate(things)), *lamps]
    made = Evening(things=things)
    for walk in range(WALKS):
        _walk(made, walk, random)
    made.sightings = sorted(random.sample(made.sightings, min(sightings, len(made.sightings))), key=lambda one: one.id)
    return made


def _walk(made: Evening, walk: int, random: Random) -> None:
    drift: dict[tuple[int, int], tuple[float, float]] = {}
    for thing in made.things:
        cell = (round(thing.lat * 500), round(thing.lon * 500))  # some 200 m: the drift of one is shared
        east, north = drift.setdefault(cell, (random.gauss(0, DRIFT_M), random.gauss(0, DRIFT_M)))
        if random.random() < (0.4 if thing.lamp else SEEN_SHARE):
            _add(made, thing, _look(thing, walk, east, north, random))
        if thing.transmitter is not None and random.random() < SEEN_SHARE:
            _add(made, thing, _heard(thing, walk, east, north, random))


def _add(made: Evening, thing: Thing, sighting: Sighting) -> None:
    made.sightings.append(sighting)
    made.thing_of[sighting.id] = thing


def _id(random: Random) -> str:
    return f"{random.getrandbits(128):032x}"


def _moment(walk: int, source: ClockSource) -> Moment:
    return Moment(utc=FIRST_DAY + timedelta(days=30 * walk), source=source)


def _look(thing: Thing, walk: int, east: float, north: float, random: Random) -> Sighting:
    """A photo or a pin of a thing, from some metres before it."""
    towards = (thing.direction + random.gauss(0, 35)) % 360
    away = random.uniform(5, 14)
    lat, lon = moved(thing.lat, thing.lon, *_polar(towards, away))
    bearing = (bearing_deg(lat, lon, thing.lat, thing.lon) + random.gauss(0, COMPASS_SD_DEG)) % 360
    lat, lon = moved(lat, lon, east + random.gauss(0, NOISE_M), north + random.gauss(0, NOISE_M))
    claims: list[object] = [PresentClaim(strength=Strength.STRONG)]
    if thing.kind is not None and random.random() < TAGGED:
        claims.append(KindClaim(value=thing.kind, strength=Strength.STRONG))
    if thing.mount is not None and random.random() < TAGGED:
        claims.append(MountClaim(value=thing.mount, strength=Strength.STRONG))
    if not thing.lamp and random.random() < TAGGED:
        claims.append(DirectionClaim(value=(thing.direction + random.gauss(0, 15)) % 360, strength=Strength.STRONG))
    if thing.private:
        claims.append(PrivateDwellingClaim(value=True, strength=Strength.STRONG))
    kept = random.random() < 0.75
    return Sighting(
        v=1, id=_id(random), walk=f"{walk:032x}", kind=Kind.PHOTO if kept else Kind.PIN,
        made=Making(adapter=Adapter.REPLAY, software="test"), time=_moment(walk, ClockSource.EXIF),
        observer=Place(lat=lat, lon=lon, accuracy_m=4.0),
        subject=Subject(
            how=SubjectHow.BEARING, bearing_deg=bearing, bearing_sd_deg=COMPASS_SD_DEG,
            distance_m=round(max(1.0, away * random.gauss(1, 0.25)), 1) if random.random() < TAGGED else None,
        ),
        claims=tuple(claims),  # type: ignore[arg-type]
        photo=Photo(content_sha256=f"{random.getrandbits(256):064x}") if kept else None,
        pin=None if kept else Pin(),
    )  # fmt: skip


def _heard(thing: Thing, walk: int, east: float, north: float, random: Random) -> Sighting:
    assert thing.transmitter is not None
    places = [
        Place(lat=lat, lon=lon, accuracy_m=4.0)
        for step in (-20.0, -10.0, 0.0, 10.0, 20.0)
        for lat, lon in [moved(thing.lat, thing.lon, east + step, north + random.gauss(6, 2))]
    ]
    example = heard(transmitter=thing.transmitter, ssid=thing.ssid)
    assert example.radio is not None
    hearings = tuple(
        Hearing(place=one, signal_dbm=-55.0 - abs(number - 2) * 5 + random.gauss(0, 3), channel_mhz=2437)
        for number, one in enumerate(places)
    )
    return msgspec.structs.replace(
        example, id=_id(random), walk=f"{walk:032x}", time=_moment(walk, ClockSource.CAPTURE), observer=places[2],
        radio=Radio(transmitter=thing.transmitter, hearings=hearings),
    )  # fmt: skip


def _polar(towards_deg: float, metres: float) -> tuple[float, float]:
    return metres * cos(radians(90 - towards_deg)), metres * cos(radians(towards_deg))
