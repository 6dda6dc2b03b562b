"""By hand: parcels as files on an SD card or a USB stick, receipts back the same way.

A parcel's file is named after its content and written aside first, so that a stick pulled out early never holds half a
parcel. What lies there already is not written again; what has all its receipts is taken away.
"""

import glob
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.folder import (
    HOME,
    MAX_HOME_FILE_BYTES,
    MAX_PAIRING_FILE_BYTES,
    MAX_PARCEL_FILE_BYTES,
    MAX_RECEIPTS_FILE_BYTES,
    PARCEL_SUFFIX,
    RECEIPTS_SUFFIX,
    WALKERS_STREETS,
    answer_name,
    parcel_name,
)
from probe.contract.pairing import PairAnswer
from probe.contract.parcel import Parcel, Unit, decode_parcel
from probe.contract.streets import SheetFile
from probe.errors import OutboxError, UplinkError
from probe.files.durable import write_durably
from probe.outbox.outbox import Outbox, Standing
from probe.uplink.uplink import Delivery, checked_receipts, home_of, take_account, take_home_packet

UNITS_PER_PARCEL = 64  # of 8 KiB: half of what a parcel may hold


class FolderUplink:
    """An `Uplink` to a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def deliver(self, outbox: Outbox, progress: Callable[[Standing], None]) -> Delivery:
        """Take in the answers and receipts that lie there, then write what still waits."""
        outbox.paired()
        if not self.folder.is_dir():
            # Made here, it would lie on this machine's own disk: a stick that is not in, or another name.
            raise UplinkError(f"{self.folder}: there is no such folder; is the stick in, and is this its name?")
        try:
            answer = self._take_in(outbox)
            progress(outbox.standing())
            written = self._write(outbox, self._there(outbox), outbox.newest_in_doubt())
        except OutboxError:
            raise  # an OSError too, but not the folder's
        except OSError as problem:
            raise UplinkError(
                f"{self.folder}: cannot be written ({problem.strerror}); is the card locked or full?"
            ) from problem
        return Delivery(handed_over=written, standing=outbox.standing(), answer=answer)

    def _take_in(self, outbox: Outbox) -> PairAnswer | None:
        """What cannot be read, is damaged or another probe's is passed over: the units stay, and are offered again.

        Returns the hub's answer to a request, where one was awaited and is there.
        """
        written = _read(self.folder / answer_name(outbox.paired().probe), MAX_PAIRING_FILE_BYTES)
        answer = None if written is None else take_account(outbox, written)
        for path in sorted(self.folder.glob(f"*{RECEIPTS_SUFFIX}")):
            data = _read(path, MAX_RECEIPTS_FILE_BYTES)
            if data is not None:
                with suppress(ContractError):
                    outbox.settle(checked_receipts(outbox.paired(), outbox, data), data)
        home = _read(self.folder / HOME, MAX_HOME_FILE_BYTES)
        if home is not None:
            with suppress(ContractError):
                take_home_packet(outbox, home)
        self._take_streets(outbox)
        return answer

    def _take_streets(self, outbox: Outbox) -> None:
        """The sheets of the street map that are missing here, as far as the stick has them."""
        home = home_of(outbox)
        if not home.missing(1):
            return
        with suppress(OSError, ContractError), (self.folder / WALKERS_STREETS).open("rb") as stream:
            sheets = SheetFile(stream)
            for entry in sheets.table.sheets:
                if home.wants(entry.hash) and (sheet := sheets.sheet(entry.hash)) is not None:
                    home.take_sheet(sheet)

    def _there(self, outbox: Outbox) -> set[bytes]:
        """The hashes of what lies there already; parcels of this probe with all receipts are taken away, and those that
        lack what the hub has to be reminded of."""
        there: set[bytes] = set()
        newest = outbox.newest_in_doubt()
        for path in sorted(self.folder.glob(f"*{PARCEL_SUFFIX}")):
            data = _read(path, MAX_PARCEL_FILE_BYTES)
            try:
                parcel = decode_parcel(data or b"")
            except ContractError:
                continue
            hashes = {unit.hash for unit in parcel.units}
            again = newest is not None and parcel.newest != newest and outbox.has_all(hashes)
            if again or outbox.all_settled(hashes):
                path.unlink()
                for receipts in self.folder.glob(f"{glob.escape(path.stem)}*{RECEIPTS_SUFFIX}"):
                    receipts.unlink(missing_ok=True)
            if not again:
                there |= hashes
        return there

    def _write(self, outbox: Outbox, there: set[bytes], newest: bytes | None) -> int:
        written = 0
        for pictures in (False, True):
            after, batch = 0, []
            while units := outbox.waiting(after=after, limit=1 if pictures else UNITS_PER_PARCEL, pictures=pictures):
                after = units[-1][0]
                batch += [unit for _, unit in units if unit.hash not in there]
                room = 1 if pictures else UNITS_PER_PARCEL
                while len(batch) >= room:
                    self._write_parcel(batch[:room], newest)
                    batch, written = batch[room:], written + room
            if batch:
                self._write_parcel(batch, newest)
                written += len(batch)
        return written

    def _write_parcel(self, units: list[Unit], newest: bytes | None) -> None:
        data = pack(Parcel(v=CONTRACT_VERSION, units=tuple(units), newest=newest))
        write_durably(self.folder / parcel_name(data), data)


def _read(path: Path, limit: int) -> bytes | None:
    """What is in a file, one byte beyond the limit at most; None where there is none, or it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(limit + 1)
    except OSError:
        return None
