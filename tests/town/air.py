"""What the air carries: beacons of cameras, and of everyone else a probe must forget.

Path loss, correlated shadowing, fading and buildings as in the literature on street measurements; a radio that hops
over 13 + 25 channels hears a given one about every 2.6 s, and misses 15 % of those.
"""

from dataclasses import dataclass, field
from math import exp, hypot, log10, sqrt
from random import Random

from tests.town.cameras import TownCamera
from tests.town.plan import Block, Point, in_sight
from tests.town.walks import Step

VISIT_S, MISSED, FLOOR_DBM = 2.6, 0.15, -90.0
SHADOW_DB, SHADOW_M = 5.5, 12.0


@dataclass(slots=True)
class Sender:
    """Something that sends: where it is, and how its signal falls off."""

    at: Point
    transmitter: bytes
    ssid: bytes | None
    channel_mhz: int
    subtype: int = 8
    power_dbm: float = -38.0
    exponent: float = 2.7
    wall_db: float = 10.0
    every_s: float = VISIT_S
    _shadow: float = 0.0
    _last: Point | None = field(default=None)

    def level(self, ear: Point, buildings: list[Block], random: Random) -> float:
        """The signal at a point, in dBm."""
        gap = max(1.0, hypot(ear[0] - self.at[0], ear[1] - self.at[1]))
        moved_m = 1e9 if self._last is None else hypot(ear[0] - self._last[0], ear[1] - self._last[1])
        keep = exp(-moved_m / SHADOW_M)
        self._shadow = keep * self._shadow + sqrt(1 - keep * keep) * random.gauss(0, SHADOW_DB)
        self._last = ear
        wall = 0.0 if in_sight(ear, self.at, buildings) else self.wall_db
        return self.power_dbm - 10 * self.exponent * log10(gap) + self._shadow - wall + random.gauss(0, 3.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """One frame as it was heard."""

    at_s: float
    sender: Sender
    signal_dbm: int


def camera_senders(cameras: list[TownCamera], random: Random) -> list[Sender]:
    """The cameras that have a radio."""
    return [
        Sender(
            at=camera.at,
            transmitter=camera.transmitter,
            ssid=camera.ssid,
            channel_mhz=camera.channel_mhz,
            power_dbm=random.gauss(-38, 5),
            exponent=random.uniform(2.3, 3.4),
            wall_db=random.uniform(6, 16),
        )
        for camera in cameras
        if camera.transmitter is not None
    ]


def bystanders(random: Random) -> list[Sender]:
    """Home routers, phones, doorbells, and a network that only looks like a camera's: all to be forgotten."""
    found = []
    for number in range(45):
        at = (random.uniform(-10, 370), random.uniform(-10, 280))
        prefix = random.choice((b"\x00\x1d\xaa", b"\xf4\xca\xe5", b"\x68\xa3\x78", b"\x14\x0c\x76", b"\x30\xb5\xc2"))
        octets = bytes(random.randrange(256) for _ in range(3))
        found.append(Sender(at, prefix + octets, f"Maison-{number:02d}".encode(), 2412, power_dbm=-46, every_s=9.0))
    for _ in range(30):
        at = (random.uniform(0, 360), random.uniform(0, 270))
        address = bytes([random.randrange(256) & 0xFC | 0x02]) + bytes(random.randrange(256) for _ in range(5))
        found.append(Sender(at, address, b"", 2437, subtype=4, power_dbm=-48, every_s=20.0))
    found += [
        Sender((130.0, 40.0), b"\x54\xe0\x19\x4a\x11\x92", b"Ring-4a1192", 2437, every_s=6.0),
        Sender((300.0, 200.0), b"\x9c\x8e\xcd\x20\x31\x42", b"Amcrest_2031", 2462, every_s=6.0),
        Sender((60.0, 130.0), b"\x02\x12\x34\x56\x78\x9a", b"Flock-123456", 2437, every_s=6.0),
        Sender((200.0, 60.0), b"\xf4\xca\xe5\x00\x12\xef", b"Flock-999999", 2412, every_s=6.0),
    ]
    return found


def listen(walk: list[Step], senders: list[Sender], buildings: list[Block], random: Random) -> list[Heard]:
    """What a hopping radio hears on a walk, in order of time."""
    heard = []
    for sender in senders:
        sender._last = None
        due_s = walk[0].at_s + random.uniform(0, sender.every_s)
        for step in walk:
            if step.at_s < due_s:
                continue
            due_s += sender.every_s
            if random.random() < MISSED:
                continue
            level = sender.level(step.true, buildings, random)
            if level >= FLOOR_DBM:
                at_s = step.at_s + random.random() * 0.9
                heard.append(Heard(at_s=round(at_s, 6), sender=sender, signal_dbm=min(-20, round(level))))
    return sorted(heard, key=lambda frame: frame.at_s)
