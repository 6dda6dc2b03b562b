"""The bench's reader of write logs, with composed logs: what it takes and what it refuses."""

import random
import struct

import pytest

from tests.hil.drivers.writelog import (
    DISCARD,
    FLUSH,
    FUA,
    MAGIC,
    MARK,
    BadLog,
    Entry,
    apply,
    disks,
    moments,
    read_log,
    torn,
)

SECTOR = 512


def sectors(letter: str, count: int = 1) -> bytes:
    return letter.encode() * SECTOR * count


def entry(flags: int, sector: int = 0, data: bytes = b"", mark: bytes = b"", count: int | None = None) -> bytes:
    length = len(data) // SECTOR if count is None else count
    head = struct.pack("<QQQQ", sector, length, flags, len(mark)) + mark
    return head.ljust(SECTOR, b"\0") + data


def log(*entries: bytes, count: int | None = None, magic: int = MAGIC, version: int = 1, size: int = SECTOR) -> bytes:
    head = struct.pack("<QQQI", magic, version, len(entries) if count is None else count, size)
    return head.ljust(SECTOR, b"\0") + b"".join(entries)


WRITTEN = log(
    entry(0, 0, sectors("a")),
    entry(FLUSH),
    entry(MARK, mark=b"one"),
    entry(0, 1, sectors("b", 2)),
    entry(0, 0, sectors("c")),
    entry(FLUSH | FUA, 3, sectors("d")),
    entry(MARK, mark=b"two"),
    entry(FUA, 2, sectors("e")),
    entry(DISCARD, 1, count=1),
    entry(MARK, mark=b"dm-log-writes-end"),
)


def letters(disk: bytes | bytearray) -> str:
    return "".join(chr(octet or ord(".")) for octet in disk[::SECTOR])


def test_the_disk_is_made_as_it_stood_at_each_moment() -> None:
    entries = read_log(WRITTEN + bytes(4 * SECTOR))  # the log's disk is larger than the log
    made = [(m.marks, letters(d), len(m.under_way)) for m, d in disks(bytes(4 * SECTOR), entries, moments(entries))]
    assert made == [
        ((), "....", 1),
        (("one",), "a...", 2),
        (("one", "two"), "cbbd", 0),
        (("one", "two", "dm-log-writes-end"), "cbed", 1),
    ]
    whole = bytearray(4 * SECTOR)
    apply(whole, entries)
    assert letters(whole) == "c.ed"


def test_where_nothing_was_made_safe_all_that_was_acknowledged_is_under_way() -> None:
    (only,) = moments(read_log(log(entry(0, 0, sectors("a")), entry(MARK, mark=b"m"))))
    assert (only.safe, only.marks, len(only.under_way)) == (0, ("m",), 1)


def test_a_torn_moment_has_any_part_of_what_was_under_way_and_nothing_else() -> None:
    first = moments(read_log(WRITTEN))[1]
    seen = set()
    for seed in range(300):
        disk = bytearray(sectors("a") + bytes(3 * SECTOR))
        apply(disk, torn(first.under_way, random.Random(seed)))
        seen.add(letters(disk))
    assert seen == {one + two + three + "." for one in "ac" for two in "b." for three in "b."}
    again = [torn(first.under_way, random.Random(5)) for _ in range(2)]
    assert again[0] == again[1], "the same seed gives the same cut"


def test_a_log_that_is_cut_anywhere_is_refused() -> None:
    for length in range(len(WRITTEN)):
        with pytest.raises(BadLog):
            read_log(WRITTEN[:length])
    assert len(read_log(WRITTEN)) == 10


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (log(magic=1), "not a log"),
        (log(version=2), "not a log"),
        (log(size=0), "a sector cannot"),
        (log(size=1000), "a sector cannot"),
        (log(size=1 << 20), "a sector cannot"),
        (log(count=1 << 63), "ends at entry 0"),
        (log(entry(0, 0, sectors("a"), count=1 << 60)), "ends within"),
        (log(entry(MARK, mark=b"x" * 480), count=1).replace(struct.pack("<Q", 480), struct.pack("<Q", 481)), "a mark"),
        (b"", "beginning"),
    ],
)
def test_a_log_that_is_none_is_refused(bad: bytes, why: str) -> None:
    with pytest.raises(BadLog, match=why):
        read_log(bad)


def test_any_damage_is_read_or_refused() -> None:
    chance = random.Random(3)
    for _ in range(2000):
        made = bytearray(WRITTEN)
        for _ in range(chance.choice((1, 3, 30))):
            made[chance.randrange(len(made)) if chance.random() < 0.5 else chance.randrange(64)] = chance.randrange(256)
        try:
            apply(bytearray(4 * SECTOR), read_log(bytes(made)))
        except BadLog:
            continue


def test_a_write_beyond_the_disk_is_refused() -> None:
    with pytest.raises(BadLog, match="beyond"):
        apply(bytearray(SECTOR), [Entry(0, SECTOR, SECTOR, memoryview(bytes(SECTOR)))])
