"""Probes that are paired with a hub, without the ceremony."""

import time
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from hub.data import HubFolder, make_hub
from hub.enroll.pairing import Pairing
from hub.ingest.receive import Incoming, UnitIngest
from hub.store.engine import Engine
from hub.store.postgres.log import PostgresStore
from hub.store.sql.store import SqlStore
from hub.store.sqlite.database import Database
from hub.store.store import Store
from probe.contract.base import CONTRACT_VERSION
from probe.contract.code import new_token
from probe.contract.envelope import decode_sighting, pack
from probe.contract.pairing import Account
from probe.contract.parcel import Parcel, Unit
from probe.contract.sighting import Sighting
from probe.outbox.outbox import Outbox
from probe.seal.identity import Identity
from probe.seal.sealer import new_key, public_of

_numbers = count(1)


def made_hub(data: Path) -> Path:
    """A folder with a hub in it that has never run."""
    with make_hub(data):
        return data


def ingest_of(folder: HubFolder) -> UnitIngest:
    """What takes a hub's units in."""
    return UnitIngest(folder.store, folder.keys, folder.registry, recogniser=folder.recogniser)


def pairing_of(folder: HubFolder) -> Pairing:
    """What invites a hub's probes and answers them."""
    return Pairing(folder.keys, folder.registry)


def database_of(folder: HubFolder) -> Engine:
    """The database behind a hub's store, for what no hub ever does to it."""
    assert isinstance(folder.store, SqlStore)
    return folder.store.db


def change(folder: HubFolder, query: str, values: Sequence[object] = ()) -> None:
    """Change a hub's database as no hub does."""
    with database_of(folder).transaction() as db:
        db.execute(query, values)


def file_of(folder: HubFolder) -> Database:
    """The SQLite file behind a hub's store."""
    database = database_of(folder)
    assert isinstance(database, Database)
    return database


def let_write(store: Store, may: bool) -> None:
    """Let a store's database refuse to be written, as one on a failing disk does, or take it again."""
    assert isinstance(store, SqlStore)
    if isinstance(store.db, Database):
        store.db.connection.execute(f"PRAGMA query_only = {'OFF' if may else 'ON'}")
    else:
        assert isinstance(store, PostgresStore)
        store.db.connection.execute(f"SET default_transaction_read_only = {'off' if may else 'on'}")


def enrolled(folder: HubFolder, name: str | None = None, *, address: str | None = None) -> Identity:
    """A new probe of a hub."""
    name, token, key = name or f"probe {next(_numbers)}", new_token(), new_key()
    enrolment = folder.registry.invite(name, token, address, time.time() + 60)
    told = "words that nobody has to compare"  # the real ones cost a tenth of a second
    given = folder.registry.admit(enrolment, public_of(key), told)
    account = Account(mailbox=given.mailbox, client=given.client, password=given.password or "")
    return Identity(key=key, descriptor=folder.keys.descriptor(), words=told, address=address, account=account)


def pair(outbox: Path, data: Path, name: str | None = None, *, address: str | None = None) -> Identity:
    """Pair an outbox with the hub that has this folder, running or not."""
    with make_hub(data) as folder, Outbox(outbox) as box:
        identity = enrolled(folder, name, address=address)
        box.pair(identity)
    return identity


def units(identity: Identity, *sightings: Sighting) -> list[Unit]:
    """Sealed units."""
    sealer = identity.sealer()
    return [sealer.sighting(sighting) for sighting in sightings]


def parcel(identity: Identity, *sightings: Sighting) -> bytes:
    """The bytes of a parcel that carries sightings."""
    return parcel_of(units(identity, *sightings))


def parcel_of(some: list[Unit]) -> bytes:
    """The bytes of a parcel of units."""
    return pack(Parcel(v=CONTRACT_VERSION, units=tuple(some)))


class Walker:
    """A probe's outbox, and the hub that it is paired with."""

    def __init__(self, home: Path) -> None:
        self.outbox, self.data = home / "o.db", home / "hub"
        self.identity: Identity = pair(self.outbox, self.data)

    def delivers(self) -> tuple[list[Sighting], int]:
        """The sightings that the hub has then, all with the pictures that they name, and the number of these."""
        assert self.identity.account is not None
        with Outbox(self.outbox) as box, make_hub(self.data) as folder:
            waiting = sorted([*box.waiting(limit=999), *box.waiting(limit=999, pictures=True)])
            mailbox = self.identity.account.mailbox
            done = ingest_of(folder).receive(
                [Incoming(topic="t", mailbox=mailbox, payload=parcel_of([unit])) for _, unit in waiting]
            )
            assert done.set_aside == 0
            there = [decode_sighting(row.body) for row in folder.store.read() if row.body]
            for sighting in there:
                assert sighting.photo is None or folder.store.picture(sighting.photo.content_sha256)
            return there, folder.store.counts().pictures
