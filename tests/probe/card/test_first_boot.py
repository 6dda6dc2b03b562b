"""The card's first start makes a part of its own, also where the power was cut in between. Its programs are played."""

import re
import shutil
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest

SCRIPT = Path(str(files("probe.card") / "files" / "first-boot.sh"))
FREE = 5_000_000_000  # what a card of 8 GB has behind its root

# `disk` has a line for each part: its name and its label, `-` where it has no file system.
PROGRAMS = {
    "findmnt": "echo /dev/card2",
    "udevadm": "true",
    "partx": "true",
    "lsblk": """\
case "$*" in
*PKNAME*) echo card ;;
*NAME*) while read -r name label; do echo "$name part"; done <disk ;;
*) while read -r name label; do echo part; done <disk ;;
esac""",
    "blkid": """\
case "$1" in
-L) grep " $2\\$" disk ;;
-o) grep "^$5 " disk | grep -v " -\\$" ;;  # of one without a file system it says nothing
*) echo "$1: PARTUUID=there" ;;
esac""",
    "sfdisk": """\
case "$*" in
*--list-free*) echo "Start End Sectors Size"; echo "1 2 3 $(cat free)" ;;
*) echo "/dev/card3 -" >>disk; echo 700000000 >free ;;
esac""",
    "mkfs.ext4": """\
[ ! -e cut ] || exit 1
for part; do :; done
sed -i "s|^$part .*|$part contrechamp|" disk""",
}


@pytest.fixture
def card(tmp_path: Path) -> Path:
    """A card as it comes: a part for the firmware, one for the root."""
    (tmp_path / "bin").mkdir()
    for name, text in PROGRAMS.items():
        (tmp_path / "bin" / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / "bin" / name).chmod(0o755)
    for name in ("awk", "tail", "grep", "cat", "sed"):
        (tmp_path / "bin" / name).symlink_to(shutil.which(name) or name)
    (tmp_path / "disk").write_text("/dev/card1 bootfs\n/dev/card2 rootfs\n")
    (tmp_path / "free").write_text(f"{FREE}\n")
    return tmp_path


def apart(card: Path) -> bool:
    """Whether there is a part of its own after this start."""
    found = re.findall(r"^\w+\(\) \{\n.*?^\}\n", SCRIPT.read_text(), re.MULTILINE | re.DOTALL)
    command = ["/bin/sh", "-euc", f"{''.join(found)}\nif apart; then exit 0; else exit 7; fi"]
    done = subprocess.run(
        command, cwd=card, env={"PATH": str(card / "bin")}, capture_output=True, text=True, check=False
    )
    return done.returncode == 0 and "/dev/card3 contrechamp\n" in (card / "disk").read_text()


def test_what_is_free_becomes_a_part_of_its_own_once(card: Path) -> None:
    assert apart(card)
    before = (card / "disk").read_text()
    assert apart(card)
    assert (card / "disk").read_text() == before


def test_a_part_that_was_cut_off_before_it_had_a_file_system_gets_one(card: Path) -> None:
    (card / "cut").touch()
    apart(card)
    (card / "cut").unlink()
    assert (card / "disk").read_text().endswith("/dev/card3 -\n")
    assert apart(card), "else the root stays writable for good, and the next cut may spoil it"
    assert (card / "disk").read_text().count("/dev/card") == 3


def test_a_part_with_a_file_system_of_somebody_elses_stays(card: Path) -> None:
    (card / "disk").write_text("/dev/card1 bootfs\n/dev/card2 rootfs\n/dev/card3 theirs\n")
    (card / "free").write_text("700000000\n")
    assert not apart(card)
    assert "/dev/card3 theirs\n" in (card / "disk").read_text()
