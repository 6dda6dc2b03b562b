"""What a power cut leaves of an outbox: the file system's journal is replayed, the files are taken out, and the product
opens them as on its next start. No mounts: e2fsprogs works on a file."""

import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from probe.contract.parcel import Unit
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox

PARTS = ("", "-wal", "-journal")
NAME = "outbox.db"
CORRECTED = 1 | 2  # e2fsck's: errors were corrected; the system should be rebooted


class Damaged(Exception):
    """What is left cannot be used, and why; noticed `by` e2fsck, the probe, or only by SQLite when it is asked."""

    def __init__(self, by: str, why: str) -> None:
        super().__init__(f"{by}: {why}")
        self.by = by


def taken_out(disk: Path, folder: Path) -> Path:
    """Bring a disk's ext4 in order, as the next boot does, and take the outbox's files out. Changes the disk."""
    folder.mkdir(exist_ok=True)
    for part in (*PARTS, "-shm"):
        (folder / f"{NAME}{part}").unlink(missing_ok=True)
    checked = subprocess.run(["e2fsck", "-fy", str(disk)], capture_output=True, text=True, check=False)
    if checked.returncode & ~CORRECTED:
        raise Damaged("e2fsck", f"the file system cannot be repaired: {checked.stdout[-500:]}")
    asked = "".join(f"dump /{NAME}{part} {folder}/{NAME}{part}\n" for part in PARTS)
    subprocess.run(["debugfs", "-f", "-", str(disk)], input=asked, capture_output=True, text=True, check=True)
    if not (folder / NAME).exists():
        raise Damaged("e2fsck", "the file system has no outbox any more")
    return folder / NAME


def left(outbox: Path) -> set[str]:
    """The hashes of the units that wait, each by its very bytes. Raises Damaged where the product refuses the file."""
    try:
        with Outbox(outbox) as box:
            found = {unit.hash.hex() for unit in _waiting(box)}
            box.standing()
    except OutboxError as problem:
        raise Damaged("probe", str(problem)) from problem
    with closing(sqlite3.connect(outbox)) as db:
        told = [row[0] for row in db.execute("PRAGMA integrity_check")]
    if told != ["ok"]:
        raise Damaged("SQLite", str(told[:3]))
    return found


def _waiting(box: Outbox) -> Iterator[Unit]:
    after = 0
    while units := box.waiting(after=after):
        after = units[-1][0]
        yield from (unit for _, unit in units)
