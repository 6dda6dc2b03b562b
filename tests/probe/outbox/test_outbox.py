"""The outbox keeps what it was given until the hub's own receipt has come, and cannot read any of it."""

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.keys import HubKeys
from probe.contract.base import ContractError
from probe.contract.envelope import (
    SIGHTING_BYTES,
    UNIT_BYTES,
    Picture,
    decode_envelope,
    read_withdrawal,
    seal_info,
    unframe,
)
from probe.contract.parcel import Receipt, Receipts, Unit, Verdict
from probe.errors import CommitInDoubt, NotPaired, NotSealable, OutboxError, OutboxFull
from probe.outbox.outbox import Outbox
from probe.outbox.room import KEPT_DAYS
from probe.seal.sealer import Sealer
from probe.seal.verify import verified_descriptor
from probe.sweep.sweep import CELLS_PER_SURVEY
from tests.examples import look, new_id, radio, survey
from tests.hub.keys.clocks import Machine
from tests.paired import enrolled

TODAY = date(2026, 5, 9)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


@pytest.fixture
def box(tmp_path: Path, hub: HubFolder) -> Iterator[Outbox]:
    with Outbox(tmp_path / "o.db") as box:
        box.pair(enrolled(hub))
        yield box


def receipts(
    box: Outbox, *units: Unit, verdict: Verdict = Verdict.STORED, day: date = TODAY, epoch: str | None = None
) -> Receipts:
    """Receipts of the hub's epoch, or of another one that has begun since."""
    identity = box.paired()
    return Receipts(
        v=1,
        hub=identity.hub_id,
        probe=identity.probe,
        day=day,
        epoch=epoch or identity.hub.epoch,
        serial=identity.hub.serial + (epoch is not None),
        receipts=tuple(Receipt(hash=unit.hash, verdict=verdict, reason="because") for unit in units),
    )


def picture(size: int = 50_000) -> Picture:
    return Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(size))


def waiting(box: Outbox) -> list[Unit]:
    return [unit for _, unit in box.waiting()]


def opens(hub: HubFolder, unit: Unit) -> bytes:
    return unframe(hub.keys.open(unit.key, unit.data, seal_info(hub.keys.hub_id)))


def test_what_was_added_waits_in_order_and_only_the_hub_can_read_it(box: Outbox, hub: HubFolder) -> None:
    sightings = [look(), radio(), look()]
    assert box.add(sightings) == 3
    found = [decode_envelope(opens(hub, unit)) for unit in waiting(box)]
    assert [envelope.id for envelope in found] == [sighting.id for sighting in sightings]
    assert {envelope.probe for envelope in found} == {box.paired().probe}


def test_nothing_is_kept_without_a_hub_to_seal_for(tmp_path: Path) -> None:
    with Outbox(tmp_path / "o.db") as box, pytest.raises(NotPaired, match="enroll"):
        box.add([look()])


def test_the_probe_keeps_its_key_and_nobody_else_may_read_the_file(tmp_path: Path, box: Outbox) -> None:
    with Outbox(tmp_path / "o.db") as again:
        assert again.paired() == box.paired()
    assert (tmp_path / "o.db").stat().st_mode & 0o077 == 0


def test_units_have_the_contracts_lengths_and_no_others(box: Outbox) -> None:
    box.add([look(), radio(ssid="x" * 32), survey(cells=CELLS_PER_SURVEY)])
    for size in (10, 130_000, 200_000, 300_000, 500_000):
        box.add_picture(picture(size))
    box.withdraw([], new_id)
    sizes = {row[0] for row in box._db.execute("SELECT length(data) FROM unit")}
    assert sizes == set(UNIT_BYTES) == {8192, 131072, 262144, 524288}
    with pytest.raises(OutboxError, match="cannot be sealed"):
        box.add_picture(picture(600_000))


def test_only_a_receipt_for_these_very_bytes_settles(box: Outbox) -> None:
    box.add([look()])
    (unit,) = waiting(box)
    assert box.settle(receipts(box, Unit(key=unit.key, data=unit.data[:-1] + bytes([unit.data[-1] ^ 1])))) == 0
    assert box.standing().queued == 1
    assert box.settle(receipts(box, unit, unit)) == 1
    assert (box.standing().queued, box.standing().stored) == (0, 1)


def test_delivered_units_are_kept_some_days_for_a_hub_that_comes_back_from_a_backup(box: Outbox) -> None:
    box.add([look(), look(), look()])
    first, second, third = waiting(box)
    box.settle(receipts(box, first, day=TODAY))
    box.settle(receipts(box, second, day=TODAY + timedelta(days=KEPT_DAYS)))
    box.settle(receipts(box, third, day=TODAY + timedelta(days=KEPT_DAYS + 1)))
    assert box.standing().queued == 0
    box.settle(receipts(box, day=TODAY + timedelta(days=KEPT_DAYS + 1), epoch="e" * 32))
    assert waiting(box) == [second, third], "the first was let go"
    assert box.standing().stored == 1
    box.settle(receipts(box, day=TODAY + timedelta(days=KEPT_DAYS + 1), epoch="e" * 32))
    assert box.standing().queued == 2


def test_a_clock_that_jumps_back_lets_nothing_go(box: Outbox) -> None:
    box.add([look(), look()])
    first, second = waiting(box)
    box.settle(receipts(box, first, day=TODAY))
    box.settle(receipts(box, second, day=date(2019, 1, 1)))
    assert box._db.execute("SELECT count(*) FROM unit WHERE data IS NOT NULL").fetchone() == (2,)


def test_a_refused_one_stays_with_its_reason_and_can_be_offered_again(box: Outbox) -> None:
    box.add([look()])
    (unit,) = waiting(box)
    box.settle(receipts(box, unit, verdict=Verdict.REFUSED))
    assert box.standing().refused == 1
    assert box.refusals() == [(unit.hash.hex()[:16], "because")]
    assert box.offer_again() == 1
    assert waiting(box) == [unit]


def test_what_is_taken_back_is_deleted_and_told_to_the_hub(box: Outbox, hub: HubFolder) -> None:
    gone, stays = look(), look()
    box.add([gone, stays])
    assert box.withdraw([gone.id, "f" * 32], new_id) == 1
    left = [decode_envelope(opens(hub, unit)) for unit in waiting(box)]
    assert left[0].id == stays.id
    assert read_withdrawal(left[1]).sightings == (gone.id,)
    assert box.withdraw([gone.id], new_id) == 0


def test_a_commit_that_fails_keeps_what_was_there(box: Outbox) -> None:
    box.add([look()])
    (unit,) = waiting(box)
    with pytest.raises(OutboxError, match="cannot be written"):
        box.put([Unit(key=unit.key, data=b"new"), unit])
    assert waiting(box) == [unit]


@pytest.fixture
def given_up(box: Outbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The disk becomes read-only in the instant of a commit of which the kernel says that it is written: the bench has
    the real thing."""
    asked = os.statvfs(box.path)
    read_only = os.statvfs_result((*asked[:8], asked.f_flag | os.ST_RDONLY, asked[9]))
    with monkeypatch.context() as patch:
        patch.setattr("os.statvfs", lambda _path: read_only)
        yield


def test_a_commit_is_not_believed_on_a_disk_that_has_just_become_read_only(box: Outbox, given_up: None) -> None:
    with pytest.raises(OutboxError, match="does not take changes any more"):
        box.add([look()])


def test_what_was_not_believed_is_taken_back_all_the_same(
    box: Outbox, hub: HubFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = look()
    with monkeypatch.context() as doubting:
        doubting.setattr(box, "_still_writable", lambda: False)
        with pytest.raises(OutboxError):
            box.add([gone])
    assert box.withdraw([gone.id], new_id) == 1
    (back,) = [decode_envelope(opens(hub, unit)) for unit in waiting(box)]
    assert read_withdrawal(back).sightings == (gone.id,)


def test_what_was_not_believed_is_written_once_when_it_is_offered_again(
    box: Outbox, hub: HubFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sealed anew, it would be another unit with the same id, which the hub refuses."""
    doubted, later = look(), look()
    with monkeypatch.context() as doubting:
        doubting.setattr(box, "_still_writable", lambda: False)
        with pytest.raises(CommitInDoubt):
            box.add([doubted])
    assert box.add([doubted, later]) == 2
    assert [decode_envelope(opens(hub, unit)).id for unit in waiting(box)] == [doubted.id, later.id]
    assert box.withdraw([doubted.id], new_id) == 1


def test_pictures_in_doubt_are_written_once_with_their_sighting(
    box: Outbox, hub: HubFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the card had them or not: the hub refuses a second unit with a picture's id."""
    sealed: list[Unit] = []

    def beside(sealer: Sealer) -> list[Unit]:
        sealed.append(sealer.picture(picture()))
        return sealed[-1:]

    for has_it in (True, False):
        doubted = look()
        sealed.clear()
        with monkeypatch.context() as doubting:
            doubting.setattr(box, "_still_writable", lambda: False)
            with pytest.raises(CommitInDoubt):
                box.add([doubted], beside=beside)
        if not has_it:  # as a card that forgets what it had taken
            with box._transaction():
                box._db.execute("DELETE FROM unit WHERE number > (SELECT max(number) - 2 FROM unit)")
        assert box.add([doubted], beside=beside) == 1
        assert len(sealed) == 1
        there = [unit for _, unit in box.waiting(pictures=True)]
        assert there.count(sealed[0]) == 1
        assert [decode_envelope(opens(hub, unit)).id for unit in waiting(box)].count(doubted.id) == 1


def test_one_that_cannot_be_sealed_is_named_by_its_id(box: Outbox) -> None:
    large = survey(cells=400)
    with pytest.raises(NotSealable) as refused:
        box.add([look(), large])
    assert refused.value.sighting == large.id
    assert not waiting(box)


@pytest.mark.parametrize(
    ("number", "believed"),
    [(errno.EROFS, False), (errno.EIO, False), (errno.ENOENT, False), (errno.EPERM, True), (errno.ENOSYS, True)],
)
def test_a_commit_is_doubted_where_the_disk_refuses_and_not_where_it_cannot_be_asked(
    box: Outbox, monkeypatch: pytest.MonkeyPatch, number: int, believed: bool
) -> None:
    """A doubt for want of dates would write the same sightings again and again."""

    def refusing(_path: Path, _times: tuple[int, int]) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("os.utime", refusing)
    if believed:
        assert box.add([look()]) == 1
        return
    with pytest.raises(OutboxError, match="does not take changes any more"):
        box.add([look()])


def test_an_outbox_that_somebody_else_holds_is_told_apart_from_a_card_that_fails(
    box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    box._db.execute("PRAGMA busy_timeout = 1")
    with closing(sqlite3.connect(box.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OutboxError, match="another program is writing"):
            box.add([look()])
        other.execute("ROLLBACK")
    assert box.add([look()]) == 1


def test_for_want_of_room_surveys_go_first_then_pictures_and_sightings_never(tmp_path: Path, hub: HubFolder) -> None:
    with Outbox(tmp_path / "o.db", budget_bytes=131_072 + 5 * SIGHTING_BYTES) as box:
        box.pair(enrolled(hub))
        box.add([look(), survey(), look()])
        box.settle(receipts(box, waiting(box)[0]))
        box.add_picture(picture())
        box.add([look(), look()])
        assert box.standing().gave_way == 0
        box.add([look()])  # what was receipted gives way, uncounted
        assert (box.standing().queued, box.standing().gave_way) == (6, 0)
        box.add([look()])
        assert box.standing().gave_way == 1, "the survey"
        box.add([look()])
        assert box.standing().gave_way == 2, "the picture"
        for _ in range(15):
            box.add([look()])
        with pytest.raises(OutboxFull, match="--budget"):
            box.add([look()])
        assert box.standing().queued == 21
        assert box.standing().queued_bytes == 21 * SIGHTING_BYTES


def test_newer_keys_that_another_process_brought_home_are_used(tmp_path: Path, box: Outbox) -> None:
    machine = Machine(datetime.now(UTC).date())
    keys = HubKeys(tmp_path / "hub", clock=machine)
    box.add([look()])
    machine.run(70)
    keys.rotate()
    with Outbox(tmp_path / "o.db") as sender:
        sender.take_descriptor(keys.descriptor())
        with pytest.raises(ContractError, match="another hub"):
            sender.take_descriptor(HubKeys(tmp_path / "another").descriptor())
    box.add([look()])
    old, new = waiting(box)
    assert old.key != new.key
    assert new.key == verified_descriptor(keys.descriptor()).keys[0].id


def test_an_outbox_does_not_change_its_hub_while_something_waits(tmp_path: Path, box: Outbox) -> None:
    box.add([look()])
    with make_hub(tmp_path / "other") as other, pytest.raises(OutboxError, match="only another hub"):
        box.pair(enrolled(other))


def test_it_says_between_which_days_the_oldest_was_made(box: Outbox, hub: HubFolder) -> None:
    assert box.standing().key is None
    box.add([look()])
    key = box.standing().key
    assert key is not None
    assert (key.destroyed - key.since).days == 150


def test_a_file_that_is_no_outbox_is_said(tmp_path: Path) -> None:
    path = tmp_path / "o.db"
    path.write_bytes(b"something else entirely, and long enough to be looked at" * 20)
    with pytest.raises(OutboxError, match="cannot be used"):
        Outbox(path)


@pytest.mark.parametrize(("version", "words"), [(9, "newer"), (1, "unsealed")])
def test_an_outbox_of_another_version_is_left_alone(tmp_path: Path, version: int, words: str) -> None:
    Outbox(tmp_path / "o.db").close()
    db = sqlite3.connect(tmp_path / "o.db")
    db.execute(f"PRAGMA user_version = {version}")
    db.close()
    with pytest.raises(OutboxError, match=words):
        Outbox(tmp_path / "o.db")
