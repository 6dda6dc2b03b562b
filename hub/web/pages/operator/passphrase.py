"""Passphrases for backups: one to propose, and what is refused because anybody would guess it."""

import secrets
from itertools import pairwise

from probe.contract.words import WORDS

WORDS_PROPOSED = 7  # of 256 each: 56 bits, and each guess costs a fifth of a second and 64 MiB
LEAST_DIFFERENT = 6


def proposed() -> str:
    """Words picked at random, the same in English and in French."""
    return " ".join(secrets.choice(WORDS) for _ in range(WORDS_PROPOSED))


def is_obvious(passphrase: str) -> bool:
    """Whether it is hardly more than one letter or one run again and again."""
    letters = passphrase.casefold()
    if len(set(letters)) < LEAST_DIFFERENT:
        return True
    steps = {ord(after) - ord(before) for before, after in pairwise(letters)}
    return len(steps) == 1 or letters in (letters + letters)[1:-1]
