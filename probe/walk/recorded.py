"""Recorded input through the very sweep that a walk uses: captures, tracks, photos, and other people's logs."""

import heapq
import re
import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from operator import itemgetter
from pathlib import Path

from probe import __version__
from probe.camera.folder import PhotoCounts, PhotoObservation, read_folder
from probe.camera.pins import pin_of
from probe.contract.base import CONTRACT_VERSION, MAX_HEARINGS, bssid_text
from probe.contract.evidence import Role
from probe.contract.geodesy import distance_m
from probe.contract.sighting import (
    Adapter,
    ClockSource,
    Hearing,
    Kind,
    Making,
    Radio,
    Sighting,
    Subject,
    SubjectHow,
)
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding, Transmission
from probe.errors import BadInput
from probe.importer.kismet import read_kismet
from probe.importer.netxml import read_netxml
from probe.importer.wigle import Row, RowCounts, read_csv
from probe.position.fix import place_of
from probe.position.nmea import read_log
from probe.position.track import Track
from probe.radio.board import BoardRecording
from probe.radio.capture import open_capture
from probe.radio.source import FrameSource
from probe.radio.unknowns import RecentUnknowns
from probe.sweep.fixed import FARTHEST_M
from probe.sweep.sweep import Sweep, SweepCounts, moment

SOFTWARE = f"contrechamp-probe {__version__}"
# Wardriving's published error is a median of 32 m (Kim, Fielding and Kotz 2006): a 68 % radius of 41 m.
WIGLE_ACCURACY_M = 41.0
_BOARD_LINE = re.compile(rb"\d{1,11}(\.\d+)? [!#]")


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
    frames: int = 0
    sweep: SweepCounts = field(default_factory=SweepCounts)
    malformed_frames: int = 0
    photos: int = 0
    rows: int = 0
    recognised_rows: int = 0
    by_rule: dict[str, int] = field(default_factory=dict)
    by_band: dict[str, int] = field(default_factory=dict)
    troubles: list[str] = field(default_factory=list)

    def count(self, sighting: Sighting) -> Sighting:
        self.sightings += 1
        if sighting.made.rule:
            self.by_rule[sighting.made.rule] = self.by_rule.get(sighting.made.rule, 0) + 1
        return sighting


@dataclass
class RecordedWalk:
    """A recorded walk being replayed. `sources` and `sweep` may be looked at while it goes on."""

    recording: Recording
    outcome: Outcome
    sources: list[FrameSource] = field(default_factory=list)
    sweep: Sweep = field(init=False)
    now_s: float = 0.0

    def __post_init__(self) -> None:
        self.walk = new_id()
        self.made = making(Adapter.REPLAY, composed=self.recording.composed)
        position = _track(self.recording.track, self.outcome)
        self.sweep = Sweep(walk=self.walk, made=self.made, new_id=new_id, position=position)
        self.outcome.sweep = self.sweep.counts
        self.sources = [open_recording(path, self.sweep.unknowns) for path in self.recording.frames]

    def sightings(
        self,
        *,
        progress: Callable[[int], None] = lambda _frames: None,
        wait_until: Callable[[float], None] = lambda _at_s: None,
    ) -> Iterator[Sighting]:
        """The sightings, each when its pass is over. Raises BadInput where a named file is none.

        `wait_until` is called with the recording's Unix time before each step of a second, so that a caller may pace
        it.
        """
        sweep, outcome = self.sweep, self.outcome
        photos = _photo_observations(self.recording.photos, outcome)
        step_s = float("-inf")
        for event in heapq.merge(*(source.events() for source in self.sources), key=itemgetter(0)):
            sweep.take(event)
            at_s = event[0]  # each kind of event begins with its time
            if at_s - step_s >= 1.0 or at_s < step_s:
                step_s = self.now_s = at_s
                wait_until(step_s)
                progress(sum(source.counts.frames for source in self.sources))
                yield from map(outcome.count, sweep.passed(step_s))
                while photos and photos[-1].at_s <= step_s:
                    yield outcome.count(pin_of(photos.pop(), walk=self.walk, made=self.made(None), new_id=new_id))
        yield from map(outcome.count, sweep.sightings())
        while photos:
            yield outcome.count(pin_of(photos.pop(), walk=self.walk, made=self.made(None), new_id=new_id))
        self._conclude()

    def _conclude(self) -> None:
        for source, path in zip(self.sources, self.recording.frames, strict=True):
            counts = source.counts
            self.outcome.frames += counts.frames
            self.outcome.malformed_frames += counts.malformed
            if counts.truncated_at is not None:
                self.outcome.troubles.append(
                    f"{path}: cut short at byte {counts.truncated_at}; the frames before it were read"
                )


def replay(
    recording: Recording,
    outcome: Outcome,
    *,
    progress: Callable[[int], None] = lambda _frames: None,
    wait_until: Callable[[float], None] = lambda _at_s: None,
) -> Iterator[Sighting]:
    """The sightings of a recorded walk that is not hurried by anyone waiting for them: none that is withdrawn later."""
    walk = RecordedWalk(recording, outcome)
    made = list(walk.sightings(progress=progress, wait_until=wait_until))
    withdrawn = set(walk.sweep.withdrawn())
    yield from (sighting for sighting in made if sighting.id not in withdrawn)


def open_recording(path: Path, unknowns: RecentUnknowns | None = None) -> FrameSource:
    """What reads a recording of frames: a capture, or the lines of a radio board, each behind its Unix time."""
    try:
        start = b""
        if not path.is_fifo():  # what is read of a pipe is gone
            with path.open("rb") as file:
                start = file.read(64)
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a capture") from problem
    return BoardRecording(path, unknowns) if _BOARD_LINE.match(start) else open_capture(path, unknowns)


def _log_reader(path: Path) -> Callable[[Path, RowCounts], Iterator[Row]]:
    """What reads a log, by how it begins: files are renamed."""
    try:
        with path.open("rb") as file:
            start = file.read(512).lstrip(b"\xef\xbb\xbf \t\r\n")
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror}); give a WiGLE CSV or a Kismet log") from problem
    if start.startswith(b"SQLite format 3"):
        return read_kismet
    return read_netxml if start.startswith(b"<") else read_csv


def import_log(path: Path, outcome: Outcome) -> Iterator[Sighting]:
    """The sightings in a WiGLE export or a Kismet log. Raises BadInput where the file is none."""
    counts = RowCounts()
    walk = new_id()
    made = making(Adapter.IMPORT, composed=False)
    recogniser = Recogniser()
    heard: dict[bytes, tuple[Finding, list[Row]]] = {}
    for row in _log_reader(path)(path, counts):
        finding = recogniser.examine(Transmission(transmitter=row.transmitter, ssid=row.ssid, role=Role.NETWORK))
        if finding is None:
            continue
        outcome.recognised_rows += 1
        band = "unknown" if row.channel_mhz is None else "2.4 GHz" if row.channel_mhz < 3000 else "5 GHz"
        outcome.by_band[band] = outcome.by_band.get(band, 0) + 1
        heard.setdefault(row.transmitter, (finding, []))[1].append(row)
    outcome.rows = counts.rows
    for transmitter, (finding, rows) in heard.items():
        if _extent_m(rows) > FARTHEST_M:
            outcome.sweep.moving += 1
        else:
            yield outcome.count(_imported(transmitter, finding, rows, walk, made(finding)))
    if counts.bad_rows:
        outcome.troubles.append(f"{path}: {counts.bad_rows} rows could not be read ({'; '.join(counts.bad)})")


def _photo_observations(folder: Path | None, outcome: Outcome) -> list[PhotoObservation]:
    """The looks of a folder, the last first, so that the next one is taken off the end."""
    if folder is None:
        return []
    counts = PhotoCounts()
    photos = sorted(read_folder(folder, counts), key=lambda photo: photo.at_s, reverse=True)
    outcome.photos = counts.photos
    outcome.troubles += counts.bad or []
    return photos


def _track(path: Path | None, outcome: Outcome) -> Track | None:
    if path is None:
        return None
    fixes, counts = read_log(path)
    if counts.bad:
        outcome.troubles.append(f"{path}: {counts.bad} damaged lines were passed over ({counts.first_bad})")
    return Track(fixes)


def making(adapter: Adapter, *, composed: bool) -> Callable[[Finding | None], Making]:
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
