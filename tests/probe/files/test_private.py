"""What is ours is for this user alone, whatever the umask and whoever made it; another's is refused in a sentence."""

import os
import shutil
import stat
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from probe.files.private import (
    NotOurs,
    close_file,
    close_files,
    close_folder,
    file_system,
    make_file,
    make_folder,
    require_writable,
)
from tests.processes import enterable_folder

NOBODY = 65534
ROOT_ONLY = "only root can give files away"


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@contextmanager
def umask(value: int) -> Iterator[None]:
    before = os.umask(value)
    try:
        yield
    finally:
        os.umask(before)


@contextmanager
def acting_as(user: int) -> Iterator[None]:
    os.seteuid(user)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("value", [0o000, 0o022, 0o077])
def test_what_is_made_is_for_this_user_alone(value: int, tmp_path: Path) -> None:
    with umask(value):
        make_folder(tmp_path / "a" / "b")
        make_file(tmp_path / "a" / "b" / "f")
    assert [mode(path) for path in sorted((tmp_path / "a").rglob("*"))] == [0o700, 0o600]
    assert mode(tmp_path / "a") == 0o700


@pytest.mark.parametrize("open_to", [0o644, 0o666, 0o660, 0o604, 0o777])
def test_what_was_open_to_others_is_closed_and_told_once(
    open_to: int, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder, file = tmp_path / "d", tmp_path / "d" / "f"
    folder.mkdir()
    file.write_text("kept")
    folder.chmod(open_to | 0o700)
    file.chmod(open_to)
    for _ in range(3):
        close_folder(folder)
        make_file(file)
        close_file(file)
    assert (mode(folder), mode(file) & 0o077) == (0o700, 0)
    assert file.read_text() == "kept"
    assert [line.getMessage() for line in caplog.records] == [
        f"{path} was open to other users of this machine; it is closed to them now." for path in (folder, file)
    ]


def test_a_link_and_what_is_no_file_are_refused(tmp_path: Path) -> None:
    (tmp_path / "true").write_text("x")
    (tmp_path / "true").chmod(0o644)
    (tmp_path / "link").symlink_to(tmp_path / "true")
    (tmp_path / "dangling").symlink_to(tmp_path / "nowhere")
    for name in ("link", "dangling"):
        for what in (close_file, make_file):
            with pytest.raises(NotOurs, match=f"{name} is a link to .*put the file itself there"):
                what(tmp_path / name)
    assert not (tmp_path / "nowhere").exists()
    assert mode(tmp_path / "true") == 0o644
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotOurs, match="pipe is no file"):
        close_file(tmp_path / "pipe")
    with pytest.raises(NotADirectoryError):
        close_folder(tmp_path / "true")
    with pytest.raises(FileNotFoundError):
        close_file(tmp_path / "missing")
    close_files([tmp_path / "missing"])


def test_a_folder_may_lie_elsewhere_by_a_link_of_ones_own(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir(mode=0o755)
    (tmp_path / "link").symlink_to(tmp_path / "disk")
    make_folder(tmp_path / "link")
    close_folder(tmp_path / "link")
    assert mode(tmp_path / "disk") == 0o700


def test_a_folder_that_everybody_shares_stays_as_it_is_and_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    close_folder(shared)
    assert mode(shared) == 0o1777
    assert "better name a folder of its own" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason=ROOT_ONLY)
def test_another_users_file_is_refused_and_root_is_told(caplog: pytest.LogCaptureFixture) -> None:
    folder = enterable_folder()
    file, sub = folder / "f", folder / "d"
    file.write_text("x")
    sub.mkdir()
    for path in (file, sub):
        os.chown(path, 12345, 12345)
        path.chmod(0o777)
    (folder / "link").symlink_to(folder)
    os.chown(folder / "link", 12345, 12345, follow_symlinks=False)
    with acting_as(NOBODY):
        for what, path in ((close_file, file), (make_file, file), (close_folder, sub), (close_folder, folder / "link")):
            with pytest.raises(NotOurs, match=rf"{path.name} belongs to another user \(uid 12345\)"):
                what(path)
    close_file(file)
    assert mode(file) == 0o700
    assert "belongs to another user (uid 12345)" in caplog.text


@pytest.mark.skipif(os.geteuid() != 0, reason=ROOT_ONLY)
def test_a_file_that_cannot_be_written_is_told_from_one_that_can() -> None:
    file = enterable_folder() / "f"
    make_file(file)
    require_writable(file)
    with acting_as(NOBODY), pytest.raises(PermissionError, match="Permission denied"):
        require_writable(file)


@pytest.mark.skipif(os.geteuid() != 0, reason=ROOT_ONLY)
def test_roots_file_that_one_cannot_close_is_used_and_told(caplog: pytest.LogCaptureFixture) -> None:
    file = enterable_folder() / "f"
    file.write_text("x")
    file.chmod(0o666)
    with acting_as(NOBODY):
        close_file(file)
    assert "cannot be closed (only its owner can close it)" in caplog.text


def test_a_disk_that_takes_no_modes_is_used_and_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "f"
    file.write_text("x")
    file.chmod(0o755)

    def refused(*_: object, **__: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "chmod", refused)  # as on a stick's FAT
    close_file(file)
    monkeypatch.setattr(os, "chmod", lambda *_, **__: None)  # some say nothing and do nothing
    close_file(file)
    assert caplog.text.count("cannot be closed") == 1


@pytest.mark.skipif(os.geteuid() != 0 or shutil.which("mkfs.vfat") is None, reason="takes root and mkfs.vfat")
def test_on_a_real_fat_files_are_used(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    image, at = tmp_path / "image", tmp_path / "at"
    image.write_bytes(bytes(4 << 20))
    at.mkdir()
    subprocess.run(["mkfs.vfat", str(image)], check=True, capture_output=True)
    mounted = subprocess.run(["mount", "-o", "loop,uid=12345", str(image), str(at)], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine mounts no image")
    try:
        make_folder(at / "d")
        close_folder(at / "d")
        make_file(at / "d" / "f")
        close_file(at / "d" / "f")
        assert "its disk knows no users" in caplog.text
    finally:
        subprocess.run(["umount", str(at)], check=True)


def test_the_kind_of_a_disk_is_read_from_the_mounts() -> None:
    mounts = (
        "22 27 0:21 / /proc rw,relatime - proc proc rw\n"
        "36 35 8:17 / /media/a\\040stick rw,noatime master:1 - vfat /dev/sdb1 rw,uid=1000\n"
        "damaged\n37 35 8:18 /"
    )
    assert file_system(mounts, os.makedev(8, 17)) == "vfat"
    assert file_system(mounts, os.makedev(0, 21)) == "proc"
    assert file_system(mounts, os.makedev(8, 18)) is None
