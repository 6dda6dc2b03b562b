"""A broker account's password as mosquitto 2 keeps it, whichever store and broker it is for."""

import hashlib
import secrets
from base64 import b64encode

_ROUNDS = 101  # mosquitto's own; the passwords are 128 random bits, which no number of rounds has to protect


def hash_password(password: str, salt: bytes | None = None) -> str:
    """A password's hash as mosquitto 2 writes it: PBKDF2 with SHA-512."""
    salt = salt or secrets.token_bytes(12)
    hashed = hashlib.pbkdf2_hmac("sha512", password.encode(errors="replace"), salt, _ROUNDS)
    return f"$7${_ROUNDS}${b64encode(salt).decode()}${b64encode(hashed).decode()}"
