"""The boot partition of a card, as a folder that somebody's machine has mounted. No block device is written here."""

import os
import re
from pathlib import Path

from probe.errors import BadInput
from probe.files.durable import write_durably

CMDLINE, CONFIG, OURS = "cmdline.txt", "config.txt", "contrechamp"
_MOST_BYTES = 64 << 10
_BEGIN, _END = "# contrechamp: begin", "# contrechamp: end"
# Words that let the root take the whole card, or run somebody else's first boot.
_NOT_WANTED = re.compile(
    r"resize|init=/usr/lib/(raspberrypi-sys-mods|raspi-config)/\S*|systemd\.run\S*|systemd\.unit=\S*"
)


class BootPartition:
    """The folder of a card's boot partition. Raises BadInput where it is none."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not folder.is_dir():
            raise BadInput(f"{folder}: no such folder; plug the card in and name where its bootfs appears")
        lacking = [name for name in (CMDLINE, CONFIG) if not (folder / name).is_file()]
        if lacking:
            raise BadInput(
                f"{folder}: no boot partition of a Raspberry Pi ({' and '.join(lacking)} missing); "
                "write Raspberry Pi OS Lite to a card first, and name where its bootfs appears"
            )
        if not self._read(CMDLINE).strip() or "root=" not in self._read(CMDLINE):
            raise BadInput(f"{folder / CMDLINE}: does not say where the root is; write the card anew")

    def _read(self, name: str) -> str:
        path = self.folder / name
        try:
            if path.stat().st_size > _MOST_BYTES:
                raise BadInput(f"{path}: too long for what it is; write the card anew")
            return path.read_text(encoding="utf-8")
        except UnicodeDecodeError as problem:
            raise BadInput(f"{path}: is no text; write the card anew") from problem
        except OSError as problem:
            raise BadInput(f"{path}: cannot be read ({problem.strerror})") from problem

    @property
    def was_started(self) -> bool:
        """Whether this card has become a probe already."""
        return (self.folder / OURS / "done").exists()

    def free_bytes(self) -> int:
        """Room that is left on it."""
        there = os.statvfs(self.folder)
        return there.f_bavail * there.f_frsize

    def command_line(self, *words: str) -> bytes:
        """`cmdline.txt` as it should be: of each word of ours (`name=value`) the last one counts."""
        ours = {word.partition("=")[0] for word in words}
        kept = [
            word
            for word in self._read(CMDLINE).split()
            if not _NOT_WANTED.fullmatch(word) and word.partition("=")[0] not in ours
        ]
        return (" ".join([*kept, *words]) + "\n").encode()

    def configuration(self, lines: list[str]) -> bytes:
        """`config.txt` with our lines in a marked block at its end, instead of those of another time."""
        before, begin, rest = self._read(CONFIG).partition(_BEGIN)
        after = rest.partition(_END)[2].lstrip("\n") if begin else ""
        text = before.rstrip("\n") + "\n" + (after.rstrip("\n") + "\n" if after.strip() else "")
        return (text + "\n".join([_BEGIN, "[all]", *lines, _END]) + "\n").encode()

    def put(self, name: str, data: bytes) -> bool:
        """Write a file and read it back; returns whether anything changed. Raises BadInput."""
        path = self.folder / name
        try:
            if path.is_file() and path.stat().st_size == len(data) and path.read_bytes() == data:
                return False
            path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(path, data)
            if _from_the_card(path) != data:
                raise BadInput(f"{path}: the card gives back something else than was written; use another card")
        except OSError as problem:
            raise BadInput(f"{path}: cannot be written ({problem.strerror}); is the card full or locked?") from problem
        return True

    def remove(self, name: str) -> None:
        """Take a file of ours away, where it is. Raises BadInput."""
        try:
            (self.folder / name).unlink(missing_ok=True)
        except OSError as problem:
            raise BadInput(f"{self.folder / name}: cannot be removed ({problem.strerror})") from problem


def _from_the_card(path: Path) -> bytes:
    """What the card itself has, not what this machine still remembers of it, as far as that can be had."""
    opened = os.open(path, os.O_RDONLY)
    try:
        os.posix_fadvise(opened, 0, 0, os.POSIX_FADV_DONTNEED)
        with os.fdopen(os.dup(opened), "rb") as file:
            return file.read()
    finally:
        os.close(opened)
