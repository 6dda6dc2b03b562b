"""What the figures mean for a small machine: airtime, instructions per frame, memory over millions of frames."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from math import ceil
from pathlib import Path
from struct import pack
from threading import Thread

from tests.probe.radio.compose import beacon, element
from tests.probe.radio.compose import radiotap as with_radiotap
from tests.speed.frames import write

BEACON_OCTETS = 300
# Estimates, none of them measured on a Pi: cycles per instruction of an A53 core running Python, and its clock.
A53_CYCLES_PER_INSTRUCTION, A53_HZ = 1.7, 1.0e9
ADDRESSES, MILLIONS = 100_000, 5


def beacons_per_s_dsss() -> float:
    """Beacons of 300 octets that fit into a second of one channel at 1 Mb/s: long preamble, DIFS, no backoff."""
    return 1e6 / (192 + 8 * BEACON_OCTETS + 50)


def beacons_per_s_ofdm() -> float:
    """The same at 6 Mb/s."""
    return 1e6 / (20 + 4 * ceil((22 + 8 * BEACON_OCTETS) / 24) + 34)


def instructions_per_frame(frames: int = 4_000) -> float | None:
    """User-space instructions for one more frame of the mix, counted by valgrind; None where it is not installed.

    The difference of two runs, so that starting up does not count.
    """
    if shutil.which("valgrind") is None:
        return None
    counted = []
    with tempfile.TemporaryDirectory() as folder:
        for number in (frames, 5 * frames):
            path = Path(folder) / f"{number}.pcap"
            write(path, number)
            command = ["valgrind", "--tool=lackey", "--basic-counts=yes", sys.executable, "-m"]
            done = subprocess.run(
                [*command, "tests.speed.readers", "ours", str(path)],
                capture_output=True,
                text=True,
                check=False,
                env={**os.environ, "PYTHONMALLOC": "malloc"},
            )
            found = re.search(r"guest instrs:\s+([\d,]+)", done.stderr)
            if found is None:
                return None
            counted.append(int(found.group(1).replace(",", "")))
    return (counted[1] - counted[0]) / (4 * frames)


def memory_over_millions() -> list[float]:
    """Resident megabytes after each million frames from 100,000 addresses, written into a pipe as they are read."""
    with tempfile.TemporaryDirectory() as folder:
        pipe = Path(folder) / "air.pcap"
        os.mkfifo(pipe)
        reader = subprocess.Popen(
            [sys.executable, "-m", "tests.speed.readers", "flat", str(pipe)], stdout=subprocess.PIPE, text=True
        )
        Thread(target=_write_air, args=(pipe,), daemon=True).start()
        told, _ = reader.communicate()
    return [float(line) for line in told.splitlines()[:-1]]


def _write_air(pipe: Path) -> None:
    whole = with_radiotap(beacon(ssid=b"somebody", extra=element(5, b"\0\1\0\0") + element(48, bytes(20))))
    at = whole.index(beacon()[10:16])
    head, tail = whole[:at], whole[at + 6 :]
    with pipe.open("wb", buffering=1 << 20) as file:
        file.write(pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 127))
        for number in range(MILLIONS * 1_000_000 + 1_000):
            address = b"\x00\x1d\xaa" + (number * 7919 % ADDRESSES).to_bytes(3, "big")
            record = pack("<IIII", 1_778_320_800 + number // 1000, number % 1000 * 1000, len(whole), len(whole))
            file.write(record + head + address + tail)
