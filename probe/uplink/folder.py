"""By hand: parcels as files on an SD card or a USB stick, receipts back the same way.

A parcel's file is named after its content and written aside first, so that a stick pulled out early never holds half a
parcel. What lies there already is not written again; what has all its receipts is taken away.
"""

import hashlib
import os
from collections.abc import Callable
from pathlib import Path

from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.parcel import MAX_PARCEL_BYTES, Parcel, Unit, decode_parcel
from probe.errors import OutboxError, UplinkError
from probe.outbox.outbox import Outbox, Standing
from probe.pairing.folder import take_answer
from probe.uplink.uplink import Delivery, checked_receipts, take_home_packet

PARCEL_SUFFIX = ".parcel"
RECEIPTS_SUFFIX = ".receipts"
HOME = "hub.home"
UNITS_PER_PARCEL = 64  # of 8 KiB: half of what a parcel may hold
MAX_RECEIPTS_BYTES = 4 * 1024 * 1024


class FolderUplink:
    """An `Uplink` to a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Take in the answers and receipts that lie there, then write what still waits."""
        outbox.paired()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._take_in(outbox)
            progress(outbox.standing())
            written = self._write(outbox, self._there(outbox))
        except OutboxError:
            raise  # an OSError too, but not the folder's
        except OSError as problem:
            raise UplinkError(
                f"{self.folder}: cannot be written ({problem.strerror}); is the card locked or full?"
            ) from problem
        return Delivery(handed_over=written, standing=outbox.standing())

    def _take_in(self, outbox: Outbox) -> None:
        answered = take_answer(self.folder, outbox.paired())
        if answered is not None:
            outbox.pair(answered)
        for path in sorted(self.folder.glob(f"*{RECEIPTS_SUFFIX}")):
            try:
                outbox.settle(checked_receipts(outbox.paired(), _read(path, MAX_RECEIPTS_BYTES)))
            except ContractError:
                continue  # damaged, or another probe's: the units stay, and are offered again
        home = self.folder / HOME
        if home.is_file():
            try:
                take_home_packet(outbox, _read(home, MAX_RECEIPTS_BYTES))
            except ContractError:
                return

    def _there(self, outbox: Outbox) -> set[bytes]:
        """The hashes of what lies there already; parcels of this probe with all receipts are taken away."""
        there: set[bytes] = set()
        for path in sorted(self.folder.glob(f"*{PARCEL_SUFFIX}")):
            try:
                hashes = {unit.hash for unit in decode_parcel(_read(path, MAX_PARCEL_BYTES)).units}
            except ContractError:
                continue
            if outbox.all_settled(hashes):
                path.unlink()
                path.with_suffix(RECEIPTS_SUFFIX).unlink(missing_ok=True)
            there |= hashes
        return there

    def _write(self, outbox: Outbox, there: set[bytes]) -> int:
        written = 0
        for pictures in (False, True):
            after, batch = 0, []
            while units := outbox.waiting(after=after, limit=1 if pictures else UNITS_PER_PARCEL, pictures=pictures):
                after = units[-1][0]
                batch += [unit for _, unit in units if unit.hash not in there]
                room = 1 if pictures else UNITS_PER_PARCEL
                while len(batch) >= room:
                    self._write_parcel(batch[:room])
                    batch, written = batch[room:], written + room
            if batch:
                self._write_parcel(batch)
                written += len(batch)
        return written

    def _write_parcel(self, units: list[Unit]) -> None:
        data = pack(Parcel(v=CONTRACT_VERSION, units=tuple(units)))
        _write_durably(self.folder / f"{hashlib.sha256(data).hexdigest()[:16]}{PARCEL_SUFFIX}", data)


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def _write_durably(target: Path, data: bytes) -> None:
    aside = target.with_suffix(".part")
    with aside.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    aside.replace(target)
