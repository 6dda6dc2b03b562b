"""Ready-made sightings for tests. Places are on the demo's fictional island."""

from datetime import UTC, date, datetime
from itertools import count
from random import Random

from probe.contract.base import bssid_octets
from probe.contract.evidence import Role
from probe.contract.geodesy import moved
from probe.contract.sighting import (
    Adapter,
    ChannelListened,
    ClockSource,
    Hearing,
    Kind,
    Listened,
    Making,
    Moment,
    Pin,
    Place,
    PresentClaim,
    Radio,
    Sighting,
    Strength,
    Subject,
    SubjectHow,
    Survey,
)
from probe.detect.registry import Recogniser
from probe.detect.rule import Transmission

WALK_A, WALK_B, WALK_C = "a" * 32, "b" * 32, "c" * 32
AXIS = "ac:cc:8e:10:20:30"
_numbers = count(1)


def new_id(_about: bytes = b"") -> str:
    """An id that no other example has."""
    return f"{next(_numbers):032x}"


def spot(east_m: float, north_m: float, accuracy_m: float | None = 4.0) -> Place:
    """A place so many metres from the island's origin."""
    lat, lon = moved(47.0, -17.0, east_m, north_m)
    return Place(lat=lat, lon=lon, accuracy_m=accuracy_m)


def radio(
    transmitter: str = AXIS,
    at: tuple[float, float] = (0.0, 0.0),
    walk: str = WALK_A,
    ssid: str | None = None,
    signal_dbm: float = -60.0,
) -> Sighting:
    """What a probe makes of a transmitter that a rule knows, heard five times around a place."""
    finding = Recogniser().examine(Transmission(transmitter=bssid_octets(transmitter), ssid=ssid, role=Role.NETWORK))
    assert finding is not None, "no rule knows this transmitter"
    places = [spot(at[0] + step, at[1]) for step in (-4.0, -2.0, 0.0, 2.0, 4.0)]
    return Sighting(
        v=1,
        id=new_id(),
        walk=walk,
        kind=Kind.RADIO,
        made=Making(adapter=Adapter.REPLAY, software="test", rule=finding.rule, rule_version=finding.version),
        time=Moment(utc=datetime(2026, 5, 9, 10, tzinfo=UTC), source=ClockSource.CAPTURE),
        observer=places[2],
        evidence=finding.evidence,
        claims=finding.claims,
        radio=Radio(
            transmitter=transmitter,
            hearings=tuple(Hearing(place=place, signal_dbm=signal_dbm, channel_mhz=2437) for place in places),
        ),
    )


def look(
    observer: tuple[float, float] = (0.0, 0.0),
    bearing_deg: float | None = 90.0,
    distance_m: float | None = 8.0,
    walk: str = WALK_A,
    claims: tuple[object, ...] = (),
    present: Strength | None = Strength.STRONG,
) -> Sighting:
    """What a probe makes of a photo that a walker took and tagged; with `present` None, of a photo alone."""
    subject = None
    if bearing_deg is not None:
        subject = Subject(how=SubjectHow.BEARING, bearing_deg=bearing_deg, bearing_sd_deg=8.0, distance_m=distance_m)
    return Sighting(
        v=1,
        id=new_id(),
        walk=walk,
        kind=Kind.PIN,
        made=Making(adapter=Adapter.REPLAY, software="test"),
        time=Moment(utc=datetime(2026, 5, 9, 10, tzinfo=UTC), source=ClockSource.EXIF),
        observer=spot(*observer),
        subject=subject,
        claims=(*(() if present is None else (PresentClaim(strength=present),)), *claims),  # type: ignore[arg-type]
        pin=Pin(),
    )


def survey(cells: int = 3, channels: int = 38) -> Sighting:
    """What a probe says of where it listened; counts vary, so that it does not pack better than a real one."""
    random = Random(cells)
    mhz = [2412 + 5 * number for number in range(13)] + [5180 + 20 * number for number in range(25)]
    listened = tuple(
        Listened(
            cell=f"17/{59_000 + number}/{45_000 + random.randrange(99)}",
            channels_mhz=tuple(mhz[:channels]),
            seconds=600,
            channels=tuple(
                ChannelListened(mhz=m, seconds=random.randrange(90) * 10, frames=random.randrange(99) * 100)
                for m in mhz[:channels]
            ),
        )
        for number in range(cells)
    )
    return Sighting(
        v=1,
        id=new_id(),
        walk=WALK_A,
        kind=Kind.SURVEY,
        made=Making(adapter=Adapter.REPLAY, software="test"),
        survey=Survey(day=date(2026, 5, 9), cells=listened),
    )
