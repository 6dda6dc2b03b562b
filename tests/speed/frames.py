"""A varied, fair capture for the benchmark: real management frames, cloned over transmitters, each frame different.

A capture that repeats few transmitters flatters a reader that remembers. So each network gets seven clones, which makes
about 400 transmitters, as dense as a busy street; one in a hundred is a camera, and each frame has its own timestamp,
sequence number, TIM and load. Or, where no transmitter is to come twice, each frame has an address of its own.
"""

import os
from itertools import cycle
from pathlib import Path
from random import Random
from struct import pack

from tests.probe.radio.compose import beacon, element
from tests.probe.radio.compose import radiotap as with_radiotap

CLONES = 7
_SUBTYPES = {0x40: 0, 0x50: 12, 0x80: 12, 0x00: 4, 0x20: 10}


def write(path: Path, count: int, seed: int = 1, *, all_new: bool = False) -> str:
    """Write a pcap of so many frames, 500 a second; returns what they were made from."""
    random = Random(seed)
    real = _real()
    patterns = real or [
        beacon(ssid=f"net {n}".encode(), extra=element(5, b"\0\1\0\0") + element(48, bytes(20))) for n in range(20)
    ]
    senders = [
        (frame, bytes([frame[10]]) + bytes(random.randrange(256) for _ in range(5)))
        for frame in patterns
        for _ in range(CLONES)
    ]
    camera = beacon(ssid=b"", extra=element(5, b"\0\1\0\0") + element(48, bytes(20)))
    cameras = [(camera, b"\xac\xcc\x8e" + number.to_bytes(3, "big")) for number in range(len(senders) // 100)]
    senders += cameras
    random.shuffle(senders)
    with path.open("wb") as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127))
        for number, (frame, address) in zip(range(count), cycle(senders), strict=False):
            sender = address[:1] + number.to_bytes(5, "big") if all_new else address
            packet = with_radiotap(_varied(frame, sender, number, random), signal_dbm=-random.randrange(30, 90))
            file.write(
                pack("<IIII", 1_778_320_800 + number // 500, number % 500 * 2000, len(packet), len(packet)) + packet
            )
    made_of = f"{len(patterns)} {'real' if real else 'composed'} frames"
    if all_new:
        return f"{made_of}, {count} transmitters, each heard once"
    each = count // len(senders)
    return f"{made_of}, {len(senders)} transmitters, of these {len(cameras)} cameras, each heard about {each} times"


def write_walk(path: Path, seconds: int) -> None:
    """An NMEA log of somebody who walks to and fro at 1.3 m/s, from the first frame on."""
    from tests.town.walks import Step
    from tests.town.write import write_nmea

    start_s = 1_778_320_800
    steps = [
        Step(at_s=start_s + second, true=(0.0, 0.0), given=(abs(second % 200 - 100) * 1.3, 0.0), hdop=1.0)
        for second in range(seconds + 2)
    ]
    write_nmea(path, steps)


def _varied(frame: bytes, address: bytes, number: int, random: Random) -> bytes:
    fixed = _SUBTYPES[frame[0]]
    bssid = frame[16:22] if frame[0] == 0x40 else address
    out = bytearray(frame[:10] + address + bssid + pack("<H", (number & 0xFFF) << 4) + frame[24:])
    if fixed == 12:
        out[24:32] = pack("<Q", number * 1024)
    at = 24 + fixed
    while at + 2 <= len(out) and at + 2 + out[at + 1] <= len(out):
        if out[at] == 5 and out[at + 1] >= 4:
            out[at + 2] = random.randrange(3)
        elif out[at] == 11 and out[at + 1] >= 3:
            out[at + 2], out[at + 4] = random.randrange(20), random.randrange(256)
        at += 2 + out[at + 1]
    return bytes(out)


def _real() -> list[bytes]:
    """Management frames of the captures named by CONTRECHAMP_TESTDATA, one for each sender and subtype."""
    named = os.environ.get("CONTRECHAMP_TESTDATA")
    if not named:
        return []
    from probe.errors import BadInput
    from probe.radio.capture import open_capture

    found: dict[tuple[bytes, int], bytes] = {}
    for path in sorted((Path(named) / "radio" / "aircrack-ng").glob("*cap*")):
        try:
            for frame in open_capture(path).frames():
                fixed = _SUBTYPES[frame.subtype << 4]
                header = bytes([frame.subtype << 4, 0, 0, 0]) + b"\xff" * 6 + frame.transmitter + frame.bssid + b"\0\0"
                found.setdefault((frame.transmitter, frame.subtype), header + bytes(fixed) + frame.elements)
        except BadInput:
            continue  # a continuation without a header
    return list(found.values())
