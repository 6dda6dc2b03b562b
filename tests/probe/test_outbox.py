"""The outbox keeps what it was given until the hub's own receipt has come."""

import sqlite3
from pathlib import Path

import pytest

from probe.contract.envelope import Receipt, Verdict
from probe.errors import OutboxError
from probe.outbox import Outbox
from tests.examples import look, radio


def receipt(box: Outbox, place: int = 0, verdict: Verdict = Verdict.STORED, digest: str | None = None) -> Receipt:
    unit = box.waiting()[place][1]
    return Receipt(id=unit.id, hash=digest or unit.hash, verdict=verdict)


def test_what_was_added_waits_in_order(tmp_path: Path) -> None:
    sightings = [look(), radio(), look()]
    with Outbox(tmp_path / "o.db") as box:
        assert box.add(sightings) == 3
    with Outbox(tmp_path / "o.db") as box:
        assert [unit.id for _, unit in box.waiting()] == [sighting.id for sighting in sightings]
        assert box.standing().queued == 3


def test_the_probe_keeps_its_name(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        names = box.probe, box.mailbox
    with Outbox(tmp_path / "o.db") as box:
        assert (box.probe, box.mailbox) == names
    assert names[0] != names[1]


def test_only_a_receipt_for_these_very_bytes_settles(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        assert box.settle([receipt(box, digest="0" * 64)]) == 0
        assert box.standing().queued == 1
        right = receipt(box)
        assert box.settle([right, right]) == 1
        assert box.standing().queued == 0
        assert box.standing().stored == 1


def test_a_delivered_sighting_leaves_no_trace_but_its_id(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    with Outbox(path) as box:
        box.add([radio()])
        data = box.waiting()[0][1].data
        box.settle([receipt(box)])
        box._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert data[20:60] not in path.read_bytes()


def test_a_refused_one_stays_with_its_reason(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        box.add([look()])
        refused = receipt(box, verdict=Verdict.REFUSED)
        box.settle([Receipt(id=refused.id, hash=refused.hash, verdict=Verdict.REFUSED, reason="too old")])
        assert box.standing().refused == 1
        assert box.refusals() == [(refused.id, "too old")]
        assert box._db.execute("SELECT data IS NOT NULL FROM unit").fetchone() == (1,)


def test_a_commit_that_fails_keeps_what_was_there(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box:
        one = look()
        box.add([one])
        with pytest.raises(OutboxError, match="cannot be written"):
            box.add([look(), one])
        assert box.standing().queued == 1


def test_a_file_that_is_no_outbox_is_said(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 20)
    with pytest.raises(OutboxError, match="cannot be used"):
        Outbox(path)


def test_an_outbox_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    Outbox(tmp_path / "o.db").close()
    db = sqlite3.connect(tmp_path / "o.db")
    db.execute("PRAGMA user_version = 9")
    db.close()
    with pytest.raises(OutboxError, match="newer"):
        Outbox(tmp_path / "o.db")
