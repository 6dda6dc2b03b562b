"""Writes sightings into the outbox as fast as it takes them, and says each one's id once it is acknowledged.

writer.py OUTBOX EXAMPLE SECONDS [unsafe]    `unsafe` is the control: SQLite that does not wait for the disk
"""

import secrets
import sys
import time
from pathlib import Path

import msgspec

from probe.contract.envelope import decode_sighting
from probe.errors import OutboxError
from probe.outbox import Outbox


def main() -> None:
    path, example, seconds = Path(sys.argv[1]), decode_sighting(Path(sys.argv[2]).read_bytes()), float(sys.argv[3])
    print("ready", flush=True)
    until_s = time.monotonic() + seconds
    with Outbox(path) as box:
        if "unsafe" in sys.argv:
            box._db.execute("PRAGMA journal_mode = DELETE")
            box._db.execute("PRAGMA synchronous = OFF")
        while time.monotonic() < until_s:
            made = msgspec.structs.replace(example, id=secrets.token_hex(16))
            try:
                box.add([made])
            except OutboxError as problem:
                print(f"refused {problem}", flush=True)
                time.sleep(0.5)
                continue
            print(made.id, flush=True)
            time.sleep(0.02)


if __name__ == "__main__":
    main()
