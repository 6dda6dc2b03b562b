"""Who the probe is and to which key it seals: one changed bit of it is mended or told, and what waits is kept."""

import base64
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hub.data import HubFolder, make_hub, open_hub
from probe.contract.base import ContractError
from probe.contract.pairing import Descriptor, fingerprint
from probe.contract.parcel import SignedKind
from probe.errors import OutboxError
from probe.outbox.outbox import Outbox
from probe.outbox.writer import OutboxWriter
from probe.seal.identity import Identity, from_text, to_text
from probe.seal.verify import verified_descriptor
from probe.uplink.folder import FolderUplink
from tests.bits import changed
from tests.examples import look, new_id
from tests.paired import enrolled, made_hub, pair, pairing_of
from tests.processes import hub, probe

KEPT = ("identity", "identity again")


@pytest.fixture
def identity(tmp_path: Path) -> Identity:
    made = pair(tmp_path / "o.db", tmp_path / "hub")
    with Outbox(tmp_path / "o.db") as box:
        box.add([look(), look()])
    return made


def kept(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as db:
        return [str(text) for (text,) in db.execute("SELECT value FROM meta WHERE name IN (?, ?)", KEPT)]


def damage(path: Path, *names: str, field: str = '"descriptor":"', by: int = 300, to: str = "") -> None:
    """One bit of a letter of the descriptor, so that it is another; or the letter `to`, `by` octets behind `field`."""
    with closing(sqlite3.connect(path)) as db:
        for name in names:
            (text,) = db.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
            at = text.index(field) + by
            other = to or chr(ord(text[at]) ^ 1)
            db.execute("UPDATE meta SET value = ? WHERE name = ?", (text[:at] + other + text[at + 1 :], name))
        db.commit()


def test_any_bit_of_the_kept_identity_is_told(identity: Identity) -> None:
    text = to_text(identity)
    assert from_text(text) == identity
    for damaged in changed(text.encode(), every=7):
        with pytest.raises(ContractError, match="damaged"):
            from_text(damaged.decode(errors="surrogateescape"))


def test_any_bit_of_a_descriptor_is_told(identity: Identity) -> None:
    for damaged in changed(identity.descriptor, every=7):
        with pytest.raises(ContractError):
            verified_descriptor(damaged)


def test_no_bit_of_an_identity_of_an_earlier_version_seals_for_another_key(identity: Identity) -> None:
    """It was kept without its sum: the descriptor's own signature tells."""
    text = to_text(identity).partition("\n")[0]
    assert from_text(text) == identity
    before = base64.b64encode(identity.descriptor).decode()
    at = text.index(before)
    for damaged in changed(text[at : at + len(before)].encode(), every=13):
        there = text[:at] + damaged.decode(errors="surrogateescape") + text[at + len(before) :]
        with suppress(ContractError):
            assert from_text(there) == identity


@pytest.mark.parametrize("name", KEPT)
def test_one_copy_is_mended_by_the_other_and_that_is_said(tmp_path: Path, identity: Identity, name: str) -> None:
    path = tmp_path / "o.db"
    damage(path, name)
    told = probe("status", "--outbox", path)
    assert told.returncode == 0
    assert "its card may be failing" in told.stderr
    assert set(kept(path)) == {to_text(identity)}
    assert "failing" not in probe("status", "--outbox", path).stderr


def test_a_walk_says_that_a_copy_was_mended(tmp_path: Path, identity: Identity) -> None:
    damage(tmp_path / "o.db", "identity")
    told: list[str] = []
    OutboxWriter(tmp_path / "o.db", new_id, told.append, budget_bytes=1 << 30)
    assert len(told) == 1
    assert "its card may be failing" in told[0]


def test_an_identity_of_an_earlier_version_is_kept_twice_from_now_on(tmp_path: Path, identity: Identity) -> None:
    path, text = tmp_path / "o.db", to_text(identity).partition("\n")[0]
    with closing(sqlite3.connect(path)) as db:
        db.execute("DELETE FROM meta WHERE name = 'identity again'")
        db.execute("UPDATE meta SET value = ? WHERE name = 'identity'", (text,))
        db.execute("PRAGMA user_version = 3")
        db.commit()
    with Outbox(path) as box:
        assert box.identity == identity
        assert box.repaired is None
    assert kept(path) == [to_text(identity)] * 2


@pytest.mark.parametrize("command", ["send", "status"])
def test_where_both_copies_are_damaged_it_is_said_and_nothing_is_sealed(
    tmp_path: Path, identity: Identity, command: str
) -> None:
    path = tmp_path / "o.db"
    damage(path, *KEPT)
    before = path.read_bytes()
    ended = probe(command, "--outbox", path)
    assert (ended.returncode, ended.stdout) == (2, "")
    assert len(ended.stderr.splitlines()) == 1
    assert "what waits in it stays" in ended.stderr
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "where",
    [
        {"field": '"descriptor":"', "to": "["},  # no letter of base64
        {"field": '"key":"', "by": 12},  # another key, or none
        {"field": '"', "by": 0, "to": "\0"},  # no JSON any more
    ],
    ids=["descriptor", "key", "text"],
)
def test_paired_anew_it_delivers_what_waited_and_takes_its_receipts(
    tmp_path: Path, identity: Identity, where: dict[str, Any]
) -> None:
    """Whatever is damaged of who it was: which units are its own, its outbox knows."""
    path, stick = tmp_path / "o.db", tmp_path / "stick"
    stick.mkdir()
    damage(path, *KEPT, **where)
    told = hub("enroll", "Anna", "--to", f"folder:{stick}", "--data", tmp_path / "hub")
    assert told.returncode == 0, told.stderr
    paired = probe("pair", f"folder:{stick}", "--outbox", path)
    assert paired.returncode == 0, paired.stderr
    for _ in range(2):
        assert probe("send", "--to", f"folder:{stick}", "--outbox", path).returncode == 0
        assert hub("ingest", stick, "--data", tmp_path / "hub").returncode == 0
    with Outbox(path) as box:
        FolderUplink(stick).deliver(box, lambda _standing: None)
        assert box.paired().probe != identity.probe, "its key is another one: nobody can tell whether the old is whole"
        assert (box.standing().queued, box.standing().stored) == (0, 2)
    with open_hub(tmp_path / "hub") as folder:
        assert folder.store.count() == 2


def test_a_damaged_outbox_is_paired_with_no_hub_that_cannot_open_what_waits(tmp_path: Path, identity: Identity) -> None:
    damage(tmp_path / "o.db", *KEPT)
    with (
        make_hub(tmp_path / "other") as other,
        Outbox(tmp_path / "o.db", to_pair=True) as box,
        pytest.raises(OutboxError, match="only another hub"),
    ):
        box.pair(enrolled(other))


def test_a_sealing_key_under_another_keys_name_is_refused(tmp_path: Path) -> None:
    """A hub whose own files have changed would sign that; what is sealed so, it could not open."""
    with make_hub(tmp_path) as folder:
        true = verified_descriptor(folder.keys.descriptor())
        (key,) = true.keys
        wrong = msgspec.structs.replace(key, id="0" * 16)
        forged = signed(folder, msgspec.structs.replace(true, keys=(wrong,)))
        with pytest.raises(ContractError, match="another key's name"):
            verified_descriptor(forged)


def signed(folder: HubFolder, descriptor: Descriptor) -> bytes:
    return folder.keys.sign(SignedKind.DESCRIPTOR, msgspec.msgpack.encode(descriptor))


def test_a_card_with_a_changed_bit_pairs_with_nobody(tmp_path: Path) -> None:
    with open_hub(made_hub(tmp_path / "hub")) as folder:
        _, card = pairing_of(folder).card("Anna")
        public = folder.keys.public
    stick = tmp_path / "stick"
    stick.mkdir()
    at = card.index(public)
    (stick / "hub.card").write_bytes(card[:at] + bytes([card[at] ^ 1]) + card[at + 1 :])
    ended = probe("pair", f"folder:{stick}", "--outbox", tmp_path / "o.db")
    assert ended.returncode == 2
    assert "damaged" in ended.stderr
    assert fingerprint(public)[:8] not in json.dumps(ended.stdout)


def between(box: Outbox, part: str, write: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Have another process write right after each question in which `part` stands."""
    ask = box._rows

    def asked(query: str, values: tuple[Any, ...] = ()) -> list[Any]:
        found = ask(query, values)
        if part in query:
            write()
        return found

    monkeypatch.setattr(box, "_rows", asked)


def test_a_walk_that_is_released_while_somebody_counts_is_no_damage(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    with closing(sqlite3.connect(tmp_path / "o.db")) as db, Outbox(tmp_path / "o.db") as box:
        db.execute("UPDATE unit SET kept_back = 1")
        db.commit()

        def release() -> None:
            db.execute("UPDATE unit SET kept_back = 0")
            db.commit()

        between(box, "NOT INDEXED", release, monkeypatch)
        before, after = box.standing(), box.standing()
        assert (before.queued, before.unreleased) == (0, 2)
        assert (after.queued, after.unreleased) == (2, 0)


def test_who_reads_while_another_process_pairs_does_not_bring_the_old_identity_back(
    tmp_path: Path, identity: Identity, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = msgspec.structs.replace(identity, address="mqtt://192.0.2.7")
    with Outbox(tmp_path / "o.db") as other, Outbox(tmp_path / "o.db") as box:
        between(box, "FROM meta", lambda: other.pair(newer), monkeypatch)
        box._texts = ()  # as it reads them for the first time
        box.paired()
        assert set(kept(tmp_path / "o.db")) == {to_text(newer)}
        assert box.paired() == newer


def test_an_index_with_a_changed_bit_hides_no_unit(tmp_path: Path, identity: Identity) -> None:
    """SQLite does not notice: what the index does not know would wait for ever."""
    path = tmp_path / "o.db"
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'unit_waiting'").fetchone()
    octets = bytearray(path.read_bytes())
    cells = (page - 1) * 4096 + 3  # the number of cells of the index's page, in two octets
    assert octets[cells : cells + 2] == b"\0\2"
    octets[cells + 1] ^= 2
    path.write_bytes(octets)
    for name in ("o.db-wal", "o.db-shm"):
        (tmp_path / name).unlink(missing_ok=True)
    with Outbox(path) as box:
        assert not box.any_waiting(), "this is what is to be mended"
        assert box.standing().queued == 2
        assert len(box.waiting()) == 2
