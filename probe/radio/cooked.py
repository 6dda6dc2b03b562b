"""Linux "cooked" headers (SLL, SLL2): what a capture on `any` has in front of a monitor's packets."""

from probe.radio.radiotap import Header

# ARPHRD_IEEE80211, _PRISM and _RADIOTAP of the kernel -> the link type of what follows.
_INNER = {801: 105, 802: 119, 803: 127}
OTHER = -1  # an interface of another kind


def read(packet: bytes) -> Header | None:
    """The header of the first version at the start of a packet, or None where it is malformed."""
    return _header(packet, length=16, kind_at=2)


def read_second(packet: bytes) -> Header | None:
    """The header of the second version."""
    return _header(packet, length=20, kind_at=8)


def _header(packet: bytes, *, length: int, kind_at: int) -> Header | None:
    if len(packet) < length:
        return None
    kind = int.from_bytes(packet[kind_at : kind_at + 2], "big")
    return Header(length, None, None, inner=_INNER.get(kind, OTHER))
