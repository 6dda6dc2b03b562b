"""One contributor's walks count once per camera, also when nobody knows any more whose they are."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.backup import read_backup, write_backup
from hub.data import HubFolder, make_hub, open_hub
from hub.derive.deriver import Deriver
from hub.derive.rebuild import rebuild
from hub.ingest.areas import MOST_AREAS, areas_of
from hub.ingest.receive import Incoming
from hub.merge.contributors import area_of
from hub.move.log import move_log
from hub.store.chosen import address_in
from hub.store.sql.store import SENDER_DAYS
from probe.contract.geodesy import cell, wrap_longitude
from probe.contract.sighting import Listened, Place, Sighting, Survey
from probe.seal.identity import Identity
from tests.examples import WALK_A, WALK_B, WALK_C, new_id, radio, survey
from tests.paired import enrolled, ingest_of, parcel_of, units

pytestmark = pytest.mark.engines

LATER = datetime.now(UTC).date() + timedelta(days=SENDER_DAYS + 1)
WORDS = "four words picked at random"


def bring(hub: HubFolder, walker: Identity, *sightings: Sighting) -> None:
    assert walker.account is not None
    payload = parcel_of(units(walker, *sightings))
    done = ingest_of(hub).receive([Incoming(topic="t", mailbox=walker.account.mailbox, payload=payload)])
    assert done.stored == len(sightings)


def contributors(hub: HubFolder) -> list[int | None]:
    deriver = Deriver(hub.store, hub.recogniser)
    deriver.refresh()
    return [detail.camera.contributors for detail in deriver.cameras()]


def tags(hub: HubFolder) -> list[tuple[str, ...]]:
    return [row.contributor_tags for row in hub.store.read()]


def test_a_camera_counts_contributors_and_not_walks_before_and_after_the_link_expires(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as hub:
        anne, bert = enrolled(hub, "anne"), enrolled(hub, "bert")
        bring(hub, anne, radio(walk=WALK_A))
        bring(hub, anne, radio(walk=WALK_B))
        assert contributors(hub) == [1]
        hub.store.forget_senders(LATER)
        assert [row.sender for row in hub.store.read()] == [None, None]
        assert contributors(hub) == [1]
        bring(hub, bert, radio(walk=WALK_C))
        assert contributors(hub) == [2]
        hub.store.forget_senders(LATER)
        assert contributors(hub) == [2]
        first, second, third = tags(hub)
        assert first == second != third
    with open_hub(tmp_path / "hub") as hub:
        rebuild(hub.store, hub.recogniser)
        assert rebuild(hub.store, hub.recogniser).identical
        assert contributors(hub) == [2]


def test_what_is_erased_leaves_no_tag(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as hub:
        anne = enrolled(hub)
        gone, kept = radio(walk=WALK_A), radio(walk=WALK_B)
        bring(hub, anne, gone, kept)
        assert anne.account is not None
        payload = parcel_of([anne.sealer().withdrawal(new_id(), [gone.id])])
        ingest_of(hub).receive([Incoming(topic="t", mailbox=anne.account.mailbox, payload=payload)])
        rows = hub.store.db.rows("SELECT seq FROM contributor")  # type: ignore[attr-defined]
        assert [tuple(row) for row in rows] == [(2,)]


def test_backup_and_move_keep_the_tags(tmp_path: Path) -> None:
    with make_hub(tmp_path / "hub") as hub:
        bring(hub, enrolled(hub), radio(walk=WALK_A), survey())
        before = tags(hub)
        assert all(before)
    write_backup(tmp_path / "hub", tmp_path / "copy", WORDS)
    read_backup(tmp_path / "copy", tmp_path / "again", WORDS)
    with open_hub(tmp_path / "again") as hub:
        assert tags(hub) == before
    if address_in(tmp_path / "hub") is not None:
        move_log(tmp_path / "hub", "sqlite")
        with open_hub(tmp_path / "hub") as hub:
            assert tags(hub) == before


def test_a_survey_has_a_tag_in_each_area_and_not_without_end(tmp_path: Path) -> None:
    some = survey(cells=3)
    with make_hub(tmp_path / "hub") as hub:
        bring(hub, enrolled(hub), some)
        assert some.survey is not None
        wanted = {area_of(listened.cell) for listened in some.survey.cells}
        assert {tag.split("/", 1)[1].rpartition("/")[0] for tag in tags(hub)[0]} == wanted
    far = tuple(Listened(cell=f"17/{4 * n}/{4 * n}", channels_mhz=(2412,)) for n in range(MOST_AREAS + 10))
    assert len(areas_of(msgspec.structs.replace(some, survey=Survey(cells=far)))) == MOST_AREAS


def test_the_area_of_a_place_is_first_the_one_of_what_a_sighting_is_about() -> None:
    heard = radio(at=(0.0, 0.0))
    assert heard.observer is not None
    assert areas_of(heard)[0] == area_of(cell(heard.observer.lat, heard.observer.lon))
    assert area_of("17/66364/45087") == "15/16591/11271"


PLACES = st.tuples(st.floats(-90, 90), st.floats(-180, 180, exclude_max=True))
STEPS = st.tuples(st.floats(-0.02, 0.02), st.floats(-0.02, 0.02))


@given(PLACES, st.lists(STEPS, max_size=6))
def test_the_areas_of_a_walk_are_those_of_its_places(
    start: tuple[float, float], steps: list[tuple[float, float]]
) -> None:
    """Whether it stays within one area or not."""
    places = [start, *((max(-90.0, min(90.0, start[0] + n)), wrap_longitude(start[1] + e)) for n, e in steps)]
    heard = radio()
    assert heard.radio is not None
    at = [Place(lat=lat, lon=lon, accuracy_m=4.0) for lat, lon in places]
    hearings = tuple(msgspec.structs.replace(heard.radio.hearings[0], place=place) for place in at)
    part = msgspec.structs.replace(heard.radio, hearings=hearings)
    heard = msgspec.structs.replace(heard, observer=at[0], radio=part)
    assert areas_of(heard) == tuple(dict.fromkeys(area_of(cell(*place)) for place in places))
