"""What the board remembers, so as to tell it in full only once: for a minute, in RAM, by a salted hash."""

import hashlib

SLOTS = 256
REMEMBERED_MS = 60000
TELL_MS = 1000
# First octet of the frame control field -> where its elements begin. Only frames that say who sends them.
BODY_AT = {0x00: 28, 0x20: 34, 0x40: 24, 0x50: 36, 0x80: 36}
_PASSING = (5, 11)  # traffic map and load report: they change with every beacon


def _sha256(data):
    make = getattr(hashlib, "sha256", None)
    # CircuitPython has only new().
    return (make(data) if make else hashlib.new("sha256", data)).digest()


def lasting(frame, body):
    """The elements of a frame without those that change with every beacon."""
    kept, at, end = [], body, len(frame)
    while at + 2 <= end:
        stop = at + 2 + frame[at + 1]
        if frame[at] not in _PASSING:
            kept.append(frame[at:stop])
        at = stop
    return b"".join(kept)


class Slot:
    """One thing heard: its number, and what is to be told of it."""

    def __init__(self, number, now):
        self.number = number
        self.born = now
        self.told = None
        self.times = 0
        self.rssi = -128
        self.channel = 0
        self.kind = 0
        self.length = 0
        self.prefix = b""


class Memory:
    """Slots by key. `random` gives so many octets; `dropped` counts what found no slot because all were taken."""

    def __init__(self, random, slots=SLOTS):
        self.dropped = 0
        self._most = slots
        self._random = random
        self._salt = random(16)
        self._slots = {}
        self._next = 0

    def forget(self):
        """Forget everyone, and take another salt."""
        self._slots = {}
        self._salt = self._random(16)

    def __len__(self):
        return len(self._slots)

    def hear(self, kind, key, prefix, length, channel, rssi, now):
        """Note that something was heard. `key` is what it is known again by, before hashing; `now` in ms."""
        mark = _sha256(self._salt + key)[:8]
        slot = self._slots.get(mark)
        if slot is None or not 0 <= now - slot.born < REMEMBERED_MS:
            self._slots.pop(mark, None)
            if len(self._slots) >= self._most:
                self.expire(now)
            if len(self._slots) >= self._most:
                self.dropped += 1
                return
            slot = self._slots[mark] = Slot(self._next & 0xFFFF, now)
            self._next += 1
            slot.prefix = bytes(prefix)
        slot.kind, slot.length, slot.channel = kind, length, channel
        slot.times += 1
        slot.rssi = max(slot.rssi, rssi)

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
        """The slots that are to be told now: new ones at once, others once a second."""
        for slot in self._slots.values():
            if slot.times and (slot.told is None or now - slot.told >= TELL_MS or now < slot.told):
                yield slot

    def told(self, slot, now):
        """A slot was told: count anew; the prefix, with its address, is not needed any more."""
        slot.told = now
        slot.times = 0
        slot.rssi = -128
        slot.prefix = b""

    def expire(self, now):
        """Forget what is older than a minute: it is told in full again when it comes back."""
        untold = [mark for mark, slot in self._slots.items() if not slot.times]
        old = [mark for mark in untold if not 0 <= now - self._slots[mark].born < REMEMBERED_MS]
        for mark in old:
            del self._slots[mark]
