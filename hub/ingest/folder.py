"""Sightings that come by hand: parcels on an SD card or a stick, and plain sightings that the operator imports."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from hub.errors import BadInput
from hub.ingest.receive import Incoming, Receiver
from hub.log.events import NewSighting, Origin
from hub.store.store import Store
from probe.contract.envelope import MAX_PARCEL_BYTES, ContractError, Verdict, decode_sighting, encode
from probe.detect.registry import Recogniser, unjustified

PARCELS = "*.parcel.json"
PARCEL_SUFFIX = ".parcel.json"
RECEIPTS_SUFFIX = ".receipts.json"
MAX_LINE_BYTES = MAX_PARCEL_BYTES
_LINES_PER_COMMIT = 500
BY_HAND = "0" * 32  # stands for the mailbox that a folder does not have


@dataclass(slots=True)
class Taken:
    """What came of it. `troubles` are sentences about what could not be taken."""

    files: int = 0
    stored: int = 0
    doubles: int = 0
    refused: int = 0
    troubles: list[str] = field(default_factory=list)


def ingest_folder(folder: Path, store: Store) -> Taken:
    """Take in the parcels in a folder and lay the receipts beside them. Raises BadInput where there is no folder."""
    if not folder.is_dir():
        raise BadInput(f"{folder}: not a folder; name the folder that `contrechamp-probe send --to folder:` wrote")
    receiver, taken = Receiver(store), Taken()
    for path in sorted(folder.glob(PARCELS)):
        taken.files += 1
        before = store.count()
        try:
            with path.open("rb") as file:
                payload = file.read(MAX_PARCEL_BYTES + 1)
        except OSError as problem:
            taken.troubles.append(f"{path}: cannot be read ({problem.strerror})")
            continue
        answers = receiver.receive([Incoming(topic=str(path), mailbox=BY_HAND, payload=payload)])
        receipts = [receipt for _, answer in answers for receipt in answer.receipts]
        stored = store.count() - before
        refused = [receipt for receipt in receipts if receipt.verdict is Verdict.REFUSED]
        taken.stored += stored
        taken.refused += len(refused)
        taken.doubles += len(receipts) - stored - len(refused)
        if not answers:
            taken.troubles.append(f"{path}: not a parcel of the contract; set aside, see `contrechamp-hub quarantine`")
        for _, answer in answers:
            _answer(path, encode(answer), taken)
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
    digest = hashlib.sha256(body).hexdigest()
    if sighting.id in batch:
        taken.doubles += 1
    batch[sighting.id] = NewSighting(id=sighting.id, hash=digest, body=body, origin=Origin.OPERATOR)


def _commit(batch: dict[str, NewSighting], store: Store, taken: Taken) -> None:
    known = store.known(list(batch))
    fresh = [new for new in batch.values() if new.id not in known]
    store.append(fresh)
    taken.stored += len(fresh)
    taken.doubles += len(known)
    batch.clear()


def _answer(path: Path, receipts: bytes, taken: Taken) -> None:
    target = path.with_name(path.name.removesuffix(PARCEL_SUFFIX) + RECEIPTS_SUFFIX)
    try:
        aside = target.with_suffix(".part")
        aside.write_bytes(receipts)
        aside.replace(target)
    except OSError as problem:
        taken.troubles.append(
            f"{target}: the receipt cannot be written ({problem.strerror}); the probe will offer it again"
        )
