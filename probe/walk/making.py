"""How a sighting says by what it was made, and the ids that walks and sightings bear."""

import hashlib
import os
import secrets
from collections.abc import Callable, Sequence
from pathlib import Path

from probe import __version__
from probe.contract.sighting import Adapter, Making
from probe.detect.rule import Finding

_WHOLE_BYTES, _STRIDE_BYTES, _SAMPLE_BYTES = 1 << 20, 256 << 10, 16 << 10
SOFTWARE = f"contrechamp-probe {__version__}"


def new_id(_about: bytes = b"") -> str:
    """128 random bits in hex."""
    return secrets.token_hex(16)


class RecordedIds:
    """The ids of a walk that was recorded: the same recording gives the same, so that it counts once.

    `content` is the digest of what was recorded; where there is none, as of a pipe, the ids are random. A sighting's id
    comes from what it is about, and not from how many came before it: a later version finds others as well.
    """

    def __init__(self, content: bytes | None) -> None:
        self._content = content
        self._made: dict[bytes, int] = {}
        self.walk = new_id() if content is None else id_of(b"walk", content)

    def new(self, about: bytes = b"") -> str:
        """The next id of something of this walk: an address, or nothing for the walk as a whole."""
        if self._content is None:
            return new_id()
        number = self._made[about] = self._made.get(about, -1) + 1
        return id_of(b"sighting", self._content, about, number.to_bytes(8, "big"))


def id_of(*parts: bytes) -> str:
    """128 bits in hex that come from these octets, and from others with no chance worth the name."""
    return combined(*parts)[:16].hex()


def combined(*parts: bytes) -> bytes:
    """The SHA-256 of several strings of octets, of which none can be taken for another's end."""
    sha = hashlib.sha256(b"contrechamp recording 1")
    for part in parts:
        sha.update(len(part).to_bytes(8, "big") + part)
    return sha.digest()


def digest_of(path: Path) -> bytes | None:
    """The SHA-256 of a file's content; None of what can be read only once, such as a pipe, or not at all.

    Of a large one its length and a sixteenth of it, all over, are read: two recordings differ everywhere, and a small
    machine without instructions for SHA would spend a seventh of the time of a replay on the rest.
    """
    try:
        if not path.is_file():
            return None
        with path.open("rb", buffering=0) as file:
            size = os.fstat(file.fileno()).st_size
            if size <= _WHOLE_BYTES:
                return hashlib.file_digest(file, "sha256").digest()
            sha = hashlib.sha256(b"contrechamp sample 1" + size.to_bytes(8, "big"))
            for at in (*range(0, size, _STRIDE_BYTES), size - _SAMPLE_BYTES):
                file.seek(at)
                sha.update(file.read(_SAMPLE_BYTES))
            return sha.digest()
    except OSError:
        return None


def one_digest(digests: Sequence[bytes | None]) -> bytes | None:
    """One digest for those of several files, in whatever order they are named; None where one has none."""
    known = [digest for digest in digests if digest is not None]
    return combined(*sorted(known)) if len(known) == len(digests) else None


def making(adapter: Adapter, *, composed: bool) -> Callable[[Finding | None], Making]:
    def made(finding: Finding | None) -> Making:
        return Making(
            adapter=adapter,
            software=SOFTWARE,
            rule=None if finding is None else finding.rule,
            rule_version=None if finding is None else finding.version,
            composed=composed,
        )

    return made
