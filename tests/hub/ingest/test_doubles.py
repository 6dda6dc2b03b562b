"""The same sighting sealed anew is a double, whoever sends it; another under its id is refused."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.data import HubFolder, make_hub
from hub.ingest.doubles import same_content
from hub.ingest.receive import Incoming, Intake
from hub.log.events import RefusalKind
from probe import contract
from probe.contract.envelope import Picture, decode_sighting, encode
from probe.contract.evidence import LookEvidence
from probe.contract.parcel import Verdict
from probe.seal.identity import Identity
from tests.examples import look, new_id, radio
from tests.paired import enrolled, ingest_of, parcel, parcel_of

pytestmark = pytest.mark.engines

GOLDEN = Path(contract.__file__).parent / "golden"


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


@pytest.fixture
def walker(hub: HubFolder) -> Identity:
    return enrolled(hub)


def sent(hub: HubFolder, walker: Identity, *payloads: bytes) -> Intake:
    assert walker.account is not None
    mailbox = walker.account.mailbox
    return ingest_of(hub).receive([Incoming(topic="t", mailbox=mailbox, payload=payload) for payload in payloads])


def verdicts(done: Intake) -> list[Verdict]:
    return [receipt.verdict for answer in done.answers for receipt in answer.receipts]


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("by_another", [True, False])
def test_a_sighting_that_is_sealed_anew_is_a_double(
    at_once: bool, by_another: bool, hub: HubFolder, walker: Identity
) -> None:
    one = radio()
    second = enrolled(hub) if by_another else walker
    newer = msgspec.structs.replace(one, made=msgspec.structs.replace(one.made, software="next release"))
    first, again, updated = parcel(walker, one), parcel(second, one), parcel(second, newer)
    assert len({first, again, updated}) == 3
    done = (
        [sent(hub, walker, first, again, updated)]
        if at_once
        else [sent(hub, walker, p) for p in (first, again, updated)]
    )
    assert [verdict for one in done for verdict in verdicts(one)] == [Verdict.STORED] * 3
    assert (sum(one.stored for one in done), sum(one.doubles for one in done)) == (1, 2)
    assert hub.store.quarantine_count() == 0
    assert [row.body for row in hub.store.read()] == [encode(one)]


def test_what_is_held_stays_so_when_it_is_sealed_anew(hub: HubFolder, walker: Identity) -> None:
    one = look()
    hub.registry.revoke(hub.registry.probes()[0], date(2026, 5, 9))
    assert verdicts(sent(hub, walker, parcel(walker, one))) == [Verdict.HELD]
    again = sent(hub, walker, parcel(walker, one))
    assert (verdicts(again), again.held, again.doubles) == ([Verdict.HELD], 0, 1)


def test_what_was_withdrawn_and_is_sealed_anew_stays_away(hub: HubFolder, walker: Identity) -> None:
    one = look()
    back = walker.sealer().withdrawal(new_id(), [one.id])
    sent(hub, walker, parcel(walker, one), parcel_of([back]))
    assert verdicts(sent(hub, walker, parcel(walker, one))) == [Verdict.STORED], "or its probe would offer it for ever"
    assert (hub.store.count(), hub.store.quarantine_count()) == (0, 0)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_picture_that_is_sealed_anew_is_a_double_and_another_is_refused(
    at_once: bool, hub: HubFolder, walker: Identity
) -> None:
    name, jpegs = new_id(), (b"\xff\xd8" + bytes(900), b"\xff\xd8" + bytes(900), b"\xff\xd8 other")
    payloads = [parcel_of([walker.sealer().picture(Picture(v=1, id=name, jpeg=jpeg))]) for jpeg in jpegs]
    done = [sent(hub, walker, *payloads)] if at_once else [sent(hub, walker, payload) for payload in payloads]
    told = [verdict for one in done for verdict in verdicts(one)]
    assert told == [Verdict.STORED, Verdict.STORED, Verdict.REFUSED]
    assert hub.store.counts().pictures == 1
    assert [row.kind for row in hub.store.quarantined()] == [RefusalKind.OTHER_CONTENT]


def test_whoever_says_something_else_is_no_double() -> None:
    one = look()
    for other in (
        msgspec.structs.replace(one, observer=None),
        msgspec.structs.replace(one, made=msgspec.structs.replace(one.made, composed=True)),
    ):
        assert not same_content(encode(one), encode(other))
    assert same_content(encode(one), encode(one) + b" ")


@given(other=st.binary(max_size=200))
def test_any_bytes_can_be_compared(other: bytes) -> None:
    assert not same_content(encode(look()), other)
    assert not same_content(other, encode(look()))


def test_a_photo_of_two_folders_is_one_look_and_a_walk_of_another_recording_is_another() -> None:
    for one, same in ((look(), True), (radio(), False)):
        other = msgspec.structs.replace(one, walk="f" * 32)
        assert same_content(encode(one), encode(other)) is same


def test_a_photo_whose_picture_another_machine_made_is_the_same_look() -> None:
    golden = decode_sighting((GOLDEN / "photo.json").read_bytes())
    assert golden.photo is not None
    photo = msgspec.structs.replace(golden.photo, content_sha256="e" * 64, reticle_sha256=None)
    look_at_it = (LookEvidence(photo="e" * 64),)
    other = msgspec.structs.replace(golden, walk="f" * 32, photo=photo, evidence=look_at_it)
    assert same_content(encode(golden), encode(other))
    for changed in (
        msgspec.structs.replace(other, observer=None),
        msgspec.structs.replace(other, photo=msgspec.structs.replace(photo, pitch_deg=None)),
        msgspec.structs.replace(other, evidence=(LookEvidence(photo="e" * 64, note="another"),)),
    ):
        assert not same_content(encode(golden), encode(changed))
