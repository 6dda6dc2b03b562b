"""Reads what the kernel's dm-log-writes has logged, and makes the disk as it stood at any moment of it.

The format is in the kernel's drivers/md/dm-log-writes.c: a first sector that says how many entries there are, then for
each entry a sector that describes it and the sectors that were written. Writes are logged once they are on the disk for
good: at the flush after them, or when they are complete and were to go past the disk's cache (FUA). So the log's order
is the order in which what was written became safe, and what stands before a flush is what that flush made safe.
"""

import random
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MAGIC = 0x6A736677736872
VERSION = 1
FLUSH, FUA, DISCARD, MARK = 1, 2, 4, 8
LARGEST_SECTOR = 1 << 16
_SUPER = struct.Struct("<QQQI")
_ENTRY = struct.Struct("<QQQQ")


class BadLog(Exception):
    """The log is not what dm-log-writes writes; the message says where."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One write, flush, discard or mark. `at` and `length` are in octets of the disk."""

    flags: int
    at: int
    length: int
    data: memoryview
    mark: str | None = None

    @property
    def lasting(self) -> bool:
        """Whether all that was logged before it, and it too, outlasts a power cut."""
        return bool(self.flags & (FLUSH | FUA))


@dataclass(frozen=True, slots=True)
class Moment:
    """The power may be cut here: `safe` entries are on the disk, any of `under_way` may be, `marks` were set before."""

    safe: int
    marks: tuple[str, ...]
    under_way: tuple[Entry, ...]


def read_log(log: bytes) -> list[Entry]:
    """The entries of a log. Raises BadLog."""
    if len(log) < _SUPER.size:
        raise BadLog(f"{len(log)} octets are not even a log's beginning")
    magic, version, count, sector = _SUPER.unpack_from(log)
    if magic != MAGIC or version != VERSION:
        raise BadLog(f"not a log of dm-log-writes (magic {magic:#x}, version {version})")
    if not 512 <= sector <= LARGEST_SECTOR or sector & (sector - 1):
        raise BadLog(f"a sector cannot have {sector} octets")
    view, position, entries = memoryview(log), sector, []
    for number in range(count):
        if position + sector > len(log):
            raise BadLog(f"the log ends at entry {number} of {count}")
        entry = _entry(view, position, sector, f"entry {number} of {count}")
        position += sector + len(entry.data)
        entries.append(entry)
    return entries


def _entry(view: memoryview, position: int, sector: int, which: str) -> Entry:
    first, sectors, flags, more = _ENTRY.unpack_from(view, position)
    mark, start = None, position + sector
    if flags & MARK:
        if more > sector - _ENTRY.size:
            raise BadLog(f"{which}: a mark of {more} octets")
        text = position + _ENTRY.size
        mark = bytes(view[text : text + more]).decode(errors="replace")
        sectors = 0
    stored = 0 if flags & DISCARD else sectors * sector
    if start + stored > len(view):
        raise BadLog(f"{which}: the log ends within its {sectors} sectors")
    return Entry(flags, first * sector, sectors * sector, view[start : start + stored], mark)


def apply(disk: bytearray, entries: Sequence[Entry]) -> None:
    """Write entries to a disk. Raises BadLog for one that lies beyond its end."""
    for entry in entries:
        if entry.at + entry.length > len(disk):
            raise BadLog(f"a write of {entry.length} octets at {entry.at}, beyond a disk of {len(disk)}")
        end = entry.at + entry.length
        # What was discarded may read as anything; zeroes are the harshest of what is usual.
        disk[entry.at : end] = bytes(entry.length) if entry.flags & DISCARD else entry.data


def moments(entries: Sequence[Entry]) -> list[Moment]:
    """Each moment at which more had become safe, taken as late as possible. At the first, nothing had.

    So all marks up to the next one count as set, and no write counts as safe that no flush had made safe by then.
    """
    lasting = [number for number, entry in enumerate(entries, start=1) if entry.lasting]
    found, marks = [], []
    for safe, following in zip([0, *lasting], [*lasting, len(entries) + 1], strict=True):
        between = entries[safe : following - 1]
        marks += [entry.mark for entry in between if entry.mark is not None]
        found.append(Moment(safe, tuple(marks), tuple(entry for entry in between if entry.length)))
    return found


def disks(base: bytes, entries: Sequence[Entry], chosen: Sequence[Moment]) -> Iterator[tuple[Moment, bytearray]]:
    """The disk at each of these moments, in their order, with nothing of what was under way. Do not change it."""
    disk, done = bytearray(base), 0
    for moment in chosen:
        apply(disk, entries[done : moment.safe])
        done = moment.safe
        yield moment, disk


def torn(under_way: Sequence[Entry], chance: random.Random, whole_below: int = 0, sector: int = 512) -> list[Entry]:
    """What of the writes under way has arrived when the power goes: in any order, some in part, sector by sector.

    Those that begin below `whole_below` arrive whole or not at all.
    """
    arrived = []
    for entry in chance.sample(under_way, len(under_way)):
        fate = chance.random()
        if fate < 0.4:
            arrived.append(entry)
        elif fate < 0.6 and entry.data and entry.at >= whole_below:
            for start in range(0, entry.length, sector):
                if chance.random() < 0.5:
                    piece = entry.data[start : start + sector]
                    arrived.append(Entry(entry.flags, entry.at + start, len(piece), piece))
    return arrived
