"""The town's cameras: the truth against which the demo is counted."""

from dataclasses import dataclass
from random import Random

from tests.town.plan import COLUMNS, PITCH_M, ROWS, STREET_HALF_M, Point, place


@dataclass(frozen=True, slots=True, kw_only=True)
class TownCamera:
    """A camera of the town. `transmitter` and `ssid` are None where it is wired; direction in degrees."""

    name: str
    at: Point
    kind: str
    mount: str
    direction: float
    transmitter: bytes | None = None
    ssid: bytes | None = None
    channel_mhz: int = 2437

    @property
    def truth(self) -> dict[str, object]:
        lat, lon = place(self.at)
        told: dict[str, object] = {"name": self.name, "lat": lat, "lon": lon, "kind": self.kind, "mount": self.mount}
        return {**told, "direction": self.direction, "radio": self.transmitter is not None}


# Camera makers' prefixes, strong in the catalogue; the last three octets are made up.
_VENDORS = (b"\xac\xcc\x8e", b"\xb8\xa4\x4f", b"\x00\x40\x8c", b"\x44\x19\xb6", b"\x28\x57\xbe", b"\x00\x09\x18")
_CHANNELS = (2412, 2437, 2462, 2427, 5180, 5240, 5500)


def town_cameras(random: Random) -> list[TownCamera]:
    """About forty cameras: on facades and poles, three domes on one pole, a plate reader at the entrance."""
    cameras = [*_special(random)]
    number = 0
    for column in range(COLUMNS):
        for row in range(ROWS):
            for side in range(2):
                if random.random() < 0.12:
                    continue
                number += 1
                cameras.append(_facade(number, column, row, side, random))
    return cameras


def _special(random: Random) -> list[TownCamera]:
    octets = bytes(random.randrange(256) for _ in range(3))
    plate = TownCamera(
        name="plate reader at the town's entrance", at=(-20.0, 94.0), kind="alpr", mount="pole", direction=270.0,
        transmitter=b"\x74\x4c\xa1" + octets, ssid=b"Flock-" + octets.hex().upper().encode(), channel_mhz=2462,
    )  # fmt: skip
    pole = (2 * PITCH_M + 6.0, 2 * PITCH_M - 6.0)
    domes = [
        TownCamera(name=f"dome {letter} on the park's pole", at=pole, kind="dome", mount="pole", direction=direction)
        for letter, direction in (("A", 20.0), ("B", 140.0), ("C", 260.0))
    ]
    setups = [
        TownCamera(
            name=f"camera being set up ({maker})", at=at, kind="fixed", mount="wall", direction=direction,
            transmitter=prefix + bytes(random.randrange(256) for _ in range(3)), ssid=name,
            channel_mhz=2412,
        )
        for maker, prefix, name, at, direction in (
            ("Hikvision", b"\x9c\x8e\xce", b"HAP_Q7K2MD", (PITCH_M + STREET_HALF_M, 1.6 * PITCH_M), 270.0),
            ("Dahua", b"\x3c\xef\x8d", b"DAP-4F81C0", (3 * PITCH_M - STREET_HALF_M, 0.4 * PITCH_M), 90.0),
        )
    ]  # fmt: skip
    return [plate, *domes, *setups]


def _facade(number: int, column: int, row: int, side: int, random: Random) -> TownCamera:
    """A camera on a facade near a crossing, looking along or across the street; two in three have a radio."""
    along = random.uniform(12.0, 40.0)
    x0, y0 = column * PITCH_M, row * PITCH_M
    if side == 0:  # on a street to the north, on its east or west facade
        flank = STREET_HALF_M if (column < COLUMNS - 1 and random.random() < 0.5) or column == 0 else -STREET_HALF_M
        at, outward = (x0 + flank, y0 + along * (1 if row < ROWS - 1 else -1)), 270.0 if flank > 0 else 90.0
    else:
        flank = STREET_HALF_M if (row < ROWS - 1 and random.random() < 0.5) or row == 0 else -STREET_HALF_M
        at, outward = (x0 + along * (1 if column < COLUMNS - 1 else -1), y0 + flank), 180.0 if flank > 0 else 0.0
    kind = random.choice(("fixed", "fixed", "dome", "panning"))
    has_radio = random.random() < 0.62
    return TownCamera(
        name=f"camera {number}",
        at=(round(at[0], 2), round(at[1], 2)),
        kind=kind,
        mount="wall",
        direction=round((outward + random.uniform(-60, 60)) % 360, 0),
        transmitter=random.choice(_VENDORS) + bytes(random.randrange(256) for _ in range(3)) if has_radio else None,
        ssid=random.choice((b"", b"AXIS-setup", b"cam-net")) if has_radio else None,
        channel_mhz=random.choice(_CHANNELS),
    )
