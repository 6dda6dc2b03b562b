"""A card that has gone bad: whatever became of the outbox's file, the probe says so in a sentence."""

import base64
import os
import random
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from probe.contract.base import ContractError
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox
from probe.outbox.writer import WRITE_AT, OutboxWriter
from probe.seal.identity import from_text, to_text
from probe.uplink.folder import FolderUplink
from tests.examples import new_id, radio
from tests.paired import pair
from tests.processes import probe, until

PAGE = 4096
STRUCTURE = 10 * PAGE  # the file's first pages, where the tables and their names are


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The file of an outbox in which 12 sightings wait."""
    folder = tmp_path_factory.mktemp("whole")
    pair(folder / "o.db", folder / "hub")
    with Outbox(folder / "o.db") as box:
        for _ in range(4):
            box.add([radio(), radio(), radio()])
    return (folder / "o.db").read_bytes()


def damaged(whole: bytes, seed: int) -> bytes:
    """That file with some octets changed, a page overwritten, or its end missing."""
    chance, made = random.Random(seed), bytearray(whole)
    kind = seed % 3
    if kind == 0:
        for _ in range(chance.choice((1, 5, 40))):
            made[chance.randrange(chance.choice((PAGE, STRUCTURE, len(made))))] = chance.randrange(256)
    elif kind == 1:
        start = chance.randrange(len(made) // PAGE) * PAGE
        made[start : start + PAGE] = chance.choice((bytes(PAGE), b"\xff" * PAGE, chance.randbytes(PAGE)))
    else:
        del made[chance.randrange(len(made)) :]
    return bytes(made)


def used(path: Path, folder: Path) -> list[str]:
    """All that a probe does with an outbox; the sentences with which it is refused. Anything else escapes."""
    told: list[str] = []

    def attempt(what: Callable[[], object]) -> None:
        try:
            what()
        except OutboxError as problem:
            told.append(str(problem))

    def use() -> None:
        with Outbox(path) as box:
            for what in (
                box.standing,
                box.any_waiting,
                box.waiting,
                box.refusals,
                box.offer_again,
                lambda: box.all_settled([bytes(32)]),
                lambda: box.count_lost(1),
                lambda: box.add([radio()]),
                lambda: FolderUplink(folder).deliver(box, lambda _standing: None),
            ):
                attempt(what)

    attempt(use)
    return told


def test_any_damage_is_told_in_a_sentence(tmp_path: Path, whole: bytes) -> None:
    refused = 0
    for seed in range(450):
        path = tmp_path / f"{seed}.db"
        path.write_bytes(damaged(whole, seed))
        (tmp_path / "stick").mkdir(exist_ok=True)
        told = used(path, tmp_path / "stick")
        refused += bool(told)
        assert all(str(path) in sentence and "\n" not in sentence for sentence in told), told
        for file in tmp_path.glob(f"{seed}.db*"):
            os.unlink(file)
    assert refused > 100, "hardly any of these is damaged"


@pytest.mark.parametrize("command", ["status", "send"])
def test_a_command_ends_with_a_sentence_and_2(tmp_path: Path, whole: bytes, command: str) -> None:
    # The tables stand, what is in them does not: the file can be opened, and only then does it fail.
    path = tmp_path / "o.db"
    path.write_bytes(whole[:STRUCTURE] + b"\xff" * (len(whole) - STRUCTURE))
    (tmp_path / "stick").mkdir()
    ended = probe(command, *(["--to", f"folder:{tmp_path / 'stick'}"] if command == "send" else []), "--outbox", path)
    assert ended.returncode == 2, ended
    assert "Traceback" not in ended.stderr
    assert str(path) in ended.stderr


def test_units_whose_bytes_have_changed_are_refused_and_do_not_hold_up_the_others(tmp_path: Path, whole: bytes) -> None:
    with closing(sqlite3.connect(":memory:")) as db:
        db.deserialize(whole.replace(b"\x02\x02", b"\x01\x01", 1))  # one in memory has no log that is written ahead
        there = [data for (data,) in db.execute("SELECT data FROM unit ORDER BY number")]
    made = bytearray(whole)
    for data in there[1:4]:
        made[whole.index(data[5000:5100])] ^= 1
    path = tmp_path / "o.db"
    path.write_bytes(made)
    with Outbox(path) as box:
        assert [unit.data for _, unit in box.waiting(limit=2)] == [there[0]]
        assert [unit.data for _, unit in box.waiting(after=1, limit=2)] == there[4:6], "not the end"
        assert (box.standing().queued, box.standing().refused) == (len(there) - 3, 3)
        assert {reason for _, reason in box.refusals()} == {"its bytes have changed on this probe's disk"}


def test_a_unit_for_no_key_of_the_contract_does_not_hold_up_its_parcel(tmp_path: Path, whole: bytes) -> None:
    """The hub would pass over the whole parcel."""
    path = tmp_path / "o.db"
    path.write_bytes(whole)
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE unit SET key = substr(key, 1, 14) WHERE number = 2")
        db.commit()
    with Outbox(path) as box:
        assert 2 not in [number for number, _ in box.waiting()]
        assert (box.standing().queued, box.standing().refused) == (11, 1)


def test_a_card_that_fails_in_mid_walk_is_told_and_sightings_stay_in_memory(tmp_path: Path) -> None:
    pair(tmp_path / "o.db", tmp_path / "hub")
    told: list[str] = []
    with OutboxWriter(tmp_path / "o.db", new_id, told.append, budget_bytes=1 << 30, every_s=0.05) as writer:
        for _ in range(WRITE_AT):
            writer.put(radio())
        until(lambda: not writer.in_ram, "the first to be written")
        with closing(sqlite3.connect(tmp_path / "o.db")) as db:
            db.execute("DROP TABLE meta")
        for _ in range(WRITE_AT):
            writer.put(radio())
        until(lambda: bool(told), "the sentence")
        assert writer.in_ram == WRITE_AT
    assert len(told) == 1, "once"
    assert "o.db: cannot be read" in told[0]
    assert "kept in memory" in told[0]


def test_a_damaged_identity_is_refused_at_once(tmp_path: Path) -> None:
    identity = pair(tmp_path / "o.db", tmp_path / "hub")
    text = to_text(identity)
    for part in (identity.key, identity.descriptor):
        there = base64.b64encode(part).decode()
        with pytest.raises(ContractError, match="damaged"):
            from_text(text.replace(there, base64.b64encode(part[:-5]).decode()))
