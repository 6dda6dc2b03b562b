"""A file is there whole, on the disk, under its name, or not at all."""

import os
import stat
from pathlib import Path

import pytest

from hub.errors import BadInput, StoreError
from hub.store.durable import require_free, write_durably

ROOT = Path(__file__).parents[3]


def test_the_octets_are_on_the_disk_before_the_name_and_the_name_before_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    sync, replace = os.fsync, Path.replace

    def fsync(descriptor: int) -> None:
        done.append("folder" if stat.S_ISDIR(os.fstat(descriptor).st_mode) else "file")
        sync(descriptor)

    def named(self: Path, target: Path) -> Path:
        done.append("name")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", fsync)
    monkeypatch.setattr(Path, "replace", named)
    write_durably(tmp_path / "f", b"new")
    assert done == ["file", "name", "folder"]
    assert (tmp_path / "f").read_bytes() == b"new"


@pytest.mark.parametrize("links", [True, False])
def test_a_new_file_never_takes_the_place_of_another(
    links: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not links:  # as on a stick's FAT

        def no_links(_source: Path, _target: Path) -> None:
            raise PermissionError("no links here")

        monkeypatch.setattr(os, "link", no_links)
    write_durably(tmp_path / "f", b"first", new=True)
    with pytest.raises(FileExistsError):
        write_durably(tmp_path / "f", b"second", new=True)
    assert (tmp_path / "f").read_bytes() == b"first"
    write_durably(tmp_path / "f", b"third")
    assert (tmp_path / "f").read_bytes() == b"third"
    assert [path.name for path in tmp_path.iterdir()] == ["f"]


def test_a_secret_is_for_this_user_alone(tmp_path: Path) -> None:
    write_durably(tmp_path / "f", b"secret", secret=True)
    assert stat.S_IMODE((tmp_path / "f").stat().st_mode) == 0o600


def test_what_cannot_be_written_is_said_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for target in (tmp_path / "nowhere" / "f", tmp_path / "folder"):
        with pytest.raises(StoreError, match="cannot be written"):
            write_durably(target, b"x")
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]


def test_nothing_else_on_the_hub_writes_whole_files() -> None:
    """One way to write a file; the broker's files are for another user, the page's come at set-up."""
    others = {"hub/broker/mosquitto.py", "hub/web/vendor.py"}
    for path in sorted((ROOT / "hub").rglob("*.py")):
        if path.relative_to(ROOT).as_posix() not in others:
            text = path.read_text()
            assert ".write_bytes(" not in text, path
            assert ".write_text(" not in text, path


def test_no_file_is_overwritten_unasked(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"mine")
    with pytest.raises(BadInput, match="--force"):
        require_free(tmp_path / "f", force=False)
    require_free(tmp_path / "f", force=True)
    require_free(tmp_path / "g", force=False)
    with pytest.raises(BadInput, match="not a file"):
        require_free(tmp_path, force=True)
