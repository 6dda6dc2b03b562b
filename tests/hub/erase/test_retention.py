"""What was kept long enough is erased, and what a person has decided to keep is kept."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.data import make_hub
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.erase.retention import changed, expire
from hub.errors import BadInput
from hub.ingest.receive import Incoming
from hub.log.decisions import DecisionKind, NewDecision
from hub.log.people import Role
from hub.log.retention import Expired, Terms
from hub.people.accounts import Accounts
from hub.publish import describe
from hub.publish.view import CameraDetail
from hub.service import RunningHub, Settings
from probe.contract.sighting import PrivateDwellingClaim, Strength
from tests.examples import WALK_A, WALK_B, WALK_C, look
from tests.hub.cli.test_folders import run
from tests.hub.photo.world import World, jpeg_of, noise
from tests.paired import enrolled, ingest_of

TODAY = date(2026, 5, 10)  # a day after the examples were made


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    with make_hub(tmp_path / "hub") as hub:
        hub.store.today = lambda: TODAY  # type: ignore[attr-defined]
        yield World(hub)


def cameras(world: World, **said: object) -> list[CameraDetail]:
    """The cameras, with what a person has decided about all of them."""
    return [
        msgspec.structs.replace(one, camera=msgspec.structs.replace(one.camera, **said))
        for one in world.deriver().everything()
    ]


def later(days: int) -> date:
    return TODAY + timedelta(days=days)


def test_what_nobody_has_confirmed_goes_after_two_years_and_the_rest_stays(world: World) -> None:
    sent = [look(walk=WALK_B)]
    world.send([world.walker.sealer().sighting(one) for one in sent])
    waiting, confirmed = cameras(world), cameras(world, review="confirmed")
    assert expire(world.hub.store, waiting, later(729)) == Expired()
    assert expire(world.hub.store, confirmed, later(4000)) == Expired()
    assert expire(world.hub.store, waiting, later(770)).unreviewed == 1, "its month is over by then for sure"
    assert world.hub.store.count() == 0


def desk_of(world: World) -> Desk:
    live = LiveCameras(world.hub.store)
    live.refresh()
    return Desk(live, world.hub.store)


def test_of_a_confirmed_camera_that_lists_not_all_of_its_sightings_all_stay(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A camera that many walks pass has more than are listed of it; the rest of them was erased as unreviewed."""
    monkeypatch.setattr(describe, "MAX_LISTED", 2)
    sent = [look(walk=f"{number:032x}") for number in range(5)]
    world.send([world.walker.sealer().sighting(one) for one in sent])
    desk = desk_of(world)
    desk.decide("ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=tuple(one.id for one in sent))])
    (confirmed,) = desk.cameras()
    assert len(confirmed.sighting_ids) == 2
    assert expire(world.hub.store, desk.whole_cameras(), later(4000)) == Expired()
    assert world.hub.store.count() == 5


def test_pictures_of_a_dwelling_go_also_where_their_sightings_are_not_listed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(describe, "MAX_LISTED", 1)
    taken = [world.take(jpeg_of(noise(number)), walk=f"{number:032x}") for number in range(3)]
    desk = desk_of(world)
    desk.decide(
        "ada",
        [
            NewDecision(kind=DecisionKind.SAME, sightings=(taken[0].id,), others=((taken[1].id, taken[2].id),)),
            NewDecision(kind=DecisionKind.PRIVATE, sightings=(taken[0].id,), value="yes"),
        ],
    )
    assert [len(one.sighting_ids) for one in desk.cameras()] == [1]
    assert expire(world.hub.store, desk.whole_cameras(), later(4000)).private_pictures == 3


def test_an_old_log_that_was_imported_today_is_not_old(world: World) -> None:
    """As the reported case: a WiGLE export of 2024 was erased as soon as it had come."""
    told = look(walk=WALK_B)
    assert told.time is not None
    old = msgspec.structs.replace(told.time, utc=told.time.utc.replace(year=2020))
    world.send([world.walker.sealer().sighting(msgspec.structs.replace(told, time=old))])
    assert expire(world.hub.store, cameras(world), later(1)) == Expired()
    assert world.hub.store.count() == 1


def test_what_came_nobody_knows_when_is_not_overdue(world: World) -> None:
    world.send([world.walker.sealer().sighting(look(walk=WALK_B))])
    with world.hub.store.db.transaction() as db:  # type: ignore[attr-defined]
        db.execute("UPDATE sighting SET came = ''")
    assert expire(world.hub.store, cameras(world), later(4000)).unreviewed == 0


@pytest.mark.parametrize("said", [{"review": "rejected"}, {"private": True}])
def test_pictures_that_nobody_will_see_go_some_days_after_the_decision(world: World, said: dict[str, object]) -> None:
    taken = world.take(jpeg_of(noise(1)))
    with world.hub.store.db.transaction() as db:  # type: ignore[attr-defined]
        db.execute("INSERT INTO decision (at, by_whom, body) VALUES (?, ?, ?)", (
            later(100).isoformat(), "Ada",
            msgspec.json.encode(NewDecision(kind=DecisionKind.REJECT, sightings=(taken.id,))),
        ))  # fmt: skip
    unseen = cameras(world, **said)
    assert expire(world.hub.store, unseen, later(120)).private_pictures == 0, "an undo must find them"
    assert world.hub.store.counts().pictures == 1
    assert expire(world.hub.store, unseen, later(131)).private_pictures == 1
    assert world.hub.store.counts().pictures == 0
    assert world.hub.store.count() == 1, "the place stays known, so that it stays private"


def test_pictures_of_what_sightings_call_private_go_some_days_after_they_came(world: World) -> None:
    world.take(jpeg_of(noise(1)))
    unseen = cameras(world, private=True)
    assert expire(world.hub.store, unseen, later(29)).private_pictures == 0
    assert expire(world.hub.store, unseen, later(31)).private_pictures == 1


def test_what_was_set_aside_and_what_nobody_decides_goes(world: World) -> None:
    ingest_of(world.hub).receive([Incoming(topic="t", mailbox=None, payload=b"broken")])
    world.hub.registry.revoke(world.hub.registry.probes()[0], TODAY)
    world.send([world.walker.sealer().sighting(look())])
    assert world.hub.store.counts().held == 1
    assert world.hub.store.quarantine_count() == 1
    far = date(2100, 1, 1)
    assert expire(world.hub.store, [], far) == Expired(quarantine=1, held=1)
    assert world.hub.store.counts().held == world.hub.store.quarantine_count() == 0


def test_closed_complaints_and_the_audit_go(world: World) -> None:
    complaints = world.hub.store.complaints
    first, _open = complaints.open("mine", [], "me@example.org"), complaints.open("another", [], None)
    complaints.close(first.number, "taken down")
    with world.hub.store.db.transaction() as db:  # type: ignore[attr-defined]
        db.execute("INSERT INTO audit (at, who, what, about) VALUES (?, 'Ada', 'signed in', '')", (TODAY.isoformat(),))
    assert expire(world.hub.store, [], later(366)) == Expired(complaints=1, audit=1)
    assert [one.about for one in complaints.listed(closed=True)] == ["another"]


def test_terms_are_shown_and_changed(world: World) -> None:
    folder = world.hub.path
    assert json.loads(run("retention", "--json", "--data", folder).stdout) == msgspec.to_builtins(Terms())
    done = run("retention", "--set", "quarantine=30", "--set", "private-pictures=7", "--json", "--data", folder)
    assert json.loads(done.stdout) == msgspec.to_builtins(Terms(quarantine=30, private_pictures=7))
    assert world.hub.store.terms() == Terms(quarantine=30, private_pictures=7)
    assert "30 days  what was set aside" in run("retention", "--data", folder).stdout


@pytest.mark.parametrize(
    "said", ["quarantine", "quarantine=", "quarantine=3", "quarantine=99999", "x=30", "held=٣٠", ""]
)
def test_a_term_that_is_none_changes_nothing(said: str) -> None:
    with pytest.raises(BadInput):
        changed(Terms(), [said])


def test_pictures_stay_some_days_after_a_decision_that_was_undone_long_ago_is_redone(world: World) -> None:
    taken = world.take(jpeg_of(noise(1)))
    private = NewDecision(kind=DecisionKind.PRIVATE, sightings=(taken.id,))
    for day, what in (
        (0, private),
        (1, NewDecision(kind=DecisionKind.UNDO, decision=1)),
        (100, NewDecision(kind=DecisionKind.REDO, decision=1)),
    ):
        with world.hub.store.db.transaction() as db:  # type: ignore[attr-defined]
            db.execute(
                "INSERT INTO decision (at, by_whom, body) VALUES (?, ?, ?)",
                (later(day).isoformat(), "Ada", msgspec.json.encode(what)),
            )
    assert len(unseen := [one for one in cameras(world) if one.camera.private]) == 1
    assert expire(world.hub.store, unseen, later(101)).private_pictures == 0, "an undo must find them"
    assert expire(world.hub.store, unseen, later(131)).private_pictures == 1


@pytest.mark.engines
def test_pictures_stay_some_days_after_a_decision_by_a_clock_that_lags(world: World) -> None:
    taken = world.take(jpeg_of(noise(1)))
    certain = date(2190, 1, 1)
    world.hub.store.today = lambda: certain  # type: ignore[attr-defined]
    world.hub.store.decisions.append("Ada", [NewDecision(kind=DecisionKind.REJECT, sightings=(taken.id,))])
    unseen = cameras(world)
    assert unseen[0].camera.review == "rejected"
    assert expire(world.hub.store, unseen, certain + timedelta(days=1)).private_pictures == 0, "an undo must find them"
    assert expire(world.hub.store, unseen, certain + timedelta(days=31)).private_pictures == 1


@pytest.mark.parametrize("confirmed", [True, False])
def test_who_calls_a_camera_private_today_makes_no_old_picture_of_others_overdue(world: World, confirmed: bool) -> None:
    """Else one hostile probe has all pictures of a town deleted by the next day."""
    taken = world.take(jpeg_of(noise(1)))
    if confirmed:
        world.hub.store.decisions.append("Ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=(taken.id,))])
    came = later(300)
    world.hub.store.today = lambda: came  # type: ignore[attr-defined]
    other = look(walk=WALK_B)
    private = PrivateDwellingClaim(value=True, strength=Strength.STRONG, evidence=())
    claims = (*other.claims, private)
    liar = enrolled(world.hub)
    assert world.send([liar.sealer().sighting(msgspec.structs.replace(other, claims=claims))], liar) == ["stored"]
    (unseen,) = cameras(world)
    assert unseen.camera.private
    assert taken.id in unseen.sighting_ids
    assert expire(world.hub.store, [unseen], came + timedelta(days=1)).private_pictures == 0, "nobody can undo it"
    assert expire(world.hub.store, [unseen], came + timedelta(days=32)).private_pictures == 1


@pytest.mark.engines
def test_the_audit_is_kept_for_its_term_whatever_the_clock_says(world: World) -> None:
    store, certain = world.hub.store, date(2190, 1, 1)
    store.set_terms(Terms(audit=3650))
    store.today = lambda: certain  # type: ignore[attr-defined]
    Accounts(store.people).begin(store.people.add("Ada", Role.ADMIN), "password")
    assert [one.what for one in store.people.audit()] == ["signed_in_password"], "by a clock that lags"
    assert expire(store, [], certain + timedelta(days=3650)).audit == 0
    assert expire(store, [], certain + timedelta(days=3651)).audit == 1


def test_of_a_confirmed_camera_also_those_sightings_stay_that_are_too_many_to_list(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hub.publish.describe.MAX_LISTED", 1)
    seen = [look(walk=walk) for walk in (WALK_A, WALK_B, WALK_C)]
    world.send([world.walker.sealer().sighting(one) for one in seen])
    named = tuple(one.id for one in seen)
    world.hub.store.decisions.append("Ada", [NewDecision(kind=DecisionKind.CONFIRM, sightings=named)])
    with world.hub.store.db.transaction() as db:  # type: ignore[attr-defined]
        db.execute("UPDATE sighting SET came = '2020-01'")
    with RunningHub(Settings(data=world.hub.path)) as running:
        (camera,) = running.desk.cameras()
        assert (camera.camera.sightings, len(camera.sighting_ids)) == (3, 1)
        running._keep_house()
    assert world.hub.store.count() == 3
