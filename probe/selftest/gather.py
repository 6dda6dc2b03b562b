"""Gathers what the self-test judges, from a walk under way: one that is walked, or one begun for the test alone."""

import os
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from math import hypot
from pathlib import Path
from statistics import median

from probe.aim.compass import Compass, Reading
from probe.aim.sensor import HeadingSensor
from probe.camera.choose import CameraChoice
from probe.errors import BadInput, NotPaired, OutboxError
from probe.outbox.outbox import Outbox
from probe.selftest.facts import CameraFact, CompassFact, OutboxFact, RadioFact, ReceiverFact
from probe.walk.sources import SourceSupervisor

RECEIVER = "gnss"


def radios_of(sources: Iterable[SourceSupervisor], before: dict[str, int], seconds: float) -> tuple[RadioFact, ...]:
    """The radios among some sources: what each heard beyond the frames of `before`, by its name."""
    return tuple(
        RadioFact(
            name=one.name,
            kind=one.kind,
            health=str(one.health),
            frames=one.counts.frames - before.get(one.name, 0),
            seconds=seconds,
            trouble=one.trouble,
        )
        for one in sources
        if one.kind != RECEIVER
    )


def receiver_of(
    sources: Iterable[SourceSupervisor], sentences: int, accuracy_m: float | None, *, has_fix: bool
) -> ReceiverFact:
    """The receiver, on a port of its own or on a board: `sentences` came in all."""
    trouble = next((one.trouble for one in sources if one.kind == RECEIVER and one.trouble is not None), None)
    return ReceiverFact(sentences=sentences, has_fix=has_fix, accuracy_m=accuracy_m, trouble=trouble)


def compass_of(
    sensor: HeadingSensor, known: Compass | None, wait: Callable[[float], object], seconds: float = 2.0
) -> CompassFact:
    """Reads the sensor for some seconds, and says by its calibration where the lens looks."""
    heading_sd_deg = None if known is None else known.heading_sd_deg
    readings: list[Reading] = []
    sensor.start(lambda reading, _at_s: readings.append(reading) if len(readings) < 1000 else None)
    try:
        wait(seconds)
    finally:
        sensor.stop()
    if not readings:
        return CompassFact(readings=0, heading_sd_deg=heading_sd_deg, trouble=sensor.trouble)
    return CompassFact(
        readings=len(readings),
        field_ut=median(hypot(*one.field) for one in readings),
        gravity=median(hypot(*one.up) for one in readings),
        heading_deg=None if known is None else _heading(known, readings[-1]),
        heading_sd_deg=heading_sd_deg,
    )


def _heading(known: Compass, reading: Reading) -> float | None:
    try:
        return known.attitude(reading).heading_deg
    except BadInput:  # no field, or no gravity, in it
        return None


def camera_of(choice: CameraChoice, patience_s: float = 10.0) -> CameraFact:
    """Opens the camera, looks once, and has the redactor test itself. Nothing of the picture is kept."""
    from probe.camera.adapter import NoCamera
    from probe.camera.keeping import PhotoKeeper
    from probe.camera.preview import preview
    from probe.camera.shutter import Shutter

    refusal = PhotoKeeper().refusal()
    shutter = Shutter(choice, patience_s=patience_s)
    trouble: str | None = None
    try:
        shutter.look(preview)
    except NoCamera as problem:
        trouble = str(problem)
    except MemoryError:
        trouble = "there is not enough memory here for a picture"
    finally:
        shutter.close()
    return CameraFact(name=choice.name, trouble=trouble, redactor_trouble=None if refusal is None else str(refusal))


def outbox_of(path: Path) -> OutboxFact:
    """Opens the outbox, and looks at the room on its disk."""
    room: int | None = None
    with suppress(OSError):
        disk = os.statvfs(path if path.exists() else path.parent)
        room = disk.f_bavail * disk.f_frsize
    try:
        with Outbox(path) as box:
            try:
                box.paired()
                paired = True
            except NotPaired:
                paired = False
            return OutboxFact(paired=paired, waiting=box.standing().queued, room_bytes=room)
    except OutboxError as problem:
        return OutboxFact(paired=False, room_bytes=room, trouble=str(problem))


def waits(seconds: float) -> None:
    """Waits without anything to be woken by."""
    threading.Event().wait(seconds)
