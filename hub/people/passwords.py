"""Passwords: what is one, and its Argon2id hash as a PHC string.

32 MiB and two passes: 52 ms of one core of a desk computer (measured on x86-64), some 0.2 s of a small one's; one at a
time, so that whoever knocks takes no more than 32 MiB from delivery.
"""

import secrets
import string
import unicodedata
from itertools import pairwise

from cryptography.exceptions import InvalidKey
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id

from probe.contract.words import WORDS

MEMORY_KIB, PASSES, LANES = 32 << 10, 2, 1
MIN_LETTERS, MAX_LETTERS = 12, 200
PASSPHRASE_WORDS = 6  # of 256: 48 bits, which nobody guesses at ten a second
_FEW_LETTERS = 5
_OBVIOUS = (
    *("password", "passwort", "motdepasse", "contrechamp", "azerty", "qwerty", "qwertz", "123456", "letmein"),
    *("admin", "operator", "welcome", "bonjour", "abcdef", "iloveyou", "jetaime"),
)


def why_weak(password: str, name: str) -> str | None:
    """The name of the sentence that says why a password is none; None where it will do."""
    if len(password) < MIN_LETTERS:
        return "password_short"
    if len(password) > MAX_LETTERS:
        return "password_long"
    plain = "".join(letter for letter in password.casefold() if letter.isalnum())
    left = plain.replace(name.casefold().replace(" ", ""), "") if name else plain
    for word in _OBVIOUS:
        left = left.replace(word, "")
    # What is left beside the obvious has to be more than a year and a number.
    rest = "".join(letter for letter in left if letter not in string.digits) or left
    if len(set(password)) < _FEW_LETTERS or (len(left) < len(plain) and len(rest) < _FEW_LETTERS) or _runs(plain):
        return "password_obvious"
    return None


def propose() -> str:
    """A passphrase that nobody guesses, for who has no better idea."""
    return " ".join(secrets.choice(WORDS) for _ in range(PASSPHRASE_WORDS))


def hash_password(password: str) -> str:
    """The hash of a password as a PHC string. Takes a core for a while: not for the event loop."""
    return Argon2id(
        salt=secrets.token_bytes(16), length=32, iterations=PASSES, lanes=LANES, memory_cost=MEMORY_KIB
    ).derive_phc_encoded(_octets(password))


def is_password(password: str, known: str | None) -> bool:
    """Whether a password is the one of a hash. It takes as long where there is none, so that nobody learns
    who has an account."""
    try:
        Argon2id.verify_phc_encoded(_octets(password), known or _NOBODYS)
    except InvalidKey:
        return False
    return known is not None


def _octets(password: str) -> bytes:
    """The same for a letter however a keyboard composes it."""
    return unicodedata.normalize("NFKC", password).encode("utf-8", "surrogatepass")


def _runs(plain: str) -> bool:
    """Whether a text only counts, up or down, or says one thing again and again."""
    steps = {ord(after) - ord(before) for before, after in pairwise(plain)}
    again = any(plain == (plain[:size] * len(plain))[: len(plain)] for size in range(1, min(5, len(plain))))
    return len(steps) <= 1 or again


_NOBODYS = f"$argon2id$v=19$m={MEMORY_KIB},t={PASSES},p={LANES}$" + "A" * 22 + "$" + "A" * 43
