"""One management frame, as far as the rules care."""

from typing import NamedTuple


class Frame(NamedTuple):
    """A frame that says who sends it. A NamedTuple, because the hot path makes one for each frame heard.

    `captured_at_s` Unix seconds; `transmitter` and `bssid` six octets; `subtype` 0 to 15 of type management;
    `ssid` the octets of the name, b"" where hidden, None where the frame has no such element.
    """

    captured_at_s: float
    transmitter: bytes
    bssid: bytes
    subtype: int
    ssid: bytes | None
    signal_dbm: int | None
    channel_mhz: int | None
    elements: bytes
