"""A first look at raw octets: whether any rule could find anything in them. Most frames end here.

Necessary, never sufficient: what this lets pass, the rules judge; what it holds back, no rule finds. What to look for,
each rule says in its own file (`Rule.glance`). A test holds both against each other.
"""

import re
from collections.abc import Callable, Iterable

from probe.detect.rule import Glance


class Prefilter:
    """Made once from what the rules look for, asked for every frame that is not known already."""

    def __init__(self, glances: Iterable[Glance]) -> None:
        wanted = tuple(glances)
        self._heads = frozenset(head for glance in wanted for head in glance.heads)
        self._octets = tuple(dict.fromkeys(run for glance in wanted for run in glance.octets))
        anywhere = [name for glance in wanted for name in glance.names_anywhere]
        self._name = _fullmatch([*(name for glance in wanted for name in glance.names), *anywhere])
        self._name_anywhere = _fullmatch(anywhere)

    def passes(self, transmitter: bytes, ssid: bytes | None, elements: bytes) -> bool:
        """Whether the rules are to be asked."""
        if transmitter[0] & 0b11:
            # Locally administered: anyone may choose it. What has the group bit sends nothing.
            return bool(ssid and not transmitter[0] & 0b01 and self._name_anywhere(ssid))
        if transmitter[:3] in self._heads or (ssid and self._name(ssid) is not None):
            return True
        for run in self._octets:  # noqa: SIM110 (any() with a generator costs three times as much)
            if run in elements:
                return True
        return False


def _fullmatch(patterns: list[str]) -> Callable[[bytes], object]:
    """What matches a whole name by any of some patterns; patterns with equal ends are written once."""
    if not patterns:
        return lambda _name: None
    joined = "|".join(f"(?:{pattern})" for pattern in dict.fromkeys(patterns))
    return re.compile(joined.encode(), re.DOTALL).fullmatch
