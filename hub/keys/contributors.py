"""The keys of contributor tags: by a tag the hub knows that walks are of one contributor, and does not say of which.

A tag is HMAC-SHA256 over a probe's id and an area of about a kilometre, by a key that serves for one quarter of a year.
Two areas, two quarters, or two keys give tags that have nothing in common. Once the quarter has ended for certain, its
key is overwritten and deleted; from then on nobody can make a tag from a probe's id and compare. A key that is lost
before costs little: the next one gives tags of their own, which are never compared with the first one's.

These keys are in no backup: a hub that comes back from one goes on with a new key.
"""

import hmac
import re
import secrets
from collections.abc import Collection, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

from hub.keys.day import BELIEVED_DAYS
from hub.keys.sealing import destroy_file
from hub.store.durable import write_durably

_BYTES, _TAG_BYTES = 32, 12
_PREFIX, _SUFFIX = "contributor-", ".key"
_TERM = re.compile(r"(20[0-9]{2}|21[0-9]{2})q([1-4])-[0-9a-f]{8}")


def is_contributor_key(name: str) -> bool:
    """Whether a file of this name is one of these keys."""
    return name.startswith(_PREFIX)


def quarter_of(day: date) -> str:
    """The quarter of a year that a day lies in, such as 2026q4."""
    return f"{day.year}q{(day.month + 2) // 3}"


def read_contributor_keys(folder: Path) -> dict[str, bytes]:
    """The keys that are there, by their terms: quarter and a random part. What is damaged is left out, and is deleted
    with the rest of its quarter. Raises OSError."""
    keys = {}
    for path in sorted(folder.glob(f"{_PREFIX}*{_SUFFIX}")):
        content = path.read_bytes()
        term = path.name[len(_PREFIX) : -len(_SUFFIX)]
        if content == bytes(len(content)):  # its making or its destruction was cut off
            path.unlink(missing_ok=True)
        elif _TERM.fullmatch(term) and len(content) == _BYTES:
            keys[term] = content
    return keys


def term_for(keys: Collection[str], day: date) -> str | None:
    """The term to make tags by on a day that is believed; None where a key has to be made."""
    return min((term for term in keys if term.startswith(f"{quarter_of(day)}-")), default=None)


def make_contributor_key(folder: Path, day: date) -> tuple[str, bytes]:
    """A new key for a day's quarter, written down already, and its term. Raises StoreError."""
    term, key = f"{quarter_of(day)}-{secrets.token_hex(4)}", secrets.token_bytes(_BYTES)
    write_durably(_path_of(folder, term), key, secret=True, new=True)
    return term, key


def is_over(term: str, certain: date) -> bool:
    """Whether a term's quarter has ended by a day that is certain. One that lies further ahead than any clock is
    believed was begun by a clock that was wrong: it is over as well."""
    year, quarter = int(term[:4]), int(term[5])
    begin = date(year, 3 * quarter - 2, 1)
    after = date(year + quarter // 4, 3 * quarter % 12 + 1, 1)
    return certain >= after or begin - certain > timedelta(days=BELIEVED_DAYS)


def destroy_ended(folder: Path, keys: Mapping[str, bytes], certain: date) -> dict[str, bytes]:
    """Destroy the keys whose quarter is over; returns the others. Raises OSError."""
    for term in keys:
        if is_over(term, certain):
            destroy_file(_path_of(folder, term))
    return {term: key for term, key in keys.items() if not is_over(term, certain)}


def tags_by(term: str, key: bytes, probe: str, areas: Iterable[str]) -> tuple[str, ...]:
    """A contributor's tags in some areas: `term/area/tag`. Only tags of one term and one area can be compared."""
    return tuple(f"{term}/{area}/{_tag(key, probe, area)}" for area in areas)


def is_tag_of(keys: Mapping[str, bytes], tag: str, probe: str) -> bool:
    """Whether a tag is a probe's, as far as its key is there: what can be found out, whoever leaves takes along."""
    term, _, rest = tag.partition("/")
    area, _, value = rest.rpartition("/")
    key = keys.get(term)
    return key is not None and hmac.compare_digest(_tag(key, probe, area), value)


def _tag(key: bytes, probe: str, area: str) -> str:
    said = "\n".join(("contrechamp contributor tag 1", area, probe)).encode()
    return hmac.digest(key, said, "sha256")[:_TAG_BYTES].hex()


def _path_of(folder: Path, term: str) -> Path:
    return folder / f"{_PREFIX}{term}{_SUFFIX}"
