"""Once the link to their probe has expired, two walks of one probe are to a hub as two walks of two: but for the tags
that say so much on purpose, within an area and a quarter of a year, and never of which probe."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.data import HubFolder, make_hub, open_hub
from hub.erase.retention import expire
from hub.store.sql.shares import BLUR_OCTETS
from hub.store.sql.store import SENDER_DAYS
from probe.contract.envelope import Picture, decode_sighting
from probe.contract.sighting import Sighting
from probe.seal.identity import Identity
from tests.examples import WALK_A, WALK_B, WALK_C, look, new_id, radio, survey
from tests.hub.photo.world import World, jpeg_of, noise, octets_in, photo
from tests.paired import change, database_of, enrolled

LATER = datetime.now(UTC).date() + timedelta(days=SENDER_DAYS + 1)
# Who probes are; how sealed octets came, which no two hubs have alike; and times.
_OF_PROBES = {"probe", "account", "enrolment"}
_BY_CHANCE = {"hash", "at", "number"}


def walk(id: str, seed: int) -> tuple[list[Sighting], list[Picture], str]:
    """One of everything that a walk leaves, its pictures, and the id of a withdrawal."""
    scene, reticle = jpeg_of(noise(seed)), jpeg_of(noise(seed + 100))
    made = [
        radio(walk=id, at=(300.0 * seed, 0.0)),
        look(walk=id, observer=(300.0 * seed, 40.0)),
        photo(scene, reticle, walk=id, observer=(300.0 * seed, 80.0)),
        msgspec.structs.replace(survey(), walk=id),
        radio(walk=id, at=(300.0 * seed, 160.0), transmitter=f"ac:cc:8e:00:00:{seed:02x}"),
    ]
    return made, [Picture(v=1, id=new_id(), jpeg=jpeg) for jpeg in (scene, reticle)], new_id()


WALKS = [walk(WALK_A, 1), walk(WALK_B, 2), walk(WALK_C, 3)]


def bring(world: World, walker: Identity, made: tuple[list[Sighting], list[Picture], str]) -> None:
    """A probe brings a walk, and takes its last sighting back."""
    sightings, pictures, withdrawal = made
    sealer = walker.sealer()
    world.send([sealer.sighting(one) for one in sightings], walker)
    world.send([sealer.picture(picture) for picture in pictures], walker)
    world.send([sealer.withdrawal(withdrawal, [sightings[-1].id])], walker)


def rows(hub: HubFolder) -> dict[str, list[tuple[object, ...]]]:
    """All that the hub's database says, table by table, but who its probes are and what chance made."""
    database_of(hub).truncate_log()
    with closing(sqlite3.connect(hub.path / "hub.db")) as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        found = {}
        for name in sorted(set(names) - _OF_PROBES):
            columns = [column[1] for column in db.execute(f"PRAGMA table_info({name})") if column[1] not in _BY_CHANCE]
            listed = ", ".join(columns) or "1"
            found[name] = sorted(db.execute(f"SELECT {listed} FROM {name}").fetchall(), key=repr)  # noqa: S608
        return found


@pytest.fixture
def hubs(tmp_path: Path) -> list[dict[str, list[tuple[object, ...]]]]:
    """Two hubs that got the same walks in the same order, after the links have expired: one by two probes, of which one
    brought two walks, and one by three."""
    found = []
    for name, whose in (("two", (0, 1, 0)), ("three", (0, 1, 2))):
        with make_hub(tmp_path / name) as hub:
            world = World(hub)
            walkers = [enrolled(hub, f"walker {number}") for number in range(3)]
            for number, made in zip(whose, WALKS, strict=True):
                bring(world, walkers[number], made)
            assert rows(hub)["sender"], "there was a link: this test sees something"
            assert octets_in(tmp_path / name, [walkers[0].probe.encode() + b"20"]) == ["hub.db"]
            world.deriver()
            hub.store.forget_senders(LATER)
            expire(hub.store, [], LATER)
            probes = [walker.probe for walker in walkers]
        links = [probe.encode() + b"20" for probe in probes]  # as they stood beside the day of their end
        assert octets_in(tmp_path / name, links) == []
        with open_hub(tmp_path / name) as hub:
            found.append(_without_names(rows(hub), probes))
    return found


def _without_names(
    tables: dict[str, list[tuple[object, ...]]], probes: Sequence[str]
) -> dict[str, list[tuple[object, ...]]]:
    """The tables, with a probe's share left out, which is a size by lot, and no other word of a probe."""
    for probe, octets, *rest in tables.pop("share"):
        assert probe in probes
        assert isinstance(octets, int)
        assert octets % BLUR_OCTETS == 0
        assert rest == ["", 0]
    for name, there in tables.items():
        assert not any(probe in repr(there) for probe in probes), f"{name} names a probe"
    return tables


def test_two_walks_of_one_probe_are_to_the_hub_as_two_of_two(
    hubs: list[dict[str, list[tuple[object, ...]]]],
) -> None:
    two, three = hubs
    assert two["sender"] == []
    assert two["sighting"], "the walks are there"
    for name in two.keys() - {"contributor"}:
        assert two[name] == three[name], name


def test_what_tags_say_is_which_walks_in_an_area_are_of_one(
    hubs: list[dict[str, list[tuple[object, ...]]]],
) -> None:
    """This is what whoever has the hub's disk learns, beside what SECURITY.md says of the quarter that is under way."""
    two, three = (_tags_of_walks(hub) for hub in hubs)
    assert two[WALK_A] & two[WALK_C]
    assert not two[WALK_A] & two[WALK_B]
    assert not three[WALK_A] & three[WALK_C]
    assert not three[WALK_A] & three[WALK_B]


def _tags_of_walks(hub: dict[str, list[tuple[object, ...]]]) -> dict[str, set[str]]:
    walks = {
        seq: decode_sighting(body).walk for seq, _, _, body, _ in hub["sighting"] if isinstance(body, bytes) and body
    }
    found: dict[str, set[str]] = {}
    for seq, tags in hub["contributor"]:
        found.setdefault(walks[seq], set()).update(str(tags).split())
    return found


def test_of_a_share_no_more_is_kept_than_its_size_by_lot(tmp_path: Path) -> None:
    """To the octet it would say which walks are one probe's: those whose sizes add up to it."""
    with make_hub(tmp_path) as hub:
        world, seen = World(hub), set[int]()
        world.send([world.walker.sealer().sighting(look())])
        for _ in range(200):
            change(hub, "UPDATE share SET day = '2020-01-01', octets = ?", (5 * BLUR_OCTETS // 2,))
            hub.store.forget_senders(LATER)
            seen.add(hub.store.share(world.walker.probe).in_all)
            hub.store.forget_senders(LATER)
            assert hub.store.share(world.walker.probe).in_all in seen, "once is enough"
    assert seen == {2 * BLUR_OCTETS, 3 * BLUR_OCTETS}
