"""A volunteer leaves: what they brought is nowhere in the hub's folder any more, and the others' is as it was."""

import json
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.data import make_hub, read_hub
from hub.derive.deriver import Deriver
from hub.errors import BadInput
from hub.ingest.receive import Incoming
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.events import Erasure
from probe.contract.parcel import Verdict
from tests.examples import AXIS, WALK_B, WALK_C, look, radio
from tests.hub.cli.test_folders import run
from tests.hub.photo.world import World, jpeg_of, noise, octets_in, photo, sha
from tests.paired import database_of, enrolled, ingest_of, parcel

NAME = "Probe of Zoé Canary"
WALK = "c0ffee00c0ffee00c0ffee00c0ffee00"
OTHER = "ac:cc:8e:77:66:55"
SCENE, RETICLE, KEPT = (jpeg_of(noise(seed)) for seed in (1, 2, 3))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_hub(tmp_path / "hub") as hub:
        yield World(hub)


def leave_traces(world: World) -> tuple[list[bytes], list[str]]:
    """A volunteer's walk in every place where a hub keeps something; returns what must be nowhere later on, and the ids
    of what others brought."""
    hub = world.hub
    zoe = enrolled(hub, NAME)
    assert zoe.account is not None
    mailbox = zoe.account.mailbox
    taken = photo(SCENE, RETICLE, walk=WALK, observer=(40.0, 0.0))
    heard = radio(AXIS, at=(300.0, 0.0), walk=WALK)
    own = zoe.sealer()
    units = [own.sighting(taken), own.sighting(heard)]
    world.send([*units, *(world.picture_of(zoe, one) for one in (SCENE, RETICLE))], zoe)
    # What no unit of ours is: set aside, with where it came from.
    ingest_of(hub).receive([Incoming(topic=f"c1/{mailbox}/up", mailbox=mailbox, payload=b"broken")])
    later = radio(AXIS, at=(301.0, 0.0), walk=WALK)
    hub.registry.revoke(hub.registry.named(NAME), datetime.now(UTC).date())
    ingest_of(hub).receive([Incoming(topic="t", mailbox=mailbox, payload=parcel(zoe, later))])  # held, with her name
    others = [look(observer=(41.0, 2.0), walk=WALK_B), radio(OTHER, at=(-200.0, 0.0), walk=WALK_C)]
    world.send(_units(world, others))
    kept = world.take(KEPT, walk=WALK_C, observer=(-60.0, 0.0))
    hub.store.decisions.append(
        "zoe",
        [NewDecision(kind=DecisionKind.SAME, sightings=(taken.id,), others=((others[0].id,),), text="seen by Zoé")],
    )
    hub.store.save_cameras(world.deriver().saved_form())
    canaries = [
        NAME.encode(),
        WALK.encode(),
        AXIS.encode(),
        mailbox.encode() + b"/up",
        SCENE[-80:-20],
        RETICLE[-80:-20],
    ]
    return canaries, [*(one.id for one in others), kept.id]


def _units(world: World, sightings: list) -> list:  # type: ignore[type-arg]
    return [world.walker.sealer().sighting(one) for one in sightings]


def test_nothing_of_a_probe_that_is_forgotten_is_left_in_the_folder(world: World) -> None:
    canaries, others = leave_traces(world)
    folder = world.hub.path
    database_of(world.hub).truncate_log()
    shutil.copyfile(folder / "hub.db", folder / "hub.before-8.db")  # as before a newer version
    for canary in canaries:
        assert octets_in(folder, [canary]), f"{canary!r} was never there: this test would see nothing"
    run("forget", NAME, "--yes", "--data", folder)
    assert [one for one in canaries if octets_in(folder, [one])] == []
    with read_hub(folder) as log:
        left = Deriver(log.store)
        left.refresh()
        assert {one for camera in left.cameras() for one in camera.sighting_ids} == set(others)
        assert log.store.counts().pictures == 1
        assert log.store.picture(sha(KEPT)) == KEPT
        (decided,) = log.store.decisions.read()
        assert decided.what.text is None, "what was said of it went with it"
        assert not any(NAME in one.name for one in log.registry.probes())


def test_a_probe_that_was_forgotten_brings_nothing_back(world: World) -> None:
    hub = world.hub
    zoe = enrolled(hub, NAME)
    assert zoe.account is not None
    seen = look(walk=WALK)
    payload = parcel(zoe, seen)
    incoming = [Incoming(topic="t", mailbox=zoe.account.mailbox, payload=payload)]
    ingest_of(hub).receive(incoming)
    run("forget", NAME, "--yes", "--data", hub.path)
    ingest_of(hub).receive(incoming)  # her probe did not get the receipt
    assert hub.store.count() == 0
    assert hub.store.counts().held == 0
    assert octets_in(hub.path, [NAME.encode(), WALK.encode()]) == []


def test_what_came_of_a_walk_before_the_link_to_its_probe_expired_goes_with_the_rest(world: World) -> None:
    """One sighting of the walk is known to be hers, so all of the walk are."""
    zoe = enrolled(world.hub, NAME)
    first, second = look(walk=WALK), look(walk=WALK, observer=(30.0, 0.0))
    world.send([zoe.sealer().sighting(one) for one in (first, second)], zoe)
    with database_of(world.hub).transaction() as db:
        db.execute("DELETE FROM sender WHERE seq = (SELECT min(seq) FROM sender)")
    done = run("forget", NAME, "--yes", "--json", "--data", world.hub.path)
    assert json.loads(done.stdout)["sightings"] == 2


def test_what_came_in_this_quarter_is_found_after_the_link_has_expired(world: World) -> None:
    """What whoever has the folder could still find out is hers to take along; what is another's stays."""
    zoe = enrolled(world.hub, NAME)
    world.send([zoe.sealer().sighting(look(walk=WALK)), zoe.sealer().sighting(look(walk=WALK_C))], zoe)
    world.send(_units(world, [look(walk=WALK_B)]))
    world.hub.store.forget_senders(datetime.now(UTC).date() + timedelta(days=31))
    assert world.hub.store.seqs_of(zoe.probe) == []
    done = run("forget", NAME, "--yes", "--json", "--data", world.hub.path)
    assert json.loads(done.stdout)["sightings"] == 2
    assert octets_in(world.hub.path, [WALK.encode(), WALK_C.encode()]) == []
    assert world.hub.store.count() == 1


def test_one_walk_is_forgotten_and_its_probe_stays(world: World) -> None:
    mine, other = look(walk=WALK), look(walk=WALK_B, observer=(50.0, 0.0))
    world.send(_units(world, [mine, other]))
    run("forget", f"walk-{WALK[:8]}", "--yes", "--data", world.hub.path)
    assert octets_in(world.hub.path, [WALK.encode()]) == []
    assert world.hub.store.count() == 1
    assert [probe.revoked for probe in world.hub.registry.probes()] == [False]
    known = world.hub.store.known("sighting", [mine.id])  # type: ignore[arg-type]
    assert known[mine.id].erased is Erasure.FORGOTTEN
    assert world.send(_units(world, [mine])) == [Verdict.STORED], "its probe offers it no more"
    assert world.hub.store.count() == 1


def test_nobody_is_forgotten_unasked_and_nobody_who_is_not_there(world: World) -> None:
    world.send(_units(world, [look(walk=WALK)]))
    name = world.hub.registry.probes()[0].name
    for words, told in (
        (("forget", name), "--yes"),
        (("forget", "nobody", "--yes"), "nothing here is called nobody"),
        (("forget", "walk-12345678", "--yes"), "nothing here is called walk-12345678"),
    ):
        done = run(*words, "--data", world.hub.path)
        assert isinstance(done.exception, BadInput)
        assert told in str(done.exception)
    assert world.hub.store.count() == 1


def test_backups_that_may_hold_it_are_named(world: World) -> None:
    world.send(_units(world, [look(walk=WALK)]))
    world.hub.store.complaints.note_backup("/media/stick/hub.backup")
    done = run("forget", f"walk-{WALK[:8]}", "--yes", "--data", world.hub.path)
    assert "/media/stick/hub.backup" in done.stdout


def test_a_file_that_somebody_reads_is_told(world: World) -> None:
    """A reader keeps the old pages of the write-ahead log alive: success would be a lie."""
    world.send(_units(world, [look(walk=WALK)]))
    with read_hub(world.hub.path) as log:
        reading = log.store.db.connection  # type: ignore[attr-defined]
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sighting").fetchone()
        told = json.loads(run("forget", f"walk-{WALK[:8]}", "--yes", "--json", "--data", world.hub.path).stdout)
        assert told["left"], "the reader still sees what was erased"
        reading.execute("COMMIT")
