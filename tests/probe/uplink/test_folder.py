"""A folder as the way to a hub: files are whole or not there, and one that is bad does not hold up the others."""

import os
from pathlib import Path

import pytest

from probe.contract.folder import ANSWER_SUFFIX, ASIDE_SUFFIX, PARCEL_SUFFIX, RECEIPTS_SUFFIX
from probe.errors import UplinkError
from probe.files import durable
from probe.files.durable import write_durably
from probe.outbox.outbox import Outbox
from probe.uplink.folder import FolderUplink
from tests.examples import look
from tests.paired import pair
from tests.processes import hub


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_before_it_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target, fsync, named = tmp_path / "one.parcel", os.fsync, list[bool]()

    def watched(descriptor: int) -> None:
        named.append(target.exists())
        fsync(descriptor)

    monkeypatch.setattr("os.fsync", watched)
    write_durably(target, b"whole")
    assert named == [False, True]
    assert [path.name for path in tmp_path.iterdir()] == ["one.parcel"]


def test_what_is_private_is_so_from_the_start_and_follows_no_link(tmp_path: Path) -> None:
    assert durable.ASIDE_SUFFIX == ASIDE_SUFFIX
    (tmp_path / "others").write_bytes(b"theirs")
    (tmp_path / f"one{ASIDE_SUFFIX}").symlink_to(tmp_path / "others")
    write_durably(tmp_path / "one", b"ours", private=True)
    assert ((tmp_path / "one").read_bytes(), (tmp_path / "one").stat().st_mode & 0o777) == (b"ours", 0o600)
    assert (tmp_path / "others").read_bytes() == b"theirs"


def test_a_file_that_cannot_be_written_leaves_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "one.parcel" / "in the way").mkdir(parents=True)
    with pytest.raises(OSError, match="directory"):
        write_durably(tmp_path / "one.parcel", b"whole")
    assert [path.name for path in tmp_path.iterdir()] == ["one.parcel"]


@pytest.mark.parametrize("name", [f"0{RECEIPTS_SUFFIX}", f"0{PARCEL_SUFFIX}", "hub.home", ANSWER_SUFFIX])
def test_what_cannot_be_read_on_a_stick_does_not_hold_up_the_rest(tmp_path: Path, name: str) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    identity = pair(tmp_path / "o.db", tmp_path / "hub")
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        assert FolderUplink(stick).deliver(box, lambda _standing: None).handed_over == 1
        assert hub("ingest", stick, "--data", tmp_path / "hub").returncode == 0
        bad = stick / (identity.probe[:16] + name if name == ANSWER_SUFFIX else name)
        bad.unlink(missing_ok=True)
        bad.mkdir()
        assert FolderUplink(stick).deliver(box, lambda _standing: None).standing.stored == 1


def test_a_stick_that_is_not_in_is_not_made_up(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        with pytest.raises(UplinkError, match="no such folder; is the stick in"):
            FolderUplink(tmp_path / "stik").deliver(box, lambda _standing: None)
        assert box.standing().queued == 1
    assert not (tmp_path / "stik").exists()
