"""802.11 management frames: who sends, and under which name. This is the hot path: it runs for every frame heard.

Only frames that carry identity are read: beacons, probe requests and responses, (re)association requests; all others
are passed over by a look at their first octet. A frame that says what the same transmitter said a moment ago, when no
rule knew it, is passed over as well, before anything is made of it. The traffic map and the load report are left out of
that comparison: they change with every beacon, and no rule looks at them. Frames are read in place, at offsets into the
buffer that they came in, because copies cost more than the reading.
"""

from collections.abc import Mapping

from probe.radio import radiotap
from probe.radio.channels import known_mhz
from probe.radio.elements import find_ssid, passing, whole_part
from probe.radio.frame import DBM, Frame, Memory
from probe.radio.radiotap import FieldSlot, Header
from probe.radio.source import CaptureCounts
from probe.radio.unknowns import RecentUnknowns

# First octet of the frame control field -> octets from the frame's start to its elements; 0 for all other frames.
_BODY_AT = bytearray(256)
_BODY_AT[0x00] = 28  # association request
_BODY_AT[0x20] = 34  # reassociation request
_BODY_AT[0x40] = 24  # probe request
_BODY_AT[0x50] = 36  # probe response
_BODY_AT[0x80] = 36  # beacon
_ORDER = 0x80  # with +HTC a management frame has four more octets of header
_PROTECTED = 0x40
_MAX_PLACES = 256


def _all_pass(_transmitter: bytes, _ssid: bytes | None, _elements: bytes) -> bool:
    return True


class Reader:
    """Turns captured octets into frames, and passes over those of recent unknowns.

    Without `unknowns` every frame with an identity is given. `heard` counts frames by the two octets of their
    channel in the radiotap header (b"" where it has none), for whoever reports what was listened to.
    """

    def __init__(self, counts: CaptureCounts, unknowns: RecentUnknowns | None = None) -> None:
        self.counts = counts
        self.heard: dict[bytes, int] = {}
        self._places: dict[bytes, FieldSlot] = {}
        self._known: Mapping[int, tuple[int, int, int, int, int]] = {} if unknowns is None else unknowns.known
        self._learn = None if unknowns is None or not unknowns.remembers else unknowns.learn
        prefilter = None if unknowns is None else unknowns.prefilter
        self._screen = _all_pass if prefilter is None else prefilter.passes

    def radiotap(self, octets: bytes, at: int, end: int, at_s: float) -> Frame | None:
        """The frame behind the radiotap header at an offset, or None: damaged, without identity, or a recent unknown's.

        What `bare` does is done here once more, in place: calls would cost a tenth of the whole.
        """
        counts = self.counts
        counts.frames += 1
        place = self._places.get(octets[at : at + 8])
        if place is None and (place := self._place(octets, at, end)) is None:
            counts.malformed += 1
            return None
        length, flags_at, channel_at, signal_at = place
        if flags_at:
            flags = octets[at + flags_at]
            if flags & 0x50:
                if flags & 0x40:
                    counts.bad_fcs += 1
                    return None
                end -= 4
        channel = octets[at + channel_at : at + channel_at + 2] if channel_at else b""
        try:
            self.heard[channel] += 1
        except KeyError:
            self.heard[channel] = 1
        start = at + length
        if start + 24 > end:
            self._rest(octets, start, end)
            return None
        control = octets[start]
        body = start + _BODY_AT[control]
        if body == start or octets[start + 1] or body > end:
            body = self._body(octets, start, end)
            if not body:
                return None
        sender = hash(octets[start + 10 : start + 16]) ^ (end - body << 8) ^ control
        known = self._known.get(sender)
        if known is not None:
            content, a, b, c, d = known
            if content == hash(octets[body : body + a] + octets[body + b : body + c] + octets[body + d : end]):
                return None
        return self._frame(octets, start, body, end, at_s, channel, octets[at + signal_at] if signal_at else 0, sender)

    def bare(
        self, octets: bytes, start: int, end: int, at_s: float, channel: bytes = b"", signal: int = 0
    ) -> Frame | None:
        """The frame at an offset, or None. `channel` little-endian MHz and `signal` one octet, as radiotap has them."""
        self.counts.frames += 1
        if start + 24 > end:
            self._rest(octets, start, end)
            return None
        body = self._body(octets, start, end)
        if not body:
            return None
        sender = hash(octets[start + 10 : start + 16]) ^ (end - body << 8) ^ octets[start]
        known = self._known.get(sender)
        if known is not None:
            content, a, b, c, d = known
            if content == hash(octets[body : body + a] + octets[body + b : body + c] + octets[body + d : end]):
                return None
        return self._frame(octets, start, body, end, at_s, channel, signal, sender)

    def _rest(self, octets: bytes, start: int, end: int) -> None:
        """Count a packet too short for a frame with an identity."""
        if end - start < 2 or _BODY_AT[octets[start]]:
            self.counts.malformed += 1
        else:
            self.counts.skipped += 1

    def _body(self, octets: bytes, start: int, end: int) -> int:
        """Where the elements of a frame begin; 0 where it has no identity or is cut, which is counted."""
        body_at, flags = _BODY_AT[octets[start]], octets[start + 1]
        if not body_at or flags & _PROTECTED:
            self.counts.skipped += 1
            return 0
        body = start + body_at + (4 if flags & _ORDER else 0)
        if body > end:
            self.counts.malformed += 1
            return 0
        return body

    def unmarked(self, octets: bytes, start: int, end: int, at_s: float) -> Frame | None:
        """The frame at an offset where nothing was said about channel and signal."""
        self.heard[b""] = self.heard.get(b"", 0) + 1
        return self.bare(octets, start, end, at_s)

    def _frame(
        self,
        octets: bytes,
        start: int,
        body: int,
        end: int,
        at_s: float,
        channel: bytes,
        signal: int,
        sender: int,
    ) -> Frame | None:
        elements = octets[body:end]
        ssid, whole = find_ssid(elements)
        transmitter = octets[start + 10 : start + 16]
        memory = None
        if not whole:
            self.counts.malformed += 1  # and never remembered, so that each malformed frame is counted
        elif self._learn is not None:
            a, b, c, d = passing(elements)
            memory = Memory(sender, hash(elements[:a] + elements[b:c] + elements[d:]), a, b, c, d)
        if not self._screen(transmitter, ssid, elements):
            if self._learn is not None:
                self._learn(memory)
            return None
        self.counts.passed_on += 1
        return Frame(
            at_s,
            transmitter,
            octets[start + 16 : start + 22],
            octets[start] >> 4,
            ssid,
            DBM[signal],
            known_mhz(int.from_bytes(channel, "little")) if channel else None,
            elements,
            memory,
        )

    def _place(self, octets: bytes, at: int, end: int) -> FieldSlot | None:
        place = radiotap.place(octets, at, end)
        # The first eight octets say where everything is, unless more words of the bitmap follow.
        if place is not None and not octets[at + 7] & 0x80:
            if len(self._places) >= _MAX_PLACES:
                self._places.clear()
            self._places[octets[at : at + 8]] = place
        return place

    def behind(
        self, header: Header | None, packet: bytes, at_s: float, missing: int = 0, check_octets: int = 0
    ) -> Frame | None:
        """The frame behind a header that was read apart, None being a malformed one.

        `missing` is how many octets of the packet were not stored: they come off its end, the check sum first.
        `check_octets` is the check sum's length where the header does not say.
        """
        if header is None or header.damaged:
            self.counts.frames += 1
            if header is None:
                self.counts.malformed += 1
            else:
                self.counts.bad_fcs += 1
            return None
        check_length = check_octets if header.check_octets is None else header.check_octets
        frame = packet[header.length : len(packet) - max(0, check_length - missing)]
        if missing > check_length:
            frame = whole_part(frame)
        channel = b"" if header.channel_mhz is None else header.channel_mhz.to_bytes(4, "little")
        self.heard[channel] = self.heard.get(channel, 0) + 1
        return self.bare(frame, 0, len(frame), at_s, channel, (header.signal_dbm or 0) & 0xFF)
