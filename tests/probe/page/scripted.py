"""A walker whose walk is a script: it moves when a test says so, and remembers what was asked of it.

It keeps to what `Walker` promises, so that pages and buttons can be tried on it as on a probe: a serial that changes
with the view, `wait` that wakes up, refusals in a sentence, nothing recorded while paused, no photo after the end.
"""

import json
import math
import threading
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import msgspec
from PIL import Image, ImageDraw

from probe.errors import BadInput
from probe.session.view import (
    Calibrating,
    Check,
    Heard,
    Here,
    Lately,
    Machine,
    Note,
    Part,
    PartHealth,
    PartName,
    Phase,
    Power,
    Stand,
    Tally,
    Thing,
    Trend,
    WalkView,
)

LAT, LON = 48.8570, 2.3520
_M = 1 / 111_320


class ScriptedWalker:
    """A walk through a small town of a few streets. Safe from any thread."""

    def __init__(self) -> None:
        self.asked: list[tuple[Any, ...]] = []
        self.broken: Exception | None = None  # what each question raises, while it is there
        self.refused: dict[str, Exception] = {}  # what one question raises
        self.previews = 0
        self._changed = threading.Condition()
        self._view = WalkView(
            serial=1, software="1.0", phase=Phase.WALKING, parts=_parts(), tally=Tally(waiting=0), hidden="no-fix-yet"
        )
        self._way: list[tuple[float, float]] = []
        self._pictures: dict[int, bytes] = {}
        self._number = 0

    # What a test does

    def put(self, **fields: Any) -> None:
        """Change fields of the view, and wake who waits."""
        with self._changed:
            fields.setdefault("serial", self._view.serial + 1)
            self._view = msgspec.structs.replace(self._view, **fields)
            self._changed.notify_all()

    def part(self, name: PartName, health: PartHealth, note: Note | None = None) -> None:
        """Say how a part is from now on."""
        parts = tuple(one for one in self._view.parts if one.name is not name)
        self.put(parts=(Part(name=name, health=health, note=note), *parts))

    def walk_on(self, metres: float = 60.0, *, hidden: str | None = None) -> None:
        """Walk some metres to the north-east, with a fix each five."""
        here = self._view.here or Here(lat=LAT, lon=LON)
        for step in range(int(metres / 5)):
            self._way.append((here.lat + step * 4 * _M, here.lon + step * 3 * _M))
        lat, lon = self._way[-1]
        tally = msgspec.structs.replace(
            self._view.tally,
            metres=self._view.tally.metres + (0 if hidden else metres),
            seconds=self._view.tally.seconds + metres,
        )
        self.put(here=Here(lat=lat, lon=lon, accuracy_m=4.0), hidden=hidden, tally=tally)

    def hear(self, key: str, dbm: int = -70, **fields: Any) -> None:
        """Hear a camera, or hear it again."""
        others = tuple(one for one in self._view.heard if one.key != key)
        was = next((one for one in self._view.heard if one.key == key), None)
        values: dict[str, Any] = {
            "rule": "vendor-oui",
            "vendor": "Hikvision",
            "sure": True,
            "why": (
                Note(code="vendor-oui", values={"vendor": "Hikvision", "prefix": "44:19:B6", "confirmed": "2026-09"}),
            ),
        }
        one = (
            Heard(**{**values, **fields}, key=key, signal_dbm=dbm)
            if was is None
            else msgspec.structs.replace(was, signal_dbm=dbm, ago_s=0.0, **fields)
        )
        if was is None:
            self._number += 1
            self._add(Lately(number=self._number, thing=Thing.HEARD, ago_s=0.0, key=key, at=self._here()), heard=1)
        self.put(heard=(one, *others))

    def stand(
        self, metres: float = 45.0, bearing: float = 40.0, key: str | None = None, note: Note | None = None
    ) -> None:
        """Propose a place to stand next."""
        here = self._view.here or Here(lat=LAT, lon=LON)
        self.put(
            stands=(
                Stand(
                    lat=here.lat + metres * math.cos(math.radians(bearing)) * _M,
                    lon=here.lon + metres * math.sin(math.radians(bearing)) * _M / 0.66,
                    distance_m=metres,
                    bearing_deg=bearing,
                    note=note or Note(code="stand-other-side", detail="Hear it from another side."),
                    key=key,
                ),
            )
        )

    # What a walker does

    def view(self) -> WalkView:
        self._may("view")
        return self._view

    def wait(self, serial: int, seconds: float) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: self._view.serial != serial, seconds)

    def track(self, after: int = 0) -> tuple[int, list[tuple[float, float]]]:
        self._may("track", after)
        return len(self._way), self._way[after:]

    def streets(self, west: float, south: float, east: float, north: float) -> bytes:
        self._may("streets", west, south, east, north)
        return json.dumps({"ways": town()}).encode()

    def photo(self, words: tuple[str, ...] = ()) -> int:
        self._may("photo", words)
        if self._view.phase is not Phase.WALKING:
            raise BadInput("the walk is paused: no photo is taken")
        number = self._number = self._number + 1
        self._pictures[number] = drawn(number)
        note = Note(code="photo-kept", detail="The photo is kept.")
        chosen = tuple(dict.fromkeys((*self._view.words, *words)))
        self._add(_lately(number, Thing.PHOTO, chosen, note, self._here(), self._view.hidden), photos=1)
        return number

    def pin(self, words: tuple[str, ...]) -> int:
        self._may("pin", words)
        if self._here() is None:
            raise BadInput("the place is not known yet: stand under open sky")
        number = self._number = self._number + 1
        self._add(_lately(number, Thing.PIN, words, None, self._here(), self._view.hidden), pins=1)
        return number

    def choose(self, words: tuple[str, ...]) -> None:
        self._may("choose", words)
        self.put(words=words)

    def retag(self, number: int, words: tuple[str, ...]) -> None:
        self._may("retag", number, words)
        self._alter(number, words=words)

    def undo(self, number: int | None = None) -> None:
        self._may("undo", number)
        undoable = [one.number for one in self._view.lately if one.undoable and not one.undone]
        if not undoable:
            raise BadInput("there is nothing to take back")
        number = undoable[0] if number is None else number
        self._pictures.pop(number, None)
        self._alter(number, undone=True, undoable=False, picture=False)

    def picture(self, number: int) -> bytes:
        self._may("picture", number)
        if number not in self._pictures:
            raise BadInput("there is no picture of that in memory")
        return self._pictures[number]

    def preview(self) -> bytes:
        self._may("preview")
        self.previews += 1
        return drawn(1000 + self.previews, wide=True)

    def follow(self, key: str | None) -> None:
        self._may("follow", key)
        self.put(heard=tuple(msgspec.structs.replace(one, followed=one.key == key) for one in self._view.heard))

    def pause(self, paused: bool) -> None:
        self._may("pause", paused)
        self.put(phase=Phase.PAUSED if paused else Phase.WALKING)

    def end(self) -> None:
        self._may("end")
        tally = msgspec.structs.replace(self._view.tally, waiting=40, delivered=0, cells=9, hidden=3)
        self.put(phase=Phase.ENDED, tally=tally, stands=(), heard=())

    def forget(self) -> None:
        self._may("forget")
        if self._view.tally.delivered:
            raise BadInput("some of this walk was handed over already")
        self._way.clear()
        self._pictures.clear()
        self.put(
            lately=(), tally=Tally(waiting=0), heard=(), stands=(), here=None, advice=(Note(code="walk-forgotten"),)
        )

    def selftest(self) -> None:
        self._may("selftest")
        self.put(checks=_checks())

    def calibrate(self, on: bool) -> None:
        self._may("calibrate", on)
        done = Calibrating(share=1.0, seen=12, quality="good", heading_sd_deg=3.2)
        self.put(calibrating=Calibrating(share=0.4, seen=5) if on else done)

    def wipe(self) -> None:
        self._may("wipe")
        self._way.clear()
        self.put(lately=(), heard=())

    # Below

    def _may(self, *asked: Any) -> None:
        if asked[0] not in ("view", "track"):
            self.asked.append(asked)
        if self.broken is not None:
            raise self.broken
        if asked[0] in self.refused:
            raise self.refused[asked[0]]

    def _here(self) -> tuple[float, float] | None:
        return None if self._view.here is None else (self._view.here.lat, self._view.here.lon)

    def _add(self, one: Lately, **more: int) -> None:
        counts = {name: getattr(self._view.tally, name) + by for name, by in more.items()}
        tally = msgspec.structs.replace(self._view.tally, **counts)
        self.put(lately=(one, *self._view.lately)[:60], tally=tally)

    def _alter(self, number: int, **fields: Any) -> None:
        if all(one.number != number for one in self._view.lately):
            raise BadInput("that is not in memory any more")
        self.put(
            lately=tuple(
                msgspec.structs.replace(one, **fields) if one.number == number else one for one in self._view.lately
            )
        )


def _lately(
    number: int,
    thing: Thing,
    words: tuple[str, ...],
    note: Note | None,
    at: tuple[float, float] | None,
    hidden: str | None,
) -> Lately:
    return Lately(
        number=number,
        thing=thing,
        ago_s=0.0,
        words=words,
        note=note,
        picture=thing is Thing.PHOTO,
        undoable=True,
        at=at,
        hidden=hidden is not None,
    )


def _parts() -> tuple[Part, ...]:
    sky = Note(code="no-satellite", detail="No satellite yet: stand under open sky.")
    return (
        Part(name=PartName.POSITION, health=PartHealth.STARTING, note=sky),
        Part(name=PartName.RADIO, health=PartHealth.GOOD),
        Part(name=PartName.CAMERA, health=PartHealth.GOOD),
        Part(name=PartName.HEADING, health=PartHealth.ABSENT),
        Part(name=PartName.OUTBOX, health=PartHealth.GOOD),
        Part(name=PartName.DELIVERY, health=PartHealth.STARTING),
    )


def _checks() -> tuple[Check, ...]:
    far = Note(code="check-compass-iron", detail="Something magnetic is near: move it 5 cm away from the power bank.")
    return (
        Check(name="radio", passed=True),
        Check(name="position", passed=True),
        Check(name="camera", passed=None),
        Check(name="compass", passed=False, note=far, reference="hardware/bring-up#compass"),
    )


def town() -> list[list[object]]:
    """Streets around the start, as the hub gives them along."""
    ways: list[list[object]] = []
    for index, name in enumerate(("Rue des Archives", "Rue du Temple", "Rue Rambuteau", "Rue de Braque", None)):
        lat = LAT + (index * 90 - 150) * _M
        ways.append(["street", name, [lat, LON - 0.006, lat + 0.0002, LON, lat, LON + 0.006]])
        lon = LON + (index * 130 - 260) * _M
        kind = ("main", "water", "path", "rail", "fast")[index]
        ways.append(
            [kind, f"Avenue {index + 1}" if index != 2 else None, [LAT - 0.004, lon, LAT + 0.004, lon + 0.0003]]
        )
    return ways


def drawn(number: int, *, wide: bool = False) -> bytes:
    """A drawn facade with a camera in a reticle, all else in a constant field, as a JPEG."""
    picture = Image.new("RGB", (480, 270) if wide else (256, 256), (128, 128, 128))
    width, height = picture.size
    pen = ImageDraw.Draw(picture)
    left, top, right, bottom = (0.3625, 0.255, 0.6375, 0.745) if wide else (0.25, 0.2, 0.75, 0.8)
    box = (width * left, height * top, width * right, height * bottom)
    pen.rectangle(box, fill=(196, 180, 150), outline=(255, 255, 255), width=3)
    pen.ellipse((width * 0.44, height * 0.4, width * 0.58, height * 0.56), fill=(40, 44, 50))
    pen.rectangle((width * 0.36, height * 0.44, width * 0.46, height * 0.5), fill=(70 + number % 40, 74, 80))
    into = BytesIO()
    picture.save(into, "JPEG", quality=75)
    return into.getvalue()


@dataclass
class Told:
    """What a page told its service."""

    sentences: list[str] = field(default_factory=list)

    def __call__(self, sentence: str) -> None:
        self.sentences.append(sentence)


POWERED = Power(low=False, share=0.8, hours_left=6.0)
MACHINE = Machine(
    rss_bytes=92_000_000, peak_rss_bytes=118_000_000, written_bytes=2_400_000, written_per_hour=1_900_000.0
)
WARMER = Trend.WARMER
