"""One import or one walk is taken back: bodies and pictures are erased, tombstones stay, the map derives without it."""

import hashlib
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from hub.data import HubFolder, make_hub
from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.ingest.lines import import_lines
from hub.ingest.receive import Incoming
from hub.ingest.undo import Arrival, ArrivalKind, arrivals, find
from probe.contract.envelope import Picture, encode
from probe.contract.parcel import Verdict
from probe.contract.sighting import Kind, Photo, Sighting
from probe.seal.identity import Identity
from tests.examples import WALK_A, WALK_B, WALK_C, look, new_id, radio, survey
from tests.paired import database_of, enrolled, ingest_of, parcel, parcel_of

pytestmark = pytest.mark.engines

TODAY = datetime.now(UTC).date()


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        yield folder


@pytest.fixture
def walker(hub: HubFolder) -> Identity:
    return enrolled(hub)


def send(hub: HubFolder, walker: Identity, payload: bytes) -> list[Verdict]:
    assert walker.account is not None
    done = ingest_of(hub).receive([Incoming(topic="t", mailbox=walker.account.mailbox, payload=payload)])
    return [receipt.verdict for answer in done.answers for receipt in answer.receipts]


def imported(hub: HubFolder, folder: Path, name: str, *sightings: Sighting) -> None:
    (folder / name).write_bytes(b"\n".join(map(encode, sightings)))
    assert not import_lines(folder / name, hub.store).troubles


def photo(sha256: str, walk: str) -> Sighting:
    pin = look(walk=walk)
    return Sighting(
        v=1, id=pin.id, walk=walk, kind=Kind.PHOTO, made=pin.made, observer=pin.observer,
        photo=Photo(content_sha256=sha256),
    )  # fmt: skip


def test_what_came_is_listed_the_last_first(hub: HubFolder, walker: Identity, tmp_path: Path) -> None:
    send(hub, walker, parcel(walker, look(), look(observer=(2000.0, 0.0)), survey(cells=3)))
    imported(hub, tmp_path, "wigle.jsonl", radio(walk=WALK_B), look(walk=WALK_C))
    assert arrivals(hub.store) == [
        Arrival(name="import-1", kind=ArrivalKind.IMPORT, day=TODAY, sightings=2, places=1, file="wigle.jsonl"),
        Arrival(name="walk-cccccccc", kind=ArrivalKind.WALK, day=TODAY, sightings=1, places=1),
        Arrival(name="walk-bbbbbbbb", kind=ArrivalKind.WALK, day=TODAY, sightings=1, places=1),
        Arrival(name="walk-aaaaaaaa", kind=ArrivalKind.WALK, day=TODAY, sightings=3, places=5),
    ]


def test_when_a_probes_walk_came_is_forgotten_with_its_sender(hub: HubFolder, walker: Identity) -> None:
    send(hub, walker, parcel(walker, look()))
    with database_of(hub).transaction() as db:
        db.execute("DELETE FROM sender")
    assert [one.day for one in arrivals(hub.store)] == [None]


def test_an_import_is_undone_and_the_map_derives_without_it(hub: HubFolder, tmp_path: Path) -> None:
    cameras = LiveCameras(hub.store)
    imported(hub, tmp_path, "one", radio())
    imported(hub, tmp_path, "two", look(observer=(500.0, 0.0)), look(observer=(900.0, 0.0), walk=WALK_B))
    cameras.refresh()
    (kept,) = (one.camera.id for one in cameras.cameras() if one.camera.standing == "hint")
    assert len(cameras.cameras()) == 3
    arrival, undoing = find(hub.store, "import-2")
    assert (arrival.sightings, arrival.file) == (2, "two")
    assert hub.store.undo(undoing) == 2
    cameras.refresh()
    assert [one.camera.id for one in cameras.cameras()] == [kept]
    erased = "SELECT count(*) FROM deletion JOIN sighting ON id = sighting WHERE why = 'undone' AND length(body) = 0"
    assert database_of(hub).row(erased) == (2,)
    assert [(one.name, one.sightings, one.undone) for one in arrivals(hub.store)] == [
        ("import-1", 1, None),
        ("walk-aaaaaaaa", 1, None),
        ("import-2", 0, TODAY),
    ]
    with pytest.raises(BadInput, match="already"):
        find(hub.store, "import-2")


def test_a_walk_is_undone_with_what_is_held_of_it(hub: HubFolder, walker: Identity) -> None:
    send(hub, walker, parcel(walker, look(), look(walk=WALK_B)))
    hub.registry.revoke(hub.registry.probes()[0], date(2026, 5, 9))
    assert send(hub, walker, parcel(walker, look(observer=(50.0, 0.0)))) == [Verdict.HELD]
    arrival, undoing = find(hub.store, "walk-aaaaaaaa")
    assert arrival.sightings == 2
    assert hub.store.undo(undoing) == 2
    assert [row.seq for row in hub.store.read(held=True)] == [2]
    assert hub.store.held() == []
    assert database_of(hub).row("SELECT walk, import, sightings FROM undoing") == (WALK_A, None, 2)


def test_pictures_go_with_the_sightings_that_alone_name_them(hub: HubFolder, walker: Identity) -> None:
    octets = [b"\xff\xd8" + bytes([number]) * 1000 for number in range(2)]
    mine, shared = (hashlib.sha256(one).hexdigest() for one in octets)
    pictures = [walker.sealer().picture(Picture(v=1, id=new_id(), jpeg=one)) for one in octets]
    send(hub, walker, parcel(walker, photo(mine, WALK_A), photo(shared, WALK_A), photo(shared, WALK_B)))
    assert send(hub, walker, parcel_of(pictures)) == [Verdict.STORED] * 2
    hub.store.undo(find(hub.store, WALK_A)[1])
    assert hub.store.picture(mine) is None
    assert hub.store.picture(shared) == octets[1]
    assert database_of(hub).row("SELECT length(jpeg) FROM picture WHERE sha256 = ?", (mine,)) == (0,)
    assert send(hub, walker, parcel_of(pictures)) == [Verdict.STORED] * 2
    assert hub.store.picture(mine) is None, "the same picture stays away"
    assert hub.store.counts().pictures == 1


def test_what_was_undone_and_is_sent_again_stays_away(hub: HubFolder, walker: Identity) -> None:
    one = look()
    send(hub, walker, parcel(walker, one))
    hub.store.undo(find(hub.store, "walk-aaaaaaaa")[1])
    assert send(hub, walker, parcel(walker, one)) == [Verdict.STORED], "or its probe would offer it for ever"
    assert (hub.store.count(), hub.store.quarantine_count()) == (0, 0)


def test_a_walk_is_named_by_enough_of_its_id(hub: HubFolder, tmp_path: Path) -> None:
    twins = "abcdef01" + "0" * 24, "abcdef01" + "1" * 24
    imported(hub, tmp_path, "twins", look(walk=twins[0]), look(walk=twins[1]))
    with pytest.raises(BadInput, match="2 walks"):
        find(hub.store, "walk-abcdef01")
    assert find(hub.store, f"walk-{twins[1]}")[1].sightings == (2,)
    assert find(hub.store, "abcdef0100")[1].sightings == (1,)


@pytest.mark.parametrize("name", ["import-9", "import-", "import--1", "walk-abc", "walk-", "", "7", "import-1 "])
def test_a_name_that_is_none_is_said(name: str, hub: HubFolder, tmp_path: Path) -> None:
    imported(hub, tmp_path, "one", look())
    with pytest.raises(BadInput, match="nothing here is called"):
        find(hub.store, name)
    assert hub.store.count() == 1
