"""A disk that is full or has become read-only: nothing that fits into memory is lost, and the walker is told."""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from probe.errors import NotPaired, OutboxError
from probe.outbox import writer as keeping
from probe.outbox.outbox import Outbox
from probe.outbox.writer import OutboxWriter
from tests.examples import look, new_id
from tests.paired import pair
from tests.processes import HubProcess, probe, until


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "WRITE_EVERY_S", 0.05)


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
    with OutboxWriter(path, new_id, said.append, budget_bytes=1 << 30) as kept:
        first, second = look(), look()
        kept.put(first)
        kept.put(second)
        kept.withdraw([first.id])
        until(lambda: kept.in_ram == 0, "the write")
        kept.put(look())
    assert waiting(path) in (2, 3), "what was taken back before it was written leaves no trace, later a withdrawal"
    assert said == []


def test_a_full_disk_is_told_and_outlived(tmp_path: Path, disk: Path) -> None:
    path, ballast = disk / "o.db", disk / "ballast"
    pair(path, tmp_path / "hub")
    said: list[str] = []
    with OutboxWriter(path, new_id, said.append, budget_bytes=1 << 30) as kept:
        with ballast.open("wb", buffering=0) as file:
            try:
                while True:
                    file.write(bytes(4096))
            except OSError:
                pass
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
    with OutboxWriter(path, new_id, said.append, budget_bytes=1 << 30) as kept:
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


def test_memory_is_bounded_and_what_is_lost_is_counted(
    tmp_path: Path, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = disk / "o.db"
    pair(path, tmp_path / "hub")
    monkeypatch.setattr(keeping, "MOST_IN_RAM", 5)
    monkeypatch.setattr(keeping, "WRITE_EVERY_S", 30)
    said: list[str] = []
    with OutboxWriter(path, new_id, said.append, budget_bytes=1 << 30) as kept:
        for _ in range(8):
            kept.put(look())
        assert kept.lost == 3
    assert any("lost" in sentence for sentence in said)
    with Outbox(path) as box:
        assert (box.standing().queued, box.standing().lost) == (5, 3)


def test_without_a_hub_there_is_nothing_to_keep_for(tmp_path: Path) -> None:
    with pytest.raises(NotPaired):
        OutboxWriter(tmp_path / "o.db", new_id, print, budget_bytes=1 << 30)
