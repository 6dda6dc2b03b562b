"""Hears all that is in the air on one channel, to show that a probe says nothing. Runs where a free radio is.

ear.py INTERFACE SECONDS    says, in JSON, how many frames each transmitter sent, by address; SIGTERM ends it earlier
"""

import json
import signal
import socket
import struct
import sys
import time
from collections import Counter
from contextlib import suppress


def main() -> None:
    interface, seconds = sys.argv[1], float(sys.argv[2])
    heard: Counter[str] = Counter()
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
    ear.bind((interface, 0))
    signal.signal(signal.SIGTERM, _over)
    print("ready", flush=True)
    until_s = time.monotonic() + seconds
    with suppress(TimeoutError):
        while (left_s := until_s - time.monotonic()) > 0:
            ear.settimeout(left_s)
            frame = ear.recv(4096)
            (length,) = struct.unpack_from("<H", frame, 2)
            heard[frame[length + 10 : length + 16].hex(":") if len(frame) >= length + 16 else "?"] += 1
    print(json.dumps(heard))


def _over(*_: object) -> None:
    raise TimeoutError


if __name__ == "__main__":
    main()
