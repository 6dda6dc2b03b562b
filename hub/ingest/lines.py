"""Plain sightings that the operator imports: the contract's JSON, one a line.

Whatever is known already adds nothing. The first sighting with an id stays: the same again is counted as known, another
under its id is refused and reported.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import BadInput
from hub.ingest.doubles import same_content
from hub.ingest.report import IntakeReport
from hub.log.events import Batch, Erasure, Import, NewSighting, Origin
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import UnitType, decode_sighting, digest, encode
from probe.contract.parcel import MAX_PARCEL_BYTES
from probe.detect.registry import Recogniser, unjustified

MAX_LINE_BYTES = MAX_PARCEL_BYTES
_LINES_PER_COMMIT = 500


@dataclass(slots=True)
class _Commit:
    """The lines of one commit: sightings by id, and where each stood."""

    sightings: dict[str, NewSighting] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


def import_lines(path: Path, store: Store, *, again: bool = False) -> IntakeReport:
    """Take in plain sightings, marked as imported by the operator. Raises BadInput without a file.

    `again` also takes in what was undone before.
    """
    return _LineImport(path, store, again=again).run()


class _LineImport:
    """One import, from the first line to the note that it is complete."""

    def __init__(self, path: Path, store: Store, *, again: bool) -> None:
        self._path, self._store, self._again = path, store, again
        self._recogniser = Recogniser()
        self._fingerprint = hashlib.sha256()
        self._report = IntakeReport(files=1)

    def run(self) -> IntakeReport:
        report, earlier = self._report, {one.sha256: one for one in reversed(self._store.imports()) if one.sha256}
        commit = _Commit()
        for number, line in self._lines():
            self._read(f"{self._path}: line {number}", line, commit)
            if len(commit.sightings) >= _LINES_PER_COMMIT:
                self._write(commit)
                commit = _Commit()
        self._write(commit)
        sha256 = self._fingerprint.digest()
        if report.import_number is not None:
            self._store.end_import(report.import_number, sha256)
        if report.undone:
            report.troubles.append(
                f"{self._path}: {report.undone} sightings were taken back by `undo` before, and were left out; "
                "--again takes them in all the same"
            )
        elif report.import_number is None and (known := earlier.get(sha256)) is not None:
            report.notes.append(_known(self._path, known))
        return report

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        try:
            with self._path.open("rb") as file:
                number = 0
                while line := file.readline(MAX_LINE_BYTES):
                    self._fingerprint.update(line)
                    number += 1
                    if line.strip():
                        yield number, line.strip()
        except OSError as problem:
            raise BadInput(
                f"{self._path}: cannot be read ({problem.strerror}); give a file of sightings, one JSON a line"
            ) from problem

    def _read(self, where: str, line: bytes, commit: _Commit) -> None:
        try:
            sighting = decode_sighting(line)
            reason = unjustified(sighting, self._recogniser)
        except ContractError as problem:
            reason, sighting = str(problem), None
        if reason is not None or sighting is None:
            self._refuse(where, str(reason))
            return
        body = encode(sighting)  # whatever the line held beyond the contract stays outside
        before = commit.sightings.get(sighting.id)
        if before is None:
            new = NewSighting(id=sighting.id, hash=digest(body), body=body, origin=Origin.OPERATOR)
            commit.sightings[sighting.id], commit.places[sighting.id] = new, where
        elif same_content(before.body, body):
            self._report.doubles += 1
        else:
            self._refuse(where, _OTHER)

    def _write(self, commit: _Commit) -> None:
        ids = list(commit.sightings)
        known = self._store.known(UnitType.SIGHTING, ids)
        bodies = self._store.bodies([name for name in ids if name in known])
        batch = Batch()
        for name, new in commit.sightings.items():
            before = known.get(name)
            if before is None:
                batch.sightings[name] = new
            elif before.erased is Erasure.UNDONE and self._again:
                batch.again[name] = new
            elif before.erased is Erasure.UNDONE:
                self._report.undone += 1
            elif before.erased is not None:
                self._refuse(commit.places[name], f"it was erased before ({before.erased})")
            elif same_content(bodies[name], new.body):
                self._report.doubles += 1
            else:
                self._refuse(commit.places[name], _OTHER)
        if not batch:
            return
        if self._report.import_number is None:
            self._report.import_number = self._store.begin_import(self._path.name)
        batch.import_number = self._report.import_number
        self._store.append(batch)
        self._report.stored += len(batch.sightings) + len(batch.again)

    def _refuse(self, where: str, reason: str) -> None:
        self._report.refused += 1
        self._report.troubles.append(f"{where}: {reason}")


_OTHER = "another sighting has this id, and came first"


def _known(path: Path, earlier: Import) -> str:
    undone = f", and taken back on {earlier.undone}" if earlier.undone else ""
    return f"{path}: this file was imported on {earlier.day} as import-{earlier.number}{undone}; it adds nothing."
