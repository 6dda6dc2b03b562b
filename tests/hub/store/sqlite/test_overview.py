"""What a store tells an operator at a glance: who sent lately, how much disk, the last backup, what was set aside."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.ingest.receive import Incoming
from hub.log.events import Batch, RefusalKind, SetAside
from hub.store.sql.quarantine import MAX_BYTES
from tests.examples import look
from tests.paired import enrolled, ingest_of, parcel


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


def aside(octets: int = 10, topic: str = "t") -> Batch:
    one = SetAside(kind=RefusalKind.FORGED, reason="r", topic=topic, size=octets, data=bytes(octets))
    return Batch(aside=[one])


def test_who_sent_lately_is_known_until_it_is_forgotten(folder: HubFolder) -> None:
    identity = enrolled(folder, "Anna")
    assert identity.account is not None
    payload = parcel(identity, look(), look(observer=(50.0, 0.0)))
    ingest_of(folder).receive([Incoming(topic="t", mailbox=identity.account.mailbox, payload=payload)])
    (one,) = folder.store.sent_lately()
    assert (one.probe, one.sightings) == (folder.registry.named("Anna").id, 2)
    assert one.last == folder.keys.arrival_day
    folder.store.forget_senders(one.last + timedelta(days=31))
    assert folder.store.sent_lately() == []


def test_what_the_log_takes_grows_with_it(folder: HubFolder) -> None:
    before = folder.store.disk_use()
    assert before.pictures == 0
    for _ in range(4):
        folder.store.append(aside(1 << 20))
    assert folder.store.disk_use().octets > before.octets + (3 << 20)


def test_the_last_backup_is_the_one_that_is_still_there(folder: HubFolder) -> None:
    notes = folder.store.complaints
    assert notes.last_backup() is None
    notes.note_backup("/a", sightings=3, decisions=1)
    notes.note_backup("/b", sightings=5, decisions=1)
    last = notes.last_backup()
    assert last is not None
    assert (last.path, last.sightings, last.decisions) == ("/b", 5, 1)
    assert isinstance(last.day, date)
    notes.forget_backup("/b")
    notes.note_backup("/a", sightings=9)
    again = notes.last_backup()
    assert again is not None
    assert (again.path, again.sightings, again.decisions) == ("/a", 9, 0)


def test_what_was_set_aside_is_dropped_up_to_what_was_seen(folder: HubFolder) -> None:
    for _ in range(3):
        folder.store.append(aside())
    newest = folder.store.quarantined()[0].number
    folder.store.append(aside())
    assert folder.store.drop_quarantine(newest) == 3
    (left,) = folder.store.quarantined()
    assert folder.store.set_aside(left.number) == left
    assert folder.store.set_aside(newest) is None
    # What is kept stays bounded afterwards: the room that was freed counts again.
    for number in range(10):
        folder.store.append(aside(MAX_BYTES // 16, f"topic {number % 5}"))
    assert sum(len(one.data) for one in folder.store.quarantined(100)) <= MAX_BYTES
    assert folder.store.quarantine_count() == 11
