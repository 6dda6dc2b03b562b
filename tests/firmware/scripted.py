"""A scripted radio for the board's own code, run under MicroPython (see run.mjs): a street of 30 access points."""

import sys

sys.path.append("/lib")
import line
from radio.board import Board

SENDERS = 30


class Monitor:
    channel = 1

    def __init__(self):
        self.number = 0
        self.left = 0

    def packet(self):
        if not self.left:
            return None
        self.left -= 1
        self.number += 1
        address = b"\xac\xcc\x8e\x00\x00" + bytes((self.number % SENDERS,))
        sequence = bytes((self.number & 0xFF, self.number >> 8 & 0xFF))
        tim = b"\x05\x04" + bytes((self.number % 3, 3, 0, 0))
        name = b"cam%d" % (self.number % SENDERS)
        frame = b"\x80\x00\x00\x00" + b"\xff" * 6 + address + address + sequence + bytes(12)
        return frame + bytes((0, len(name))) + name + b"\x01\x04\x82\x84\x8b\x96" + tim, 6, -60

    def lost(self):
        return 0


class Port:
    def read(self):
        return b""

    def write(self, octets):
        line.write(octets.decode())
        return len(octets)


now = 0
monitor = Monitor()
board = Board(monitor, None, Port(), lambda: now, [1, 6, 11], "MicroPython, not CircuitPython", "00", bytes)
while now // 1000 * (SENDERS + 1) < WANTED:  # noqa: F821 (set by run.mjs)
    now += 1000
    monitor.left = SENDERS
    board.step()
