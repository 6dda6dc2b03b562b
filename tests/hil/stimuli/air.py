"""Speaks for a camera: beacons of a network, at a power that is told line by line. Runs where the stimulus radio is.

    air.py INTERFACE MHZ ADDRESS SSID   then line by line: a power in dBm, `silence`, `burst N`; the end ends it

The interface must be in monitor mode. Says how many frames it has sent, after each line and at the end. A simulated
radio is heard at its power minus 50 dB, by its driver's own file: it does not heed the power of what a monitor injects.
"""

import os
import select
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

EVERY_S = 0.1
RADIOTAP = bytes.fromhex("0000080000000000")


def beacon(address: bytes, ssid: bytes, sequence: int, channel: int) -> bytes:
    """A beacon with what every access point says (IEEE 802.11-2020, 9.3.3.2)."""
    head = struct.pack("<HH6s6s6sH", 0x0080, 0, b"\xff" * 6, address, address, (sequence & 0xFFF) << 4)
    fixed = struct.pack("<QHH", int(time.time() * 1e6), 100, 0x0411)
    rates, tim = b"\x01\x08\x82\x84\x8b\x96\x0c\x12\x18\x24", b"\x05\x04\x00\x01\x00\x00"
    return RADIOTAP + head + fixed + bytes((0, len(ssid))) + ssid + rates + bytes((3, 1, channel)) + tim


def main() -> None:
    interface, mhz, address, ssid = sys.argv[1:5]
    octets = bytes.fromhex(address.replace(":", ""))
    channel = (int(mhz) - 2407) // 5 if int(mhz) < 2484 else (int(mhz) - 5000) // 5
    out = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0)
    out.bind((interface, 0))
    sent, silent, next_s = 0, True, time.monotonic()
    print("ready", flush=True)
    phy = Path(f"/sys/class/net/{interface}/phy80211/name").read_text().strip()
    simulated = Path(f"/sys/kernel/debug/ieee80211/{phy}/hwsim/rx_rssi")
    rest, at_power = b"", 99
    setting: subprocess.Popen[bytes] | None = None
    while True:
        if setting is not None and setting.poll() is not None:
            assert setting.returncode == 0, f"{interface}: its power cannot be set"
            setting = None
        wait_s = None if silent else max(0.0, next_s - time.monotonic())
        if select.select([0], [], [], wait_s)[0]:
            data = os.read(0, 4096)
            if not data:
                break
            *lines, rest = (rest + data).split(b"\n")
            for line in lines:
                words = line.decode().split()
                if words[0] == "silence":
                    silent = True
                elif words[0] == "burst":
                    for _ in range(int(words[1])):
                        out.send(beacon(octets, ssid.encode(), sent, channel))
                        sent += 1
                else:
                    power = round(float(words[0]))  # radios take whole dB only
                    if power != at_power and simulated.exists():
                        simulated.write_text(str(2**64 + max(-100, power - 50)))  # it reads no minus sign
                    elif power != at_power:  # not waited for: a camera's beacons do not pause
                        fixed = ["txpower", "fixed", str(max(0, power) * 100)]
                        setting = subprocess.Popen(["iw", "dev", interface, "set", *fixed])
                    at_power = power
                    silent, next_s = False, time.monotonic()
                print(sent, flush=True)
            continue
        out.send(beacon(octets, ssid.encode(), sent, channel))
        sent += 1
        next_s = max(next_s + EVERY_S, time.monotonic() - 1.0)
    print(sent, flush=True)


if __name__ == "__main__":
    main()
