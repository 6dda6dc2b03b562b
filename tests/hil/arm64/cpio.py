"""Archives that the kernel unpacks as its first file system (its `buffer-format.rst`): newc, several in a row.

Written here, since the guest's own cpio cannot run on this machine. Everything in them belongs to root.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

MAGIC = b"070701"


def write(out: BinaryIO, trees: dict[str, Path]) -> None:
    """Append an archive of files and folders; `trees` says where in the guest (`opt/probe`) each goes."""
    made = set()
    for number, (name, path) in enumerate(_entries(trees), start=1):
        for parent in reversed(Path(name).parents[:-1]):
            if str(parent) not in made:
                made.add(str(parent))
                _entry(out, number, str(parent), stat.S_IFDIR | 0o755, b"")
        status = path.lstat()
        if stat.S_ISLNK(status.st_mode):
            body = os.fsencode(path.readlink())
        elif stat.S_ISREG(status.st_mode):
            body = path.read_bytes()
        else:
            continue
        _entry(out, number, name, status.st_mode, body)
    _entry(out, 0, "TRAILER!!!", 0, b"")


def _entries(trees: dict[str, Path]) -> Iterator[tuple[str, Path]]:
    for target, source in trees.items():
        if not source.is_dir():
            yield target, source
            continue
        for folder, names, files in os.walk(source):
            at = Path(target) / Path(folder).relative_to(source)
            links = [name for name in names if Path(folder, name).is_symlink()]
            yield from ((str(at / name), Path(folder, name)) for name in sorted(files + links))


def _entry(out: BinaryIO, number: int, name: str, mode: int, body: bytes) -> None:
    coded = name.encode() + b"\0"
    # inode, mode, uid, gid, links, time, size, four device numbers, length of the name, no checksum
    fields = (number, mode, 0, 0, 1, 0, len(body), 0, 0, 0, 0, len(coded), 0)
    head = MAGIC + b"".join(b"%08x" % field for field in fields) + coded
    out.write(head + b"\0" * (-len(head) % 4) + body + b"\0" * (-len(body) % 4))
