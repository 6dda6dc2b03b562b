"""Sightings out of other people's logs: WiGLE exports, Kismet's logs, waypoints.

The reader is chosen by how a file begins.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from probe.camera.claims import claims_of
from probe.contract.base import CONTRACT_VERSION, bssid_text
from probe.contract.evidence import LookEvidence, Role
from probe.contract.sighting import (
    Adapter,
    ClockSource,
    Hearing,
    Kind,
    Making,
    Pin,
    Radio,
    Sighting,
    Subject,
    SubjectHow,
)
from probe.detect.registry import Recogniser
from probe.detect.rule import Transmission
from probe.errors import BadInput
from probe.importer.gathered import MOST_TRANSMITTERS, Gathered
from probe.importer.gpx import GpxCounts, Waypoint, is_gpx, nothing_said, read_gpx
from probe.importer.kismet import read_kismet
from probe.importer.netxml import read_netxml
from probe.importer.rows import Row, RowCounts
from probe.importer.stream import CutShort, LogStream
from probe.importer.wigle import read_csv
from probe.position.fix import place_of
from probe.radio.channels import band_of
from probe.sweep.fixed import FARTHEST_M
from probe.sweep.sweep import moment
from probe.walk.making import RecordedIds, making
from probe.walk.outcome import Outcome

# Wardriving's published error is a median of 32 m (Kim, Fielding and Kotz 2006): a 68 % radius of 41 m.
WIGLE_ACCURACY_M = 41.0
# A phone's receiver between houses, and a walker who stands near what they mark.
WAYPOINT_ACCURACY_M = 15.0
_TICK_ROWS = 1_000


class ImportedLog:
    """A log that was read: what it holds of cameras is in memory, the rest is forgotten.

    `content` is the SHA-256 of what the log says, unpacked; the ids of its sightings come from that. Raises BadInput
    where nothing of the file can be read.
    """

    def __init__(self, path: Path, outcome: Outcome, progress: Callable[[int], None] = lambda _rows: None) -> None:
        self.path, self._outcome = path, outcome
        self._counts, self._gathered = RowCounts(), Gathered()
        self._absent: Counter[str] = Counter()
        self._waypoints: list[Waypoint] = []
        self._said_nothing = False
        with LogStream(path) as stream:
            try:
                if is_gpx(stream.head):
                    self._mark(stream)
                else:
                    self._gather(_log_reader(stream)(stream, self._counts), progress)
            except (BadInput, CutShort) as problem:
                if not self._counts.rows and isinstance(problem, BadInput):
                    raise
                why = str(problem).removeprefix(f"{path}: ")
                self._counts.faults.append(f"{why}; the {self._counts.rows} rows before that were read")
            self.content = stream.digest()
        self._report()

    def _gather(self, found: Iterator[Row], progress: Callable[[int], None]) -> None:
        recogniser, outcome = Recogniser(), self._outcome
        ranks = {rule.name: rank for rank, rule in enumerate(recogniser.rules)}
        for number, row in enumerate(found):
            if number % _TICK_ROWS == 0:
                progress(self._counts.rows)
            finding = recogniser.examine(_transmission(row))
            if finding is None:
                continue
            outcome.recognised_rows += 1
            band = "Bluetooth" if row.bluetooth is not None else band_of(row.channel_mhz) or "unknown"
            outcome.by_band[band] = outcome.by_band.get(band, 0) + 1
            self._absent.update(row.absent)
            self._gathered.add(finding, ranks[finding.rule], row)

    def _mark(self, stream: LogStream) -> None:
        """Read the waypoints of a GPX file."""
        counts, outcome = GpxCounts(), self._outcome
        self._waypoints = list(read_gpx(stream, counts, self._counts))
        outcome.recognised_rows = len(self._waypoints)
        if not self._waypoints and not self._counts.faults:
            outcome.notes.append(nothing_said(self.path, counts))
            self._said_nothing = True
        elif counts.silent:
            outcome.notes.append(f"{self.path}: {counts.silent:,} waypoints say nothing of a camera, and were left out")
        if counts.placeless:
            outcome.notes.append(f"{self.path}: {counts.placeless:,} waypoints have no place, and were left out")

    def _report(self) -> None:
        """Say what could not be read, and what was left out of what could."""
        counts, outcome, path = self._counts, self._outcome, self.path
        outcome.rows, outcome.bluetooth_rows, outcome.mobile_rows = counts.rows, counts.bluetooth, counts.mobile
        outcome.troubles += [f"{path}: {fault}" for fault in counts.faults]
        if counts.bad_rows:
            outcome.troubles.append(f"{path}: {counts.bad_rows} rows could not be read ({'; '.join(counts.bad)})")
        if counts.mended:
            outcome.troubles.append(
                f"{path}: {counts.mended} characters that are no XML were written anew; the rows they are in were read"
            )
        if self._gathered.left_out:
            outcome.troubles.append(
                f"{path}: {self._gathered.left_out} rows were left out, as there are more cameras in it than "
                f"{MOST_TRANSMITTERS}; split it"
            )
        if not counts.rows and not outcome.troubles and not self._said_nothing:
            outcome.troubles.append(f"{path}: there is no row in it; export it again")
        if self._absent:
            what = ", ".join(f"{name} in {count} rows" for name, count in sorted(self._absent.items()))
            outcome.notes.append(f"{path}: written in a way that means unknown, or cannot be, and left out: {what}")

    def sightings(self) -> Iterator[Sighting]:
        """The sightings, one for each transmitter that one place explains, or for each waypoint."""
        ids = RecordedIds(self.content)
        made = making(Adapter.IMPORT, composed=False)
        for waypoint in self._waypoints:
            yield self._outcome.count(_pin(waypoint, ids, made(None)))
        for transmitter, heard in self._gathered.heard.items():
            if heard.extent_m() > FARTHEST_M:
                self._outcome.sweep.moving += 1
                continue
            loudest, estimate = heard.hearings(), heard.estimate
            yield self._outcome.count(
                Sighting(
                    v=CONTRACT_VERSION,
                    id=ids.new(transmitter),
                    walk=ids.walk,
                    kind=Kind.RADIO,
                    made=made(heard.finding),
                    time=None if heard.first is None else moment(heard.first.timestamp(), ClockSource.LOG),
                    observer=place_of(loudest[0].lat, loudest[0].lon, loudest[0].accuracy_m) if loudest else None,
                    subject=None
                    if estimate is None
                    else Subject(
                        how=SubjectHow.LOG_ESTIMATE, place=place_of(estimate.lat, estimate.lon, WIGLE_ACCURACY_M)
                    ),
                    evidence=heard.finding.evidence,
                    claims=heard.finding.claims,
                    radio=Radio(transmitter=bssid_text(transmitter), hearings=tuple(map(_hearing, loudest))),
                )
            )


def _pin(waypoint: Waypoint, ids: RecordedIds, made: Making) -> Sighting:
    """A camera that somebody marked, from where they stood."""
    return Sighting(
        v=CONTRACT_VERSION,
        id=ids.new(b"waypoint %d" % waypoint.number),
        walk=ids.walk,
        kind=Kind.PIN,
        made=made,
        time=None if waypoint.at is None else moment(waypoint.at.timestamp(), ClockSource.LOG),
        observer=place_of(waypoint.lat, waypoint.lon, WAYPOINT_ACCURACY_M),
        evidence=(LookEvidence(),),
        claims=claims_of(dict(waypoint.tags)),
        pin=Pin(),
    )


def import_log(path: Path, outcome: Outcome) -> Iterator[Sighting]:
    """The sightings in a WiGLE export or a Kismet log. Raises BadInput where nothing of the file can be read."""
    yield from ImportedLog(path, outcome).sightings()


def _log_reader(stream: LogStream) -> Callable[[LogStream, RowCounts], Iterator[Row]]:
    """What reads a log, by how it begins: files are renamed."""
    start = stream.head.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"SQLite format 3"):
        return read_kismet
    return read_netxml if start.startswith((b"<", b"\xff\xfe<\0", b"\xfe\xff\0<")) else read_csv


def _transmission(row: Row) -> Transmission:
    if row.bluetooth is not None:
        return Transmission(transmitter=row.transmitter, bluetooth=row.bluetooth)
    return Transmission(transmitter=row.transmitter, ssid=row.ssid, role=Role.NETWORK)


def _hearing(row: Row) -> Hearing:
    place = place_of(row.lat, row.lon, row.accuracy_m)
    return Hearing(place=place, signal_dbm=row.signal_dbm, channel_mhz=row.channel_mhz)
