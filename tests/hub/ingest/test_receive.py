"""Whatever comes off the wire: stored once, receipted always, and nothing spoils the rest."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.errors import StoreError
from hub.ingest.folder import import_lines, ingest_folder
from hub.ingest.receive import Incoming, Receiver
from hub.store.sqlite import QUARANTINE_ROWS, SqliteStore
from probe.contract.envelope import Envelope, Parcel, Receipt, Unit, UnitType, Verdict, encode
from probe.outbox import Outbox
from probe.uplink.folder import FolderUplink
from tests.examples import PROBE, look, parcel, radio, unit

MAILBOX = "d" * 32


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path / "hub")
    yield store
    store.close()


def receive(store: SqliteStore, *payloads: bytes, mailbox: str | None = MAILBOX) -> list[Receipt]:
    answers = Receiver(store).receive([Incoming(topic="t", mailbox=mailbox, payload=payload) for payload in payloads])
    assert all(box == MAILBOX for box, _ in answers)
    return [receipt for _, receipts in answers for receipt in receipts.receipts]


def test_a_sighting_is_stored_and_receipted_by_its_hash(store: SqliteStore) -> None:
    sighting = radio()
    (receipt,) = receive(store, parcel(sighting))
    assert receipt == Receipt(id=sighting.id, hash=unit(sighting).hash, verdict=Verdict.STORED)
    (row,) = store.read()
    assert row.body == encode(sighting)
    assert row.sender == PROBE


def test_the_same_again_is_receipted_and_not_stored(store: SqliteStore) -> None:
    payload = parcel(look())
    receipts = receive(store, payload, payload) + receive(store, payload)
    assert [receipt.verdict for receipt in receipts] == [Verdict.STORED] * 3
    assert store.count() == 1


@pytest.mark.parametrize("at_once", [True, False])
def test_the_same_id_with_other_bytes_never_displaces_the_first(store: SqliteStore, at_once: bool) -> None:
    first = look()
    other = msgspec.structs.replace(look(bearing_deg=10.0), id=first.id)
    if at_once:
        _, receipt = receive(store, parcel(first), parcel(other))
    else:
        receive(store, parcel(first))
        (receipt,) = receive(store, parcel(other))
    assert receipt.verdict is Verdict.REFUSED
    assert [row.body for row in store.read()] == [encode(first)]
    assert store.quarantine_count() == 1


def test_one_bad_unit_does_not_hold_up_the_others(store: SqliteStore) -> None:
    good, forged = radio(), radio()
    forged = msgspec.structs.replace(forged, made=msgspec.structs.replace(forged.made, rule="made-up"))
    units = (unit(forged), Unit(v=1, id="e" * 32, data=b"no envelope"), unit(good))
    receipts = receive(store, encode(Parcel(v=1, units=units)))
    verdicts = {receipt.id: receipt.verdict for receipt in receipts}
    assert verdicts == {forged.id: Verdict.REFUSED, "e" * 32: Verdict.REFUSED, good.id: Verdict.STORED}
    assert store.count() == 1
    reasons = [row.reason for row in store.quarantined()]
    assert any("rule" in reason for reason in reasons)
    assert any("envelope" in reason for reason in reasons)


def test_a_type_that_this_version_does_not_read_is_refused(store: SqliteStore) -> None:
    envelope = Envelope(v=1, probe=PROBE, type=UnitType.PHOTO, id="e" * 32, body=msgspec.Raw(b'"picture"'))
    receipts = receive(store, encode(Parcel(v=1, units=(Unit(v=1, id="e" * 32, data=encode(envelope)),))))
    assert receipts[0].verdict is Verdict.REFUSED


def test_an_unknown_topic_is_set_aside_unanswered(store: SqliteStore) -> None:
    assert receive(store, parcel(look()), mailbox=None) == []
    assert store.count() == 0
    assert store.quarantined()[0].reason == "unknown topic"


@given(payloads=st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_are_set_aside(payloads: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    store = SqliteStore(tmp_path_factory.mktemp("any"))
    before = store.quarantine_count()
    assert receive(store, *payloads) == []
    assert store.quarantine_count() == before + len(payloads)
    store.close()


def test_the_quarantine_is_bounded_and_keeps_the_newest(store: SqliteStore) -> None:
    for _ in range(3):
        receive(store, *[b"x" * 5000] * (QUARANTINE_ROWS // 2))
    assert store.quarantine_count() == QUARANTINE_ROWS
    assert len(store.quarantined(1)[0].start) < 5000


def test_nothing_is_receipted_that_could_not_be_written(store: SqliteStore) -> None:
    store._db.execute("PRAGMA query_only = ON")
    with pytest.raises(StoreError, match="cannot be written"):
        receive(store, parcel(look()))
    store._db.execute("PRAGMA query_only = OFF")
    assert receive(store, parcel(look()))[0].verdict is Verdict.STORED


def test_who_sent_it_is_forgotten_after_its_time(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    receive(store, parcel(look()))
    store._db.execute("UPDATE sender SET expires = '2020-01-01'")
    store.close()
    store = SqliteStore(tmp_path)
    (row,) = store.read()
    assert row.sender is None
    store.close()


def test_by_hand_there_and_back(store: SqliteStore, tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        box.add([look() for _ in range(120)])
        uplink = FolderUplink(tmp_path / "stick")
        assert uplink.deliver(box, lambda _: None).standing.queued == 120
        files = sorted(path.name for path in (tmp_path / "stick").iterdir())
        assert len(files) == 3
        uplink.deliver(box, lambda _: None)
        assert sorted(path.name for path in (tmp_path / "stick").iterdir()) == files
        taken = ingest_folder(tmp_path / "stick", store)
        assert (taken.stored, taken.troubles) == (120, [])
        assert ingest_folder(tmp_path / "stick", store).doubles == 120
        assert uplink.deliver(box, lambda _: None).standing.queued == 0


def test_half_a_parcel_on_a_stick_is_told_and_the_rest_taken(store: SqliteStore, tmp_path: Path) -> None:
    (tmp_path / "a.parcel.json").write_bytes(parcel(look())[:-20])
    (tmp_path / "b.parcel.json").write_bytes(parcel(look()))
    taken = ingest_folder(tmp_path, store)
    assert taken.stored == 1
    assert "a.parcel.json" in taken.troubles[0]


def test_plain_sightings_are_imported_by_line(store: SqliteStore, tmp_path: Path) -> None:
    one, two = radio(), look()
    lines = [encode(one), b"{}", encode(two), b"", encode(one)]
    path = tmp_path / "s.jsonl"
    path.write_bytes(b"\n".join(lines))
    taken = import_lines(path, store)
    assert (taken.stored, taken.doubles, taken.refused) == (2, 1, 1)
    assert "line 2" in taken.troubles[0]
    assert {row.origin for row in store.read()} == {"operator"}
