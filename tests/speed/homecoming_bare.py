"""The bare loop's end as a process of its own: see `homecoming`.

Given a hub's folder as well, it opens each seal and checks each signature, and does nothing else that a hub does.
"""

import queue
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from nacl.signing import VerifyKey

from hub.data import open_hub
from hub.ingest.mqtt import BATCH_BYTES, GATHER_S
from hub.keys.sealing import read_keys
from probe.contract import topics
from probe.contract.envelope import decode_envelope, envelope_signing_input, seal_info, unframe
from probe.contract.parcel import decode_parcel
from probe.seal.sealer import SUITE
from tests.speed.homecoming import bare_client

Look = Callable[[bytes], object]


def bare_hub(path: Path, url: str, look: Look | None) -> None:
    """Take parcels, look into each of their units, write these down in batches, answer with their hashes."""
    events: queue.Queue[Any] = queue.Queue()
    with bare_client(url, topics.EVERYTHING, events) as client, closing(sqlite3.connect(path)) as db:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            db.execute(f"PRAGMA {pragma}")
        db.execute("CREATE TABLE unit (number INTEGER PRIMARY KEY, hash BLOB UNIQUE, data BLOB)")
        events.get()
        print("ready", flush=True)
        while True:
            batch, size, wait_s = [], 0, None
            while size < BATCH_BYTES:
                try:
                    message = events.get(timeout=wait_s)
                except queue.Empty:
                    break
                if message[0].endswith("/up"):
                    batch.append(message)
                    size += len(message[1])
                wait_s = GATHER_S
            answers = []
            with db:
                for topic, payload in batch:
                    parcel = decode_parcel(payload)
                    if look is not None:
                        for unit in parcel.units:
                            look(unit.data)
                    rows = [(sha256(unit.data).digest(), unit.data) for unit in parcel.units]
                    db.executemany("INSERT OR IGNORE INTO unit (hash, data) VALUES (?, ?)", rows)
                    answers.append((topics.mailbox_of(topic) or "", [digest for digest, _ in rows]))
            for mailbox, hashes in answers:
                client.publish(topics.down(mailbox), msgspec.msgpack.encode(hashes), qos=1)


def opener(data: Path) -> Look:
    """What opens a unit that was sealed for the hub in a folder, and checks whose it is."""
    with open_hub(data) as hub:
        (key,) = read_keys(hub.keys.folder).values()
        keys = {probe.id: VerifyKey(probe.public) for probe in hub.registry.probes()}
        info = seal_info(hub.keys.hub_id)

    def open_unit(data: bytes) -> bytes:
        said = decode_envelope(unframe(SUITE.decrypt(data, key, info)))
        signed = envelope_signing_input(hub=said.hub, probe=said.probe, type=said.type, id=said.id, body=said.body)
        return keys[said.probe].verify(signed, said.signature)

    return open_unit


if __name__ == "__main__":
    bare_hub(Path(sys.argv[1]), sys.argv[2], opener(Path(sys.argv[3])) if len(sys.argv) > 3 else None)
