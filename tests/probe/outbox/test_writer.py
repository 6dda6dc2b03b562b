"""A disk that is full or has become read-only: nothing that fits into memory is lost, and the walker is told."""

import json
import os
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import pytest

from probe.contract.envelope import Picture
from probe.contract.sighting import Sighting
from probe.errors import DiskFull, NotPaired, OutboxError
from probe.outbox.outbox import Outbox
from probe.outbox.writer import MOST_PICTURE_BYTES, OutboxWriter
from tests.examples import look, new_id, survey
from tests.paired import pair
from tests.processes import HubProcess, probe, until


def writer(path: Path, tell: Callable[[str], None], *, every_s: float = 0.05, most_in_ram: int = 2000) -> OutboxWriter:
    return OutboxWriter(path, new_id, tell, budget_bytes=1 << 30, every_s=every_s, most_in_ram=most_in_ram)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 2 MiB."""
    where = tmp_path / "disk"
    where.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "none", str(where)]
    if os.geteuid() != 0 or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a small disk of its own needs root and mount")
    yield where
    subprocess.run(["umount", "-l", where], check=True)


def waiting(path: Path) -> int:
    with Outbox(path) as box:
        return box.standing().queued


def test_sightings_wait_a_moment_and_are_written_together(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with writer(path, said.append) as kept:
        first, second = look(), look()
        kept.put(first)
        kept.put(second)
        kept.withdraw([first.id])
        until(lambda: kept.in_ram == 0, "the write")
        kept.put(look())
    assert waiting(path) in (2, 3), "what was taken back before it was written leaves no trace, later a withdrawal"
    assert said == []


def test_a_full_disk_is_told_and_outlived(tmp_path: Path, disk: Path) -> None:
    path = disk / "o.db"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with writer(path, said.append) as kept:
        ballast = fill(disk)
        for _ in range(300):
            kept.put(look())
        until(lambda: bool(said), "a word about the disk")
        assert "full" in said[0]
        assert len(said) == 1
        assert kept.in_ram > 0
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        until(lambda: kept.in_ram == 0, "the disk to take them")
    assert len(said) == 2
    assert "again" in said[1]
    assert waiting(path) == 300


def photo(size: int = 20_000) -> tuple[Sighting, tuple[Picture, ...]]:
    """A photo's sighting, and two pictures."""
    return look(), tuple(Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(size)) for _ in range(2))


def pictures_waiting(path: Path) -> int:
    with Outbox(path) as box:
        return len(box.waiting(pictures=True))


def test_a_photo_goes_to_disk_at_once_with_its_pictures(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with writer(path, said.append, every_s=3600.0) as kept:
        assert kept.put(look())
        assert kept.put(*photo())
        until(lambda: kept.in_ram == 0, "the write, of which nobody waited for the hour")
        assert (waiting(path), pictures_waiting(path)) == (4, 2)
    assert said == []


def test_photos_outlive_a_full_disk_as_long_as_memory_takes_them(tmp_path: Path, disk: Path) -> None:
    path = disk / "o.db"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    photos = [photo(250_000) for _ in range(MOST_PICTURE_BYTES // 500_000 + 2)]
    with writer(path, said.append) as kept:
        ballast = fill(disk)
        kept.put(look())
        until(lambda: bool(said), "a word about the disk")
        kept_photos = [one[0].id for one in photos if kept.put(*one)]
        assert len(kept_photos) == MOST_PICTURE_BYTES // 500_004
        assert kept.put(look()), "a sighting without pictures is small"
        assert kept.lost == len(photos) - len(kept_photos)
        assert "lost" in said[1]
        ballast.unlink()
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        until(lambda: kept.in_ram == 0, "the disk to take them")
    with Outbox(path) as box:
        assert box.standing().lost == kept.lost
        assert len(box.waiting(pictures=True, limit=999)) == 2 * len(kept_photos)
        assert len(box.waiting(limit=999)) == len(kept_photos) + 2


def fill(disk: Path) -> Path:
    """Leave no room on a disk; returns what to take away again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, suppress(OSError):
        while True:
            file.write(bytes(4096))
    return ballast


@pytest.mark.parametrize("new", [True, False], ids=["a new outbox", "one that is there"])
@pytest.mark.parametrize("command", ["status", "send"])
def test_a_full_disk_is_called_a_full_disk(tmp_path: Path, disk: Path, command: str, new: bool) -> None:
    """SQLite calls it an I/O error, or says that it cannot open the file."""
    if not new:
        pair(disk / "o.db", tmp_path / "hub")
    fill(disk)
    done = probe(command, "--outbox", disk / "o.db")
    assert done.returncode == 2
    assert "its disk is full" in done.stderr
    assert "free some space" in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_disk_that_fills_while_a_recording_is_kept_is_called_full(tmp_path: Path, disk: Path) -> None:
    pair(disk / "o.db", tmp_path / "hub")
    with Outbox(disk / "o.db") as box:
        fill(disk)
        with pytest.raises(DiskFull, match="free some space"):
            box.add([look() for _ in range(100)])


@pytest.fixture
def card(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """An ext4 card that becomes read-only at the first error, and what to write to for one."""
    image, where = tmp_path / "card.img", tmp_path / "card"
    where.mkdir()
    image.write_bytes(bytes(16 << 20))
    made = shutil.which("mke2fs") and subprocess.run(["mke2fs", "-q", "-t", "ext4", image], check=False)
    mount = ["mount", "-o", "loop,errors=remount-ro", str(image), str(where)]
    if os.geteuid() != 0 or not made or subprocess.run(mount, check=False, capture_output=True).returncode:
        pytest.skip("a card of its own needs root, mke2fs and mount")
    device = Path(subprocess.check_output(["findmnt", "-no", "SOURCE", str(where)], text=True).strip()).name
    yield where, Path("/sys/fs/ext4") / device / "trigger_fs_error"
    subprocess.run(["umount", "-l", where], check=True)


def test_a_card_that_becomes_read_only_is_told_and_what_it_holds_can_be_sent(
    tmp_path: Path, card: tuple[Path, Path]
) -> None:
    path, trigger = card[0] / "o.db", card[1]
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with writer(path, said.append) as kept:
        kept.put(look())
        until(lambda: kept.in_ram == 0, "the first write")
        trigger.write_text("a worn-out card")
        kept.put(look())
        until(lambda: bool(said), "a word about the card")
        kept.put(look())
    assert "cannot be written" in said[0]
    assert len(said) == 1
    assert kept.in_ram == 2
    with Outbox(path) as box:
        assert box.read_only
        assert len(box.waiting()) == 1, "what was promised is there, and can be read"
        with pytest.raises(OutboxError, match="read-only"):
            box.add([look()])
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    try:
        sent = probe("send", "--outbox", path, "--to", hub.mqtt_url, "--patience", "15", "--json")
    finally:
        hub.kill()
    assert json.loads(sent.stdout)["stored"] == 1
    assert "read-only" in sent.stderr


def test_memory_is_bounded_and_what_is_lost_is_counted(tmp_path: Path, disk: Path) -> None:
    path = disk / "o.db"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with writer(path, said.append, every_s=30, most_in_ram=5) as kept:
        for _ in range(8):
            kept.put(look())
        assert kept.lost == 3
    assert any("lost" in sentence for sentence in said)
    with Outbox(path) as box:
        assert (box.standing().queued, box.standing().lost) == (5, 3)


def test_what_is_written_is_not_written_again_where_taking_back_fails(tmp_path: Path) -> None:
    """The hub refuses a second unit with the same id: it calls it other content."""
    path, said = tmp_path / "o.db", list[str]()
    pair(path, tmp_path / "hub")
    moving = look()
    with writer(path, said.append) as kept:
        kept.put(moving)
        until(lambda: kept.in_ram == 0, "the first to be written")
        with closing(sqlite3.connect(path)) as db:
            db.execute("CREATE TRIGGER worn BEFORE DELETE ON unit BEGIN SELECT RAISE(ABORT, 'the card errs'); END")
        kept.withdraw([moving.id])
        kept.put(look())
        until(lambda: bool(said) and kept.in_ram == 0, "the failure, and the second to be written")
        with closing(sqlite3.connect(path)) as db:
            db.execute("DROP TRIGGER worn")
        until(lambda: len(said) == 2, "the card to work again")
    assert waiting(path) == 2, "the second sighting once, and the withdrawal"


def test_one_that_cannot_be_sealed_is_counted_as_lost_and_holds_up_no_other(tmp_path: Path) -> None:
    path, said = tmp_path / "o.db", list[str]()
    pair(path, tmp_path / "hub")
    with writer(path, said.append, every_s=30) as kept:
        for sighting in (look(), survey(cells=400), look()):
            kept.put(sighting)
    assert (waiting(path), kept.lost, kept.in_ram) == (2, 1, 0)
    assert "cannot be sealed" in said[0]


def test_what_is_lost_while_the_losses_before_are_counted_is_counted_too(tmp_path: Path) -> None:
    path, said = tmp_path / "o.db", list[str]()
    pair(path, tmp_path / "hub")
    kept = writer(path, said.append, every_s=30, most_in_ram=1)

    class Slow(Outbox):
        def count_lost(self, sightings: int) -> None:
            super().count_lost(sightings)
            if sightings == 2:
                kept.put(look())

    for _ in range(3):
        kept.put(look())
    with Slow(path) as box:
        kept._count_lost(box)
        kept._count_lost(box)
        assert box.standing().lost == kept.lost == 3


def test_a_fault_of_ours_is_told_and_tried_again_and_what_waits_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, said, faulty = tmp_path / "o.db", list[str](), threading.Event()
    pair(path, tmp_path / "hub")
    add = Outbox.add

    def adding(box: Outbox, sightings: Iterable[Sighting], **more: Any) -> int:
        if faulty.is_set():
            raise ZeroDivisionError
        return add(box, sightings, **more)

    monkeypatch.setattr(Outbox, "add", adding)
    faulty.set()
    with writer(path, said.append) as kept:
        kept.put(look())
        until(lambda: kept.trouble is not None, "the fault")
        kept.put(look())
        assert kept.in_ram == 2
        faulty.clear()
        until(lambda: kept.in_ram == 0, "the write")
    assert waiting(path) == 2
    assert kept.trouble is None
    assert said == [
        "outbox: a fault of this program (ZeroDivisionError). Until then 1 sightings are kept in memory.",
        "The outbox can be written again; nothing in memory was lost.",
    ]


def test_without_a_hub_there_is_nothing_to_keep_for(tmp_path: Path) -> None:
    with pytest.raises(NotPaired):
        writer(tmp_path / "o.db", print)
