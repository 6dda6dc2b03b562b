"""What a walk leaves is kept back on disk until its end: then the last cell's is deleted, and the rest goes out."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from probe.contract.envelope import Picture, UnitType, decode_envelope, read_withdrawal, seal_info, unframe
from probe.contract.parcel import Receipt, Receipts, Unit, Verdict
from probe.contract.sighting import Sighting
from probe.errors import BadInput, CommitInDoubt, OutboxError, WalkUnderWay
from probe.outbox.outbox import Outbox
from probe.outbox.unreleased import WalkEnd, WalkLock
from probe.outbox.writer import OutboxWriter
from tests.examples import look, new_id, radio
from tests.probe.outbox.walks import Bench, Held
from tests.processes import probe, until

VERSION_4 = (
    """CREATE TABLE unit (
    number INTEGER PRIMARY KEY,  -- in the order in which they were made
    hash BLOB NOT NULL UNIQUE,
    key TEXT NOT NULL,           -- the hub's key that it was sealed to
    size INTEGER NOT NULL,
    data BLOB,                   -- NULL some days after the hub has said that it has it
    verdict TEXT,                -- NULL while no receipt has come
    reason TEXT,
    day TEXT                     -- of the receipt, by the hub's clock
)""",
    "CREATE INDEX unit_waiting ON unit (number, size) WHERE verdict IS NULL",
    "CREATE INDEX unit_there ON unit (size) WHERE data IS NOT NULL",
)
A, B, C = (frozenset([one * 16]) for one in "abc")


def add(box: Outbox, *labels: frozenset[str], here: frozenset[str] = C, size: int = 0) -> list[str]:
    """Write looks that bear these labels, each with a picture where it has a size; their ids."""
    made = [look() for _ in labels]
    for one, borne in zip(made, labels, strict=True):
        picture = Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(size))
        box.add(
            [one],
            beside=lambda sealer, made=picture: [sealer.picture(made)] if size else [],  # type: ignore[misc]
            labels={one.id: borne},
            here=here,
        )
    return [one.id for one in made]


def seen() -> Sighting:
    """A look from some kilometres off where these walks begin."""
    return look(observer=(3000.0, 0.0))


def ids(hub: Bench, path: Path) -> list[str]:
    return [one.id for one in hub.opened(path, released=True)]


def units(path: Path) -> list[Unit]:
    with closing(sqlite3.connect(path)) as db:
        return [Unit(key=key, data=data) for key, data in db.execute("SELECT key, data FROM unit ORDER BY number")]


def receipts(box: Outbox, *there: Unit) -> Receipts:
    identity = box.paired()
    return Receipts(
        v=1, hub=identity.hub_id, probe=identity.probe, day=identity.hub.keys[0].since, epoch=identity.hub.epoch,
        serial=identity.hub.serial, receipts=tuple(Receipt(hash=one.hash, verdict=Verdict.STORED) for one in there),
    )  # fmt: skip


def octets_of(path: Path) -> bytes:
    """All that lies in an outbox's files."""
    return b"".join(one.read_bytes() for one in sorted(path.parent.iterdir()) if one.is_file())


def test_nobody_gets_what_is_kept_back_and_no_receipt_settles_it(path: Path) -> None:
    with Outbox(path) as box:
        add(box, A, B, size=40_000)
        assert not box.any_waiting()
        assert box.waiting() == box.waiting(pictures=True) == []
        assert box.settle(receipts(box, *units(path))) == 0
        standing = box.standing()
        assert (standing.queued, standing.queued_bytes, standing.unreleased, standing.key) == (0, 0, 4, None)


def test_at_the_end_the_last_cells_go_and_the_rest_waits(hub: Bench, path: Path) -> None:
    with Outbox(path) as box:
        _, kept, _ = add(box, A, B, A | B, size=40_000)
        assert box.end_walk(A) == WalkEnd(released=2, deleted=4, numbers=(3, 4))
        assert (box.standing().queued, box.standing().unreleased) == (2, 0)
        assert ids(hub, path) == [kept]
        assert len(box.waiting(pictures=True)) == 1
        assert box.settle(receipts(box, *units(path))) == 2


@pytest.mark.parametrize("mark", ["", "DELETE FROM meta WHERE name = 'here'", "UPDATE meta SET value = 'x' || value"])
def test_where_nobody_can_tell_any_more_where_it_ended_all_of_it_goes(hub: Bench, path: Path, mark: str) -> None:
    with Outbox(path) as box:
        kept = add(box, A, B, here=B)
        box.set_here(C)
        with box._transaction():
            box._db.execute(mark + (" WHERE name = 'here'" if mark.startswith("UPDATE") else ""))
        ended = box.drop_unreleased()
        assert (ended.released, ended.deleted) == ((0, 2) if mark else (2, 0))
    assert ids(hub, path) == ([] if mark else kept)


def test_a_unit_whose_labels_are_gone_is_not_handed_over(hub: Bench, path: Path) -> None:
    with Outbox(path) as box:
        _, kept = add(box, A, B)
        with box._transaction():
            box._db.execute("DELETE FROM label WHERE label = ?", tuple(A))
        assert box.drop_unreleased().deleted == 1
    assert ids(hub, path) == [kept]


def test_one_that_gave_way_leaves_no_label_for_the_next_with_its_number(hub: Bench, path: Path) -> None:
    with Outbox(path, budget_bytes=140_000) as box:
        add(box, A, size=100_000)
        number = max(row[0] for row in box._db.execute("SELECT number FROM unit").fetchall())
        (kept,) = add(box, B)
        assert box.standing().gave_way == 1
        assert number in {row[0] for row in box._db.execute("SELECT number FROM unit").fetchall()}, "it is used again"
        box.end_walk(A)
    assert kept in ids(hub, path)


@pytest.mark.parametrize("has_it", [True, False], ids=["the card has it", "the card forgets it"])
def test_what_is_in_doubt_is_kept_back_by_its_labels_all_the_same(
    hub: Bench, path: Path, monkeypatch: pytest.MonkeyPatch, has_it: bool
) -> None:
    with Outbox(path) as box:
        first, second = look(), look()
        for sighting, labels in ((first, A), (second, B)):
            with monkeypatch.context() as doubting:
                doubting.setattr(box, "_still_writable", lambda: False)
                with pytest.raises(CommitInDoubt):
                    box.add([sighting], labels={sighting.id: labels}, here=C)
            if not has_it:
                with box._transaction():
                    box._db.execute("DELETE FROM unit WHERE number = (SELECT max(number) FROM unit)")
                    box._db.execute("DELETE FROM label WHERE label = ?", tuple(labels))
            assert box.add([sighting], labels={sighting.id: labels}, here=C) == 1
        assert box.standing().unreleased == 2
        assert box.end_walk(A).deleted == 1
    assert ids(hub, path) == [second.id]


def test_an_end_in_doubt_is_done_again_and_says_the_same(
    hub: Bench, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Outbox(path) as box:
        _, kept = add(box, A, B)
        with monkeypatch.context() as doubting:
            doubting.setattr(box, "_still_writable", lambda: False)
            with pytest.raises(CommitInDoubt):
                box.end_walk(A)
        assert box.end_walk(A) == WalkEnd(released=1, deleted=1, numbers=(2,))
    assert ids(hub, path) == [kept]


def test_what_is_taken_back_before_the_end_is_gone_and_the_hub_hears_nothing(hub: Bench, path: Path) -> None:
    with Outbox(path) as box:
        (taken,) = add(box, A, size=40_000)
        gone = units(path)
        assert box.withdraw([taken], new_id) == 1
        assert units(path) == [], "neither the sighting nor its picture nor a withdrawal"
        (late,) = add(box, B, size=40_000)
        box.end_walk(A)
        assert box.withdraw([late], new_id) == 1
    (left,) = units(path)
    keys = hub.folder.keys
    envelope = decode_envelope(unframe(keys.open(left.key, left.data, seal_info(keys.hub_id))))
    assert envelope.type is UnitType.WITHDRAWAL, "that was released: the hub may have it"
    assert read_withdrawal(envelope).sightings == (late,)
    assert len(gone) == 2


def test_forgotten_no_octet_of_the_walk_is_left_in_any_file(hub: Bench, path: Path) -> None:
    with Outbox(path) as box:
        box.add([look() for _ in range(3)])
        before = [unit for _, unit in box.waiting()]
    held = Held(path)
    with Outbox(path) as delivery:  # as the one that delivers, which has the file open as well
        held.hold.moved(47.0, -17.0)
        held.hold.moved(47.1, -17.0)
        made = [seen() for _ in range(40)]
        for one in made:
            held.writer.put(one, (Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(40_000)),))
            held.writer.put(radio(at=(3000.0, 0.0)))
            held.write()
        held.writer.withdraw([one.id for one in made[::3]])
        held.write()
        there = [unit for unit in units(path) if unit not in before]
        assert len(there) > 50
        held_octets = octets_of(path)
        assert all(unit.data[100:140] in held_octets for unit in there), "this test sees something"
        labels = [row[0] for row in delivery._rows("SELECT DISTINCT label FROM label")]
        assert labels
        held._until_done(held.writer.forget_walk)
        left = octets_of(path)
    for unit in there:
        assert not any(unit.data[start : start + 24] in left for start in range(0, len(unit.data) - 24, 500))
        assert unit.hash not in left
        assert unit.hash.hex().encode() not in left
    assert not any(label.encode() in left for label in labels)
    assert not any(one.id.encode() in left for one in made)
    held.writer.put(look())
    held.write()
    held.cut()
    assert units(path) == before, "what waited before the walk still does, and nothing comes after"


def test_a_walks_own_units_are_told_from_those_of_one_that_was_cut_off_before(path: Path) -> None:
    with Outbox(path) as box:
        add(box, A, A)
        assert box.drop_unreleased() == WalkEnd(released=2, deleted=0, numbers=(1, 2))
        first = box.standing()
    with Outbox(path, own_after=first.last) as box:
        box.begin_walk()
        add(box, A)
        box.settle(receipts(box, *units(path)[:2]))
        now = box.standing()
        assert (now.stored, now.own_queued, now.own_delivered) == (2, 0, 0), "nothing of this walk is out of hand"
        box.end_walk(C)
        assert box.standing().own_queued == 1
        box.settle(receipts(box, *units(path)[2:]))
        now = box.standing()
        assert (now.stored, now.own_queued, now.own_delivered) == (3, 0, 1)


def test_what_is_deleted_at_the_end_is_written_over(path: Path) -> None:
    with Outbox(path) as box:
        add(box, *[A, B, A | B] * 20, size=30_000)
        numbers = {row[0] for row in box._db.execute("SELECT number FROM label WHERE label = ?", tuple(A)).fetchall()}
        gone = [unit for number, unit in enumerate(units(path), start=1) if number in numbers]
        assert box.end_walk(A).deleted == len(gone) == 80
        left = octets_of(path)
    for unit in gone:
        assert not any(unit.data[start : start + 24] in left for start in range(0, len(unit.data) - 24, 30_000))


def test_after_its_end_a_walk_can_be_forgotten_until_something_of_it_was_given_out(path: Path) -> None:
    for given in (False, True):
        with Outbox(path) as box:
            box.begin_walk()
            older = box.add([look()])
            assert older
            add(box, A, B)
            ended = box.end_walk(A)
        with Outbox(path) as delivery:
            delivery.waiting(limit=1)  # the older one alone
            if given:
                delivery.waiting()
        with Outbox(path) as box:
            if given:
                with pytest.raises(BadInput, match="handed over"):
                    box.forget_walk(ended.numbers)
                assert box.standing().queued == 3
            else:
                assert box.forget_walk(ended.numbers) == 1
                assert box.standing().queued == 1


def test_forgetting_that_was_cut_short_is_ended_at_the_next_start(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Outbox(path) as box:
        add(box, *[A] * 30)
        there = units(path)
        with monkeypatch.context() as cut:
            cut.setattr(Outbox, "_purge", lambda _box: None)
            box.forget_walk()
        assert there[0].data[2000:2040] in octets_of(path)
    with Outbox(path) as box:
        box.begin_walk()
        left = octets_of(path)
    assert not any(unit.hash in left or unit.data[2000:2040] in left for unit in there)


def test_while_a_walk_is_under_way_nobody_else_ends_it(path: Path) -> None:
    held = Held(path)
    held.hold.moved(47.0, -17.0)
    held.hold.moved(47.1, -17.0)
    held.writer.put(seen())
    held.write()
    with Outbox(path) as other:
        with pytest.raises(WalkUnderWay, match="under way"):
            other.drop_unreleased()
        with pytest.raises(WalkUnderWay):
            other.forget_waiting()
        assert other.standing().unreleased == 1
    with pytest.raises(WalkUnderWay):
        Held(path)
    sent = probe("send", "--outbox", path, "--to", f"folder:{path.parent}", "--json")
    assert "1 of it are kept back" in sent.stderr
    assert json.loads(sent.stdout)["unreleased"] == 1
    held.cut()
    sent = probe("send", "--outbox", path, "--to", f"folder:{path.parent}", "--json")
    assert "The last walk was cut off: 0 that speak of where it was last are deleted, 1 wait" in sent.stderr
    assert json.loads(sent.stdout)["unreleased"] == 0
    assert json.loads(sent.stdout)["handed_over"] == 1


def test_the_lock_needs_no_writable_card_and_a_killed_program_leaves_none(path: Path) -> None:
    lock = path.with_name("o.walk")
    with WalkLock(path):
        lock.chmod(0o400)
    with WalkLock(path), pytest.raises(WalkUnderWay):
        WalkLock(path)
    lock.unlink()
    lock.symlink_to(path)
    with pytest.raises(OutboxError, match="cannot be opened"):
        WalkLock(path)


def test_status_tells_what_is_kept_back_and_discard_deletes_all_that_waits(path: Path) -> None:
    with Outbox(path) as box:
        box.add([look()])
        add(box, A)
    there = units(path)
    told = probe("status", "--outbox", path)
    assert told.stdout.startswith("1 wait for a receipt")
    assert "1 more are kept back until their walk has ended" in told.stdout
    assert json.loads(probe("status", "--outbox", path, "--json").stdout)["unreleased"] == 1
    unasked = probe("discard", "--outbox", path)
    assert (unasked.returncode, "add --yes" in unasked.stderr) == (2, True)
    done = probe("discard", "--outbox", path, "--yes", "--json")
    assert json.loads(done.stdout)["deleted"] == 2
    left = octets_of(path)
    assert not any(unit.hash in left or unit.data[3000:3040] in left for unit in there)


def test_an_outbox_of_version_4_is_moved_on_and_what_waits_in_it_goes_out(hub: Bench, path: Path) -> None:
    with Outbox(path) as box:
        box.add([look(), look()])
    with closing(sqlite3.connect(path)) as db:
        rows = db.execute("SELECT number, hash, key, size, data, verdict, reason, day FROM unit").fetchall()
        for name in ("label", "unit"):
            db.execute(f"DROP TABLE {name}")
        for statement in VERSION_4:
            db.execute(statement)
        db.executemany("INSERT INTO unit VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        db.execute("PRAGMA user_version = 4")
        db.commit()
    with Outbox(path) as box:
        assert box.standing().queued == 2
        add(box, A, B)
        assert (box.standing().queued, box.standing().unreleased) == (2, 2)
        box.end_walk(A)
    with Outbox(path) as box:
        assert len(box.waiting()) == box.standing().queued == 3


def test_a_walk_by_its_thread_ends_in_order(hub: Bench, path: Path) -> None:
    held = Held(path)
    said: list[str] = []
    held.writer._let_others_in()
    writer = OutboxWriter(path, new_id, said.append, budget_bytes=1 << 30, every_s=0.05, hold=held.hold)
    with writer:
        assert writer.put(look()), "before the first fix it counts as kept, and goes nowhere"
        assert writer.hidden == 1
        held.hold.moved(47.0, -17.0)
        held.hold.moved(47.1, -17.0)
        kept = seen()
        writer.put(kept)
        until(lambda: writer.in_ram == 0, "the write")
        held.hold.moved(47.2, -17.0)
        assert writer.finish_walk() == WalkEnd(released=1, deleted=0, numbers=(1,))
    assert ids(hub, path) == [kept.id]
    with pytest.raises(BadInput, match="handed over"):
        writer.forget_walk()
    assert said == []


def test_after_the_thread_has_ended_the_walk_can_still_be_forgotten(hub: Bench, path: Path) -> None:
    held = Held(path)
    with held.writer:
        held.hold.moved(47.0, -17.0)
        held.hold.moved(47.1, -17.0)
        held.writer.put(seen())
        held.hold.moved(47.2, -17.0)
        assert held.writer.finish_walk().released == 1
    assert held.writer.forget_walk() == 1
    assert units(path) == []
