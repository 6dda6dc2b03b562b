"""What is known of each part of a probe when it is tested: gathered by whoever has the parts, judged elsewhere."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class RadioFact:
    """A radio that was listened to for some seconds: `health` is a word of `probe.walk.sources.Health`."""

    name: str
    kind: str  # monitor, board, bluetooth
    health: str
    frames: int
    seconds: float
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiverFact:
    """Sentences that came, and the fix by them; `trouble` where the port cannot be read."""

    sentences: int
    has_fix: bool
    accuracy_m: float | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CompassFact:
    """Readings that came, the middle lengths of field (microtesla) and acceleration (m/s2), None without readings.
    `heading_deg` is where the lens looks, `heading_sd_deg` the calibration's; None where there is no calibration."""

    readings: int
    field_ut: float | None = None
    gravity: float | None = None
    heading_deg: float | None = None
    heading_sd_deg: float | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFact:
    """What keeps a picture from being taken, and what keeps it from being redacted; None where nothing does."""

    name: str
    trouble: str | None = None
    redactor_trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboxFact:
    """The outbox: `waiting` units, octets of room on its disk, and what is wrong with it."""

    paired: bool
    waiting: int | None = None
    room_bytes: int | None = None
    trouble: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All of it. A part that is None is not in this kit, or was not asked."""

    radios: tuple[RadioFact, ...] = ()
    receiver: ReceiverFact | None = None
    compass: CompassFact | None = None
    camera: CameraFact | None = None
    outbox: OutboxFact | None = None
    button: bool | None = None  # whether there is one that can be read
    signals_trouble: str | None = None
    has_signals: bool = False
    power_low: bool | None = None
    clock_known: bool | None = None
    peak_rss_bytes: int | None = None
