"""802.11 management frames: who sends, and under which name.

Only frames that carry identity are read: beacons, probe requests and responses, (re)association requests. Everything
else is passed over by a look at its first byte.
"""

from probe.radio.frame import Frame
from probe.radio.radiotap import Header
from probe.radio.source import CaptureCounts

# First byte of the frame control field -> length of the fixed fields before the elements.
_FIXED = {
    0x00: 4,  # association request
    0x20: 10,  # reassociation request
    0x40: 0,  # probe request
    0x50: 12,  # probe response
    0x80: 12,  # beacon
}
_HEADER = 24
_ORDER = 0x80  # with +HTC a management frame has four more bytes of header
_PROTECTED = 0x40
_MEMO_SIZE = 8192
_NO_SIGNAL = Header(0, None, None, False, False)


class Reader:
    """Turns captured bytes into frames, remembering elements it has taken apart before.

    The memo holds the octets of elements and the name found in them, in memory only, and is emptied when full.
    """

    def __init__(self, counts: CaptureCounts) -> None:
        self.counts = counts
        self._names: dict[bytes, bytes | None] = {}

    def frame(self, packet: bytes, at_s: float, header: Header = _NO_SIGNAL) -> Frame | None:
        """The frame in a packet behind its radio header, or None, counted by reason."""
        counts = self.counts
        counts.frames += 1
        start, channel_mhz, signal_dbm, has_fcs, bad_fcs = header
        if bad_fcs:
            counts.bad_fcs += 1
            return None
        end = len(packet) - 4 if has_fcs else len(packet)
        if end - start < 2:
            counts.malformed += 1
            return None
        fixed = _FIXED.get(packet[start])
        if fixed is None or packet[start + 1] & _PROTECTED:
            counts.skipped += 1
            return None
        body = start + _HEADER + (4 if packet[start + 1] & _ORDER else 0) + fixed
        if body > end:
            counts.malformed += 1
            return None
        elements = packet[body:end]
        try:
            ssid = self._names[elements]
        except KeyError:
            ssid = self._name(elements)
        return Frame(
            at_s,
            packet[start + 10 : start + 16],
            packet[start + 16 : start + 22],
            packet[start] >> 4,
            ssid,
            signal_dbm,
            channel_mhz,
            elements,
        )

    def _name(self, elements: bytes) -> bytes | None:
        ssid, whole = find_ssid(elements)
        if not whole:
            self.counts.malformed += 1
            return ssid  # not remembered, so that each malformed frame is counted
        if len(self._names) >= _MEMO_SIZE:
            self._names.clear()
        self._names[elements] = ssid
        return ssid


def find_ssid(elements: bytes) -> tuple[bytes | None, bool]:
    """The name among a frame's elements, and whether the elements end where they should.

    A name longer than the 32 octets that a name may have is no name.
    """
    at, end, ssid = 0, len(elements), None
    while at + 2 <= end:
        length = elements[at + 1]
        if at + 2 + length > end:
            return ssid, False
        if elements[at] == 0 and ssid is None:
            if length > 32:
                return None, False
            ssid = elements[at + 2 : at + 2 + length]
        at += 2 + length
    return ssid, at == end


def ssid_text(octets: bytes) -> str:
    """A name as text: UTF-8 where it is, else with octets escaped as `\\xhh`; control characters always escaped."""
    text = octets.decode("utf-8", errors="backslashreplace")
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in text)
