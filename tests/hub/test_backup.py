"""A backup opens only with its passphrase, whole, and brings back a hub whose probes offer again what they keep."""

import json
import time
from datetime import date
from pathlib import Path

import pytest

from hub.backup import BLOCK, MAGIC, read_backup, write_backup
from hub.data import HubFolder, make_hub, open_hub
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.ingest.receive import Incoming
from hub.log.decisions import DecisionKind, NewDecision
from hub.publish.publisher import Publisher
from hub.store.registry import KeyRevoked
from probe.contract.parcel import SignedKind, decode_receipts
from probe.outbox.outbox import Outbox
from probe.seal.verify import verified_body
from tests.examples import look
from tests.hub.reading import filled
from tests.paired import enrolled, ingest_of, parcel_of
from tests.processes import hub as command

pytestmark = pytest.mark.engines

WORDS = "four words picked at random"


def made(tmp_path: Path) -> Path:
    with make_hub(tmp_path / "hub") as hub:
        enrolled(hub)
    return tmp_path / "hub"


def test_a_hub_comes_back_and_its_probes_offer_again_what_it_lacks(tmp_path: Path) -> None:
    data, copy = tmp_path / "hub", tmp_path / "copy"
    with make_hub(data) as hub, Outbox(tmp_path / "o.db") as box:
        identity = enrolled(hub)
        box.pair(identity)
        write_backup(data, copy, WORDS)
        box.add([look(), look()])
        units = [unit for _, unit in box.waiting()]

        def receive(folder: HubFolder) -> None:
            incoming = Incoming(topic="t", mailbox=identity.account.mailbox, payload=parcel_of(units))  # type: ignore[union-attr]
            (answer,) = ingest_of(folder).receive([incoming]).answers
            box.settle(decode_receipts(verified_body(identity.hub.public, SignedKind.RECEIPTS, answer.signed)))

        receive(hub)
        assert box.standing().queued == 0
        read_backup(copy, tmp_path / "new", WORDS)
        with open_hub(tmp_path / "new") as again:
            assert again.store.count() == 0
            assert again.keys.hub_id == hub.keys.hub_id
            verified_body(identity.hub.public, SignedKind.DESCRIPTOR, again.keys.descriptor())
            box.take_descriptor(again.keys.descriptor())
            assert box.standing().queued == 2, "what the hub had receipted is offered again"
            receive(again)
            assert again.store.count() == 2
            assert box.standing().stored == 2
    assert not list(tmp_path.glob("*.part*"))


def test_nothing_in_it_can_be_read_without_the_passphrase(tmp_path: Path) -> None:
    data = made(tmp_path)
    write_backup(data, tmp_path / "copy", WORDS)
    body = (tmp_path / "copy").read_bytes()
    assert body.startswith(MAGIC)
    assert b"SQLite" not in body
    assert (data / "keys" / "signing.key").read_bytes() not in body
    with pytest.raises(BadInput, match="passphrase"):
        read_backup(tmp_path / "copy", tmp_path / "new", WORDS + "!")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("damage", ["cut", "swap", "flip", "drop"])
def test_a_damaged_backup_is_refused_whole(tmp_path: Path, damage: str) -> None:
    data = made(tmp_path)
    (data / "keys" / "large").write_bytes(bytes(3 * BLOCK))
    write_backup(data, tmp_path / "copy", WORDS, keys_only=True)
    body = bytearray((tmp_path / "copy").read_bytes())
    head, block = len(MAGIC) + 16, 4 + BLOCK + 16
    first, second = body[head : head + block], body[head + block : head + 2 * block]
    damaged = {
        "cut": body[:-20],
        "swap": body[:head] + second + first + body[head + 2 * block :],
        "flip": body[:9000] + bytes([body[9000] ^ 1]) + body[9001:],
        "drop": body[: head + block] + body[head + 2 * block :],
    }[damage]
    (tmp_path / "copy").write_bytes(damaged)
    with pytest.raises(BadInput, match="copy"):
        read_backup(tmp_path / "copy", tmp_path / "new", WORDS)
    assert not (tmp_path / "new").exists()
    assert not list(tmp_path.glob("*.part*"))


@pytest.mark.engines("sqlite")
def test_no_hub_is_overwritten_and_no_weak_passphrase_taken(tmp_path: Path) -> None:
    data = made(tmp_path)
    with pytest.raises(BadInput, match="passphrase"):
        write_backup(data, tmp_path / "copy", "secret")
    write_backup(data, tmp_path / "copy", WORDS)
    with pytest.raises(BadInput, match="there is something already"):
        read_backup(tmp_path / "copy", data, WORDS)
    with pytest.raises(BadInput, match="not a backup"):
        read_backup(data / "hub.db", tmp_path / "new", WORDS)


def test_a_copy_says_whom_it_lets_in_and_forgets_nobody_who_was_revoked(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as hub:
        for name in ("lost", "found", "stolen later"):
            enrolled(hub, name)
        hub.registry.revoke(hub.registry.named("lost"), date(2026, 5, 9))
        revoked = hub.registry.revoked_keys()
        accounts = hub.registry.accounts()
    write_backup(tmp_path / "hub", tmp_path / "copy", WORDS)
    write_backup(tmp_path / "hub", tmp_path / "keys", WORDS, keys_only=True)
    with open_hub(tmp_path / "hub") as hub:
        hub.registry.revoke(hub.registry.named("stolen later"), date(2026, 5, 9))
    assert [probe.name for probe in read_backup(tmp_path / "copy", tmp_path / "whole", WORDS)] == [
        "found",
        "stolen later",
    ]
    assert read_backup(tmp_path / "keys", tmp_path / "bare", WORDS) == []
    for name in ("whole", "bare"):
        with open_hub(tmp_path / name) as again:
            assert again.registry.revoked_keys() == revoked
            assert again.registry.accounts() == (accounts if name == "whole" else [])
            enrolment = again.registry.invite("anew", "TOKEN12345", None, time.time() + 60)
            with pytest.raises(KeyRevoked):
                again.registry.admit(enrolment, revoked[0].public, "words")
    assert sorted(path.name for path in (tmp_path / "bare").iterdir() if path.suffix == ".json") == []


def test_restore_says_whom_it_lets_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with make_hub(tmp_path / "hub") as hub:
        enrolled(hub, "Anna")
    write_backup(tmp_path / "hub", tmp_path / "copy", WORDS)
    monkeypatch.setenv("CONTRECHAMP_PASSPHRASE", WORDS)
    told = command("restore", tmp_path / "copy", "--data", tmp_path / "new", "--json")
    assert json.loads(told.stdout)["let_in"] == ["Anna"]
    assert "does not know who was revoked since" in told.stderr


def test_the_shared_map_of_a_hub_that_is_restored_is_closed_until_somebody_has_looked(tmp_path: Path) -> None:
    """What was made private since the copy was made, or deleted, would be before everybody's eyes again at once."""
    private, *_ = filled(tmp_path / "hub", tmp_path)
    write_backup(tmp_path / "hub", tmp_path / "copy", WORDS)
    with open_hub(tmp_path / "hub") as hub:
        hub.store.decisions.append("Ada", [NewDecision(kind=DecisionKind.PRIVATE, sightings=(private.id,))])
    read_backup(tmp_path / "copy", tmp_path / "new", WORDS)
    with open_hub(tmp_path / "new") as again:
        live = LiveCameras(again.store)
        live.refresh()
        publisher = Publisher(again.store, Desk(live, again.store).cameras)
        publisher.look()
        assert publisher.shown() is None
        preview = publisher.preview()
        assert len(preview.cameras) == 2
        publisher.open(preview.tag)
        shown = publisher.shown()
        assert shown is not None
        assert len(shown.cameras) == 2, "their ids are kept"
