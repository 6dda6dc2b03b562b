"""What is stored is what is weighed: small on the wire never becomes large on the disk, in memory or on the map."""

import gc
import sqlite3
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from itertools import chain
from pathlib import Path

import msgspec
import pytest

from hub.data import HubFolder, make_hub
from hub.derive.bounds import CELLS_EACH, Shares
from hub.derive.deriver import Deriver
from hub.ingest.folder import ingest_folder
from hub.ingest.limits import Limits
from hub.ingest.lines import MAX_TROUBLES, import_lines
from hub.ingest.receive import Incoming, Intake, UnitIngest
from hub.log.events import ROW_OCTETS, Batch, NewSighting, Origin, RefusalKind, SetAside, StoredShare
from hub.merge.cameras import derive
from hub.publish.describe import describe_all
from hub.store.sql.quarantine import MAX_BYTES_EACH
from hub.store.sql.shares import BLUR_OCTETS
from hub.store.sqlite.database import FILE
from hub.store.sqlite.log import SqliteStore
from hub.store.sqlite.schema import MIGRATIONS
from hub.store.store import READ_OCTETS
from probe.contract.base import ContractError
from probe.contract.envelope import (
    MAX_CONTENT_BYTES,
    PHOTO_BYTES,
    SIGHTING_BYTES,
    Picture,
    decode_sighting,
    encode,
    frame,
    unframe,
)
from probe.contract.evidence import LookEvidence
from probe.contract.folder import PARCEL_SUFFIX
from probe.contract.parcel import Unit, Verdict
from probe.contract.sighting import Kind, Listened, Sighting, Survey
from probe.detect.registry import Recogniser
from probe.seal.identity import Identity
from tests.examples import look, new_id, radio, survey
from tests.hub.ingest.heavy import sealed, with_unknown
from tests.hub.review.world import observed
from tests.paired import enrolled, file_of, parcel, parcel_of, units


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


@pytest.fixture
def walker(hub: HubFolder) -> Identity:
    return enrolled(hub, "walker")


def received(hub: HubFolder, walker: Identity, *some: Unit, limits: Limits | None = None) -> Intake:
    assert walker.account is not None
    taking = UnitIngest(hub.store, hub.keys, hub.registry, recogniser=hub.recogniser, limits=limits)
    return taking.receive([Incoming(topic="t", mailbox=walker.account.mailbox, payload=parcel_of(list(some)))])


def verdicts(done: Intake) -> list[Verdict]:
    return [receipt.verdict for answer in done.answers for receipt in answer.receipts]


def kinds(hub: HubFolder) -> list[RefusalKind]:
    return [row.kind for row in hub.store.quarantined()]


def grown(work: Callable[[], object]) -> tuple[int, int]:
    """How many octets more are in use after some work, and how many there were at most meanwhile."""
    tracemalloc.start()
    try:
        kept = work()
        gc.collect()  # what only waits to be taken away is not kept
        now, peak = tracemalloc.get_traced_memory()
        del kept
        return now, peak
    finally:
        tracemalloc.stop()


def padded(sighting: Sighting, octets: int) -> Sighting:
    """The sighting with so much more evidence, all of the contract, that packs well."""
    return msgspec.structs.replace(sighting, evidence=(LookEvidence(by="y" * 200, note="x" * 200),) * (octets // 438))


# The unit.


def test_a_frame_is_unpacked_no_further_than_a_sighting_may_be() -> None:
    packed = zlib.compress(bytes(5 * MAX_CONTENT_BYTES), 9)

    def unpack() -> None:
        with pytest.raises(ContractError, match="more than"):
            unframe(b"\1" + len(packed).to_bytes(4, "big") + packed)

    assert grown(unpack)[1] < 3 * MAX_CONTENT_BYTES


def test_a_probe_never_makes_what_a_hub_refuses() -> None:
    with pytest.raises(ContractError, match="more than"):
        frame(bytes(MAX_CONTENT_BYTES + 1), (SIGHTING_BYTES,))
    largest = encode(survey(cells=32, channels=38))
    assert len(largest) < MAX_CONTENT_BYTES * 2 // 3
    assert unframe(frame(largest, (SIGHTING_BYTES,))) == largest


def test_a_sighting_is_no_larger_for_coming_in_a_pictures_unit(hub: HubFolder, walker: Identity) -> None:
    one = look()
    unit = sealed(walker, one.id, with_unknown(encode(one), 100 * 1024), sizes=PHOTO_BYTES)
    assert verdicts(received(hub, walker, unit, *units(walker, look()))) == [Verdict.REFUSED, Verdict.STORED]
    assert kinds(hub) == [RefusalKind.OVERSIZED]


# What is stored.


def test_what_the_contract_does_not_know_is_not_stored(hub: HubFolder, walker: Identity) -> None:
    one = look()
    unit = sealed(walker, one.id, with_unknown(encode(one), 90_000))
    assert verdicts(received(hub, walker, unit)) == [Verdict.STORED]
    assert [row.body for row in hub.store.read()] == [encode(one)]


@pytest.mark.parametrize("plain_first", [True, False])
@pytest.mark.parametrize("at_once", [True, False])
def test_the_same_is_a_double_whatever_unknown_fields_it_has(
    at_once: bool, plain_first: bool, hub: HubFolder, walker: Identity
) -> None:
    one = look()
    both = [*units(walker, one), sealed(walker, one.id, with_unknown(encode(one), 500))]
    both = both if plain_first else both[::-1]
    done = [received(hub, walker, *both)] if at_once else [received(hub, walker, unit) for unit in both]
    assert [verdict for one_of in done for verdict in verdicts(one_of)] == [Verdict.STORED] * 2
    assert (sum(d.stored for d in done), sum(d.doubles for d in done), hub.store.quarantine_count()) == (1, 1, 0)


def test_what_an_earlier_hub_stored_as_it_came_is_still_read_and_known(hub: HubFolder, walker: Identity) -> None:
    one = look()
    body = with_unknown(encode(one), 500_000)
    hub.store.append(Batch(sightings={one.id: NewSighting(id=one.id, hash=bytes(32), body=body, origin=Origin.PROBE)}))
    assert [decode_sighting(row.body) for row in hub.store.read(octets=1)] == [one]
    done = received(hub, walker, *units(walker, one))
    assert (verdicts(done), done.doubles) == ([Verdict.STORED], 1)


def test_numbers_that_grow_when_they_are_written_out_are_weighed_then(hub: HubFolder, walker: Identity) -> None:
    one = look()
    cells = ",".join('{"cell":"17/1/1","channels_mhz":[],"seconds":1}' for _ in range(2))
    body = encode(one).replace(b'"pin":{}', f'"survey":{{"cells":[{cells}]}}'.encode()).replace(b'"pin"', b'"survey"')
    assert verdicts(received(hub, walker, sealed(walker, one.id, body))) == [Verdict.STORED]
    (row,) = hub.store.read()
    assert row.body == encode(decode_sighting(body))


# Each probe's share.


def test_a_day_has_so_many_octets_stored_and_the_rest_stays_with_the_probe(hub: HubFolder, walker: Identity) -> None:
    heavy = [sealed(walker, one.id, encode(padded(one, 80_000))) for one in (look() for _ in range(4))]
    limits = Limits(stored_per_day=200_000)
    done = received(hub, walker, *heavy, limits=limits)
    assert (verdicts(done), done.put_off, done.set_aside) == ([Verdict.STORED] * 2, 2, 0)
    assert [sentence.split(":")[0] for sentence in done.over] == ["walker"]
    assert sum(len(row.body) for row in hub.store.read()) < 200_000

    again = received(hub, walker, *heavy[2:], limits=Limits(stored_per_day=200_000))
    assert (verdicts(again), again.put_off) == ([], 2), "a hub that starts again knows what it has stored today"
    other = enrolled(hub)
    assert verdicts(received(hub, other, *units(other, look()), limits=limits)) == [Verdict.STORED]

    file_of(hub).connection.execute("UPDATE share SET day = '2020-01-01'")
    assert verdicts(received(hub, walker, *heavy[2:], limits=limits)) == [Verdict.STORED] * 2, "the next day"


def test_pictures_and_withdrawals_weigh_as_well(hub: HubFolder, walker: Identity) -> None:
    sealer = walker.sealer()
    picture = sealer.picture(Picture(v=1, id=new_id(), jpeg=b"\xff\xd8" + bytes(100_000)))
    back = sealer.withdrawal(new_id(), [new_id() for _ in range(256)])
    received(hub, walker, picture, back)
    share = hub.store.share(walker.probe)
    assert share.today == share.in_all > 100_000 + 256 * 100
    assert received(hub, walker, picture, back).doubles == 2
    assert hub.store.share(walker.probe) == share, "what is known already weighs nothing"


def test_what_is_taken_back_gives_its_room_back(hub: HubFolder, walker: Identity) -> None:
    one = padded(look(), 80_000)
    received(hub, walker, *units(walker, one))
    before = hub.store.share(walker.probe).in_all
    received(hub, walker, walker.sealer().withdrawal(new_id(), [one.id]))
    assert hub.store.share(walker.probe).in_all < before - 70_000


class SmallDisk(SqliteStore):
    """A store on a disk with so much room left."""

    free = 0

    def free_bytes(self) -> int:
        return self.free


def test_no_probe_has_more_of_the_disk_than_is_left_for_the_others(tmp_path: Path) -> None:
    with make_hub(tmp_path) as hub, closing(SmallDisk(tmp_path)) as store:
        walker, other = enrolled(hub, "walker"), enrolled(hub)
        store.free = 150_000
        taking = UnitIngest(store, hub.keys, hub.registry, min_free_bytes=1000)

        def sent(identity: Identity, *sightings: Sighting, by_hand: bool = False) -> Intake:
            assert identity.account is not None
            payload = parcel(identity, *sightings)
            mailbox = identity.account.mailbox
            return taking.receive([Incoming(topic="t", mailbox=mailbox, payload=payload, by_hand=by_hand)])

        assert sent(walker, padded(look(), 80_000)).stored == 1
        second = sent(walker, padded(look(), 80_000))
        assert (second.stored, second.put_off, verdicts(second)) == (0, 1, [])
        assert "free some space" in second.over[0]
        assert sent(walker, padded(look(), 80_000), by_hand=True).put_off == 1, "also from a stick"
        assert sent(other, padded(look(), 80_000)).stored == 1


def test_a_stick_with_more_than_there_is_room_for_is_told_and_gets_no_receipt(tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    with make_hub(tmp_path / "hub") as hub, closing(SmallDisk(tmp_path / "hub")) as store:
        store.free = 2000
        (stick / f"1{PARCEL_SUFFIX}").write_bytes(parcel(enrolled(hub, "walker"), padded(look(), 80_000)))
        report = ingest_folder(stick, UnitIngest(store, hub.keys, hub.registry, min_free_bytes=1000))
    assert (report.stored, report.refused, report.put_off) == (0, 0, 1)
    assert "walker" in report.troubles[0]
    assert len(list(stick.iterdir())) == 1


def test_a_hub_of_before_knows_what_each_probe_has_stored(tmp_path: Path) -> None:
    (number,) = [n for n, statements in enumerate(MIGRATIONS) if any("CREATE TABLE share" in s for s in statements)]
    with closing(sqlite3.connect(tmp_path / FILE)) as db:
        for statement in chain(*MIGRATIONS[:number]):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number}")
        db.execute("INSERT INTO sighting (seq, id, hash, origin, body) VALUES (7, 'a', 'b', 'probe', x'7b7d')")
        db.execute("INSERT INTO sender (seq, probe, expires) VALUES (7, 'old', '2999-01-01')")
        db.execute(
            "INSERT INTO picture (id, hash, sha256, probe, expires, jpeg)"
            " VALUES ('p', 'h', 's', 'old', '2999-01-01', ?)",
            (bytes(1000),),
        )
        db.commit()
    with closing(SqliteStore(tmp_path)) as store:
        assert store.share("old") == StoredShare(today=0, in_all=2 * ROW_OCTETS + 2 + 1000)
        assert store.share("new") == StoredShare(today=0, in_all=0)


def test_the_day_of_the_last_delivery_is_forgotten(hub: HubFolder, walker: Identity) -> None:
    received(hub, walker, *units(walker, look()))
    db = file_of(hub).connection
    db.execute("UPDATE share SET day = '2020-01-01'")
    hub.store.forget_senders(datetime.now(UTC).date())
    ((day, today, octets),) = db.execute("SELECT day, today, octets FROM share").fetchall()
    assert (day, today, octets % BLUR_OCTETS) == ("", 0, 0)


def test_no_probe_crowds_the_others_out_of_the_quarantine(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        first = SetAside(kind=RefusalKind.FORGED, reason="r", topic="honest", size=9, data=b"x")
        store.append(Batch(aside=[first]))
        for _ in range(12):
            large = SetAside(kind=RefusalKind.FORGED, reason="r", topic="hostile", size=1, data=bytes(1 << 20))
            store.append(Batch(aside=[large]))
        held = sum(len(row.data) for row in store.quarantined(1000) if row.topic == "hostile")
        assert 0 < held <= MAX_BYTES_EACH
        assert [row.data for row in store.quarantined(1000) if row.topic == "honest"] == [b"x"]


# Reading.


def test_the_log_is_read_by_octets(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        new = [NewSighting(id=f"{n:032x}", hash=bytes(32), body=bytes(90_000), origin=Origin.PROBE) for n in range(120)]
        store.append(Batch(sightings={one.id: one for one in new}))
        parts, after = [], 0
        while rows := store.read(after):
            parts.append(sum(len(row.body) for row in rows))
            after = rows[-1].seq
        assert sum(parts) == 120 * 90_000
        assert max(parts) <= READ_OCTETS + 90_000
        assert len(store.read(octets=1)) == 1


# The map.


def test_the_map_keeps_of_a_sighting_what_it_shows(hub: HubFolder, walker: Identity) -> None:
    for row in range(3):
        some = [padded(look(observer=(50.0 * n, 50.0 * row)), 80_000) for n in range(20)]
        received(hub, walker, *units(walker, *some))
    describe_all(derive(observed([look()]))[0])  # what is loaded for the first camera is not of the map
    deriver = Deriver(hub.store, hub.recogniser)
    kept, peak = grown(deriver.refresh)
    assert len(deriver.cameras()) == 60
    assert kept < 60 * 15_000, "a camera and its sighting"
    assert peak < 4 * READ_OCTETS


def test_the_evidence_of_a_flood_is_not_remembered() -> None:
    recogniser = Recogniser()
    one = radio()
    made = one.made
    recogniser.judge(made.rule or "", made.rule_version or 0, AXIS_TEXT, one.evidence)

    def judge() -> None:
        for number in range(100):
            evidence = (*one.evidence, *(LookEvidence(note=f"{number} {n}" + "x" * 190) for n in range(200)))
            recogniser.judge(made.rule or "", made.rule_version or 0, AXIS_TEXT, evidence)

    assert grown(judge)[0] < 500_000


AXIS_TEXT = "ac:cc:8e:10:20:30"


def walked(first: int, count: int) -> Sighting:
    cells = tuple(Listened(cell=f"17/{first + n}/1", channels_mhz=()) for n in range(count))
    return msgspec.structs.replace(look(), kind=Kind.SURVEY, pin=None, survey=Survey(day=date(2026, 5, 9), cells=cells))


def test_the_cells_of_one_contributor_are_bounded_and_what_is_left_out_is_told(
    hub: HubFolder, walker: Identity
) -> None:
    some = [walked(2000 * n, 2000) for n in range(CELLS_EACH // 2000 + 1)]
    for one in some:
        assert verdicts(received(hub, walker, *units(walker, one))) == [Verdict.STORED]
    other = enrolled(hub)
    received(hub, other, *units(other, walked(90_000, 10)))
    deriver = Deriver(hub.store)
    deriver.refresh()
    assert deriver.status().cells_left_out == 2000
    assert deriver.coverage().count(b'"Feature"') == CELLS_EACH + 10


def test_a_cell_that_a_survey_says_often_was_walked_once(hub: HubFolder, walker: Identity) -> None:
    cells = (Listened(cell="17/1/1", channels_mhz=()),) * 500
    received(hub, walker, *units(walker, msgspec.structs.replace(walked(0, 1), survey=Survey(cells=cells))))
    deriver = Deriver(hub.store)
    deriver.refresh()
    assert b'"walks":1,' in deriver.coverage()


def test_a_share_is_each_ones_own_and_all_have_an_end() -> None:
    shares = Shares(100, 30)
    assert [shares.take("a", 20), shares.take("a", 20), shares.take("a", 10)] == [True, False, True]
    assert [shares.take(None, 40), shares.take(None, 20), shares.take(None, 10)] == [True, False, True]
    assert [shares.take("b", 30), shares.take("c", 1)] == [False, True]


# Files that the operator imports.


def test_a_line_that_is_too_heavy_costs_itself(hub: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    good, unknown = look(), look()
    heavy = padded(look(), MAX_CONTENT_BYTES // 2)
    heavy = msgspec.structs.replace(heavy, evidence=(LookEvidence(by="é" * 200, note="é" * 200),) * 250)
    file.write_bytes(b"\n".join([encode(heavy), with_unknown(encode(unknown), 500_000), encode(good)]))
    report = import_lines(file, hub.store)
    assert (report.stored, report.refused) == (2, 1)
    assert [row.body for row in hub.store.read()] == [encode(unknown), encode(good)]


def test_a_file_of_heavy_lines_and_the_same_again_stay_small_in_memory(hub: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    with file.open("wb") as lines:
        for _ in range(300):
            lines.write(encode(padded(look(), 60_000)) + b"\n")
    assert grown(lambda: import_lines(file, hub.store))[1] < 12 << 20
    assert grown(lambda: import_lines(file, hub.store))[1] < 12 << 20
    assert hub.store.count() == 300


def test_a_million_bad_lines_are_counted_and_some_are_told(hub: HubFolder, tmp_path: Path) -> None:
    file = tmp_path / "lines.jsonl"
    file.write_bytes(b"{}\n" * (MAX_TROUBLES + 500))
    report = import_lines(file, hub.store)
    assert (report.refused, len(report.troubles)) == (MAX_TROUBLES + 500, MAX_TROUBLES + 1)
    assert "500 more" in report.troubles[-1]
