"""People decide at the desk: what holds is durable, honoured by the cameras, and can be undone."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from hub.derive.deriver import Deriver
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.errors import BadInput
from hub.log.decisions import DecisionKind, NewDecision
from hub.merge.camera import id_from
from hub.publish.geojson import export
from hub.store.sqlite.log import SqliteStore
from probe.contract.sighting import CameraKind, KindClaim, PrivateDwellingClaim, Sighting, Strength
from tests.examples import WALK_A, WALK_B, WALK_C, look
from tests.hub.derive.test_live import add

PRIVATE = PrivateDwellingClaim(value=True, strength=Strength.STRONG)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    store = SqliteStore(tmp_path)
    yield store
    store.close()


def desk_of(store: SqliteStore, *sightings: Sighting) -> Desk:
    add(store, *sightings)
    live = LiveCameras(store)
    live.refresh()
    return Desk(live, store)


def groups(desk: Desk) -> set[frozenset[str]]:
    return {frozenset(camera.sighting_ids) for camera in desk.cameras()}


def about(kind: DecisionKind, *sightings: Sighting, **values: object) -> NewDecision:
    return NewDecision(kind=kind, sightings=tuple(one.id for one in sightings), **values)  # type: ignore[arg-type]


def apart_by(metres: float, count: int) -> list[Sighting]:
    return [look(observer=(number * metres, 0.0)) for number in range(count)]


def public(desk: Desk) -> list[str]:
    return [one.camera.id for one in desk._live.cameras()]


def test_a_confirmed_camera_is_confirmed_and_keeps_its_id(store: SqliteStore) -> None:
    first, second = look(walk=WALK_A), look(walk=WALK_B)
    desk = desk_of(store, first, second)
    (before,) = desk.cameras()
    desk.decide("ada", [about(DecisionKind.CONFIRM, first, second)])
    (camera,) = desk.cameras()
    assert camera.camera.review == "confirmed"
    assert camera.camera.id == before.camera.id
    (told,) = desk.history(camera.camera.id)
    assert (told.by, told.reason.code, told.holds) == ("ada", "decided_confirm", True)


def test_a_published_id_never_comes_to_mean_another_camera(store: SqliteStore) -> None:
    """The sighting that a confirmed camera's id follows from is split off: the id stays with what was confirmed."""
    first, second, third = look(walk=WALK_A), look(walk=WALK_B), look(walk=WALK_C)
    desk = desk_of(store, first, second, third)
    (published,) = public(desk)
    assert published == id_from(first.id)
    desk.decide("ada", [about(DecisionKind.CONFIRM, first, second, third)])
    desk.decide("ada", [about(DecisionKind.SPLIT, first, others=((second.id, third.id),))])
    now = desk.camera(published)
    assert now is not None
    assert set(now.sighting_ids) == {second.id, third.id}
    assert now.camera.review == "confirmed"
    (other,) = [camera for camera in desk.cameras() if camera.camera.id != published]
    assert other.sighting_ids == (first.id,)
    assert other.camera.review == "waiting", "what was taken out of a confirmed camera was not confirmed"
    assert [told.overruled for told in desk.history(published)] == [True, False]


def test_an_id_that_was_merged_away_leads_to_the_camera_it_is_part_of(store: SqliteStore) -> None:
    here, there = apart_by(300.0, 2)
    desk = desk_of(store, here, there)
    desk.decide("ada", [about(DecisionKind.SAME, there, others=((here.id,),))])
    (camera,) = desk.cameras()
    for old in (id_from(here.id), id_from(there.id)):
        assert desk.camera(old) == camera
    assert desk.camera("c-0000000000000000") is None


def test_undo_and_redo_are_an_editors(store: SqliteStore) -> None:
    here, there, third = apart_by(300.0, 3)
    desk = desk_of(store, here, there, third)
    start = groups(desk)
    desk.decide("ada", [about(DecisionKind.SAME, here, others=((there.id,),))])
    two = groups(desk)
    desk.decide("ada", [about(DecisionKind.CONFIRM, third), about(DecisionKind.SAME, here, others=((third.id,),))])
    one = groups(desk)
    assert (len(start), len(two), len(one)) == (3, 2, 1)
    assert len(desk.undo("ada")) == 2, "one key, one undo"
    assert groups(desk) == two
    desk.undo("ada")
    assert groups(desk) == start
    assert desk.undo("ada") == []
    desk.redo("ada")
    desk.redo("ada")
    assert groups(desk) == one
    assert desk.redo("ada") == []
    desk.undo("ada")
    desk.decide("ada", [about(DecisionKind.REJECT, third)])
    assert desk.redo("ada") == [], "what was decided since took its place"


def test_nobodys_undo_or_decision_takes_from_what_another_can_redo(store: SqliteStore) -> None:
    here, there = apart_by(300.0, 2)
    desk = desk_of(store, here, there)
    desk.decide("ada", [about(DecisionKind.CONFIRM, here)])
    (theirs,) = desk.decide("grace", [about(DecisionKind.REJECT, there)])
    desk.undo("ada")
    desk.decide("grace", [about(DecisionKind.NOTE, here, text="behind the sign")])
    assert [one.what.decision for one in desk.redo("ada")] == [1]
    assert [one.what.decision for one in desk.undo_one("ada", theirs.number)] == [theirs.number]
    (told, _) = [*desk.history(id_from(there.id)), None]
    assert told is not None
    assert (told.by, told.holds, told.undone_by) == ("grace", False, "ada")
    with pytest.raises(BadInput, match="no decision 2 holds"):
        desk.undo_one("grace", theirs.number)
    desk.redo_one("grace", theirs.number)
    assert desk.history(id_from(there.id))[0].holds


def test_a_rejected_or_private_camera_leaves_the_map_and_stays_at_the_desk(store: SqliteStore) -> None:
    no_camera, home, street = apart_by(300.0, 3)
    desk = desk_of(store, no_camera, home, street)
    news: list[dict[str, object]] = []
    desk._live.subscribe(lambda message: news.append(json.loads(message)))
    desk.decide("ada", [about(DecisionKind.REJECT, no_camera), about(DecisionKind.PRIVATE, home)])
    assert public(desk) == [id_from(street.id)]
    assert set(news[-1]["gone"]) == {id_from(no_camera.id), id_from(home.id)}  # type: ignore[call-overload]
    states = {one.camera.id: (one.camera.review, one.camera.private) for one in desk.cameras()}
    assert states[id_from(no_camera.id)] == ("rejected", False)
    assert states[id_from(home.id)] == ("waiting", True)
    assert set(store.cameras()) == {id_from(street.id)}


def test_only_a_decision_lifts_what_sightings_claim_of_a_private_dwelling(store: SqliteStore) -> None:
    home = look(claims=(PRIVATE,))
    desk = desk_of(store, home)
    assert public(desk) == []
    (hidden,) = desk.cameras()
    assert hidden.camera.private
    desk.decide("ada", [about(DecisionKind.CONFIRM, home)])
    assert public(desk) == [], "confirmed, and private as before"
    desk.decide("ada", [about(DecisionKind.PRIVATE, home, value="no")])
    assert public(desk) == [id_from(home.id)]
    desk.undo("ada")
    assert public(desk) == []


def test_a_no_about_one_camera_does_not_show_the_private_one_that_is_merged_into_it(store: SqliteStore) -> None:
    street, home = apart_by(300.0, 2)
    desk = desk_of(store, street, home)
    desk.decide("ada", [about(DecisionKind.PRIVATE, home)])
    desk.decide("ada", [about(DecisionKind.PRIVATE, street, value="no")])
    desk.decide("ada", [about(DecisionKind.SAME, street, others=((home.id,),))])
    assert public(desk) == []


def test_a_retag_takes_the_place_of_what_sightings_claim(store: SqliteStore) -> None:
    dome = KindClaim(value=CameraKind.DOME, strength=Strength.STRONG)
    one = look(claims=(dome,))
    desk = desk_of(store, one)
    key = id_from(one.id)

    def tags() -> dict[str, object]:
        (found,) = json.loads(export(desk._live.cameras(), everything=True))["features"]
        return dict(found["properties"])

    assert tags()["camera:type"] == "dome"
    for what, value in (("kind", "panning"), ("direction", "361"), ("height", "4.5"), ("operator_type", "public")):
        if value == "361":
            with pytest.raises(BadInput, match="a number from 0 to 360"):
                desk.decide("ada", [about(DecisionKind.RETAG, one, about=what, value=value)])
            value = "90"  # noqa: PLW2901
        desk.decide("ada", [about(DecisionKind.RETAG, one, about=what, value=value)])
    found = desk.camera(key)
    assert found is not None
    camera = found.camera
    assert (camera.title_kind, camera.direction, camera.height_m, camera.operator_type) == (
        "panning",
        90,
        4.5,
        "public",
    )
    assert tags()["camera:type"] == "panning"
    assert tags()["camera:direction"] == 90
    assert "contrechamp:weak" not in tags()
    assert [claim.value for claim in found.claims if claim.about == "kind" and claim.decided] == ["panning"]
    desk.decide("ada", [about(DecisionKind.RETAG, one, about="kind")])
    found = desk.camera(key)
    assert found is not None
    assert found.camera.title_kind == "camera"
    assert not any(claim.about == "kind" for claim in found.claims)


def test_a_site_groups_cameras_and_merges_none(store: SqliteStore) -> None:
    one, two, three = apart_by(100.0, 3)
    desk = desk_of(store, one, two, three)
    desk.decide("ada", [about(DecisionKind.SITE, one, others=((two.id,), (three.id,)))])
    assert len(desk.cameras()) == 3
    (site,) = {camera.camera.site for camera in desk.cameras()}
    assert site is not None
    desk.decide("ada", [about(DecisionKind.OFF_SITE, one, others=((two.id,), (three.id,)))])
    sites = [desk.camera(id_from(s.id)).camera.site for s in (one, two, three)]  # type: ignore[union-attr]
    assert sites[0] is None
    assert sites[1] == sites[2] is not None


def test_what_another_process_decides_is_noticed(store: SqliteStore, tmp_path: Path) -> None:
    one = look()
    desk = desk_of(store, one)
    with closing(SqliteStore(tmp_path, make=False)) as other:
        other.decisions.append("grace", [about(DecisionKind.REJECT, one)])
    assert desk._live.refresh()
    assert public(desk) == []


def test_a_decision_does_not_make_the_log_read_again(store: SqliteStore) -> None:
    one = look()
    desk = desk_of(store, one)
    statements: list[str] = []
    store.db.connection.set_trace_callback(statements.append)
    desk.decide("ada", [about(DecisionKind.CONFIRM, one)])
    store.db.connection.set_trace_callback(None)
    read = [one for one in statements if "body" in one and "FROM sighting" in one]
    assert all("seq > 1" in one for one in read), read


def test_erased_sightings_drop_out(store: SqliteStore) -> None:
    here, there = apart_by(300.0, 2)
    desk = desk_of(store, here, there)
    desk.decide("ada", [about(DecisionKind.SAME, here, others=((there.id,),))])
    desk.decide("ada", [about(DecisionKind.NOTE, there, text="the neighbour's")])
    store.decisions.erase([there.id])
    with store.db.transaction() as db:
        db.execute("UPDATE sighting SET body = x'' WHERE id = ?", (there.id,))
        store.db.set_meta("generation", "77")
    desk._live.refresh()
    assert groups(desk) == {frozenset({here.id})}
    assert not any("neighbour" in str(told.reason) for told in desk.all_decisions())
    desk.undo("ada")
    assert groups(desk) == {frozenset({here.id})}


def test_two_people_at_once_lose_nothing(store: SqliteStore) -> None:
    many = apart_by(100.0, 16)
    desk = desk_of(store, *many)

    def confirm(who: str, mine: list[Sighting]) -> None:
        for one in mine:
            desk.decide(who, [about(DecisionKind.CONFIRM, one)])

    threads = [
        threading.Thread(target=confirm, args=(who, mine)) for who, mine in (("ada", many[::2]), ("grace", many[1::2]))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {one.camera.review for one in desk.cameras()} == {"confirmed"}
    for _ in many[::2]:
        desk.undo("ada")
    assert sorted(one.camera.review for one in desk.cameras()) == ["confirmed"] * 8 + ["waiting"] * 8


_ANOTHER = """
import sys
from pathlib import Path
from hub.derive.desk import Desk
from hub.derive.live import LiveCameras
from hub.log.decisions import DecisionKind, NewDecision
from hub.store.sqlite.log import SqliteStore
store = SqliteStore(Path(sys.argv[1]), make=False)
desk = Desk(LiveCameras(store), store)
for one in sys.argv[3:]:
    desk.decide(sys.argv[2], [NewDecision(kind=DecisionKind.CONFIRM, sightings=(one,))])
"""


def test_two_processes_at_once_lose_nothing(store: SqliteStore, tmp_path: Path) -> None:
    many = apart_by(100.0, 8)
    desk = desk_of(store, *many)
    running = [
        subprocess.Popen([sys.executable, "-c", _ANOTHER, str(tmp_path), who, *(one.id for one in mine)])
        for who, mine in (("ada", many[:4]), ("grace", many[4:]))
    ]
    assert [process.wait(60) for process in running] == [0, 0]
    desk._live.refresh()
    assert {one.camera.review for one in desk.cameras()} == {"confirmed"}
    assert sorted(told.by for told in desk.all_decisions()) == ["ada"] * 4 + ["grace"] * 4


def test_deriving_from_the_start_gives_the_same(store: SqliteStore) -> None:
    some = [*apart_by(2.0, 3), look(walk=WALK_B), look(walk=WALK_C)]
    desk = desk_of(store, *some)
    desk.decide(
        "ada", [about(DecisionKind.CONFIRM, some[0]), about(DecisionKind.SAME, some[1], others=((some[4].id,),))]
    )
    desk.decide("ada", [about(DecisionKind.RETAG, some[2], about="vendor", value="Axis")])
    again = Deriver(store)
    again.refresh()
    assert dict(again.saved_form()) == dict(store.cameras())


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (NewDecision(kind=DecisionKind.UNDO, decision=1), "by undoing it"),
        (NewDecision(kind=DecisionKind.CONFIRM), "none are named"),
        (NewDecision(kind=DecisionKind.CONFIRM, sightings=("x",)), "no sighting's id"),
        (NewDecision(kind=DecisionKind.SAME, sightings=("a" * 32,)), "another camera"),
        (NewDecision(kind=DecisionKind.RETAG, sightings=("a" * 32,), about="colour", value="red"), "take one of"),
        (NewDecision(kind=DecisionKind.RETAG, sightings=("a" * 32,), about="kind", value="eye"), "is one of"),
        (NewDecision(kind=DecisionKind.RETAG, sightings=("a" * 32,), about="height", value="nan"), "from 0 to 1000"),
        (NewDecision(kind=DecisionKind.RETAG, sightings=("a" * 32,), about="vendor", value="x" * 999), "1 to 200"),
        (NewDecision(kind=DecisionKind.GONE, sightings=("a" * 32,), value="soon"), "is no day"),
        (NewDecision(kind=DecisionKind.PRIVATE, sightings=("a" * 32,), value="maybe"), "yes or no"),
        (NewDecision(kind=DecisionKind.NOTE, sightings=("a" * 32,), text="  "), "the note is empty"),
        (NewDecision(kind=DecisionKind.RELEASE, value="x"), "its hash"),
        (NewDecision(kind=DecisionKind.SPLIT, sightings=("a" * 32,), others=(("a" * 32,),)), "on two sides"),
    ],
)
def test_what_cannot_be_decided_is_refused_in_a_sentence(store: SqliteStore, wrong: NewDecision, says: str) -> None:
    one = look()
    desk = desk_of(store, one)
    with pytest.raises(BadInput, match=says):
        desk.decide("ada", [about(DecisionKind.CONFIRM, one), wrong])
    assert store.decisions.version() == 0, "nothing of it was taken"


def test_a_decision_is_signed(store: SqliteStore) -> None:
    one = look()
    desk = desk_of(store, one)
    with pytest.raises(BadInput, match="signed with a name"):
        desk.decide(" ", [about(DecisionKind.CONFIRM, one)])


def test_a_camera_that_nobody_decided_about_is_told_as_before(store: SqliteStore) -> None:
    one, two = apart_by(300.0, 2)
    desk = desk_of(store, one, two)
    before = msgspec.json.encode(desk.camera(id_from(two.id)))
    desk.decide("ada", [about(DecisionKind.CONFIRM, one)])
    assert msgspec.json.encode(desk.camera(id_from(two.id))) == before
