"""By hand: parcels as files on an SD card or a USB stick, receipts back the same way.

A parcel's file is named after its content, so that writing the same units again changes nothing. It is written aside
and renamed, so that a stick pulled out early never holds half a parcel.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from probe.contract.envelope import ContractError, decode_receipts, encode
from probe.errors import UplinkError
from probe.outbox import Outbox, Standing
from probe.uplink.uplink import Delivery, next_parcel

PARCEL_SUFFIX = ".parcel.json"
RECEIPTS_SUFFIX = ".receipts.json"
MAX_RECEIPTS_BYTES = 4 * 1024 * 1024


class FolderUplink:
    """An `Uplink` to a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Take in the receipts that lie there, then write what still waits."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._collect(outbox)
            progress(outbox.standing())
            written = self._write(outbox)
        except OSError as problem:
            raise UplinkError(
                f"{self.folder}: cannot be written ({problem.strerror}); is the card locked or full?"
            ) from problem
        return Delivery(handed_over=written, standing=outbox.standing())

    def _collect(self, outbox: Outbox) -> None:
        for path in sorted(self.folder.glob(f"*{RECEIPTS_SUFFIX}")):
            if path.stat().st_size > MAX_RECEIPTS_BYTES:
                continue
            try:
                receipts = decode_receipts(path.read_bytes())
            except ContractError:
                continue  # a damaged receipt settles nothing: the units stay, and are sent again
            if receipts.probe == outbox.probe:
                outbox.settle(receipts.receipts)

    def _write(self, outbox: Outbox) -> int:
        after = written = 0
        while True:
            parcel, after = next_parcel(outbox, after)
            if parcel is None:
                return written
            data = encode(parcel)
            target = self.folder / f"{hashlib.sha256(data).hexdigest()[:16]}{PARCEL_SUFFIX}"
            if not target.exists():
                _write_durably(target, data)
            written += len(parcel.units)


def _write_durably(target: Path, data: bytes) -> None:
    aside = target.with_suffix(".part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)
