"""What is erased is in no table's file of the server any more; its write-ahead log is the server's own affair."""

from contextlib import closing
from pathlib import Path

import pytest

from hub.log.events import Batch, NewPicture, NewSighting, NewWithdrawal, Origin
from hub.store.chosen import open_store
from tests.postgres import Server, server

CANARY = b"canary-7f3a91"


def held(server: Server) -> list[str]:
    """The files of the server's tables in which the canary is; not the log of its writes."""
    server.sql("CHECKPOINT")
    return [str(path) for path in (server.data / "base").rglob("*") if path.is_file() and CANARY in path.read_bytes()]


@pytest.mark.parametrize("what", ["sighting", "picture", "complaint"])
def test_what_is_erased_is_in_no_table(tmp_path: Path, what: str) -> None:
    """Last among others that stay: else it would be cut off with the table's end, or written over by what moves up."""
    address = server().give(tmp_path / "hub")
    with closing(open_store(tmp_path / "hub")) as store:
        for number, said in enumerate((b"first", b"second", CANARY * 20)):
            if what == "sighting":
                new = NewSighting(id=f"{number:032x}", hash=bytes(32), body=said, origin=Origin.PROBE, sender="p")
                store.append(Batch(sightings={new.id: new}))
            elif what == "picture":
                name = f"{number:064x}"
                taken = NewPicture(id=name[-32:], hash=bytes(32), sha256=name, jpeg=said, sender="p")
                store.append(Batch(pictures={name: taken}))
            else:
                store.complaints.open("that is me", [], said.decode())
        server().sql("ANALYZE", database=address.parameters["dbname"])
        assert held(server()), "the control"
        if what == "sighting":
            withdrawal = NewWithdrawal(id="d" * 32, hash=bytes(32), sightings=(f"{2:032x}",), sender="p")
            store.append(Batch(withdrawals={withdrawal.id: withdrawal}))
        elif what == "picture":
            store.pictures.delete(f"{2:064x}")
        else:
            store.complaints.close(3, "settled")
        assert held(server()) == []


def test_what_was_erased_and_not_overwritten_is_the_next_day(tmp_path: Path) -> None:
    """As where the program ended in between."""
    server().give(tmp_path / "hub")
    with closing(open_store(tmp_path / "hub")) as store:
        store.begin_import("another")
        number = store.begin_import(CANARY.decode() * 20)
        with store.db.transaction() as db:
            db.execute("DELETE FROM import WHERE number = ?", (number,))
        assert held(server())
        store.db.overwrite_erased()
        assert held(server()), "not each time that the hub is opened"
        with store.db.transaction() as db:
            db.execute("UPDATE schema_version SET erased = '2020-01-01' || substr(erased, 11)")
        store.forget_senders(store.today())
        assert held(server()) == []
