"""Going on with what changed gives the same as deriving all from the start, and costs what is around it."""

from contextlib import closing
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hub.derive.bounds import Room
from hub.derive.deriver import Deriver
from hub.derive.live import LiveCameras
from hub.derive.showing import CameraChange
from hub.derive.standings import Standings
from hub.log.decisions import Decided, DecisionKind, NewDecision
from hub.merge.camera import Camera
from hub.merge.kin import Kinship, kin_of
from hub.merge.observe import observe
from hub.merge.windows.neighbourhoods import Neighbourhoods
from hub.publish.view import CameraDetail
from hub.review.review import Review
from hub.store.chosen import open_store
from hub.store.sql.store import SqlStore
from hub.store.sqlite.log import SqliteStore
from probe.contract.sighting import Sighting
from tests.examples import WALK_A, WALK_B, look, radio
from tests.hub.derive.test_live import add
from tests.hub.review import world

SEEDS = st.integers(0, 1 << 30).map(Random)


@settings(max_examples=40, deadline=None)
@given(world.sightings(), world.decisions, SEEDS)
def test_step_by_step_is_the_same_as_from_the_start(
    sightings: list[Sighting], decisions: list[NewDecision], random: Random
) -> None:
    """Cameras, what is said of them, how they stand, and what is saved; decisions come and are undone in between."""
    with TemporaryDirectory() as folder, closing(SqliteStore(Path(folder))) as store:
        live = LiveCameras(store)
        coming, deciding = list(sightings), list(decisions)
        known: dict[str, CameraDetail] = {}
        changes: list[CameraChange] = []
        live._notify = changes.append  # type: ignore[method-assign, assignment]
        while coming or deciding:
            batch = random.randint(0, 3)
            if coming[:batch]:
                add(store, *coming[:batch])
            del coming[:batch]
            if deciding and random.random() < 0.6:
                store.decisions.append("ada", [deciding.pop()])
                if random.random() < 0.3:
                    undo = NewDecision(kind=DecisionKind.UNDO, decision=random.randint(1, len(decisions)))
                    store.decisions.append("ada", [undo])
            live.refresh()
            for change in changes:
                for key in change.gone:
                    del known[key]
                known |= {one.camera.id: one for one in change.cameras}
            changes.clear()
            assert store.cameras().keys() == known.keys()
        again = Deriver(store)
        again.refresh()
        assert list(live.deriver.everything()) == list(again.everything())
        assert known == {one.camera.id: one for one in again.cameras()}
        assert dict(store.cameras()) == dict(again.saved_form())
        for one in again.everything():
            assert live.deriver.sightings_of(one.camera.id) == again.sightings_of(one.camera.id)
        for sighting in sightings:
            assert live.deriver.ids_holding([sighting.id]) == again.ids_holding([sighting.id])


@settings(max_examples=60, deadline=None)
@given(world.sightings(), world.decisions, SEEDS)
def test_each_camera_stands_as_it_does_among_all(
    sightings: list[Sighting], decisions: list[NewDecision], random: Random
) -> None:
    near, standings = Neighbourhoods(), Standings()
    observations = world.observed(sightings)
    random.shuffle(observations)
    told: list[Decided] = world.decided(*decisions)
    review = Review()
    while observations or told:
        near.add(observations[:2])
        del observations[:2]
        if told and random.random() < 0.7:
            review = Review([*review.ledger.decisions.values(), told.pop(0)])
        near.decide(review.constraints)
        changes = near.refresh()
        before = {key: standings.of(key) for key in near.cameras}
        otherwise = standings.update(review, changes, near.cameras, near.camera_with)
        cameras = list(near.cameras.values())
        assert [standings.of(one.id) for one in cameras] == review.standings(cameras)
        for key in near.cameras:
            assert before[key] == standings.of(key) or key in otherwise


def _camera(number: int, weight: int, who: str | None) -> Camera:
    looks = [look(walk=f"{walk + 1:032x}", observer=(0.0, number * 100.0)) for walk in range(weight)]
    members = [found for n, one in enumerate(looks) if (found := observe(number * 10 + n, one, who)) is not None]
    return Camera(estimate=members[0].place, members=members)


CAMERAS = [_camera(number, 1 + number % 3, (None, "ada", "bob")[number // 3 % 3]) for number in range(18)]


@settings(deadline=None)
@given(SEEDS, st.integers(1, 12))
def test_which_cameras_there_is_room_for_follows_from_what_is_there(random: Random, in_all: int) -> None:
    steps = [(random.randint(0, 17), random.random() < 0.7, random.random() < 0.2) for _ in range(60)]
    room, there, shown = Room(in_all, 3), dict[int, bool](), set[str]()
    for number, comes, first in steps:
        if comes:
            room.put(CAMERAS[number], first=first)
            there[number] = first
        else:
            room.take_out(CAMERAS[number].id)
            there.pop(number, None)
        shown ^= room.changed()
    anew = Room(in_all, 3)
    for number, first in there.items():
        anew.put(CAMERAS[number], first=first)
    assert room.shown == anew.shown
    assert (set(room.shown), room.left_out) == (shown, len(there) - len(shown))
    assert room.shown == _by_the_rule(there, in_all)


def _by_the_rule(there: dict[int, bool], in_all: int) -> list[str]:
    """One after another: whose share is full goes out."""
    held: dict[str | None, int] = {}
    shown: list[str] = []
    ranked = sorted(((not first, -len(CAMERAS[n].members), CAMERAS[n].id, n) for n, first in there.items()))
    for _, _, key, number in ranked:
        owner = CAMERAS[number].members[0].contributor
        most = in_all // 2 if owner is None else 3
        if held.get(owner, 0) < most and len(shown) < in_all:
            held[owner] = held.get(owner, 0) + 1
            shown.append(key)
    return shown


@settings(max_examples=60, deadline=None)
@given(world.sightings(), SEEDS)
def test_whose_kin_changed_is_known(sightings: list[Sighting], random: Random) -> None:
    near, kinship = Neighbourhoods(), Kinship()
    observations = world.observed(sightings)
    while observations:
        near.add(observations[:3])
        del observations[:3]
        changes = near.refresh()
        before = {key: kinship.of(key) for key in near.cameras if key not in changes.changed}
        for key in changes.gone:
            kinship.take_out(key)
        for camera in changes.changed.values():
            kinship.put(camera)
        touched = kinship.touched()
        cameras = list(near.cameras.values())
        assert [kinship.of(one.id) for one in cameras] == kin_of(cameras)
        assert {key for key, kin in before.items() if kin != kinship.of(key)} <= touched


@pytest.mark.engines
def test_what_changed_is_written_and_nothing_else(tmp_path: Path) -> None:
    with closing(open_store(tmp_path / "hub")) as store:
        assert store.streets_of_cameras() is None
        name = store.save_cameras([("a", b"1"), ("b", b"2")], streets="those of May")
        assert store.streets_of_cameras() == "those of May"
        later = store.update_cameras([("b", b"3"), ("c", b"4")], ["a"], saved_as=name, streets="those of June")
        assert later not in (None, name)
        assert dict(store.cameras()) == {"b": b"3", "c": b"4"}
        assert store.update_cameras([("d", b"5")], [], saved_as=name) is None, "somebody else saved since"
        assert store.streets_of_cameras() == "those of June"
        assert dict(store.cameras()) == {"b": b"3", "c": b"4"}


def test_where_somebody_else_saved_all_is_saved_again(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        live = _live_with(store, look(), look(observer=(300.0, 0.0)))
        store.save_cameras([("x", b"{}")])
        add(store, look(observer=(600.0, 0.0)))
        live.refresh()
        assert set(store.cameras()) == {one.camera.id for one in live.cameras()}
        assert len(store.cameras()) == 3


def test_an_arrival_writes_the_cameras_around_it_alone(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        live = _live_with(store, *(look(observer=(0.0, 400.0 * number)) for number in range(30)))
        statements: list[str] = []
        store.db.connection.set_trace_callback(statements.append)
        add(store, look(observer=(3000.0, 0.0)))
        live.refresh()
        store.db.connection.set_trace_callback(None)
        about = [one for one in statements if "camera" in one and one.startswith(("INSERT INTO camera", "DELETE"))]
        assert len([one for one in about if one.startswith("INSERT INTO camera")]) == 1, about
        assert len(store.cameras()) == 31


def test_what_turns_out_to_move_holds_no_sighting_any_more(tmp_path: Path) -> None:
    with closing(SqliteStore(tmp_path)) as store:
        here, elsewhere = radio(walk=WALK_A), radio(walk=WALK_B, at=(9000.0, 0.0))
        live = _live_with(store, here)
        (camera,) = live.cameras()
        assert live.deriver.ids_holding([here.id]) == {here.id: camera.camera.id}
        add(store, elsewhere)
        live.refresh()
        assert live.deriver.ids_holding([here.id, elsewhere.id]) == {}
        assert live.deriver.found(camera.camera.id) is None
        assert dict(store.cameras()) == {}


def _live_with(store: SqlStore, *sightings: Sighting) -> LiveCameras:
    add(store, *sightings)
    live = LiveCameras(store)
    live.refresh()
    return live
