"""Sealed sightings that come by hand: parcels on an SD card or a stick, receipts laid beside them."""

from pathlib import Path

from hub.errors import BadInput, StoreError
from hub.ingest.receive import Incoming, UnitIngest
from hub.ingest.report import IntakeReport
from hub.store.durable import write_durably
from probe.contract.folder import MAX_PARCEL_FILE_BYTES, PARCEL_SUFFIX, RECEIPTS_SUFFIX
from probe.contract.readable import readable

BY_HAND = "0" * 32  # stands for the mailbox that a folder does not have


def require_stick(stick: Path) -> None:
    """Raises BadInput where there is no such folder."""
    if not stick.is_dir():
        raise BadInput(f"{stick}: not a folder; name the folder that `contrechamp-probe send --to folder:` wrote")


def ingest_folder(stick: Path, ingest: UnitIngest) -> IntakeReport:
    """Take in what lies on a stick and lay the receipts beside it. Raises BadInput where there is no folder."""
    require_stick(stick)
    report = IntakeReport()
    for path in sorted(stick.glob(f"*{PARCEL_SUFFIX}")):
        report.files += 1
        try:
            with path.open("rb") as file:
                payload = file.read(MAX_PARCEL_FILE_BYTES + 1)
        except OSError as problem:
            report.troubles.append(f"{path}: cannot be read ({problem.strerror})")
            continue
        done = ingest.receive([Incoming(topic=readable(str(path)), mailbox=BY_HAND, payload=payload, by_hand=True)])
        report.stored += done.stored
        report.pictures += done.pictures
        report.held += done.held
        report.doubles += done.doubles
        report.refused += done.set_aside
        if done.set_aside:
            report.troubles.append(
                f"{path}: {done.set_aside} not taken in, set aside; see `contrechamp-hub quarantine`"
            )
        for number, answer in enumerate(done.answers):
            # One for each key that has signed: a probe that had to make a new one may bring units of both.
            more = f"-{number}" if number else ""
            _lay_receipts(path.with_name(f"{path.stem}{more}{RECEIPTS_SUFFIX}"), answer.signed, report)
    return report


def _lay_receipts(target: Path, receipts: bytes, report: IntakeReport) -> None:
    try:
        write_durably(target, receipts)
    except StoreError as problem:
        report.troubles.append(f"{problem} The receipt is not there, so the probe will offer its sightings again.")
