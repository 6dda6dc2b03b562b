"""Plain sightings that the operator imports: the contract's JSON, one a line.

Whatever is known already adds nothing. The first sighting with an id stays: the same again is counted as known, another
under its id is refused and reported.
"""

import hashlib
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.errors import BadInput
from hub.ingest.doubles import same_content
from hub.ingest.report import IntakeReport
from hub.log.events import Batch, Erasure, Import, Known, NewSighting, Origin
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import UnitType, decode_sighting, digest, encode
from probe.contract.parcel import MAX_PARCEL_BYTES
from probe.contract.readable import readable
from probe.detect.registry import Recogniser, unjustified

MAX_LINE_BYTES = MAX_PARCEL_BYTES
_LINES_PER_COMMIT = 500
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A good line: where it stands, for whom to tell, and the sighting in it."""

    where: str
    new: NewSighting


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
        self._any = False  # whether there is anything but empty lines

    def run(self) -> IntakeReport:
        report, earlier = self._report, {one.sha256: one for one in reversed(self._store.imports()) if one.sha256}
        lines: list[_Line] = []
        for number, text in self._lines():
            line = self._parsed(f"{self._path}: line {number}", text)
            if line is not None:
                lines.append(line)
            if len(lines) >= _LINES_PER_COMMIT:
                self._commit(lines)
                lines.clear()
        self._commit(lines)
        if not self._any:
            raise BadInput(
                f"{self._path}: the file is empty; give sightings, as `contrechamp-probe replay` prints them"
            )
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
                    if number == 1:
                        line = line.removeprefix(BOM_UTF8)  # put there by editors and shells of Windows
                    if line := line.strip():
                        if not self._any and not _is_text(line):
                            raise BadInput(
                                f"{self._path}: no text, so no sightings, which are one JSON a line; unpack what is "
                                "compressed, and give recordings to `contrechamp-probe replay` or `import`"
                            )
                        self._any = True
                        yield number, line
        except OSError as problem:
            raise BadInput(
                f"{self._path}: cannot be read ({problem.strerror}); give a file of sightings, one JSON a line"
            ) from problem

    def _parsed(self, where: str, text: bytes) -> _Line | None:
        try:
            sighting = decode_sighting(text)
            reason = unjustified(sighting, self._recogniser)
        except ContractError as problem:
            reason, sighting = str(problem), None
        if reason is not None or sighting is None:
            self._refuse(where, str(reason))
            return None
        body = encode(sighting)  # whatever the line held beyond the contract stays outside
        return _Line(where, NewSighting(id=sighting.id, hash=digest(body), body=body, origin=Origin.OPERATOR))

    def _commit(self, lines: list[_Line]) -> None:
        ids = [line.new.id for line in lines]
        known, batch = self._store.known(UnitType.SIGHTING, ids), Batch()
        bodies = dict(self._store.bodies([name for name in ids if name in known]))
        for line in lines:
            self._judge(line, known.get(line.new.id), bodies, batch)
        if not batch:
            return
        if self._report.import_number is None:
            self._report.import_number = self._store.begin_import(readable(self._path.name))
        batch.import_number = self._report.import_number
        self._store.append(batch)
        self._report.stored += len(batch.sightings) + len(batch.again)

    def _judge(self, line: _Line, known: Known | None, bodies: dict[str, bytes], batch: Batch) -> None:
        """Decide on one line; `bodies` has what is under an id already, in the log or in this commit."""
        new, before = line.new, bodies.get(line.new.id)
        if before:
            if same_content(before, new.body):
                self._report.doubles += 1
            else:
                self._refuse(line.where, "another sighting has this id, and came first")
        elif known is None or (known.erased is Erasure.UNDONE and self._again):
            bodies[new.id] = new.body
            (batch.sightings if known is None else batch.again)[new.id] = new
        elif known.erased is Erasure.UNDONE:
            self._report.undone += 1
        else:
            self._refuse(line.where, f"it was erased before ({known.erased})")

    def _refuse(self, where: str, reason: str) -> None:
        self._report.refused += 1
        self._report.troubles.append(f"{where}: {reason}")


def _is_text(line: bytes) -> bool:
    """Whether a line could be JSON: UTF-8 without controls that no JSON has, whatever spaces and letters it uses."""
    try:
        return not _CONTROL.search(line.decode())
    except UnicodeDecodeError:
        return len(line) >= MAX_LINE_BYTES  # cut within a character, perhaps


def _known(path: Path, earlier: Import) -> str:
    undone = f", and taken back on {earlier.undone}" if earlier.undone else ""
    return f"{path}: this file was imported on {earlier.day} as import-{earlier.number}{undone}; it adds nothing."
