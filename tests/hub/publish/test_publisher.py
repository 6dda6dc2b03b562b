"""When the shared map changes, and when it does not."""

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest

from hub.errors import BadInput
from hub.publish.batches import DAY_S
from hub.publish.publisher import Publisher
from hub.publish.view import CameraDetail
from hub.store.sqlite.log import SqliteStore
from tests.hub.publish.cameras import camera
from tests.processes import until

EVENING_S = 20_000 * DAY_S + 20 * 3600.0


class World:
    """A hub's cameras, a clock and the shared map."""

    def __init__(self, folder: Path, seed: int = 1) -> None:
        self.store = SqliteStore(folder)
        self.now_s = EVENING_S
        self.details: list[CameraDetail] = []
        self.seed = seed
        self.begin()

    def begin(self) -> None:
        self.publisher = Publisher(self.store, lambda: self.details, now=lambda: self.now_s, random=Random(self.seed))
        self.publisher.look()

    def has(self, *details: CameraDetail) -> None:
        self.details = list(details)
        self.publisher.look()

    def days(self, number: int) -> None:
        """Let days go by, with a look every hour."""
        for _ in range(24 * number):
            self.now_s += 3600
            self.publisher.look()

    def open(self) -> None:
        self.publisher.open(self.publisher.preview().tag)

    def seen(self) -> list[str]:
        """The public ids that are seen."""
        shown = self.publisher.shown()
        assert shown is not None
        return [one.id for one in shown.cameras]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = World(tmp_path)
    yield made
    made.store.close()


def row(number: int) -> list[CameraDetail]:
    return [camera(east_m=50.0 * one) for one in range(number)]


def test_nothing_is_seen_until_an_operator_opens_the_map(world: World) -> None:
    world.has(camera())
    world.days(3)
    assert world.publisher.shown() is None
    world.open()
    assert len(world.seen()) == 1
    world.publisher.close()
    assert world.publisher.shown() is None


def test_what_the_preview_shows_is_what_opening_shows(world: World) -> None:
    world.has(*row(3))
    assert world.publisher.preview().cameras == ()
    assert world.publisher.preview().waiting == 3
    world.days(3)
    preview = world.publisher.preview()
    assert len(preview.cameras) == 3
    world.details = [*world.details[:2], camera(east_m=300.0, private=True)]
    with pytest.raises(BadInput, match="changed meanwhile"):
        world.publisher.open(preview.tag)
    assert world.publisher.shown() is None
    world.open()
    assert len(world.seen()) == 2


def test_a_confirmed_camera_comes_a_day_later_at_the_earliest_with_a_batch_of_the_morning(world: World) -> None:
    world.open()
    world.has(*row(12))
    came: dict[int, int] = {}
    for hour in range(1, 24 * 4):
        world.now_s += 3600
        world.publisher.look()
        if len(world.seen()) > sum(came.values()):
            came[hour] = len(world.seen()) - sum(came.values())
    assert sum(came.values()) == 12
    assert min(came) >= 24
    assert max(came) <= 24 * 3 + 11
    assert len(came) > 1, "all that was confirmed in one evening came in one batch"
    assert all(3 <= (20 + hour) % 24 <= 7 for hour in came)


def test_a_change_waits_as_a_new_camera_does(world: World) -> None:
    world.open()
    world.has(camera("a" * 32))
    world.days(4)
    shown = world.publisher.shown()
    world.has(camera("a" * 32, "b" * 32, mount="wall", day="2026-06-01"))
    world.now_s += 23 * 3600
    world.publisher.look()
    assert world.publisher.shown() == shown
    world.days(3)
    after = world.publisher.shown()
    assert after is not None
    assert shown is not None
    assert (after.cameras[0].mount, after.cameras[0].month, after.cameras[0].id) == (
        "wall", "2026-06", shown.cameras[0].id,
    )  # fmt: skip


def test_a_day_without_a_change_is_no_batch(world: World) -> None:
    world.open()
    world.has(camera())
    world.days(4)
    before = world.publisher.sharing().batch, world.publisher.shown()
    world.days(5)
    assert (world.publisher.sharing().batch, world.publisher.shown()) == before


@pytest.mark.parametrize("fields", [{"private": True}, {"review": "rejected"}, {"review": "waiting"}])
def test_what_must_not_be_seen_leaves_at_once(world: World, fields: dict[str, Any]) -> None:
    world.open()
    world.has(camera("a" * 32))
    world.days(4)
    assert world.seen()
    world.has(camera("a" * 32, **fields))
    assert world.seen() == []
    assert b"dome" not in b"".join((one.body or b"") + (one.coming or b"") for one in world.store.public.rows())


def test_all_leave_at_once_where_a_person_decided_so(world: World) -> None:
    ten = row(10)
    world.open()
    world.has(*ten)
    world.days(4)
    world.has(*(msgspec.structs.replace(one, camera=msgspec.structs.replace(one.camera, private=True)) for one in ten))
    assert world.seen() == []


def test_where_more_than_a_third_vanishes_an_operator_is_asked(world: World) -> None:
    ten = row(10)
    world.open()
    world.has(*ten)
    world.days(4)
    world.has(*ten[:8])
    assert len(world.seen()) == 8, "a few may vanish"
    world.has(*ten[:2])
    assert len(world.seen()) == 8
    held = world.publisher.sharing().held
    assert held is not None
    assert (held.before, held.after) == (8, 2)
    world.days(2)
    world.begin()  # a restart asks still
    assert len(world.seen()) == 8
    world.has(*ten[:8])
    assert world.publisher.sharing().held is None
    world.has(*ten[:2])
    world.publisher.accept()
    assert len(world.seen()) == 2
    assert world.publisher.sharing().held is None


def test_where_the_map_would_grow_tenfold_an_operator_is_asked(world: World) -> None:
    some = row(120)
    world.open()
    world.has(*some[:10])
    world.days(4)
    assert len(world.seen()) == 10
    world.has(*some)
    world.now_s += 3 * DAY_S  # all ripe for one batch
    world.publisher.look()
    assert len(world.seen()) == 10
    held = world.publisher.sharing().held
    assert held is not None
    assert (held.before, held.after) == (10, 120)
    world.publisher.accept()
    assert len(world.seen()) == 120


def test_while_the_hub_runs_it_leaves_within_a_look(world: World) -> None:
    world.open()
    world.has(camera("a" * 32))
    world.days(4)
    world.publisher.start()
    try:
        assert world.seen()
        world.details = [camera("a" * 32, private=True)]
        world.publisher.request_look()
        until(lambda: not world.seen(), "the private dwelling to leave the shared map")
    finally:
        world.publisher.stop()
    assert not world.publisher.alive


def test_the_map_outlives_a_restart(world: World) -> None:
    world.open()
    world.has(*row(3))
    world.days(4)
    before = world.publisher.shown()
    world.seed = 99
    world.begin()
    assert world.publisher.shown() == before


def test_a_public_id_stays_and_never_comes_to_mean_another_camera(world: World) -> None:
    one, other = camera("a" * 32, "b" * 32, "c" * 32), camera("d" * 32, east_m=40.0)
    world.open()
    world.has(one, other)
    world.days(4)
    by_place = {round(one.lon, 3): one.id for one in world.publisher.shown().cameras}  # type: ignore[union-attr]
    first, second = by_place[-17.0], by_place[-16.999]
    # Merged: the one leads to the other.
    world.has(camera("d" * 32, "a" * 32, "b" * 32, "c" * 32))
    assert world.seen() == [first]
    assert world.publisher.leads_to(second) == first
    # Split again: each has its own.
    world.has(one, other)
    world.days(4)
    assert {round(one.lon, 3): one.id for one in world.publisher.shown().cameras} == by_place  # type: ignore[union-attr]
    # A part is taken out: it is another camera and gets another id.
    world.has(camera("a" * 32), camera("b" * 32, "c" * 32, east_m=80.0), other)
    world.days(4)
    assert len(world.seen()) == 3
    assert world.publisher.leads_to("no such id") is None


def test_what_is_split_off_as_private_takes_the_place_with_it(world: World) -> None:
    world.open()
    world.has(camera("a" * 32, "b" * 32))
    world.days(4)
    world.has(camera("a" * 32, east_m=30.0), camera("b" * 32, private=True))
    assert world.seen() == [], "what was shown was the place of both"
    world.days(4)
    shown = world.publisher.shown()
    assert shown is not None
    assert [round(one.lon, 4) for one in shown.cameras] == [-16.9996]


def test_forgotten_sightings_leave_no_trace(world: World) -> None:
    world.open()
    world.has(camera("a" * 32), camera("b" * 32, "c" * 32, east_m=40.0))
    world.days(4)
    assert world.store.public.forget(["a" * 32, "b" * 32]) == 1
    world.has(camera("c" * 32, east_m=40.0))
    assert len(world.seen()) == 1
    told = world.store.db.rows("SELECT sighting FROM public_sighting")
    assert told == [("c" * 32,)]


def test_two_worlds_that_differ_in_who_saw_what_are_told_alike(tmp_path: Path) -> None:
    """Which sightings were made on one walk changes ids, order and days in the log, and nothing of what is public."""
    answers = []
    for number, ids in enumerate((["a", "b", "c", "d"], ["d", "c", "a", "b"])):
        world = World(tmp_path / str(number))
        world.open()
        details = [
            camera(one * 32, east_m=60.0 * place, walk="AB"[ord(one) % 2], day=f"2026-05-{10 + ord(one) % 2}")
            for place, one in enumerate(ids)
        ]
        world.has(*sorted(details, key=lambda detail: detail.camera.id))
        told = []
        for _ in range(5):
            world.days(1)
            told.append((world.publisher.shown(), world.publisher.sharing()))
        answers.append(told)
        world.store.close()
    assert answers[0] == answers[1]
    assert answers[0][-1][0] is not None
    assert len(answers[0][-1][0].cameras) == 4


@pytest.mark.parametrize("opened", [True, False])
@pytest.mark.parametrize("hour", [0.5, 4.5, 20.0])
def test_each_camera_is_there_by_its_day_and_as_it_was_announced(world: World, opened: bool, hour: float) -> None:
    world.now_s = 20_000 * DAY_S + hour * 3600
    if opened:
        world.open()
    world.has(*row(12))
    announced = world.publisher.preview().coming
    assert len(announced) == 12
    if not opened:
        world.open()
    came: dict[str, int] = {}
    for _ in range(24 * 6):
        world.now_s += 1800
        world.publisher.look()
        came |= {one: int(world.now_s // DAY_S) for one in world.seen() if one not in came}
    assert all(came[one.camera.id] <= one.by_s // DAY_S for one in announced)
    shown = world.publisher.shown()
    assert shown is not None
    assert shown.cameras == tuple(one.camera for one in announced)


def test_what_is_ripe_is_to_come_until_its_batch_where_the_map_is_open(world: World) -> None:
    world.open()
    world.has(*row(3))
    world.now_s += 2.2 * DAY_S - 3600
    world.store.public.save([], msgspec.structs.replace(world.publisher.sharing(), due_s=world.now_s + 3600))
    preview = world.publisher.preview()
    assert preview.cameras == ()
    assert {one.by_s for one in preview.coming} == {world.now_s + 3600}


def test_what_was_decided_by_a_clock_that_had_leapt_ahead_does_not_wait_for_years(world: World) -> None:
    world.open()
    world.now_s += 5000 * DAY_S
    world.has(camera("a" * 32))
    world.now_s -= 5000 * DAY_S
    world.days(4)
    assert len(world.seen()) == 1


@pytest.mark.parametrize("leap_days", [1, 30, 5000])
def test_where_the_clock_leaps_nothing_comes_the_sooner(world: World, leap_days: int) -> None:
    """What was decided this evening would be public at once, all in one batch, before anybody could think again."""
    running_s = 1000.0
    world.publisher = Publisher(
        world.store, lambda: world.details, now=lambda: world.now_s, running=lambda: running_s, random=Random(1)
    )
    world.open()
    world.has(*row(12))
    world.now_s += leap_days * DAY_S
    for _ in range(23):
        running_s, world.now_s = running_s + 3600, world.now_s + 3600
        world.publisher.look()
        assert world.seen() == []
    for _ in range(24 * 3):
        running_s, world.now_s = running_s + 3600, world.now_s + 3600
        world.publisher.look()
    assert len(world.seen()) == 12


def test_who_starts_by_a_clock_that_lags_and_is_set_right_waits_as_ever(world: World) -> None:
    running_s = 1000.0
    world.open()
    world.has(*row(12))
    world.now_s -= 700 * DAY_S
    world.publisher = Publisher(
        world.store, lambda: world.details, now=lambda: world.now_s, running=lambda: running_s, random=Random(1)
    )
    world.publisher.look()
    world.now_s += 700 * DAY_S
    world.publisher.look()
    assert world.seen() == []
