"""Writes sightings into the outbox, one after the other. It prints each one's id and its unit's hash once it is
acknowledged, or `refused` and why.

    writer.py OUTBOX EXAMPLE [for=SECONDS] [count=NUMBER] [walks=NUMBER] [pause=SECONDS] [marks=NAME]
              [waits=off|normal]

Each of several walks opens the outbox anew and closes it, so that its log is written back and deleted. `pause` is
waited after each sighting, usually 0.02 s. `marks` sets a mark in dm-log-writes' log for each acknowledged one. `waits`
is a control: SQLite that does not wait for the disk at all, or only when it writes its log back.
"""

import secrets
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import msgspec

from probe.contract.envelope import decode_sighting
from probe.contract.parcel import Unit
from probe.contract.sighting import Sighting
from probe.errors import OutboxError
from probe.outbox.outbox import Holds, Outbox


class Watched(Outbox):
    """The outbox, with the hash of the last unit that it took."""

    last = ""

    def put(self, units: list[Unit], marks: Sequence[bytes] = (), holds: Holds | None = None) -> list[int]:
        numbers = super().put(units, marks, holds)
        self.last = units[-1].hash.hex()
        return numbers


def write(box: Watched, example: Sighting, marked: str | None) -> None:
    made = msgspec.structs.replace(example, id=secrets.token_hex(16))
    try:
        box.add([made])
    except OutboxError as problem:
        print(f"refused {problem}", flush=True)
        time.sleep(0.3)
        return
    if marked is not None:
        subprocess.run(["/usr/sbin/dmsetup", "message", marked, "0", "mark", box.last], check=True)
    print(made.id, box.last, flush=True)


def main() -> None:
    path, example = Path(sys.argv[1]), decode_sighting(Path(sys.argv[2]).read_bytes())
    words = dict(word.split("=", 1) for word in sys.argv[3:])
    walks, count, waits = int(words.get("walks", 1)), int(words.get("count", 1_000_000)), words.get("waits")
    print("ready", flush=True)
    pause_s = float(words.get("pause", 0.02))
    until_s = time.monotonic() + float(words.get("for", 3600))
    for walk in range(walks):
        with Watched(path) as box:
            if waits == "off":
                box._db.execute("PRAGMA journal_mode = DELETE")
                box._db.execute("PRAGMA synchronous = OFF")
            elif waits == "normal":
                box._db.execute("PRAGMA synchronous = NORMAL")
            elif 0 < walk == walks - 1:
                # Usually after 1,000 pages: too far for a short log to come to what happens then.
                box._db.execute("PRAGMA wal_autocheckpoint = 40")
            for _ in range(count // walks):
                if time.monotonic() >= until_s:
                    return
                write(box, example, words.get("marks"))
                time.sleep(pause_s)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
