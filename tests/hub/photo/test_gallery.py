"""A picture is private until a person has looked; what is covered or deleted is gone, and does not come back."""

import shutil
import sqlite3
from contextlib import closing
from datetime import date
from itertools import chain
from pathlib import Path

import pytest

from hub.backup import read_backup, write_backup
from hub.data import make_hub
from hub.errors import BadInput
from hub.ingest.undo import find
from hub.log.pictures import Alike, By, Done, Standing
from hub.store.chosen import open_store
from hub.store.sqlite.schema import MIGRATIONS
from hub.web.pictures import PictureSource, PictureState
from probe.contract.envelope import encode
from probe.contract.parcel import Verdict
from probe.contract.sighting import Box
from tests.examples import WALK_A, WALK_B
from tests.hub.photo.world import World, jpeg_of, noise, octets_in, photo, sha
from tests.paired import database_of, file_of

pytestmark = pytest.mark.engines

BOX = Box(left=0.4, top=0.4, width=0.2, height=0.2)
ONE, TWO, THREE = (jpeg_of(noise(seed)) for seed in range(3))


def pieces(jpeg: bytes) -> list[bytes]:
    """Parts of a picture that no other data has, from all over it."""
    return [jpeg[at : at + 24] for at in range(len(jpeg) // 4, len(jpeg) - 24, 97)]


def test_a_cameras_pictures_are_shown_with_what_the_sighting_says(world: World) -> None:
    taken = world.take(ONE, TWO)
    gallery = world.gallery()
    source: PictureSource = gallery
    (camera,) = world.deriver().cameras()
    scene, reticle = source.of_camera(camera.camera.id)
    assert (scene.id, scene.version, scene.part, scene.sighting) == (sha(ONE), sha(ONE), "scene", taken.id)
    assert (scene.width, scene.height, scene.bytes) == (160, 120, len(ONE))
    assert (scene.day, scene.bearing_deg, scene.composed) == (date(2026, 5, 9), 90.0, False)
    assert (scene.state, scene.second_pass, scene.faces_covered) == (PictureState.NEW, None, None)
    assert (reticle.id, reticle.part) == (sha(TWO), "reticle")
    assert gallery.jpeg(reticle.id) == TWO
    with pytest.raises(BadInput, match="no camera c-none"):
        gallery.of_camera("c-none")


@pytest.mark.engines("sqlite")
def test_that_a_person_has_looked_is_written_down_and_stays(world: World, tmp_path: Path) -> None:
    world.take(ONE)
    world.take(TWO, walk=WALK_B, observer=(500.0, 0.0))
    assert world.gallery().look(sha(ONE)).state is PictureState.LOOKED
    world.hub.store.undo(find(world.hub.store, WALK_B)[1])
    write_backup(world.hub.path, tmp_path / "copy", "four words at random")
    read_backup(tmp_path / "copy", tmp_path / "again", "four words at random")
    with make_hub(tmp_path / "again") as hub:
        hub.store.save_cameras(World(hub).deriver().saved_form())
        (event,) = hub.store.pictures.history(sha(ONE))
        assert (event.done, event.by) == (Done.LOOKED, By.OPERATOR)
        assert [one.standing for one in hub.store.pictures.listed(9)] == [Standing.LOOKED]


def test_what_may_be_shown_is_private_again_once_somebody_takes_that_back(world: World, tmp_path: Path) -> None:
    world.take(ONE)
    gallery, store = world.gallery(), world.hub.store
    assert gallery.take_back(sha(ONE)).state is PictureState.NEW
    assert store.pictures.history(sha(ONE)) == [], "nobody had looked"
    gallery.look(sha(ONE))
    copy = tmp_path / "copy.jpg"
    copy.write_bytes(ONE)
    store.complaints.note_published(sha(ONE), str(copy), sha(ONE))
    assert gallery.take_back(sha(ONE)).state is PictureState.NEW
    assert not copy.exists(), "what was published of it goes, too"
    assert [event.done for event in store.pictures.history(sha(ONE))] == [Done.LOOKED, Done.SHOWN]
    assert gallery.look(sha(ONE)).state is PictureState.LOOKED
    store.complaints.open("me", [sha(ONE)], None)
    with pytest.raises(BadInput, match="a complaint"):
        gallery.take_back(sha(ONE))


def test_the_pictures_that_nobody_has_looked_at_are_counted_and_found(world: World) -> None:
    pictures = world.hub.store.pictures
    first = world.take(ONE, TWO)
    second = world.take(THREE, walk=WALK_B, observer=(500.0, 0.0))
    assert world.send([world.picture_unit(jpeg_of(noise(9)))]) == [Verdict.STORED], "one that no sighting names"
    assert pictures.new() == 3
    named = [*((one, first.id) for one in sorted((sha(ONE), sha(TWO)))), (sha(THREE), second.id)]
    assert pictures.new_ones(9) == named
    assert pictures.new_ones(2) == named[:2]
    gallery = world.gallery()
    gallery.look(sha(ONE))
    gallery.delete(sha(TWO))
    assert pictures.new_ones(9) == named[2:]
    assert pictures.new() == 1
    world.hub.store.complaints.open("me", [sha(THREE)], None)
    assert (pictures.new(), pictures.new_ones(9)) == (0, [])


@pytest.mark.engines("sqlite")
def test_what_is_covered_is_gone_from_every_file_and_is_found_by_the_same_name(world: World) -> None:
    world.take(ONE, TWO)
    before = database_of(world.hub).row("SELECT octets FROM share")[0]
    gallery = world.gallery()
    assert octets_in(world.hub.path, pieces(ONE))
    seen = gallery.cover(sha(ONE), [Box(left=0, top=0, width=1, height=1)])
    assert seen.id == sha(ONE)
    now = gallery.jpeg(sha(ONE))
    assert now is not None
    assert seen.version == sha(now) != sha(ONE)
    assert octets_in(world.hub.path, pieces(ONE)) == []
    assert octets_in(world.hub.path, pieces(TWO))
    assert database_of(world.hub).row("SELECT octets FROM share")[0] == before - len(ONE) + len(now)
    (event,) = world.hub.store.pictures.history(sha(ONE))
    assert (event.done, event.by, event.boxes) == (Done.COVERED, By.OPERATOR, (Box(left=0, top=0, width=1, height=1),))


def test_the_old_picture_is_known_when_it_comes_again_and_stays_away(world: World) -> None:
    world.take(ONE)
    world.take(TWO)
    gallery = world.gallery()
    covered = gallery.cover(sha(ONE), [BOX])
    gallery.delete(sha(TWO))
    for jpeg in (ONE, TWO):  # under another id, too
        assert world.send([world.picture_unit(jpeg)]) == [Verdict.STORED], "or its probe would offer it for ever"
    assert octets_in(world.hub.path, [*pieces(TWO), *pieces(ONE)[40:50]]) == []
    assert gallery.jpeg(sha(TWO)) is None
    now = gallery.jpeg(sha(ONE))
    assert now is not None
    assert sha(now) == covered.version
    with pytest.raises(BadInput, match="no picture"):
        gallery.look(sha(TWO))


@pytest.mark.engines("sqlite")
def test_a_deleted_picture_is_in_no_file_of_the_folder(world: World) -> None:
    """In the log, its write-ahead log, what was set aside, copies of earlier versions, and what was derived."""
    for number in range(3, 23):
        world.take(jpeg_of(noise(number)), observer=(number * 100.0, 0.0))
    world.take(ONE)
    world.take(TWO, observer=(5.0, 0.0))
    store, db = world.hub.store, file_of(world.hub)
    store.pictures.note_alike(Alike(one=sha(ONE), other=sha(TWO), inliers=40))
    for name in ("hub.before-7.db", "backup-0123abcd.db"):
        with closing(sqlite3.connect(world.hub.path / name)) as copy:
            db.connection.backup(copy)
    with db.transaction() as rows:
        rows.execute(
            "INSERT INTO quarantine (at, why, reason, topic, size, data) VALUES ('', 'unknown', '', 't', ?, ?)",
            (len(ONE), ONE),
        )
    assert set(octets_in(world.hub.path, pieces(ONE))) >= {"hub.before-7.db", "backup-0123abcd.db", "hub.db-wal"}
    world.gallery().delete(sha(ONE))
    assert octets_in(world.hub.path, pieces(ONE)) == []
    assert octets_in(world.hub.path, pieces(TWO))
    assert store.pictures.alike([sha(TWO)]) == []
    assert store.counts().pictures == 21
    assert [event.done for event in store.pictures.history(sha(ONE))] == [Done.DELETED]
    assert store.quarantine_count() == 1, "that something was set aside is still told"


def test_a_picture_goes_with_the_sighting_that_alone_names_it_and_from_every_file(world: World) -> None:
    taken = world.take(ONE, TWO)
    world.take(THREE, walk=WALK_B)
    world.hub.store.undo(find(world.hub.store, WALK_A)[1])
    assert octets_in(world.hub.path, [*pieces(ONE), *pieces(TWO)]) == [], "the reticle too"
    other = world.take(ONE[:-2] + b"\0\0\xff\xd9", walk=WALK_B)
    assert other.photo is not None
    world.send([world.walker.sealer().withdrawal("f" * 32, [taken.id, other.id])])
    assert world.hub.store.picture(other.photo.content_sha256) is None, "its probe took it back"
    assert world.hub.store.picture(sha(THREE)) == THREE


def test_a_picture_that_cannot_be_read_is_listed_and_can_only_be_deleted(world: World) -> None:
    broken = b"\xff\xd8" + bytes(2000)
    world.take(broken)
    gallery = world.gallery()
    (camera,) = world.deriver().cameras()
    assert gallery.of_camera(camera.camera.id) == []
    for attempt in (gallery.look, lambda name: gallery.cover(name, [BOX])):
        with pytest.raises(BadInput, match="delete it"):
            attempt(sha(broken))
    assert [one.standing for one in world.hub.store.pictures.listed(9)] == [Standing.NEW]
    gallery.delete(sha(broken))
    assert world.hub.store.pictures.listed(9) == []


@pytest.mark.engines("sqlite")
def test_pictures_are_found_by_an_index_and_not_by_reading_the_log(world: World) -> None:
    world.take(ONE)
    statements: list[str] = []
    db = file_of(world.hub)
    gallery = world.gallery()
    (camera,) = world.deriver().cameras()
    db.connection.set_trace_callback(statements.append)
    gallery.of_camera(camera.camera.id)
    gallery.look(sha(ONE))
    db.connection.set_trace_callback(None)
    reads = [one for one in statements if one.lstrip().startswith("SELECT")]
    assert reads
    for query in reads:
        plan = " ".join(row[3] for row in db.rows(f"EXPLAIN QUERY PLAN {query}"))
        assert "SCAN" not in plan, (query, plan)


def test_a_store_of_the_version_before_opens_and_knows_its_pictures(tmp_path: Path) -> None:
    (at,) = [n for n, statements in enumerate(MIGRATIONS) if any("CREATE TABLE gallery" in s for s in statements)]
    taken = photo(ONE, TWO)
    with closing(sqlite3.connect(tmp_path / "hub.db")) as db:
        for statement in chain(*MIGRATIONS[:at]):
            db.execute(statement)
        for number, (name, body) in enumerate([(taken.id, encode(taken)), ("gone", b""), ("broken", b"{no json")], 1):
            db.execute("INSERT INTO sighting VALUES (?, ?, 'h', 'probe', ?)", (number, name, body))
        for name, jpeg in (("p1", ONE), ("p2", TWO)):
            db.execute(
                "INSERT INTO picture (id, hash, sha256, held, probe, expires, jpeg) VALUES (?, x'', ?, NULL, 'x',"
                " '2027-01-01', ?)",
                (name, sha(jpeg), jpeg),
            )
        db.execute(f"PRAGMA user_version = {at}")
        db.commit()
    store = open_store(tmp_path)
    try:
        scene, reticle = store.pictures.named_by([taken.id])
        assert (scene.sha256, scene.standing, scene.width, scene.height) == (sha(ONE), Standing.NEW, 160, 120)
        assert reticle.part == "reticle"
        store.pictures.delete(sha(ONE))
        assert octets_in(tmp_path, pieces(ONE)) == [], "the copy that was made before"
    finally:
        store.close()
    shutil.rmtree(tmp_path)
