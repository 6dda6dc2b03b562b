"""A camera that later walks did not hear becomes a question, once it is more than one person's word, and no more."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from hub.data import HubFolder, make_hub
from hub.derive.deriver import Deriver
from hub.log.events import Batch, NewSighting, Origin
from hub.publish.view import CameraDetail
from hub.review.question import Asked, Question
from hub.review.queue import question_about, questions, waits
from hub.web.words import words
from probe.contract.envelope import encode
from probe.contract.geodesy import cell
from probe.contract.sighting import (
    ChannelListened,
    ClockSource,
    GoneClaim,
    Listened,
    Moment,
    Sighting,
    Strength,
    Survey,
)
from tests.examples import look, new_id, radio, spot, survey

DAY, TODAY = date(2025, 5, 9), date(2026, 12, 3)
HERE = cell(spot(0, 0).lat, spot(0, 0).lon)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[HubFolder]:
    with make_hub(tmp_path / "hub") as folder:
        folder.store.today = lambda: TODAY  # type: ignore[attr-defined]
        yield folder


def on(one: Sighting, days: int, walk: str) -> Sighting:
    noon = datetime(DAY.year, DAY.month, DAY.day, 12, tzinfo=UTC)
    moment = Moment(utc=noon + timedelta(days=days), source=ClockSource.GNSS)
    return msgspec.structs.replace(one, id=new_id(), walk=walk, time=moment)


def came(hub: HubFolder, who: str | None, *sightings: Sighting) -> None:
    batch = Batch()
    for one in sightings:
        origin = Origin.PROBE if who else Origin.OPERATOR
        batch.sightings[one.id] = NewSighting(
            id=one.id, hash=bytes.fromhex(one.id * 2), body=encode(one), origin=origin, sender=who
        )
    hub.store.append(batch)


def listened(days: int, walk: str, seconds: int = 60, cell_name: str = HERE) -> Sighting:
    here = Listened(
        cell=cell_name, channels_mhz=(2437,), channels=(ChannelListened(mhz=2437, seconds=seconds, frames=10),)
    )
    part = Survey(day=DAY + timedelta(days=days), cells=(here,))
    return msgspec.structs.replace(survey(cells=1), id=new_id(), walk=walk, survey=part)


def heard_often(hub: HubFolder) -> None:
    """Five people hear it on a walk each."""
    for number in range(5):
        walk = f"{number:032x}"
        came(hub, f"early {number}", on(radio(), -number, walk), listened(-number, walk))


def pass_by(hub: HubFolder, who: str | None, days: int) -> None:
    came(hub, who, listened(days, f"{days + 1000:032x}"))


def the_camera(hub: HubFolder) -> CameraDetail:
    deriver = Deriver(hub.store, hub.recogniser)
    deriver.refresh()
    (camera,) = deriver.everything()
    return camera


def question(hub: HubFolder) -> Question:
    camera = the_camera(hub)
    return question_about(camera, [camera])


def test_passes_of_several_people_in_silence_become_a_question_in_words(hub: HubFolder) -> None:
    heard_often(hub)
    assert the_camera(hub).absence is None
    for number in range(6):
        pass_by(hub, f"late {number}", 400 + number)
    asked = question(hub)
    assert asked.asked is Asked.GONE
    assert waits(asked.camera)
    assert asked.camera.camera.gone is None, "nothing follows by itself"
    why = next(one.reason for one in asked.reasons if one.reason.code == "desk_not_heard")
    english, french = (words(code).reason(why) for code in ("en", "fr"))
    assert "6 later walks" in english
    assert "6 people" in english
    assert "6 sorties" in french
    assert "2025" in french
    assert questions([asked.camera])[0].asked is Asked.GONE


def test_one_person_asks_nobody_anything_whatever_they_send(hub: HubFolder) -> None:
    heard_often(hub)
    for number in range(40):
        pass_by(hub, "mallory", 100 + 10 * number)
    asked = question(hub)
    assert asked.asked is not Asked.GONE
    assert asked.camera.absence is not None
    assert asked.camera.absence.surveys == asked.camera.absence.contributors == 1
    why = next(one.reason for one in asked.reasons if one.reason.code == "desk_not_heard_by_one")
    assert "worth a look" in words("en").reason(why)


def test_imports_and_days_to_come_say_nothing_of_absence(hub: HubFolder) -> None:
    heard_often(hub)
    for number in range(6):
        pass_by(hub, None, 400 + number)
        pass_by(hub, f"clock {number}", 4000 + number)
    assert the_camera(hub).absence is None


def test_who_hears_it_again_takes_the_question_back(hub: HubFolder) -> None:
    heard_often(hub)
    for number in range(6):
        pass_by(hub, f"late {number}", 400 + number)
    assert question(hub).asked is Asked.GONE
    came(hub, "lucky", on(radio(), 500, "f" * 32))
    assert the_camera(hub).absence is None


def gone_at(days: int, walk: str, at: tuple[float, float]) -> Sighting:
    there = look(observer=at, bearing_deg=None, present=None, claims=(GoneClaim(strength=Strength.STRONG),))
    return on(there, days, walk)


def test_who_looked_and_found_it_gone_is_heard_where_only_one_camera_is_near(hub: HubFolder) -> None:
    heard_often(hub)
    came(hub, "anne", gone_at(300, "a" * 32, (5.0, 0.0)))
    asked = question(hub)
    assert asked.asked is Asked.GONE
    assert asked.camera.absence is not None
    assert asked.camera.absence.reports == 1
    assert asked.camera.absence.probability <= 0.5
    assert {"desk_gone_reported"} <= {one.reason.code for one in asked.reasons}
    came(hub, "bert", on(radio("ac:cc:8e:00:00:01", at=(6.0, 6.0)), 0, "b" * 32))
    deriver = Deriver(hub.store, hub.recogniser)
    deriver.refresh()
    assert [one.absence for one in deriver.everything()] == [None, None], "which of two, nobody knows"


def test_a_report_of_elsewhere_is_of_no_camera(hub: HubFolder) -> None:
    heard_often(hub)
    came(hub, "anne", gone_at(300, "a" * 32, (45.0, 0.0)))
    assert the_camera(hub).absence is None


def test_what_came_one_by_one_is_as_what_came_at_once(hub: HubFolder) -> None:
    heard_often(hub)
    deriver = Deriver(hub.store, hub.recogniser)
    seen = []
    for number in range(6):
        pass_by(hub, f"late {number}", 400 + number)
        deriver.refresh()
        seen.append(deriver.everything()[0].absence)
    assert len(set(map(repr, seen))) == 6, "each says something new"
    assert seen[-1] == the_camera(hub).absence


def test_a_day_that_no_clock_can_have_shown_is_not_when_a_camera_was_seen_last(hub: HubFolder) -> None:
    """One sighting of 2049 was the last word: the map and its export said so, and nobody was ever asked again whether
    the camera is gone."""
    heard_often(hub)
    for number in range(6):
        pass_by(hub, f"late {number}", 400 + number)
    assert question(hub).asked is Asked.GONE
    came(hub, "mallory", on(radio(), 9000, "f" * 32))
    asked = question(hub)
    assert asked.camera.camera.last_seen == DAY.isoformat()
    assert asked.camera.camera.sightings == 6, "it counts, without its day"
    assert asked.asked is Asked.GONE


def test_a_hub_that_was_off_for_months_believes_the_days_of_walks(hub: HubFolder) -> None:
    """Its own day may lie behind until somebody bears out another."""
    hub.store.today = lambda: DAY  # type: ignore[attr-defined]
    came(hub, "early", on(radio(), 300, "f" * 32))
    assert the_camera(hub).camera.last_seen == (DAY + timedelta(days=300)).isoformat()
