"""What the board remembers, so as to tell it in full only once: for a minute, in RAM, by a salted hash."""

import hashlib

SLOTS = 256
AGAIN_MS = 58000  # heard again after this, it is told in full again
LONGEST_MS = 59000  # looked at once a second, so that nothing is remembered for more than a minute
TELL_MS = 1000
# First octet of the frame control field -> where its elements begin. Only frames that say who sends them.
BODY_AT = {0x00: 28, 0x20: 34, 0x40: 24, 0x50: 36, 0x80: 36}
_PASSING = (5, 11)  # traffic map and load report: they change with every beacon


def _sha256(data):
    make = getattr(hashlib, "sha256", None)
    # CircuitPython has only new().
    return (make(data) if make else hashlib.new("sha256", data)).digest()


def lasting(frame, body):
    """The elements of a frame without those that change with every beacon; they begin at octet `body`."""
    kept, at, end = [], body, len(frame)
    while at + 2 <= end:
        stop = at + 2 + frame[at + 1]
        if frame[at] not in _PASSING:
            kept.append(frame[at:stop])
        at = stop
    return b"".join(kept)


class Slot:
    """One thing heard: its number, and what is to be told of it. `born` and `told` in ms, `rssi` in dBm."""

    def __init__(self, number, place, mark, born):
        self.number = number
        self.place = place
        self.mark = mark
        self.born = born
        self.told = None
        self.times = 0
        self.rssi = -128
        self.channel = 0
        self.kind = 0
        self.length = 0
        self.prefix = b""


class Memory:
    """Slots by key. `random` gives so many octets; `dropped` counts what was heard and will not be told.

    Places are taken in a ring: when all are taken, the oldest gives way, so that no crowd of passing addresses makes
    the board deaf to what comes next. One that was not told yet keeps its place: then the cable is what is slow.
    """

    def __init__(self, random, slots=SLOTS):
        self.dropped = 0
        self._random = random
        self._salt = random(16)
        self._slots = {}
        self._ring = [None] * slots
        self._next = 0

    def forget(self):
        """Forget everyone, and take another salt."""
        self.dropped += sum([slot.times for slot in self._slots.values()])
        self._slots = {}
        self._ring = [None] * len(self._ring)
        self._salt = self._random(16)

    def __len__(self):
        return len(self._slots)

    def hear(self, kind, key, prefix, length, channel, rssi, now):
        """Note that something was heard. `key` is what it is known again by, before hashing; `now` in ms."""
        mark = _sha256(self._salt + key)[:8]
        slot = self._slots.get(mark)
        if slot is None or not 0 <= now - slot.born < AGAIN_MS:
            slot = self._new(mark, slot, now)
            if slot is None:
                self.dropped += 1
                return
            slot.prefix = bytes(prefix)
        slot.kind, slot.length, slot.channel = kind, length, channel
        slot.times += 1
        slot.rssi = max(slot.rssi, rssi)

    def _new(self, mark, before, now):
        place = self._next % len(self._ring)
        oldest = self._ring[place]
        if oldest is not None and oldest is not before:
            if oldest.told is None:
                return None
            self.dropped += oldest.times
            self._free(oldest)
        slot = Slot(self._next & 0xFFFF, place, mark, now)
        if before is not None:  # the same again, after a minute: what was not told of it yet is not lost
            slot.times, slot.rssi = before.times, before.rssi
            self._free(before)
        self._next += 1
        self._ring[place] = self._slots[mark] = slot
        return slot

    def _free(self, slot):
        del self._slots[slot.mark]
        self._ring[slot.place] = None

    def frame(self, raw, channel, rssi, now):
        """Note a management frame (octets without FCS). Those without an identity are let go."""
        body = BODY_AT.get(raw[0]) if len(raw) >= 24 else None
        if body is None or raw[1] & 0x40 or body > len(raw):
            return
        if raw[1] & 0x80:
            body += 4
        self.hear(1, bytes(raw[10:16]) + bytes(raw[:1]) + lasting(raw, body), raw[:400], len(raw), channel, rssi, now)

    def advert(self, address_type, event_type, address, data, rssi, now):
        """Note an advertisement. `address` six octets in printed order; types as in link.md."""
        prefix = bytes((address_type, event_type)) + address + data
        self.hear(2, prefix, prefix, len(prefix), 0, rssi, now)

    def due(self, now):
        """The slots to be told now: new ones at once and first, others once a second, the longest waiting first."""
        new, again = [], []
        for slot in self._slots.values():
            if slot.told is None:
                new.append(slot)
            elif slot.times and not 0 <= now - slot.told < TELL_MS:
                again.append(slot)
        again.sort(key=lambda slot: slot.told)
        return new + again

    def told(self, slot, now):
        """A slot was told: count anew; the prefix, with its address, is not needed any more."""
        slot.told = now
        slot.times = 0
        slot.rssi = -128
        slot.prefix = b""

    def expire(self, now):
        """Forget what is a minute old, told or not: it is told in full again when it comes back."""
        for slot in list(self._slots.values()):
            age = now - slot.born
            if not 0 <= age < (LONGEST_MS if slot.times else AGAIN_MS):
                self.dropped += slot.times
                self._free(slot)
