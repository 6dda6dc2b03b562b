"""A walker's program for the torture: writes sightings and pictures to an outbox as fast as it is let, until killed.

Before each write it notes in a ledger what it is about to write, and after the write has returned, that it has. The
ledger lies on a disk that never fails, and is flushed at every line.

    python -m tests.torture.walker OUTBOX LEDGER SEED
"""

import os
import sys
import time
from hashlib import sha256
from pathlib import Path
from random import Random

from probe.contract.envelope import Picture
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox
from probe.walk.making import new_id
from tests.examples import look

MOST_WAITING = 1500


def main(outbox: Path, ledger: Path, seed: int) -> None:
    random = Random(seed)
    with ledger.open("a") as file:

        def note(word: str, *names: str) -> None:
            file.write("".join(f"{word} {name}\n" for name in names))
            file.flush()
            os.fsync(file.fileno())

        with Outbox(outbox, budget_bytes=500 << 20) as box:
            while True:
                while box.standing().queued > MOST_WAITING:
                    time.sleep(0.2)  # no walk is so long
                try:
                    _write(box, random, note)
                except OutboxError:
                    time.sleep(0.2)  # a full or locked disk: nothing was promised
                time.sleep(random.uniform(0.0, 0.05))


def _write(box: Outbox, random: Random, note: object) -> None:
    import msgspec

    if random.random() < 0.1:
        jpeg = b"\xff\xd8" + random.randbytes(random.choice((60_000, 200_000)))
        name = f"picture:{sha256(jpeg).hexdigest()}"
        note("try", name)  # type: ignore[operator]
        box.add_picture(Picture(v=1, id=new_id(), jpeg=jpeg))
        note("done", name)  # type: ignore[operator]
        return
    made = [
        msgspec.structs.replace(look(observer=(random.uniform(-500, 500), random.uniform(-500, 500))), id=new_id())
        for _ in range(random.randint(1, 12))
    ]
    names = [sighting.id for sighting in made]
    note("try", *names)  # type: ignore[operator]
    box.add(made)
    note("done", *names)  # type: ignore[operator]


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]))
