"""Where to stand next: the shape of a proposal. Pure, as all of this room."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from probe.contract.geodesy import bearing_deg, destination, distance_m
from probe.position.fix import Fix

_STEP_M = 20.0  # at which a way is looked at for what is hidden

Hidden = Callable[[float, float], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStand:
    """A place to go to: degrees; metres and bearing from where the walker is; why, as a code that the walker's page has
    a sentence for, and its values. `transmitter` is what it is for, None where it is for something that was seen."""

    lat: float
    lon: float
    distance_m: float
    bearing_deg: float
    code: str
    values: Mapping[str, str | int] = field(default_factory=dict)
    transmitter: bytes | None = None


def stand_at(
    fix: Fix, lat: float, lon: float, code: str, *, transmitter: bytes | None = None, street: str | None = None
) -> NextStand:
    """A proposal as seen from a fix; its values are the `metres` to it, to 5 m, and the name of a `street`."""
    away_m = distance_m(fix.lat, fix.lon, lat, lon)
    return NextStand(
        lat=round(lat, 6),
        lon=round(lon, 6),
        distance_m=round(away_m, 1),
        bearing_deg=round(bearing_deg(fix.lat, fix.lon, lat, lon), 1) % 360.0,
        code=code,
        values={"metres": max(5, round(away_m / 5) * 5), **({} if street is None else {"street": street})},
        transmitter=transmitter,
    )


def leads_through(stand: NextStand, fix: Fix, hidden: Hidden) -> bool:
    """Whether the straight way from a fix to a place touches what is hidden."""
    steps = int(stand.distance_m // _STEP_M)
    way = [destination(fix.lat, fix.lon, stand.bearing_deg, step * _STEP_M) for step in range(1, steps + 1)]
    return any(hidden(lat, lon) for lat, lon in [*way, (stand.lat, stand.lon)])
