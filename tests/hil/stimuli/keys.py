"""A line of a header as a key, as a Raspberry Pi makes one by `dtoverlay=gpio-key`. Runs where the probe is.

    keys.py LINE   until its input ends

libgpiod watches the line, takes the bouncing out and holds low for pressed; uinput makes an input device of it. Says
`ready` and the device in one line each.
"""

import fcntl
import os
import select
import struct
import sys
import time
from datetime import timedelta
from pathlib import Path

import gpiod
from gpiod.line import Edge

UI_SET_EVBIT, UI_SET_KEYBIT, UI_DEV_SETUP, UI_DEV_CREATE = 0x40045564, 0x40045565, 0x405C5503, 0x5501
EV_SYN, EV_KEY, KEY_CAMERA = 0, 1, 212
NAME = "bench's shutter"


def device() -> tuple[int, str]:
    """A new input device with one key, and its path."""
    made = os.open("/dev/uinput", os.O_WRONLY)
    fcntl.ioctl(made, UI_SET_EVBIT, EV_KEY)
    fcntl.ioctl(made, UI_SET_KEYBIT, KEY_CAMERA)
    fcntl.ioctl(made, UI_DEV_SETUP, struct.pack("HHHH80sI", 0x19, 1, 1, 1, NAME.encode(), 0))
    fcntl.ioctl(made, UI_DEV_CREATE)
    while True:
        for name in Path("/sys/class/input").glob("event*/device/name"):
            path = Path("/dev/input") / name.parent.parent.name
            if name.read_text().strip() == NAME and path.exists():
                return made, str(path)
        time.sleep(0.1)


def say(made: int, pressed: bool) -> None:
    os.write(made, struct.pack("@llHHi", 0, 0, EV_KEY, KEY_CAMERA, pressed))
    os.write(made, struct.pack("@llHHi", 0, 0, EV_SYN, 0, 0))


def main() -> None:
    wanted = sys.argv[1]
    os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(10))  # a kernel's key waits for nobody
    settings = gpiod.LineSettings(edge_detection=Edge.BOTH, debounce_period=timedelta(milliseconds=5))
    for chip in sorted(Path("/dev").glob("gpiochip*")):
        with gpiod.Chip(str(chip)) as opened:
            try:
                opened.line_offset_from_id(wanted)
            except (OSError, ValueError):
                continue
        break
    else:
        raise SystemExit(f"no line is called {wanted}")
    made, path = device()
    with gpiod.request_lines(str(chip), consumer="keys", config={wanted: settings}) as lines:
        print("ready", path, sep="\n", flush=True)
        while not select.select([0, lines.fd], [], [])[0].count(0):
            for event in lines.read_edge_events():
                say(made, event.event_type is event.Type.FALLING_EDGE)


if __name__ == "__main__":
    main()
