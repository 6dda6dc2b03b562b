"""A probe that does what a test says: what a session sees of it, and what the session has had it do."""

import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from io import BytesIO

from PIL import Image

from probe.camera.claims import claims_of, tags_of_words
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import Picture
from probe.contract.evidence import BssidEvidence, CatalogueEvidence, LookEvidence, Role, SsidEvidence
from probe.contract.home import SecondLook
from probe.contract.sighting import (
    Adapter,
    Kind,
    Making,
    Photo,
    PhotoNotKept,
    Pin,
    Place,
    PresentClaim,
    Sighting,
    Strength,
    VendorClaim,
)
from probe.detect.rule import Finding
from probe.errors import BadInput
from probe.position.fix import Fix
from probe.session.around import Around
from probe.session.signs import Sign
from probe.session.view import Calibrating, Check, Machine, Note, Part, PartHealth, PartName, Phase, Power
from probe.sweep.hearing import Pass
from probe.walk.making import new_id
from probe.walk.snapshots import Snapshot

NANTES = (47.2184, -1.5536)
WALK = "1" * 32
BEGAN_S = 1_780_000_000.0
_METRE_DEG = 1 / 111_195.0
_MADE = Making(adapter=Adapter.SCRIPTED, software="test", composed=True)


@dataclass
class ScriptedAround:
    """Set its fields, call `pass_time`; the methods named in `broken` raise. `done` is what was asked of it."""

    phase_now: Phase = Phase.WALKING
    hidden_now: str | None = None
    written: bool = False
    clock_s: float = 100.0  # of the machine since its start, as `time.monotonic`
    place: tuple[float, float] | None = NANTES
    accuracy_m: float | None = 4.0
    heading: float | None = None
    heard: dict[bytes, Pass] = field(default_factory=dict)
    health: dict[PartName, PartHealth] = field(
        default_factory=lambda: dict.fromkeys((PartName.RADIO, PartName.POSITION, PartName.CAMERA), PartHealth.GOOD)
    )
    power_now: Power | None = None
    units: tuple[int | None, int] = (0, 0)
    before: tuple[Note, ...] = ()
    back: tuple[int, int] = (0, 0)
    lost_now: int = 0
    said: tuple[Note, ...] = ()
    wanted: tuple[SecondLook, ...] = ()
    lines: tuple[Check, ...] = ()
    turning: Calibrating | None = None
    has_camera: bool = True
    room: bool = True
    handed_over: bool = False
    broken: set[str] = field(default_factory=set)
    done: list[tuple[str, object]] = field(default_factory=list)
    signs: list[Sign] = field(default_factory=list)
    kept: dict[str, tuple[Sighting, tuple[Picture, ...]]] = field(default_factory=dict)
    withdrawn: list[str] = field(default_factory=list)
    presses: list[tuple[tuple[str, ...], "Future[Snapshot]"]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    # What a test does

    def monotonic(self) -> float:
        return self.clock_s

    def pass_time(self, seconds: float) -> None:
        self.clock_s += seconds

    def walk_to(self, north_m: float, east_m: float = 0.0) -> None:
        """Be so many metres north and east of where this began."""
        self.place = moved(north_m, east_m)

    def hear(self, transmitter: bytes, dbm: int | None = -60, *, finding: Finding | None = None) -> Pass:
        """Hear a transmitter now, once."""
        now_s = self.now_s()
        known = self.heard.get(transmitter)
        if known is None:
            known = Pass(finding=finding or a_finding(transmitter), first_s=now_s, last_s=now_s)
            self.heard[transmitter] = known
        known.add_hearing(now_s, dbm, 2437, 1, self._fix())
        return known

    def come(self, snapshot: Snapshot | BaseException, press: int = -1) -> None:
        """What comes of a press of the shutter. What is a photo is kept, as the probe does it."""
        future = self.presses[press][1]
        if isinstance(snapshot, BaseException):
            future.set_exception(snapshot)
            return
        self.kept[snapshot.sighting.id] = snapshot.sighting, snapshot.pictures
        future.set_result(snapshot)

    def at_hub(self) -> list[Sighting]:
        """What a hub would come to know, were the walk to end now."""
        return [sighting for id, (sighting, _) in self.kept.items() if id not in self.withdrawn]

    # What the session sees

    def _may(self, name: str) -> None:
        if name in self.broken:
            raise RuntimeError(f"{name} fails at 47.2184, -1.5536")

    @property
    def phase(self) -> Phase:
        self._may("phase")
        return self.phase_now

    @property
    def composed(self) -> bool:
        self._may("composed")
        return self.written

    @property
    def hidden(self) -> str | None:
        self._may("hidden")
        return self.hidden_now

    def now_s(self) -> float:
        self._may("now_s")
        return BEGAN_S + self.clock_s

    def _fix(self) -> Fix | None:
        if self.place is None:
            return None
        return Fix(at_s=BEGAN_S + self.clock_s, lat=self.place[0], lon=self.place[1], accuracy_m=self.accuracy_m)

    def fix(self) -> Fix | None:
        self._may("fix")
        return self._fix()

    def heading_deg(self) -> float | None:
        self._may("heading_deg")
        return self.heading

    def passes(self) -> list[tuple[bytes, Pass]]:
        self._may("passes")
        return list(self.heard.items())

    def parts(self) -> tuple[Part, ...]:
        self._may("parts")
        return tuple(
            Part(name=name, health=health, note=None if health is not PartHealth.TROUBLE else Note(code="part-fault"))
            for name, health in self.health.items()
        )

    def power(self) -> Power | None:
        self._may("power")
        return self.power_now

    def machine(self) -> Machine:
        self._may("machine")
        return Machine(rss_bytes=60 << 20)

    def waiting(self) -> tuple[int | None, int]:
        self._may("waiting")
        return self.units

    def older(self) -> tuple[Note, ...]:
        self._may("older")
        return self.before

    def kept_back(self) -> tuple[int, int]:
        self._may("kept_back")
        return self.back

    def lost(self) -> int:
        self._may("lost")
        return self.lost_now

    def advice(self) -> tuple[Note, ...]:
        self._may("advice")
        return self.said

    def places(self) -> tuple[SecondLook, ...]:
        self._may("places")
        return self.wanted

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        self._may("streets")
        self.done.append(("streets", (west, south, east, north)))
        return b'{"ways": []}'

    # What the session has it do

    def take_photo(self, words: tuple[str, ...]) -> "Future[Snapshot]":
        self._may("take_photo")
        if not self.has_camera:
            raise BadInput("this kit has no camera")
        if self.presses and not self.presses[-1][1].done():
            raise BadInput("the photo before is not done yet: wait for it, then press again")
        came: Future[Snapshot] = Future()
        self.presses.append((words, came))
        return came

    def make_pin(self, words: tuple[str, ...]) -> Sighting:
        self._may("make_pin")
        if self.place is None:
            raise BadInput("nobody knows where this is")
        return a_pin(words, self.place)

    def keep(self, sighting: Sighting, pictures: tuple[Picture, ...] = ()) -> bool:
        self._may("keep")
        if self.room:
            self.kept[sighting.id] = sighting, pictures
        return self.room

    def withdraw(self, ids: list[str]) -> None:
        self._may("withdraw")
        self.withdrawn += ids

    def preview(self) -> bytes:
        self._may("preview")
        return a_jpeg()

    def hold_channel(self, mhz: int | None) -> None:
        self._may("hold_channel")
        self.done.append(("hold_channel", mhz))

    def sign(self, sign: Sign) -> None:
        self._may("sign")
        self.signs.append(sign)

    def pause(self, paused: bool) -> None:
        self._may("pause")
        self.done.append(("pause", paused))
        self.phase_now = Phase.PAUSED if paused else Phase.WALKING

    def workbench(self) -> None:
        self._may("workbench")
        self.done.append(("workbench", None))
        self.hidden_now = "workbench"

    def end(self) -> None:
        self._may("end")
        self.done.append(("end", None))
        self.phase_now = Phase.ENDING

    def forget(self) -> None:
        self._may("forget")
        if self.handed_over:
            raise BadInput("the hub has some of this walk: ask its operator")
        self.kept.clear()
        self.done.append(("forget", None))

    def checks(self) -> tuple[Check, ...]:
        self._may("checks")
        return self.lines

    def selftest(self) -> None:
        self._may("selftest")
        self.done.append(("selftest", None))

    def calibrating(self) -> Calibrating | None:
        self._may("calibrating")
        return self.turning

    def calibrate(self, on: bool) -> None:
        self._may("calibrate")
        self.done.append(("calibrate", on))


def moved(north_m: float, east_m: float = 0.0) -> tuple[float, float]:
    """So many metres north and east of the middle of Nantes, as (lat, lon)."""
    return NANTES[0] + north_m * _METRE_DEG, NANTES[1] + east_m * _METRE_DEG / 0.6792


def a_finding(transmitter: bytes, ssid: str = "CCTV-3", *, sure: bool = True) -> Finding:
    """What a rule makes of a network with a name."""
    strength = Strength.STRONG if sure else Strength.WEAK
    return Finding(
        rule="named-camera",
        version=1,
        evidence=(
            SsidEvidence(ssid=ssid),
            BssidEvidence(bssid=transmitter.hex(":"), role=Role.NETWORK),
            CatalogueEvidence(row="axis", vendor="Axis", value="ac:cc:8e/24"),
        ),
        claims=(PresentClaim(strength=strength), VendorClaim(value="Axis", strength=strength)),
    )


def a_jpeg(grey: int = 100, side: int = 640) -> bytes:
    out = BytesIO()
    Image.new("RGB", (side, side), (grey, grey, grey)).save(out, "JPEG")
    return out.getvalue()


def a_pin(
    words: tuple[str, ...] = (), place: tuple[float, float] | None = NANTES, why: PhotoNotKept | None = None
) -> Sighting:
    return Sighting(
        v=CONTRACT_VERSION,
        id=new_id(),
        walk=WALK,
        kind=Kind.PIN,
        made=_MADE,
        observer=None if place is None else Place(lat=place[0], lon=place[1]),
        evidence=(LookEvidence(),),
        claims=claims_of(dict(tags_of_words(words))),
        pin=Pin(photo_not_kept=why),
    )


def a_snapshot(
    words: tuple[str, ...] = (),
    place: tuple[float, float] | None = NANTES,
    *,
    why: PhotoNotKept | None = None,
    notes: tuple[str, ...] = (),
    jpeg: bytes | None = None,
    bearing_deg: float | None = 120.0,
) -> Snapshot:
    """What comes of a press: a photo, or a pin where `why` says why not."""
    if why is not None:
        return Snapshot(sighting=a_pin(words, place, why), told="no picture is kept, only a pin: because", notes=notes)
    content = "ab" * 32
    sighting = Sighting(
        v=CONTRACT_VERSION,
        id=new_id(),
        walk=WALK,
        kind=Kind.PHOTO,
        made=_MADE,
        observer=None if place is None else Place(lat=place[0], lon=place[1]),
        evidence=(LookEvidence(photo=content),),
        claims=claims_of(dict(tags_of_words(words))),
        photo=Photo(content_sha256=content, bearing_deg=bearing_deg),
    )
    return Snapshot(
        sighting=sighting,
        pictures=(Picture(v=CONTRACT_VERSION, id=new_id(), jpeg=a_jpeg() if jpeg is None else jpeg),),
        notes=notes,
    )


def around(scripted: ScriptedAround) -> Around:
    """The same, as the session knows it."""
    return scripted
