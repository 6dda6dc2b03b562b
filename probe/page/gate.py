"""Who may see the walk: whoever knows the page's secret, which stands on a card in the kit.

A secret is exchanged for a token that lives in the memory of one page. Guesses are counted for all who ask together, as
there is one kit: some are free, then each costs a growing pause.
"""

import hmac
import secrets
import unicodedata
from collections.abc import Callable
from hashlib import sha256
from threading import Lock
from time import monotonic

from probe.errors import BadInput

FREE_GUESSES = 5
FIRST_PAUSE_S, LONGEST_PAUSE_S = 4.0, 300.0
MOST_TOKENS = 4
SHORTEST = 8  # letters and digits, once what people type between them is left out
LONGEST_TYPED = 200


class Gate:
    """The secret and the tokens that were given for it. Safe from any thread.

    Raises BadInput for a secret that is too short to be one.
    """

    def __init__(self, secret: str, clock: Callable[[], float] = monotonic) -> None:
        plain = plainly(secret)
        if len(plain) < SHORTEST:
            raise BadInput(
                f"the code of the walker's page has fewer than {SHORTEST} letters and digits; give a longer one"
            )
        self._secret, self._clock, self._lock = _hashed(plain), clock, Lock()
        self._wrong = 0
        self._closed_until_s = float("-inf")
        self._tokens: dict[bytes, None] = {}  # by their hashes, the one that was used longest ago first

    def exchange(self, typed: str) -> str | None:
        """A new token for the right secret; None for another, and for any while guesses have to wait (`pause_s`)."""
        with self._lock:
            now_s = self._clock()
            if now_s < self._closed_until_s:
                return None
            if not hmac.compare_digest(_hashed(plainly(typed[:LONGEST_TYPED])), self._secret):
                self._wrong += 1
                if self._wrong >= FREE_GUESSES:
                    doubled = min(self._wrong - FREE_GUESSES, 10)
                    self._closed_until_s = now_s + min(LONGEST_PAUSE_S, FIRST_PAUSE_S * 2**doubled)
                return None
            self._wrong = 0
            token = secrets.token_urlsafe(32)
            while len(self._tokens) >= MOST_TOKENS:
                del self._tokens[next(iter(self._tokens))]
            self._tokens[_hashed(token)] = None
            return token

    @property
    def pause_s(self) -> float:
        """How long the next guess has to wait, 0 where it may come."""
        with self._lock:
            return max(0.0, self._closed_until_s - self._clock())

    def knows(self, authorization: str | None) -> bool:
        """Whether a request's `Authorization: Bearer` header bears a token of this gate."""
        kind, _, token = (authorization or "")[:LONGEST_TYPED].partition(" ")
        key = _hashed(token.strip())
        with self._lock:
            if kind.lower() != "bearer" or key not in self._tokens:
                return False
            self._tokens[key] = self._tokens.pop(key)
            return True


def plainly(typed: str) -> str:
    """What was typed without what people type differently: case, accents, spaces, hyphens."""
    apart = unicodedata.normalize("NFKD", typed).casefold()
    return "".join(char for char in apart if char.isalnum())


def _hashed(text: str) -> bytes:
    return sha256(text.encode("utf-8", "surrogatepass")).digest()
