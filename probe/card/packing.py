"""Makes releases: a key for them, and the file that a person carries to each kit.

A release key is two files: `NAME`, the private half, for whoever makes releases and nobody else, and `NAME.pub`, which
`contrechamp-probe card --release-key` writes onto cards. Neither is ever written over.
"""

import os
import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from probe.card.release import (
    PRIVATE,
    Release,
    ReleaseWheel,
    name_successor,
    open_release,
    pack_release,
    version_key,
)
from probe.card.wheels import LockedWheel, digest, version_of_wheel
from probe.errors import BadInput
from probe.files.private import NotOurs, close_file

PUBLIC_SUFFIX = ".pub"
_PRIVATE_KEY = re.compile(rf"{PRIVATE} ([0-9a-f]{{64}})")
_PUBLIC_KEY = re.compile(r"[0-9A-Fa-f]{64}")
_MOST_BYTES = 1024


@dataclass(frozen=True, slots=True)
class Packed:
    """A release that was packed: what is in it, and who signed."""

    version: str
    wheels: int
    octets: int
    key: bytes  # the public half


def new_key(path: Path) -> bytes:
    """Make a release key in two files; gives its public half. Raises BadInput, also where one of them is there."""
    other = path.with_name(path.name + PUBLIC_SUFFIX)
    if os.path.lexists(other):
        raise BadInput(f"{other}: is there already; name another file, a key is never written over")
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes_raw()
    _write_new(path, f"{PRIVATE} {key.private_bytes_raw().hex()}\n", 0o600)
    try:
        _write_new(other, f"{public.hex()}\n", 0o644)
    except BadInput:
        with suppress(OSError):
            path.unlink()
        raise
    return public


def read_private_key(path: Path) -> bytes:
    """The private half in a file that `new_key` wrote; a file that others could read is closed. Raises BadInput."""
    try:
        close_file(path)
        with path.open("rb") as file:
            text = file.read(_MOST_BYTES).decode(errors="replace").strip()
    except FileNotFoundError as problem:
        raise BadInput(f"{path}: no such file; make one by `contrechamp-probe update --new-key {path}`") from problem
    except NotOurs as problem:
        raise BadInput(f"{path}: {problem}") from problem
    except OSError as problem:
        raise BadInput(f"{path}: cannot be read ({problem.strerror})") from problem
    if _PUBLIC_KEY.fullmatch(text):
        raise BadInput(f"{path}: is the public half of a release key; to sign, give the private one, without .pub")
    found = _PRIVATE_KEY.fullmatch(text)
    if found is None:
        raise BadInput(f"{path}: is no release key; make one by `contrechamp-probe update --new-key FILE`")
    return bytes.fromhex(found[1])


def pack_update(
    target: Path,
    own: Path,
    found: Mapping[str, Path],
    locked: Sequence[LockedWheel],
    key: bytes,
    before: Sequence[bytes] = (),
) -> Packed:
    """Write a release of our wheel and the locked ones that it needs, signed; `before` are private halves of the keys
    that were used earlier, oldest first, each of which names the next. Raises BadInput; never writes over a file."""
    if os.path.lexists(target):
        raise BadInput(f"{target}: is there already; name another file, or take it away")
    version = version_of_wheel(own)
    version_key(version)
    tags = tuple(sorted({one.tag for one in locked}))
    machines = tuple(sorted({one.machine for one in locked}))
    told = [_told(own, tags, machines)]
    for name, path in sorted(found.items()):
        told.append(_told(path, tuple(sorted({one.tag for one in locked if one.file == name})), machines))
    keys = [*before, key]
    successors = [name_successor(old, _public(new)) for old, new in pairwise(keys)]
    aside = target.with_name(target.name + ".part")
    try:
        release = Release(version=version, wheels=tuple(told))
        pack_release(aside, release, [own, *(path for _, path in sorted(found.items()))], key, successors)
        open_release(aside, _public(keys[0]))  # as a kit will
        aside.replace(target)
        octets = target.stat().st_size
    except OSError as problem:
        raise BadInput(f"{target}: cannot be written ({problem.strerror})") from problem
    finally:
        with suppress(OSError):
            aside.unlink()
    return Packed(version, len(told), octets, _public(key))


def _told(wheel: Path, tags: tuple[str, ...], machines: tuple[str, ...]) -> ReleaseWheel:
    return ReleaseWheel(file=wheel.name, sha256=digest(wheel), size=wheel.stat().st_size, tags=tags, machines=machines)


def _public(key: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def _write_new(path: Path, text: str, mode: int) -> None:
    """Write a file that is not there yet, to the disk. Raises BadInput."""
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, mode), "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as problem:
        raise BadInput(f"{path}: is there already; name another file, a key is never written over") from problem
    except OSError as problem:
        raise BadInput(f"{path}: cannot be written ({problem.strerror})") from problem
