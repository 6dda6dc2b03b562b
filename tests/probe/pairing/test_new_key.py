"""A probe that was revoked and comes back: by a new key and a new mailbox, with the same code, and nothing lost."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from hub.broker.mosquitto import write_config
from hub.broker.rights import Login, Rights
from hub.data import HubFolder, make_hub, open_hub
from hub.enroll.folder import PairedProbe, Requests, answer_requests, lay_card
from hub.ingest.folder import ingest_folder
from hub.ingest.report import IntakeReport
from hub.ingest.unseal import Unsealer
from probe.contract.base import CONTRACT_VERSION, Name, Part, Text, Version
from probe.contract.envelope import pack
from probe.contract.pairing import (
    Account,
    PairAnswer,
    PairSealed,
    decode_answer,
    decode_pairing,
    decode_request,
    fingerprint,
    pairing_info,
)
from probe.contract.parcel import SignedKind, decode_signed
from probe.errors import BadInput
from probe.outbox.outbox import Outbox
from probe.pairing.folder import pair_by_folder
from probe.pairing.mqtt import _Dialogue, pair_over_mqtt
from probe.seal.request import PairingRequest
from probe.seal.sealer import SUITE
from probe.uplink.choose import broker_of
from probe.uplink.folder import FolderUplink
from probe.uplink.uplink import Delivery
from tests.examples import look
from tests.paired import enrolled, ingest_of, pair, pairing_of
from tests.processes import HubProcess, enterable_folder, hub, probe


@pytest.fixture
def running(tmp_path: Path) -> Iterator[HubProcess]:
    process = HubProcess(tmp_path / "hub")
    process.start()
    yield process
    process.kill()


def filled(outbox: Path, count: int) -> None:
    with Outbox(outbox) as box:
        box.add([look() for _ in range(count)])


def code_for(name: str, data: Path) -> str:
    told = hub("enroll", name, "--data", data, "--json")
    assert told.returncode == 0, told.stderr
    code: str = json.loads(told.stdout)["qr"]
    return code


def revoke(folder: HubFolder, name: str) -> None:
    probe = folder.registry.named(name)
    folder.registry.revoke(probe, probe.enrolled)


def standing(box: Outbox) -> tuple[int, int, int]:
    """How many wait, were stored, are held."""
    now = box.standing()
    return now.queued, now.stored, now.held


def test_a_lost_probe_that_is_enrolled_anew_has_a_new_key_and_the_thiefs_copy_stays_out(
    running: HubProcess, tmp_path: Path
) -> None:
    outbox, copy = tmp_path / "o.db", tmp_path / "thief.db"
    pair(outbox, running.data, "lost", address=running.mqtt_url)
    filled(outbox, 2)
    shutil.copy(outbox, copy)  # whoever had the card has all that is on it
    assert hub("revoke", "lost", "--data", running.data).returncode == 0
    code = code_for("found", running.data)
    paired = probe("pair", code, "--outbox", outbox)
    assert paired.returncode == 0, paired.stderr
    assert "has a new one from now on. The 2 that wait were signed by the old one" in paired.stdout
    filled(outbox, 1)
    with Outbox(outbox) as box, Outbox(copy) as thief:
        mine, theirs = box.paired(), thief.paired()
        assert mine.key != theirs.key
        assert mine.former == (theirs.probe,)
        assert mine.account is not None
        assert theirs.account is not None
        assert mine.account.mailbox != theirs.account.mailbox
    sent = probe("send", "--outbox", outbox, "--patience", "15")
    assert sent.returncode == 0, sent.stderr
    with Outbox(outbox) as box:
        assert standing(box) == (0, 1, 2), "what the old key signed is held for the operator, and nothing is lost"
    out = probe("send", "--outbox", copy, "--patience", "2")
    assert "does not let this probe in" in out.stderr
    again = probe("pair", code, "--outbox", copy)
    assert (again.returncode, "used already" in again.stderr) == (2, True)
    with Outbox(copy) as thief:
        assert standing(thief) == (2, 0, 0)
    listed = {one["name"]: one["revoked"] for one in json.loads(hub("probes", "--data", running.data, "--json").stdout)}
    assert listed == {"lost": True, "found": False}


def test_a_probe_that_goes_on_running_takes_the_new_key_over(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as folder, Outbox(tmp_path / "o.db") as box:
        box.pair(enrolled(folder))
        old = box.paired()
        box.add([look()], [b"a recording"])
        with Outbox(box.path) as other:
            other.pair(enrolled(folder))
            new = other.paired()
        box.add([look()])
        assert box.paired() == new
        assert new.former == (old.probe,)
        assert not box.has_recording(b"a recording"), "marks that only the old key could make are gone"
        unsealer = Unsealer(folder.keys, folder.registry)
        unsealer.reload_probes()
        assert [unsealer.open(unit)[0].probe for _, unit in box.waiting()] == [old.probe, new.probe]


def test_an_id_of_before_is_kept_only_where_something_is_left_of_it(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as folder, Outbox(tmp_path / "o.db") as box:
        box.pair(enrolled(folder))
        box.pair(enrolled(folder))
        assert box.paired().former == ()


def ingested(stick: Path, folder: HubFolder) -> tuple[Requests, IntakeReport]:
    return answer_requests(stick, pairing_of(folder)), ingest_folder(stick, ingest_of(folder))


def carried(stick: Path, box: Outbox) -> Delivery:
    return FolderUplink(stick).deliver(box, lambda _standing: None)


def test_by_stick_a_revoked_probe_is_asked_for_a_new_key(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with make_hub(tmp_path / "hub") as folder, Outbox(tmp_path / "o.db") as box:
        box.pair(old := enrolled(folder, "lost"))
        box.add([look(), look()])
        revoke(folder, "lost")
        lay_card(pairing_of(folder), "found", f"folder:{stick}")
        box.pair(pair_by_folder(stick, known=box.identity))
        requests, _ = ingested(stick, folder)
        assert (requests.paired, requests.troubles) == ([], [])
        assert "of a revoked key" in requests.notes[0]
        assert "has not been used yet" in requests.notes[1], "the token is not used up"
        with pytest.raises(BadInput, match="pair folder:DIR` again"):
            carried(stick, box)
        assert carried(stick, box).handed_over == 2, "it can be handed over all the same"
        box.pair(pair_by_folder(stick, known=box.identity))
        assert box.paired().key != old.key
        assert not list(stick.glob(f"{old.probe[:16]}.*")), "what the old key asked is not asked again"
        box.add([look() for _ in range(3)])
        carried(stick, box)
        requests, report = ingested(stick, folder)
        assert [(one.name, one.words) for one in requests.paired] == [("found", box.paired().words)]
        assert (report.stored, report.held, report.troubles) == (5, 2, [])
        carried(stick, box)
        assert standing(box) == (0, 3, 2)
        assert not [*stick.glob("*.parcel"), *stick.glob("*.receipts")], "what is done with is taken away"
        assert folder.registry.named("found").id == box.paired().probe
        again, _ = ingested(stick, folder)
        assert (again.paired, again.troubles) == ([PairedProbe(name="found", words=box.paired().words)], [])


def test_units_of_both_keys_in_one_parcel_both_get_their_receipts(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with make_hub(tmp_path / "hub") as folder, Outbox(tmp_path / "o.db") as box:
        box.pair(enrolled(folder, "lost"))
        box.add([look()])
        revoke(folder, "lost")
        box.pair(enrolled(folder, "found"))
        box.add([look()])
        for _ in range(2):
            carried(stick, box)
            ingested(stick, folder)
        carried(stick, box)
        assert standing(box) == (0, 1, 1)
        assert not [*stick.glob("*.parcel"), *stick.glob("*.receipts")]


def test_a_token_is_not_used_up_by_a_revoked_key_and_gives_nothing_to_it_afterwards(
    running: HubProcess, tmp_path: Path
) -> None:
    here = broker_of(running.mqtt_url)
    with open_hub(running.data) as folder:
        old = enrolled(folder, "lost")
        revoke(folder, "lost")
        enrolment, code = pairing_of(folder).invite("found", running.mqtt_url)
        new = pair_over_mqtt(code, here, known=old)
        assert new.key != old.key
        done = folder.registry.enrolment(enrolment.number)
        assert done is not None
        assert (done.used_by, done.words) == (folder.registry.named("found").public, new.words)
        revoke(folder, "found")
        with pytest.raises(BadInput, match="revoked since it used this code"):
            pair_over_mqtt(code, here, known=new)
        with pytest.raises(BadInput, match="used already"):
            pair_over_mqtt(code, here)


def test_neither_kind_of_broker_lets_an_account_in_that_was_revoked_or_left(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as folder:
        first = enrolled(folder, "first")
        enrolment, _ = pairing_of(folder).invite("second", None)
        second = folder.registry.admit(enrolment, folder.registry.named("first").public, "words")
        lost = enrolled(folder, "lost")
        revoke(folder, "lost")
        enrolled(folder, "lost")
        rights = Rights(folder.registry, Login())
        _, passwords, *_ = write_config(
            enterable_folder() / "broker", folder.keys, folder.registry, bind="127.0.0.1", port=8883, spare=2
        )
        for account in (first.account, lost.account):
            assert account is not None
            assert not rights.may_connect(account.mailbox, account.password)
            assert account.mailbox not in passwords.read_text()
        assert rights.may_connect(second.mailbox, second.password)
        assert second.mailbox in passwords.read_text()


class AnswerOfBefore(Part, frozen=True, kw_only=True):
    """`PairAnswer` as probes had it before `new_key`."""

    v: Version
    probe: Name
    account: Account | None = None
    refused: Text | None = None
    name: Text | None = None
    was: Text | None = None


def test_an_older_probe_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as folder:
        old = enrolled(folder, "lost")
        revoke(folder, "lost")
        enrolment, _ = pairing_of(folder).invite("found", None)
        request = PairingRequest(old.key, old.hub, enrolment.token or "")
        told = pairing_of(folder).answered(request.message)
        assert told is not None
        assert told.revoked
        private = X25519PrivateKey.from_private_bytes(request.reply_key)
        plain = SUITE.decrypt(decode_signed(told.data).body, private, pairing_info(old.hub_id))
    answer = msgspec.msgpack.decode(plain, type=AnswerOfBefore)
    assert answer.account is None
    assert answer.refused is not None
    assert answer.refused.startswith("this probe's key was revoked")
    assert "update contrechamp-probe" in answer.refused
    assert decode_answer(plain).new_key
    today = PairAnswer(v=CONTRACT_VERSION, probe=old.probe, refused="no")
    assert b"new_key" not in pack(today), "absent where there is nothing to say"


def test_a_hub_that_wants_a_new_key_for_ever_is_told_no(tmp_path: Path) -> None:
    """A probe makes one new key for one code."""
    with make_hub(tmp_path / "hub") as folder:
        _, code = pairing_of(folder).invite("one", "mqtt://127.0.0.1:1")
        dialogue = _Dialogue(code, broker_of("mqtt://127.0.0.1:1"), None, None)
        assert dialogue.take(folder.keys.descriptor()) is None
        assert dialogue.take(wants_another(folder, dialogue.message)) is None
        with pytest.raises(BadInput, match="never enough"):
            dialogue.take(wants_another(folder, dialogue.message))


def wants_another(folder: HubFolder, message: bytes) -> bytes:
    """The answer to a request that asks for a new key, whatever the key."""
    asked, info = decode_pairing(message), pairing_info(folder.keys.hub_id)
    assert isinstance(asked, PairSealed)
    request = decode_request(folder.keys.open(asked.key, asked.data, info))
    answer = PairAnswer(v=1, probe=fingerprint(request.public), refused="never enough", new_key=True)
    return folder.keys.sign(SignedKind.ANSWER, folder.keys.seal_answer(request.reply, pack(answer), info))
