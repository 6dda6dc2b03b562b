"""A catalogue of rules that the hub gave along: whether a probe may go by it.

The hub has signed it; still it may not make a probe keep what its own catalogue forgets, nor let a pattern run away.
"""

import re

from probe.detect.catalogue import Catalogue, Status, bundled, newest_day, parse

MAX_CATALOGUE_BYTES = 512 * 1024
MAX_ROWS, MAX_PATTERN = 5_000, 200
# A group that is repeated or referred back to: with these a pattern can take for ever.
_RUNS_AWAY = re.compile(r"\)[*+{]|\(\?(\(|P)|\\[1-9]")
_REPEATED = re.compile(r"[*+{]")
_MOST_REPEATED = 3  # each more multiplies the time by the length of a name


def newer_catalogue(text: str) -> Catalogue | None:
    """The catalogue in a text where it is newer than the one of this release, and fit to go by; else None."""
    if len(text) > MAX_CATALOGUE_BYTES:
        return None
    try:
        found = _checked(text)
        return found if newest_day(found) > newest_day() else None
    except (ValueError, re.error, RecursionError, OverflowError):
        return None


def _checked(text: str) -> Catalogue:
    """The catalogue in a text. Raises ValueError where a probe may not go by it."""
    lines = text.splitlines()[1:]
    if len(lines) > MAX_ROWS:
        raise ValueError("more rows than a catalogue has")
    own = _own_patterns()
    for line in lines:
        fields = line.split("\t")
        if len(fields) > 4 and fields[3] in ("ssid", "ble_name") and fields[4] not in own:
            _check_pattern(fields[4])  # before anything compiles it
    found = parse(text)
    forgotten = {(row.evidence, row.value) for row in found.rows if row.status is Status.FORGET}
    if any((row.evidence, row.value) not in forgotten for row in bundled().rows if row.status is Status.FORGET):
        raise ValueError("what is forgotten here stays forgotten")
    return found


def _own_patterns() -> frozenset[str]:
    """The patterns of this release, which were looked at as they were written."""
    return frozenset(row.value for row in bundled().rows)


def _check_pattern(pattern: str) -> None:
    repeated = len(_REPEATED.findall(pattern))
    if len(pattern) > MAX_PATTERN or _RUNS_AWAY.search(pattern) or repeated > _MOST_REPEATED:
        raise ValueError("a pattern that could take for ever")
