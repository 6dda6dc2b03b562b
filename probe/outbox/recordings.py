"""Which recordings were put into an outbox: keyed marks of their content, so that none counts twice.

A mark says nothing without the probe's key, and with it only to whoever has the recording. There is no time in it.
"""

import hmac
import sqlite3
from collections.abc import Iterable

TABLE = "CREATE TABLE recording (number INTEGER PRIMARY KEY, mark BLOB NOT NULL UNIQUE)"
KNOWN = "SELECT 1 FROM recording WHERE mark = ?"
MOST_RECORDINGS = 10_000  # of 16 octets each; the oldest are forgotten
_DOMAIN = b"contrechamp recording mark 1"


def mark_of(content: bytes, key: bytes) -> bytes:
    """The mark that a probe's key makes of the digest of a recording."""
    return hmac.digest(key, _DOMAIN + content, "sha256")[:16]


def remember(db: sqlite3.Connection, marks: Iterable[bytes], most: int) -> None:
    """Write marks down, within a transaction of the caller's, and forget the oldest beyond `most`."""
    db.executemany("INSERT OR IGNORE INTO recording (mark) VALUES (?)", [(mark,) for mark in marks])
    db.execute("DELETE FROM recording WHERE number <= (SELECT max(number) FROM recording) - ?", (most,))


def forget_all(db: sqlite3.Connection) -> None:
    """Forget all marks, within a transaction of the caller's: the key that made them is gone."""
    db.execute("DELETE FROM recording")
