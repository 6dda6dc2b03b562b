"""Recorded input through the very sweep that a walk uses: captures, tracks, photos, and other people's logs."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from probe import __version__
from probe.camera.folder import Look, PhotoCounts, read_folder
from probe.camera.pins import pin_of
from probe.contract.geodesy import distance_m
from probe.contract.sighting import (
    CONTRACT_VERSION,
    MAX_HEARINGS,
    Adapter,
    ClockSource,
    Hearing,
    Kind,
    Making,
    Radio,
    Sighting,
    Subject,
    SubjectHow,
    bssid_text,
)
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding
from probe.position.nmea import read_log
from probe.position.track import Track
from probe.radio.frame import Frame
from probe.radio.wigle import Row, RowCounts, read_csv
from probe.sweep import MAX_EXTENT_M, Sweep, SweepCounts, moment, place_of

SOFTWARE = f"contrechamp-probe {__version__}"
# Wardriving's published error is a median of 32 m (Kim, Fielding and Kotz 2006): a 68 % radius of 41 m.
WIGLE_ACCURACY_M = 41.0


def new_id() -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What to replay. `composed` says that the frames were written, not received."""

    frames: tuple[Path, ...] = ()
    track: Path | None = None
    photos: Path | None = None
    composed: bool = False


@dataclass(slots=True)
class Outcome:
    """What came of it. `troubles` are sentences about input that could not be used; all the rest was."""

    sightings: int = 0
    sweep: SweepCounts = field(default_factory=SweepCounts)
    malformed_frames: int = 0
    looks: int = 0
    rows: int = 0
    recognised_rows: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def count(self, sighting: Sighting) -> Sighting:
        self.sightings += 1
        if sighting.made.rule:
            self.by_rule[sighting.made.rule] = self.by_rule.get(sighting.made.rule, 0) + 1
        return sighting


def replay(
    recording: Recording,
    outcome: Outcome,
    *,
    progress: Callable[[int], None] = lambda _frames: None,
    wait_until: Callable[[float], None] = lambda _at_s: None,
) -> Iterator[Sighting]:
    """The sightings of a recorded walk, each when its pass is over. Raises BadInput where a named file is none.

    `wait_until` is called with the recording's Unix time before each step of a second, so that a caller may pace it.
    """
    walk = new_id()
    made = _making(Adapter.REPLAY, composed=recording.composed)
    sweep = Sweep(walk=walk, made=made, new_id=new_id, position=_track(recording.track, outcome))
    outcome.sweep = sweep.counts
    looks = _looks(recording.photos, outcome)
    step_s = float("-inf")
    for frame in _frames(recording.frames, outcome, progress):
        sweep.hear(frame)
        if frame.captured_at_s - step_s >= 1.0 or frame.captured_at_s < step_s:
            step_s = frame.captured_at_s
            wait_until(step_s)
            yield from map(outcome.count, sweep.passed(step_s))
            while looks and looks[-1].at_s <= step_s:
                yield outcome.count(pin_of(looks.pop(), walk=walk, made=made(None), new_id=new_id))
    yield from map(outcome.count, sweep.sightings())
    while looks:
        yield outcome.count(pin_of(looks.pop(), walk=walk, made=made(None), new_id=new_id))


def import_log(path: Path, outcome: Outcome) -> Iterator[Sighting]:
    """The sightings in a WiGLE export. Raises BadInput where the file is none."""
    counts = RowCounts()
    walk = new_id()
    made = _making(Adapter.IMPORT, composed=False)
    recogniser = Recogniser()
    heard: dict[bytes, tuple[Finding, list[Row]]] = {}
    for row in read_csv(path, counts):
        finding = recogniser.examine(row.transmitter, row.ssid)
        if finding is None:
            continue
        outcome.recognised_rows += 1
        heard.setdefault(row.transmitter, (finding, []))[1].append(row)
    outcome.rows = counts.rows
    for transmitter, (finding, rows) in heard.items():
        if _extent_m(rows) > MAX_EXTENT_M:
            outcome.sweep.moving += 1
        else:
            yield outcome.count(_imported(transmitter, finding, rows, walk, made(finding)))
    if counts.bad_rows:
        outcome.troubles.append(f"{path}: {counts.bad_rows} rows could not be read ({'; '.join(counts.bad)})")


def _frames(paths: Iterable[Path], outcome: Outcome, progress: Callable[[int], None]) -> Iterator[Frame]:
    from probe.radio.capture import open_capture

    for path in paths:
        capture = open_capture(path)
        for number, frame in enumerate(capture.frames(), start=1):
            yield frame
            if not number & 0xFFF:
                progress(number)
        outcome.malformed_frames += capture.counts.malformed
        if capture.counts.truncated_at is not None:
            outcome.troubles.append(
                f"{path}: cut short at byte {capture.counts.truncated_at}; the frames before it were read"
            )


def _looks(folder: Path | None, outcome: Outcome) -> list[Look]:
    """The looks of a folder, the last first, so that the next one is taken off the end."""
    if folder is None:
        return []
    counts = PhotoCounts()
    looks = sorted(read_folder(folder, counts), key=lambda look: look.at_s, reverse=True)
    outcome.looks = counts.looks
    outcome.troubles += counts.bad or []
    return looks


def _track(path: Path | None, outcome: Outcome) -> Track | None:
    if path is None:
        return None
    fixes, counts = read_log(path)
    if counts.bad:
        outcome.troubles.append(f"{path}: {counts.bad} damaged lines were passed over ({counts.first_bad})")
    return Track(fixes)


def _making(adapter: Adapter, *, composed: bool) -> Callable[[Finding | None], Making]:
    def made(finding: Finding | None) -> Making:
        return Making(
            adapter=adapter,
            software=SOFTWARE,
            rule=None if finding is None else finding.rule,
            rule_version=None if finding is None else finding.version,
            composed=composed,
        )

    return made


def _imported(transmitter: bytes, finding: Finding, rows: list[Row], walk: str, made: Making) -> Sighting:
    estimate = next((row for row in rows if row.estimate), None)
    observed = [row for row in rows if not row.estimate]
    loudest = max(observed, key=lambda row: row.signal_dbm or -999, default=None)
    first = min((row.at for row in rows if row.at is not None), default=None)
    return Sighting(
        v=CONTRACT_VERSION,
        id=new_id(),
        walk=walk,
        kind=Kind.RADIO,
        made=made,
        time=None if first is None else moment(first.timestamp(), ClockSource.LOG),
        observer=None if loudest is None else place_of(loudest.lat, loudest.lon, loudest.accuracy_m),
        subject=None
        if estimate is None
        else Subject(how=SubjectHow.LOG_ESTIMATE, place=place_of(estimate.lat, estimate.lon, WIGLE_ACCURACY_M)),
        evidence=finding.evidence,
        claims=finding.claims,
        radio=Radio(transmitter=bssid_text(transmitter), hearings=tuple(_hearings(observed))),
    )


def _hearings(rows: Iterable[Row]) -> Iterator[Hearing]:
    # Of a log with more rows than a sighting holds, the loudest say most about the place.
    ordered = sorted(rows, key=lambda row: row.signal_dbm or -999, reverse=True)[:MAX_HEARINGS]
    for row in ordered:
        yield Hearing(
            place=place_of(row.lat, row.lon, row.accuracy_m), signal_dbm=row.signal_dbm, channel_mhz=row.channel_mhz
        )


def _extent_m(rows: list[Row]) -> float:
    lats, lons = [row.lat for row in rows], [row.lon for row in rows]
    return distance_m(min(lats), min(lons), max(lats), max(lons))
