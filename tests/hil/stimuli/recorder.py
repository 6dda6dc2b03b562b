"""Writes sightings into the outbox and says each one's hash once it is acknowledged, or why it was refused.

recorder.py OUTBOX EXAMPLE COUNT [marks=NAME] [off | normal] [deaf]

`marks=NAME` sets a mark in dm-log-writes' log for each acknowledged one. `off` and `normal` are controls: SQLite that
does not wait for the disk at all, or only when it writes its log back. So is `deaf`: an outbox that takes the disk's
error for an acknowledgement.
"""

import secrets
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import msgspec

from probe.contract.envelope import decode_sighting
from probe.contract.parcel import Unit
from probe.errors import OutboxError
from probe.outbox import Outbox

WALKS = 3  # each opens the outbox anew and closes it, so that its log is written back and deleted


class Watched(Outbox):
    """The outbox, with the hash of the last unit that it took."""

    last = ""

    def put(self, units: list[Unit]) -> list[int]:
        numbers = super().put(units)
        self.last = units[-1].hash.hex()
        return numbers


class Deaf(Watched):
    def put(self, units: list[Unit]) -> list[int]:
        try:
            return super().put(units)
        except OutboxError:
            self.last = units[-1].hash.hex()
            return [0] * len(units)


def main() -> None:
    path, example, count = Path(sys.argv[1]), decode_sighting(Path(sys.argv[2]).read_bytes()), int(sys.argv[3])
    marked = next((word.partition("=")[2] for word in sys.argv if word.startswith("marks=")), None)
    print("ready", flush=True)
    for walk in range(WALKS):
        box = (Deaf if "deaf" in sys.argv else Watched)(path)
        with box:
            if "off" in sys.argv:
                box._db.execute("PRAGMA journal_mode = DELETE")
                box._db.execute("PRAGMA synchronous = OFF")
            elif "normal" in sys.argv:
                box._db.execute("PRAGMA synchronous = NORMAL")
            elif walk == WALKS - 1:
                # Usually after 1,000 pages: too far for a short log to come to what happens then.
                box._db.execute("PRAGMA wal_autocheckpoint = 40")
            for _ in range(count // WALKS):
                made = msgspec.structs.replace(example, id=secrets.token_hex(16))
                try:
                    box.add([made])
                except OutboxError as problem:
                    print(f"refused {problem}", flush=True)
                    time.sleep(0.3)
                    continue
                if marked:
                    subprocess.run(["/usr/sbin/dmsetup", "message", marked, "0", "mark", box.last], check=True)
                print(box.last, flush=True)


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main()
