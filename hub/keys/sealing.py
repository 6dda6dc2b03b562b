"""The sealing keys as files: made, read, and destroyed. Each file bears its key's id."""

import logging
import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.store.durable import write_durably
from probe.contract.pairing import key_id

_log = logging.getLogger(__name__)
_BYTES = 32


def public_of(key: X25519PrivateKey) -> bytes:
    """A sealing key's public half."""
    return key.public_key().public_bytes_raw()


def path_of(folder: Path, name: str) -> Path:
    """The file of the key with an id."""
    return folder / f"sealing-{name}.key"


def make_key(folder: Path) -> tuple[str, X25519PrivateKey]:
    """A new key, written down already, and its id. Raises StoreError."""
    key = X25519PrivateKey.generate()
    name = key_id(public_of(key))
    write_durably(path_of(folder, name), key.private_bytes_raw(), secret=True, new=True)
    return name, key


def read_keys(folder: Path) -> dict[str, X25519PrivateKey]:
    """All keys that are there, by id. A damaged one stays where it is and is said; the others are good. Raises
    OSError."""
    keys = {}
    for path in sorted(folder.glob("sealing-*.key")):
        content = path.read_bytes()
        if content == bytes(len(content)):  # its destruction was cut off
            path.unlink()
            continue
        key = X25519PrivateKey.from_private_bytes(content) if len(content) == _BYTES else None
        name = None if key is None else key_id(public_of(key))
        if key is None or name is None or path_of(folder, name) != path:
            _log.error("%s: damaged; what is sealed to this key cannot be opened: restore the keys from a backup", path)
        else:
            keys[name] = key
    return keys


def destroy_key(folder: Path, name: str) -> None:
    """Overwrite a key and delete it. Raises OSError."""
    destroy_file(path_of(folder, name))


def destroy_file(path: Path) -> None:
    """Overwrite a file and delete it, where it is there. Raises OSError."""
    if not path.exists():
        return
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
