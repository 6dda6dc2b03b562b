"""Plain sightings that the operator imports: the contract's JSON, one a line.

Whatever is known already adds nothing. The first sighting with an id stays: the same again is counted as known, another
under its id is refused and reported.
"""

import hashlib
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.errors import BadInput
from hub.ingest.doubles import same_content
from hub.ingest.report import IntakeReport
from hub.log.events import Batch, Erasure, Import, Known, NewSighting, Origin
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import MAX_CONTENT_BYTES, UnitType, decode_sighting, digest, encode
from probe.contract.parcel import MAX_PARCEL_BYTES
from probe.contract.readable import readable
from probe.detect.registry import Recogniser, unjustified

MAX_LINE_BYTES = MAX_PARCEL_BYTES
MAX_TROUBLES = 1000  # as many bad lines are told one by one
_LINES_PER_COMMIT, _BYTES_PER_COMMIT = 500, 4 << 20
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class _Line:
    """A good line: where it stands, for whom to tell, and the sighting in it."""

    where: str
    new: NewSighting


def import_lines(
    path: Path,
    store: Store,
    *,
    again: bool = False,
    name: str | None = None,
    progress: Callable[[int, int], None] = lambda _lines, _octets: None,
) -> IntakeReport:
    """Take in plain sightings, marked as imported by the operator. Raises BadInput without a file.

    `again` also takes in what was undone before. `name` is what the file is called where that is not its path's;
    `progress` gets how many lines and octets have been read.
    """
    return _LineImport(path, store, again=again, name=name, progress=progress).run()


class _LineImport:
    """One import, from the first line to the note that it is complete."""

    def __init__(
        self, path: Path, store: Store, *, again: bool, name: str | None, progress: Callable[[int, int], None]
    ) -> None:
        self._path, self._store, self._again, self._progress = path, store, again, progress
        self._shown = str(path) if name is None else readable(name)
        self._name = readable(path.name) if name is None else self._shown
        self._octets = 0
        self._recogniser = Recogniser()
        self._fingerprint = hashlib.sha256()
        self._report = IntakeReport(files=1)
        self._any = False  # whether there is anything but empty lines

    def run(self) -> IntakeReport:
        report, earlier = self._report, {one.sha256: one for one in reversed(self._store.imports()) if one.sha256}
        lines: list[_Line] = []
        size = 0
        for number, text in self._lines():
            line = self._parsed(f"{self._shown}: line {number}", text)
            if line is not None:
                lines.append(line)
                size += len(line.new.body)
            if number % _LINES_PER_COMMIT == 0:
                self._progress(number, self._octets)
            if len(lines) >= _LINES_PER_COMMIT or size >= _BYTES_PER_COMMIT:
                self._commit(lines)
                lines.clear()
                size = 0
        self._commit(lines)
        if not self._any:
            raise BadInput(
                f"{self._shown}: the file is empty; give sightings, as `contrechamp-probe replay` prints them"
            )
        if (untold := report.refused - len(report.troubles)) > 0:
            report.troubles.append(f"{self._shown}: {untold} more lines like these")
        sha256 = self._fingerprint.digest()
        if report.import_number is not None:
            self._store.end_import(report.import_number, sha256)
        if report.undone:
            report.troubles.append(
                f"{self._shown}: {report.undone} sightings were taken back by `undo` before, and were left out; "
                "--again takes them in all the same"
            )
        elif report.import_number is None and (known := earlier.get(sha256)) is not None:
            report.notes.append(_known(self._shown, known))
        return report

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        try:
            with self._path.open("rb") as file:
                number = 0
                while line := file.readline(MAX_LINE_BYTES):
                    self._fingerprint.update(line)
                    self._octets += len(line)
                    number += 1
                    if number == 1:
                        line = line.removeprefix(BOM_UTF8)  # put there by editors and shells of Windows
                    if line := line.strip():
                        if not self._any and not _is_text(line):
                            raise BadInput(
                                f"{self._shown}: no text, so no sightings, which are one JSON a line; unpack what is "
                                "compressed, and give recordings to `contrechamp-probe replay` or `import`"
                            )
                        self._any = True
                        yield number, line
        except OSError as problem:
            raise BadInput(
                f"{self._shown}: cannot be read ({problem.strerror}); give a file of sightings, one JSON a line"
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
        if len(body) > MAX_CONTENT_BYTES:
            self._refuse(where, f"a sighting of {len(body)} octets; {MAX_CONTENT_BYTES} are the most")
            return None
        return _Line(where, NewSighting(id=sighting.id, hash=digest(body), body=body, origin=Origin.OPERATOR))

    def _commit(self, lines: list[_Line]) -> None:
        ids = [line.new.id for line in lines]
        known, batch = self._store.known(UnitType.SIGHTING, ids), Batch()
        for line in lines:
            self._judge(line, known.get(line.new.id), batch)
        if not batch:
            return
        if self._report.import_number is None:
            self._report.import_number = self._store.begin_import(self._name)
        batch.import_number = self._report.import_number
        self._store.append(batch)
        self._report.stored += len(batch.sightings) + len(batch.again)

    def _judge(self, line: _Line, known: Known | None, batch: Batch) -> None:
        """Decide on one line by what is under its id already, in this commit or in the log."""
        new = line.new
        before = b""
        if (came := batch.sightings.get(new.id) or batch.again.get(new.id)) is not None:
            before = came.body
        elif known is not None:  # one by one: a file that is known whole must not bring the whole log into memory
            before = self._store.bodies([new.id])[new.id]
        if before:
            if same_content(before, new.body):
                self._report.doubles += 1
            else:
                self._refuse(line.where, "another sighting has this id, and came first")
        elif known is None or (known.erased is Erasure.UNDONE and self._again):
            (batch.sightings if known is None else batch.again)[new.id] = new
        elif known.erased is Erasure.UNDONE:
            self._report.undone += 1
        else:
            self._refuse(line.where, f"it was erased before ({known.erased})")

    def _refuse(self, where: str, reason: str) -> None:
        self._report.refused += 1
        if len(self._report.troubles) < MAX_TROUBLES:
            self._report.troubles.append(f"{where}: {reason}")


def _is_text(line: bytes) -> bool:
    """Whether a line could be JSON: UTF-8 without controls that no JSON has, whatever spaces and letters it uses."""
    try:
        return not _CONTROL.search(line.decode())
    except UnicodeDecodeError:
        return len(line) >= MAX_LINE_BYTES  # cut within a character, perhaps


def _known(shown: str, earlier: Import) -> str:
    undone = f", and taken back on {earlier.undone}" if earlier.undone else ""
    return f"{shown}: this file was imported on {earlier.day} as import-{earlier.number}{undone}; it adds nothing."
