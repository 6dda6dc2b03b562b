"""A release: another version of the probe in one file, signed, as a person lays it on a card.

    update.zip
    ├── release.json     version, and the name, digest and size of each wheel, with the Pythons that take it
    ├── release.sig      Ed25519 over that, by the release key
    ├── successor.json   optional: a new release key, signed by the old one
    └── wheels/          ours, and all that it needs

A probe takes releases of one key, the one that its card was made with, and of keys that this one has named as its
successors. Nothing of the file is used before its digest has been compared with what was signed.
"""

import json
import re
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from msgspec import DecodeError, Struct
from msgspec import json as msgspec_json

from probe.contract.envelope import signed_bytes
from probe.contract.words import words_of
from probe.errors import BadInput

WHEELS, RELEASE, SIGNATURE, SUCCESSORS = "wheels/", "release.json", "release.sig", "successor.json"
MOST_BYTES, MOST_JSON_BYTES, MOST_WHEELS = 400 << 20, 1 << 20, 200
PRIVATE = "contrechamp-release-key-1"  # what the private half begins with, so that nobody takes it for the other
_PURPOSE, _PURPOSE_SUCCESSOR = "contrechamp release 1", "contrechamp release key 1"
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,180}\.whl")
_VERSION = re.compile(r"[0-9]+(\.[0-9]+){0,3}((a|b|rc|\.dev)[0-9]+)?")
_KEY = re.compile(r"[0-9a-f]{64}")


class ReleaseWheel(Struct, frozen=True, kw_only=True):
    """One wheel: for which Pythons (`cp313`), on which machines (`aarch64`)."""

    file: str
    sha256: str
    size: int
    tags: tuple[str, ...]
    machines: tuple[str, ...]


class Release(Struct, frozen=True, kw_only=True):
    """What was signed."""

    version: str
    wheels: tuple[ReleaseWheel, ...]


class Successor(Struct, frozen=True, kw_only=True):
    """A new key, in the name of the one before it. Keys and signature are in hexadecimal."""

    key: str
    before: str
    signature: str


@dataclass(frozen=True, slots=True)
class SignedRelease:
    """A release whose signature holds. `key` is the one that signed: the one that was known, or its successor."""

    release: Release
    key: bytes


def read_public_key(text: str) -> bytes:
    """A release key as it is written down: 64 hexadecimal digits. Raises BadInput."""
    word = text.strip().lower()
    if word.startswith(PRIVATE):
        raise BadInput("that is the private half of a release key; give the other one, in the file that ends in .pub")
    if not _KEY.fullmatch(word):
        raise BadInput("that is no release key, which has 64 hexadecimal digits")
    return bytes.fromhex(word)


def key_words(key: bytes) -> str:
    """Six words by which two people compare a release key."""
    import hashlib

    return " ".join(words_of(hashlib.sha256(b"contrechamp release key" + key).digest()[:6]))


def version_key(version: str) -> tuple[int | str, ...]:
    """Sorts versions: 0.2.0 before 0.10.0, and 0.2.0rc1 before 0.2.0. Raises BadInput."""
    if not _VERSION.fullmatch(version):
        raise BadInput(f"{version!r} is no version")
    numbers, sign, rest = re.fullmatch(r"([0-9.]+?)(?:(a|b|rc|\.dev)([0-9]+))?", version).groups()  # type: ignore[union-attr]
    parts = [int(part) for part in numbers.split(".")]
    ranks = {".dev": 0, "a": 1, "b": 2, "rc": 3, None: 4}
    return (*parts, *[0] * (4 - len(parts)), ranks[sign], int(rest or 0))


def open_release(path: Path, known: bytes | None) -> SignedRelease:
    """The release in a file, where the key that is known vouches for it. Raises BadInput; nothing is unpacked."""
    if known is None:
        raise BadInput(
            "this probe takes no updates: its card was made without a release key; "
            "make a card anew, with --release-key where its maker has one"
        )
    try:
        with zipfile.ZipFile(path) as archive:
            _require_known_names(archive)
            told = _member(archive, RELEASE)
            signature = _member(archive, SIGNATURE)
            successors = _member(archive, SUCCESSORS) if SUCCESSORS in archive.namelist() else b"[]"
    except FileNotFoundError as problem:
        raise BadInput(f"{path}: no such file; name the update that you were given") from problem
    except (
        zipfile.BadZipFile,
        zlib.error,
        NotImplementedError,
        EOFError,
        OSError,
        RuntimeError,
        ValueError,
    ) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput(f"{path}: damaged or cut short, or no update; bring the file again") from problem
    key = _follow(known, successors)
    if not _holds(key, _PURPOSE, told, signature):
        raise BadInput(
            f"{path}: is not signed by the release key that this probe knows ({key_words(key)}); do not use it"
        )
    return SignedRelease(_release(told, path), key)


def unpack(path: Path, signed: SignedRelease, tag: str, machine: str, folder: Path) -> list[Path]:
    """Lay the wheels for a Python and a machine into a folder, each compared with what was signed. Raises BadInput."""
    import hashlib

    laid = []
    fit = [one for one in signed.release.wheels if tag in one.tags and machine in one.machines]
    if not any(one.file.startswith("contrechamp-") for one in fit):
        raise BadInput(f"{path}: has nothing for this machine ({tag}, {machine}); ask for the right update")
    for one in fit:
        target = folder / one.file
        digest = hashlib.sha256()
        try:
            with zipfile.ZipFile(path) as archive, archive.open(WHEELS + one.file) as packed, target.open("wb") as out:
                left = one.size
                while left > 0 and (piece := packed.read(min(left, 1 << 20))):
                    digest.update(piece)
                    out.write(piece)
                    left -= len(piece)
                more = packed.read(1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            KeyError,
            EOFError,
            OSError,
            RuntimeError,
        ) as problem:
            raise BadInput(f"{path}: {one.file} in it is damaged or missing; bring the file again") from problem
        if left or more or digest.hexdigest() != one.sha256:
            raise BadInput(f"{path}: {one.file} in it is not what was signed; do not use it")
        laid.append(target)
    return laid


def pack_release(
    target: Path, release: Release, wheels: Iterable[Path], key: bytes, successors: Sequence[Successor] = ()
) -> None:
    """Write a release, signed. Raises OSError."""
    told = msgspec_json.encode(release)
    signature = Ed25519PrivateKey.from_private_bytes(key).sign(signed_bytes(_PURPOSE, told))
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(RELEASE, told)
        archive.writestr(SIGNATURE, signature)
        if successors:
            archive.writestr(SUCCESSORS, msgspec_json.encode(list(successors)))
        for wheel in wheels:
            archive.write(wheel, WHEELS + wheel.name)


def name_successor(key: bytes, new_public: bytes) -> Successor:
    """The word by which an old release key (its private half) names a new one."""
    old = Ed25519PrivateKey.from_private_bytes(key)
    before = old.public_key().public_bytes_raw()
    signature = old.sign(signed_bytes(_PURPOSE_SUCCESSOR, before, new_public))
    return Successor(key=new_public.hex(), before=before.hex(), signature=signature.hex())


def _follow(known: bytes, successors: bytes) -> bytes:
    """The key in whose name a release may be signed: the known one, or the last that follows from it in a chain."""
    try:
        chain = msgspec_json.decode(successors, type=tuple[Successor, ...])
        for one in chain[:16]:
            if one.before == known.hex():
                new, signature = bytes.fromhex(one.key), bytes.fromhex(one.signature)
                if len(new) != 32 or not _holds(known, _PURPOSE_SUCCESSOR, known, signature, new):
                    raise BadInput(
                        "the update names a new release key, and the old one has not signed that; do not use it"
                    )
                known = new
    except (DecodeError, ValueError, RecursionError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput("the update is damaged (its release keys); bring the file again") from problem
    return known


def _holds(key: bytes, purpose: str, told: bytes, signature: bytes, *more: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, signed_bytes(purpose, told, *more))
    except (InvalidSignature, ValueError):
        return False
    return True


def _require_known_names(archive: zipfile.ZipFile) -> None:
    names = archive.namelist()
    if len(names) > MOST_WHEELS + 3 or len(set(names)) != len(names):
        raise BadInput("the update has too many files in it; do not use it")
    if sum(entry.file_size for entry in archive.infolist()) > MOST_BYTES:
        raise BadInput("the update is larger than any update should be; do not use it")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    try:
        with archive.open(name) as member:
            data = member.read(MOST_JSON_BYTES + 1)
    except KeyError as problem:
        raise zipfile.BadZipFile(f"no {name}") from problem
    if len(data) > MOST_JSON_BYTES:
        raise BadInput(f"{name} in the update is too long; do not use it")
    return data


def _release(told: bytes, path: Path) -> Release:
    try:
        release = msgspec_json.decode(told, type=Release)
    except (DecodeError, RecursionError) as problem:
        raise BadInput(f"{path}: is of a kind that this probe does not know; it is too old for it") from problem
    version_key(release.version)
    for wheel in release.wheels:
        if not _FILE.fullmatch(wheel.file):
            raise BadInput(f"{path}: {json.dumps(wheel.file)[:80]} in it is no wheel; do not use it")
    return release
