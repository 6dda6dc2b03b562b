"""A first look at raw octets: whether any rule could find anything in them. Most frames end here.

Necessary, never sufficient: what this lets pass, the rules judge; what it holds back, no rule finds. A test holds both
against each other.
"""

import re

from probe.detect.catalogue import Catalogue

# Wi-Fi Protected Setup: primary device type, eight octets, category 4.
_WPS_CAMERA = b"\x10\x54\x00\x08\x00\x04"


class Prefilter:
    """Made once from a catalogue, asked for every frame that is not known already."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._heads = catalogue.address_heads()
        patterns = [*catalogue.active_patterns(), "^(?i:flock-[0-9a-f]{6})$"]
        joined = "|".join(f"(?:{pattern[1:-1]})" for pattern in patterns)
        self._name = re.compile(joined.encode(), re.DOTALL).fullmatch

    def passes(self, transmitter: bytes, ssid: bytes | None, elements: bytes) -> bool:
        """Whether the rules are to be asked. Addresses that nobody was given match no rule of Wi-Fi."""
        if transmitter[0] & 0b11:
            return False
        return transmitter[:3] in self._heads or (ssid and self._name(ssid) is not None) or _WPS_CAMERA in elements
