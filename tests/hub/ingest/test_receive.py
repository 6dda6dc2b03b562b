"""Whatever comes off the wire: stored once, receipted always, and nothing spoils the rest."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.data import HubFolder, make_hub, open_hub
from hub.errors import StoreError
from hub.ingest.limits import BURST_BYTES, BYTES_PER_DAY, BYTES_PER_S, UNENROLLED_SHARE, Limits
from hub.ingest.receive import Answer, Incoming, UnitIngest
from hub.log.events import HeldSightings, RefusalKind
from hub.store.sql.quarantine import MAX_BYTES, MAX_ROWS, MAX_ROWS_EACH
from probe.contract.envelope import Picture, UnitType, encode
from probe.contract.parcel import Receipt, Receipts, SignedKind, Unit, Verdict, decode_receipts
from probe.seal import sealer as seal
from probe.seal.identity import Identity
from probe.seal.sealer import Sealer, new_key
from probe.seal.verify import verified_body
from tests.examples import look, new_id, radio
from tests.paired import change, database_of, enrolled, ingest_of, let_write, parcel, parcel_of, units

pytestmark = pytest.mark.engines


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


@pytest.fixture
def walker(hub: HubFolder) -> Identity:
    return enrolled(hub)


def mailbox(identity: Identity) -> str:
    assert identity.account is not None
    return identity.account.mailbox


def answers(hub: HubFolder, identity: Identity, *payloads: bytes) -> list[Answer]:
    box = mailbox(identity)
    incoming = [Incoming(topic="t", mailbox=box, payload=payload) for payload in payloads]
    return list(ingest_of(hub).receive(incoming).answers)


def receive(hub: HubFolder, identity: Identity, *payloads: bytes) -> list[Receipt]:
    found: list[Receipt] = []
    for answer in answers(hub, identity, *payloads):
        assert answer.mailbox == mailbox(identity)
        body = decode_receipts(verified_body(hub.keys.public, SignedKind.RECEIPTS, answer.signed))
        assert (body.hub, body.probe, body.epoch) == (hub.keys.hub_id, identity.probe, hub.keys.epoch)
        found += body.receipts
    return found


def kinds(hub: HubFolder) -> list[RefusalKind]:
    return [row.kind for row in hub.store.quarantined()]


def test_a_sighting_is_stored_and_receipted_by_the_hash_of_its_unit(hub: HubFolder, walker: Identity) -> None:
    sighting = radio()
    (unit,) = units(walker, sighting)
    assert receive(hub, walker, parcel_of([unit])) == [Receipt(hash=unit.hash, verdict=Verdict.STORED)]
    (row,) = hub.store.read()
    assert (row.body, row.sender) == (encode(sighting), walker.probe)


def test_the_same_again_is_receipted_and_not_stored(hub: HubFolder, walker: Identity) -> None:
    payload = parcel(walker, look())
    receipts = receive(hub, walker, payload, payload) + receive(hub, walker, payload)
    assert [receipt.verdict for receipt in receipts] == [Verdict.STORED] * 3
    assert hub.store.count() == 1


def test_the_same_again_is_known_when_nobody_knows_any_more_who_sent_it(hub: HubFolder, walker: Identity) -> None:
    payload = parcel(walker, look())
    receive(hub, walker, payload)
    change(hub, "DELETE FROM sender")
    (receipt,) = receive(hub, walker, payload)
    assert receipt.verdict is Verdict.STORED
    assert hub.store.count() == 1


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("by_another", [True, False])
def test_the_same_id_with_other_content_never_displaces_the_first(
    hub: HubFolder, walker: Identity, at_once: bool, by_another: bool
) -> None:
    first = look()
    other = parcel(
        enrolled(hub) if by_another else walker, msgspec.structs.replace(look(bearing_deg=10.0), id=first.id)
    )
    if at_once:
        answers(hub, walker, parcel(walker, first), other)
    else:
        answers(hub, walker, parcel(walker, first))
        answers(hub, walker, other)
    assert [row.body for row in hub.store.read()] == [encode(first)]
    assert kinds(hub) == [RefusalKind.OTHER_CONTENT]


def test_one_bad_unit_does_not_hold_up_the_others(hub: HubFolder, walker: Identity) -> None:
    good, forged = radio(), radio()
    forged = msgspec.structs.replace(forged, made=msgspec.structs.replace(forged.made, rule="made-up"))
    key = units(walker, good)[0].key
    bad = [Unit(key=key, data=bytes(8192)), Unit(key="0" * 16, data=bytes(8192)), Unit(key=key, data=b"short")]
    some = [*units(walker, forged), *bad, *units(walker, good)]
    verdicts = {receipt.hash: receipt.verdict for receipt in receive(hub, walker, parcel_of(some))}
    assert [verdicts[unit.hash] for unit in some] == [Verdict.REFUSED] * 4 + [Verdict.STORED]
    assert hub.store.count() == 1
    assert set(kinds(hub)) == {RefusalKind.NO_RULE, RefusalKind.FORGED, RefusalKind.STALE, RefusalKind.OVERSIZED}


class Forger(Sealer):
    """A sealer whose envelopes are tampered with before they are sealed."""

    tamper: dict[str, object]

    def _unit(self, kind: UnitType, unit_id: str, body: bytes, sizes: tuple[int, ...]) -> Unit:
        real = vars(seal)["Envelope"]
        vars(seal)["Envelope"] = lambda **fields: real(**{**fields, **self.tamper})
        try:
            return super()._unit(kind, unit_id, body, sizes)
        finally:
            vars(seal)["Envelope"] = real


@pytest.mark.parametrize(
    ("tamper", "kind"),
    [
        ({"signature": bytes(64)}, RefusalKind.FORGED),
        ({"hub": "0" * 64}, RefusalKind.FORGED),
        ({"probe": "0" * 64}, RefusalKind.UNKNOWN),
        ({"type": UnitType.PHOTO}, RefusalKind.FORGED),
        ({"id": "0" * 32}, RefusalKind.FORGED),
        ({"body": b"{}"}, RefusalKind.FORGED),
    ],
)
def test_whoever_changes_a_signed_field_is_found_out(
    hub: HubFolder, walker: Identity, tamper: dict[str, object], kind: RefusalKind
) -> None:
    forger = Forger(walker.key, walker.hub_id, walker.hub.keys[0])
    forger.tamper = tamper
    receipts = receive(hub, walker, parcel_of([forger.sighting(look())]))
    assert kinds(hub) == [kind]
    assert [receipt.verdict for receipt in receipts] == ([] if kind is RefusalKind.UNKNOWN else [Verdict.REFUSED])
    assert hub.store.count() == 0


def test_a_probe_cannot_speak_in_anothers_name_nor_be_readdressed(
    hub: HubFolder, walker: Identity, tmp_path: Path
) -> None:
    other = enrolled(hub)
    posing = Forger(other.key, walker.hub_id, walker.hub.keys[0])
    posing.tamper = {"probe": walker.probe}
    answers(hub, walker, parcel_of([posing.sighting(look())]))
    assert kinds(hub) == [RefusalKind.FORGED]
    with make_hub(tmp_path / "elsewhere") as elsewhere:
        stranger = enrolled(elsewhere)
        # Sealed to this hub's key but for another hub: HPKE's info does not fit.
        misled = Sealer(stranger.key, stranger.hub_id, walker.hub.keys[0])
        answers(hub, walker, parcel_of([misled.sighting(look())]))
        answers(hub, walker, parcel(stranger, look()))
    assert kinds(hub)[:2] == [RefusalKind.STALE, RefusalKind.FORGED]
    assert hub.store.count() == 0


def test_what_was_signed_for_another_hub_is_not_taken_whoever_sealed_it(hub: HubFolder, walker: Identity) -> None:
    misled = Sealer(walker.key, "0" * 64, walker.hub.keys[0])
    misled._info = walker.sealer()._info
    answers(hub, walker, parcel_of([misled.sighting(look())]))
    assert [(row.kind, row.reason) for row in hub.store.quarantined()] == [
        (RefusalKind.FORGED, "signed for another hub")
    ]


def test_what_is_not_known_here_gets_no_receipt_so_that_nothing_is_lost(hub: HubFolder, walker: Identity) -> None:
    unknown = msgspec.structs.replace(walker, key=new_key())
    assert answers(hub, walker, parcel(unknown, look())) == []
    assert kinds(hub) == [RefusalKind.UNKNOWN]


def test_what_a_revoked_probe_sends_is_held_whatever_date_it_bears(hub: HubFolder, walker: Identity) -> None:
    before, after = parcel(walker, look()), parcel(walker, look())
    units_in = ingest_of(hub)
    box = mailbox(walker)
    units_in.receive([Incoming(topic="t", mailbox=box, payload=before)])
    hub.registry.revoke(hub.registry.probes()[0], date(2026, 5, 9))
    incoming = [Incoming(topic="t", mailbox=box, payload=payload) for payload in (after, before)]
    (answer,) = units_in.receive(incoming).answers
    assert [receipt.verdict for receipt in answer.receipts] == [Verdict.HELD, Verdict.STORED]
    assert hub.store.counts().held == 1
    assert len(hub.store.read()) == 1
    (again,) = receive(hub, walker, after)
    assert again.verdict is Verdict.HELD


def test_what_came_since_the_day_of_loss_goes_back_to_review(hub: HubFolder, walker: Identity) -> None:
    kept = enrolled(hub)
    answers(hub, walker, parcel(walker, look(), look()), parcel(kept, look()))
    today = datetime.now(UTC).date()
    change(hub, "UPDATE sender SET day = ? WHERE seq = 1", ((today - timedelta(days=3)).isoformat(),))
    assert hub.store.hold_since(walker.probe, today - timedelta(days=1), "lost") == 1
    assert [row.seq for row in hub.store.read()] == [1, 3]
    assert hub.store.held() == [HeldSightings(probe=walker.probe, sightings=1, reason="lost")]
    assert hub.store.decide(walker.probe, keep=True) == 1
    assert len(hub.store.read()) == 3
    hub.store.hold_since(walker.probe, today - timedelta(days=1), "lost")
    assert hub.store.decide(walker.probe, keep=False) == 1
    assert [row.seq for row in hub.store.read()] == [1, 3]
    assert database_of(hub).row("SELECT body FROM sighting WHERE seq = 2")[0] == b""


def test_what_a_probe_takes_back_is_erased_and_stays_away(hub: HubFolder, walker: Identity) -> None:
    first, late, others = look(), look(), look()
    other = enrolled(hub)
    answers(hub, walker, parcel(walker, first), parcel(other, others))
    before = hub.store.generation()
    back = walker.sealer().withdrawal(new_id(), [first.id, late.id, others.id])
    assert [r.verdict for r in receive(hub, walker, parcel_of([back]), parcel_of([back]))] == [Verdict.STORED] * 2
    assert hub.store.generation() > before
    receipts = receive(hub, walker, parcel(walker, late, first))
    assert [row.body for row in hub.store.read()] == [encode(others)], "another's cannot be taken back"
    assert receipts[0].verdict is Verdict.STORED, "or the probe would offer it for ever"


def test_a_revoked_probe_erases_nothing(hub: HubFolder, walker: Identity) -> None:
    sighting = look()
    answers(hub, walker, parcel(walker, sighting))
    hub.registry.revoke(hub.registry.probes()[0], date(2026, 5, 9))
    answers(hub, walker, parcel_of([walker.sealer().withdrawal(new_id(), [sighting.id])]))
    assert len(hub.store.read()) == 1


def test_pictures_are_stored_once_under_their_own_hash(hub: HubFolder, walker: Identity) -> None:
    picture = Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(90_000))
    payload = parcel_of([walker.sealer().picture(picture)])
    assert [r.verdict for r in receive(hub, walker, payload, payload)] == [Verdict.STORED] * 2
    assert hub.store.counts().pictures == 1
    import hashlib

    assert hub.store.picture(hashlib.sha256(picture.jpeg).hexdigest()) == picture.jpeg


def test_an_unknown_topic_is_set_aside_unanswered(hub: HubFolder, walker: Identity) -> None:
    assert ingest_of(hub).receive([Incoming(topic="t", mailbox=None, payload=parcel(walker, look()))]).answers == ()
    assert (hub.store.count(), kinds(hub)) == (0, [RefusalKind.UNKNOWN])


@given(payloads=st.lists(st.binary(max_size=300), max_size=5))
def test_any_bytes_are_set_aside(payloads: list[bytes], tmp_path_factory: pytest.TempPathFactory) -> None:
    with make_hub(tmp_path_factory.mktemp("any")) as hub:
        incoming = [Incoming(topic="t", mailbox="d" * 32, payload=payload) for payload in payloads]
        assert ingest_of(hub).receive(incoming).answers == ()
        assert hub.store.quarantine_count() == len(payloads)


def test_the_quarantine_is_bounded_in_all_and_for_each(hub: HubFolder) -> None:
    units_in = UnitIngest(hub.store, hub.keys, hub.registry, limits=Limits(clock_s=iter(range(10**9)).__next__))

    def flood(who: int, count: int, size: int) -> None:
        incoming = [Incoming(topic=f"t{who}", mailbox=f"{who:032x}", payload=b"x" * size) for _ in range(count)]
        units_in.receive(incoming)

    flood(1, 3, 10)
    flood(2, MAX_ROWS_EACH + 100, 10)
    assert hub.store.quarantine_count() == 3 + MAX_ROWS_EACH, "nobody crowds out the others"
    for who in range(3, 16):
        flood(who, MAX_ROWS_EACH, 10)
    assert hub.store.quarantine_count() == MAX_ROWS
    for who in range(100, 190):
        flood(who, 1, 1_000_000)
    assert database_of(hub).row("SELECT coalesce(sum(length(data)), 0) FROM quarantine")[0] <= MAX_BYTES


def test_who_sends_too_much_is_not_answered_for_a_while(hub: HubFolder, walker: Identity) -> None:
    now = [0.0]
    units_in = UnitIngest(hub.store, hub.keys, hub.registry, limits=Limits(clock_s=lambda: now[0]))
    units_in.limits.allow(mailbox(walker), BURST_BYTES - 100, enrolled=True)
    incoming = Incoming(topic="t", mailbox=mailbox(walker), payload=parcel(walker, look()))
    assert units_in.receive([incoming]).answers == ()
    assert units_in.limits.dropped == 1
    now[0] += 1.0
    assert len(units_in.receive([incoming]).answers) == 1


def test_limits_hold_for_a_day_and_are_narrow_for_strangers() -> None:
    now, day = [0.0], [date(2026, 5, 9)]
    limits = Limits(clock_s=lambda: now[0], today=lambda: day[0])
    assert not limits.allow("stranger", BURST_BYTES // UNENROLLED_SHARE + 1, enrolled=False)
    taken = 0
    while limits.allow("walker", BURST_BYTES, enrolled=True):
        taken += BURST_BYTES
        now[0] += BURST_BYTES / BYTES_PER_S
    assert taken == BYTES_PER_DAY
    day[0] += timedelta(days=1)
    assert limits.allow("walker", BURST_BYTES, enrolled=True)
    now[0] -= 1e6
    assert not limits.allow("walker", 1, enrolled=True), "a clock that goes back gives nothing away"
    for number in range(20_000):
        limits.allow(f"{number:032x}", 1, enrolled=False)
    assert len(limits._known) <= 10_000


def test_nothing_is_receipted_that_could_not_be_written(hub: HubFolder, walker: Identity) -> None:
    let_write(hub.store, False)
    payload = parcel(walker, look())
    with pytest.raises(StoreError, match="cannot be written"):
        receive(hub, walker, payload)
    let_write(hub.store, True)
    assert receive(hub, walker, payload)[0].verdict is Verdict.STORED


@pytest.mark.engines("sqlite")
def test_a_disk_that_is_nearly_full_takes_nothing_in(hub: HubFolder, walker: Identity) -> None:
    units_in = UnitIngest(hub.store, hub.keys, hub.registry, min_free_bytes=1 << 60)
    with pytest.raises(StoreError, match="free some space"):
        units_in.receive([Incoming(topic="t", mailbox=mailbox(walker), payload=parcel(walker, look()))])
    assert hub.store.count() == 0


def test_who_sent_it_is_forgotten_after_its_time(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub:
        walker = enrolled(hub)
        receive(hub, walker, parcel(walker, look()))
        change(hub, "UPDATE sender SET expires = '2020-01-01'")
    with open_hub(tmp_path) as hub:
        (row,) = hub.store.read()
        assert row.sender is None


def test_answers_are_short_enough_to_be_read(hub: HubFolder, walker: Identity) -> None:
    (unit,) = units(walker, look())
    assert len(receive(hub, walker, *[parcel_of([unit] * 64)] * 40)) == 64 * 40


def test_a_receipt_that_was_tampered_with_is_none(hub: HubFolder, walker: Identity) -> None:
    (answer,) = answers(hub, walker, parcel(walker, look()))
    from probe.contract.base import ContractError

    for at in range(len(answer.signed)):
        damaged = bytearray(answer.signed)
        damaged[at] ^= 1
        with pytest.raises(ContractError):
            verified_body(hub.keys.public, SignedKind.RECEIPTS, bytes(damaged))
    with pytest.raises(ContractError):
        verified_body(hub.keys.public, SignedKind.HOME, answer.signed)
    assert isinstance(decode_receipts(verified_body(hub.keys.public, SignedKind.RECEIPTS, answer.signed)), Receipts)
