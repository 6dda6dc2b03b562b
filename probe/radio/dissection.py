"""scapy's view of a packet, field by field, for makers and rule writers: an optional extra, used for nothing else.

scapy costs a second and 40 MB to load, which no walk has; so this is the only file that knows of it.
"""

import logging
from collections.abc import Callable
from typing import Any

from probe.contract.readable import for_terminal

EXTRA = "scapy is not installed, so its dissection is left out: pip install 'contrechamp[explain]'"
_MOST_LINES, _LONGEST_LINE = 400, 300

Dissect = Callable[[int, bytes], list[str]]  # link type and octets -> lines, each safe on a terminal


def dissector() -> Dissect | None:
    """What dissects packets; None where scapy is not installed."""
    logging.getLogger("scapy").setLevel(logging.CRITICAL)  # it remarks on this machine's routes and interfaces
    try:
        import scapy.contrib.avs
        import scapy.contrib.ppi_cace
        import scapy.layers.dot11
        import scapy.layers.l2
        import scapy.layers.ppi
        from scapy.config import conf
        from scapy.packet import Raw
    except ImportError:
        return None
    types: dict[int, Any] = {**conf.l2types.num2layer, 163: scapy.contrib.avs.AVSWLANHeader}

    def dissect(link: int, octets: bytes) -> list[str]:
        try:
            shown = str(types.get(link, Raw)(octets).show(dump=True))
        except Exception as problem:  # noqa: BLE001 (another's parser, on octets that may be anything)
            return [f"scapy cannot dissect it: {type(problem).__name__}"]
        return [_printable(line) for line in shown.splitlines()[:_MOST_LINES] if line.strip()]

    return dissect


def _printable(line: str) -> str:
    return for_terminal(line[:_LONGEST_LINE]).rstrip()
