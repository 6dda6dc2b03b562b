"""Sightings that come by hand: parcels on an SD card or a stick, and plain sightings that the operator imports."""

from dataclasses import dataclass, field
from pathlib import Path

from hub.data import HubFolder
from hub.enroll.folder import answer_requests, lay_home
from hub.errors import BadInput
from hub.ingest.receive import Incoming
from hub.log.events import Batch, NewSighting, Origin
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting, digest, encode
from probe.contract.folder import ASIDE_SUFFIX, MAX_PARCEL_FILE_BYTES, PARCEL_SUFFIX, RECEIPTS_SUFFIX
from probe.contract.parcel import MAX_PARCEL_BYTES, Verdict
from probe.detect.registry import Recogniser, unjustified

MAX_LINE_BYTES = MAX_PARCEL_BYTES
_LINES_PER_COMMIT = 500
BY_HAND = "0" * 32  # stands for the mailbox that a folder does not have


@dataclass(slots=True)
class Taken:
    """What came of it. `troubles` are sentences about what could not be taken."""

    files: int = 0
    paired: int = 0
    stored: int = 0
    pictures: int = 0
    held: int = 0
    doubles: int = 0
    refused: int = 0
    troubles: list[str] = field(default_factory=list)


def ingest_folder(stick: Path, folder: HubFolder) -> Taken:
    """Take in what lies on a stick and lay the receipts beside it. Raises BadInput where there is no folder."""
    if not stick.is_dir():
        raise BadInput(f"{stick}: not a folder; name the folder that `contrechamp-probe send --to folder:` wrote")
    taken = Taken(paired=answer_requests(stick, folder))
    receiver, store = folder.receiver(), folder.store
    for path in sorted(stick.glob(f"*{PARCEL_SUFFIX}")):
        taken.files += 1
        before = store.counts()
        try:
            with path.open("rb") as file:
                payload = file.read(MAX_PARCEL_FILE_BYTES + 1)
        except OSError as problem:
            taken.troubles.append(f"{path}: cannot be read ({problem.strerror})")
            continue
        message = Incoming(topic=str(path), mailbox=BY_HAND, payload=payload, by_hand=True)
        answers = receiver.receive([message])
        now = store.counts()
        stored, pictures = now["sightings"] - before["sightings"], now["pictures"] - before["pictures"]
        receipts = [receipt for answer in answers for receipt in answer.receipts]
        good = sum(receipt.verdict is not Verdict.REFUSED for receipt in receipts)
        aside = now["quarantined"] - before["quarantined"]
        taken.stored += stored
        taken.pictures += pictures
        taken.held += now["held"] - before["held"]
        taken.doubles += max(0, good - stored - pictures)
        taken.refused += aside
        if aside:
            taken.troubles.append(f"{path}: {aside} not taken in, set aside; see `contrechamp-hub quarantine`")
        for answer in answers:
            _answer(path, answer.signed, taken)
    lay_home(stick, folder)
    return taken


def import_lines(path: Path, store: Store) -> Taken:
    """Take in plain sightings, one JSON a line, marked as imported by the operator. Raises BadInput without a file."""
    taken, recogniser = Taken(files=1), Recogniser()
    batch: dict[str, NewSighting] = {}
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(MAX_LINE_BYTES):
                number += 1
                if line.strip():
                    _import_line(f"{path}: line {number}", line.strip(), batch, taken, recogniser)
                if len(batch) >= _LINES_PER_COMMIT:
                    _commit(batch, store, taken)
    except OSError as problem:
        raise BadInput(
            f"{path}: cannot be read ({problem.strerror}); give a file of sightings, one JSON a line"
        ) from problem
    _commit(batch, store, taken)
    return taken


def _import_line(where: str, line: bytes, batch: dict[str, NewSighting], taken: Taken, recogniser: Recogniser) -> None:
    try:
        sighting = decode_sighting(line)
        reason = unjustified(sighting, recogniser)
    except ContractError as problem:
        reason, sighting = str(problem), None
    if reason is not None or sighting is None:
        taken.refused += 1
        taken.troubles.append(f"{where}: {reason}")
        return
    body = encode(sighting)  # whatever the line held beyond the contract stays outside
    if sighting.id in batch:
        taken.doubles += 1
    batch[sighting.id] = NewSighting(id=sighting.id, hash=digest(body), body=body, origin=Origin.OPERATOR)


def _commit(batch: dict[str, NewSighting], store: Store, taken: Taken) -> None:
    known = store.known("sighting", list(batch))
    fresh = {name: new for name, new in batch.items() if name not in known}
    store.append(Batch(sightings=fresh))
    taken.stored += len(fresh)
    taken.doubles += len(known)
    batch.clear()


def _answer(path: Path, receipts: bytes, taken: Taken) -> None:
    target = path.with_suffix(RECEIPTS_SUFFIX)
    try:
        aside = target.with_suffix(ASIDE_SUFFIX)
        aside.write_bytes(receipts)
        aside.replace(target)
    except OSError as problem:
        taken.troubles.append(
            f"{target}: the receipt cannot be written ({problem.strerror}); the probe will offer it again"
        )
