"""Sightings out of other people's logs: WiGLE exports, Kismet's logs. The reader is chosen by how a file begins."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from probe.contract.base import CONTRACT_VERSION, MAX_HEARINGS, bssid_text
from probe.contract.evidence import Role
from probe.contract.geodesy import distance_m
from probe.contract.sighting import Adapter, ClockSource, Hearing, Kind, Making, Radio, Sighting, Subject, SubjectHow
from probe.detect.registry import Recogniser
from probe.detect.rule import Finding, Transmission
from probe.errors import BadInput
from probe.importer.kismet import read_kismet
from probe.importer.netxml import read_netxml
from probe.importer.wigle import Row, RowCounts, read_csv
from probe.position.fix import place_of
from probe.radio.channels import band_of
from probe.sweep.fixed import FARTHEST_M
from probe.sweep.sweep import moment
from probe.walk.making import making, new_id
from probe.walk.outcome import Outcome

# Wardriving's published error is a median of 32 m (Kim, Fielding and Kotz 2006): a 68 % radius of 41 m.
WIGLE_ACCURACY_M = 41.0


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
        band = band_of(row.channel_mhz) or "unknown"
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
