"""The board's loop, with everything that touches hardware handed in: a monitor, a scanner, a port, a clock.

monitor: `channel` to be set (ValueError where it cannot be), `packet()` -> (raw octets, channel, rssi) or None,
`lost()` -> frames lost since last asked. scanner: `adverts()` -> iterable of (address type, event type, address, data,
rssi), or None. random: so many octets that nobody can guess. port: `read()` -> octets that came, `write(octets)` ->
octets taken, 0 or None for none. clock: ms. free: octets of memory left. extras: what else is on the board, or None.
"""

from radio.lines import LONGEST_LINE, PROTOCOL, heard, message, read_message
from radio.plan import Plan
from radio.remember import SLOTS, Memory

SOFTWARE = "radio-board 2"
STATUS_MS = 1000
BURST = 64  # frames taken at a time, before the port is looked at
WAITING = 32  # lines that wait for the port at most
STUCK_MS = 58000  # lines hold addresses, and nothing with an address is kept for more than a minute
VISITS = 36  # of which a status tells, at most: a line holds no more
LONGEST_TEXT = 150  # letters, each of which may become six


class Board:
    """`step()` is one turn of the loop; it never waits."""

    def __init__(self, monitor, scanner, port, clock, channels, name, uid, random, free=None, slots=SLOTS, extras=None):
        self.plan = Plan(channels)
        self.memory = Memory(random, slots)
        self.ignored = 0
        self._monitor, self._scanner, self._port, self._clock = monitor, scanner, port, clock
        self._name, self._uid, self._free = name, uid, free
        self._extras = extras
        self._ble = scanner is not None
        self._seq = 0
        self._lost = 0
        self._ignored_told = 0
        self._frames = 0
        self._dwells = []
        self._rest = b""
        self._out = [b"\n"]  # ends whatever the console had begun to say
        self._channel = None
        self._hop = True
        self._since = self._told = self._moved = clock()
        self._hello()

    def step(self):
        """Listen a little, say what is due, obey the host."""
        now = self._clock()
        self._tune(now)
        for _ in range(BURST):
            packet = self._monitor.packet() if self._channel is not None else None
            if packet is None:
                break
            raw, channel, rssi = packet
            self._frames += 1
            self.memory.frame(raw, channel, rssi, now)
        if self._ble:
            for address_type, event_type, address, data, rssi in self._scanner.adverts():
                self.memory.advert(address_type, event_type, address, data, rssi, now)
        if self._extras is not None:
            self._extras.step(self._say)
        self._obey()
        if not 0 <= now - self._told < STATUS_MS:
            self._status(now)
        self._tell(now)
        self._flush(now)

    def log(self, text):
        """Say something to the people at the other end."""
        self._say({"type": "log", "text": text[:LONGEST_TEXT]})

    def last_words(self, text):
        """Say why it ends here, instead of whatever waits."""
        self._out = [b"\n"]
        self.log(text)
        self._flush(self._clock())

    def _tune(self, now):
        if not self._hop and self._channel is not None and 0 <= now - self._since < self.plan.dwell_ms:
            return
        self._hop = False
        self._end_visit(now)
        while self.plan.channels:
            channel = self.plan.next()
            if channel == self._channel:
                return
            try:
                self._monitor.channel = channel
            except (ValueError, RuntimeError) as problem:
                self.plan.drop(channel)
                self.log("channel " + str(channel) + ": " + str(problem))
                continue
            self._channel = channel
            return
        self._channel = None

    def _end_visit(self, now):
        if self._channel is not None:
            self._dwells.append([self._channel, max(0, now - self._since), self._frames])
            self._dwells = self._dwells[-VISITS:]
        self._lost += self._monitor.lost()
        self._frames = 0
        self._since = now

    def _tell(self, now):
        if len(self._out) >= WAITING:
            return
        for slot in self.memory.due(now):
            if len(self._out) >= WAITING:
                return  # the port is slow: these slots go on counting
            line = heard(
                slot.kind, self._seq, now, slot.channel, slot.rssi, slot.times, slot.number, slot.length, slot.prefix
            )
            self._queue(line)
            self.memory.told(slot, now)

    def _status(self, now):
        self._told = now
        self.memory.expire(now)
        told = {"type": "status", "at_ms": now & 0xFFFFFFFF, "dwells": self._dwells, "lost": self._lost}
        told["dropped"] = self.memory.dropped
        told["memory"] = self._free() if self._free else 0
        if self._say(told):  # else the counts go on until there is room
            self._dwells = []
            self._lost = self.memory.dropped = 0
        if self.ignored != self._ignored_told:
            self._ignored_told = self.ignored
            self.log("lines not understood: " + str(self.ignored))

    def _hello(self):
        self._say(
            {
                "type": "hello",
                "protocol": PROTOCOL,
                "board": self._name,
                "uid": self._uid,
                "channels": self.plan.able,
                "ble": self._scanner is not None,
                "parts": [] if self._extras is None else self._extras.parts,
                "software": SOFTWARE,
            }
        )

    def _say(self, content):
        if len(self._out) >= WAITING:
            return False
        content["seq"] = self._seq
        self._queue(message(content))
        return True

    def _queue(self, line):
        self._seq = (self._seq + 1) & 0xFFFF
        self._out.append(line)

    def _flush(self, now):
        while self._out:
            taken = self._port.write(self._out[0]) or 0
            if taken:
                self._moved = now
            if taken < len(self._out[0]):
                self._out[0] = self._out[0][taken:]
                break
            self._out.pop(0)
        if not self._out:
            self._moved = now
        elif not 0 <= now - self._moved < STUCK_MS:
            # Nobody reads. Who comes later sees a gap in the numbers, and gets everything in full.
            self._out = [b"\n"]
            self._moved = now
            self.memory.forget()

    def _obey(self):
        came = self._port.read()
        if not came:
            return
        lines = (self._rest + came).split(b"\n")
        self._rest = lines.pop()[-LONGEST_LINE:]
        for line in lines:
            if line.strip():
                self._do(read_message(line) or {})

    def _do(self, wish):
        do = wish.get("do")
        if do == "hello":
            self._hello()
            return
        if self._extras is not None and self._extras.do(wish):
            return
        if do == "plan":
            done = self.plan.set(wish.get("channels"), wish.get("dwell_ms"))
            self._hop = self._hop or done  # now, not at the end of a visit that may last 10 s
        elif do == "hold":
            done = self.plan.hold(wish.get("channel"))
            self._hop = self._hop or done
        elif do == "forget":
            self.memory.forget()
            done = True
        elif do == "ble" and isinstance(wish.get("on"), bool):
            self._ble = wish["on"] and self._scanner is not None
            done = True
        else:
            done = False
        if done:
            self._status(self._clock())
        else:
            self.ignored += 1
