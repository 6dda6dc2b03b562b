"""Absence needs listening, more than one person, and never follows from silence alone."""

from datetime import date, timedelta
from random import Random

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.merge.gone import (
    GONE_SHARE,
    WORTH_A_LOOK,
    Absence,
    GoneReport,
    Listening,
    Watched,
    absence,
    watched,
)
from hub.merge.observe import Observation, observe
from probe.contract.geodesy import cell
from probe.contract.sighting import Strength
from tests.examples import WALK_A, WALK_B, look, radio, spot

DAY = date(2026, 5, 9)
HERE = cell(spot(0, 0).lat, spot(0, 0).lon)
CAMERA = Watched(
    last_known=DAY, last_heard=DAY, cells=frozenset({HERE}), channels=frozenset({2437}), walks=frozenset({"found"})
)


def listened(who: str | None, days: int, walk: str | None = None, seconds: float = 60.0, **more: object) -> Listening:
    """A pass of somebody, so many days after the camera was last known."""
    return Listening(
        **{  # type: ignore[arg-type]
            "cell": HERE,
            "walk": walk or f"{who} {days}",
            "day": DAY + timedelta(days=days),
            "contributor": who,
            "contributor_tags": (),
            "seconds": {2437: seconds},
            **more,
        }
    )


def report(who: str | None, days: int, strength: Strength = Strength.STRONG) -> GoneReport:
    return GoneReport(day=DAY + timedelta(days=days), strength=strength, contributor=who, contributor_tags=())


def observed(*sightings: object) -> list[Observation]:
    found = [observe(number, one, "p") for number, one in enumerate(sightings)]  # type: ignore[arg-type]
    return [one for one in found if one is not None]


def found(camera: Watched, *listenings: Listening, reports: tuple[GoneReport, ...] = ()) -> Absence:
    there = absence(camera, listenings, reports)
    assert there is not None
    return there


RECORD = [listened(name, -10 * number, "found") for number, name in enumerate("abcdef", 1)]


def test_where_nobody_listened_nothing_is_known() -> None:
    assert absence(CAMERA, []) is None
    elsewhere = listened("x", 300, cell="17/0/0")
    other_channel = listened("x", 300, seconds=0.0)
    too_short = listened("x", 300, seconds=9.0)
    nobodys = listened(None, 300)
    heard = listened("x", 300, walk="found")
    before = listened("x", 0)
    assert absence(CAMERA, [elsewhere, other_channel, too_short, nobodys, heard, before]) is None


def test_what_only_people_saw_is_never_gone_by_the_radio() -> None:
    camera = watched(observed(look(walk=WALK_A), look(walk=WALK_B)))
    assert camera is not None
    assert absence(camera, [listened(f"{number}", 300 + number) for number in range(20)]) is None


def test_one_contributor_is_never_more_than_worth_a_look_however_many_walks() -> None:
    alone = found(CAMERA, *RECORD, *(listened("mallory", 30 * n) for n in range(1, 60)))
    assert alone.surveys == alone.contributors == 1
    assert alone.probability <= WORTH_A_LOOK
    assert not alone.is_borne_out
    tags = [("2026q2-1/15/1/1/aa",), ("2026q3-1/15/1/1/bb",), ("2026q4-1/15/1/1/cc",)]
    area = HERE.split("/")
    where = f"15/{int(area[1]) >> 2}/{int(area[2]) >> 2}"
    of_quarters = [
        listened(None, 90 * n, contributor_tags=(tag[0].replace("15/1/1", where),)) for n, tag in enumerate(tags, 1)
    ]
    quarters = found(CAMERA, *RECORD, *of_quarters)
    assert (quarters.surveys, quarters.contributors) == (3, 1), "three tags of three quarters may be one person's"
    assert quarters.probability <= WORTH_A_LOOK
    words = found(CAMERA, reports=tuple(report("mallory", 100 * n) for n in range(1, 60)))
    assert (words.reports, words.contributors) == (1, 1)
    assert words.probability <= WORTH_A_LOOK


def test_several_who_listened_in_silence_make_it_likely_and_what_radio_can_say_is_bounded() -> None:
    each = [found(CAMERA, *RECORD, *(listened(f"{n}", 200 + n) for n in range(many))) for many in (2, 4, 8)]
    assert [one.contributors for one in each] == [2, 4, 8]
    assert each[0].probability < each[1].probability < each[2].probability < GONE_SHARE
    assert each[2].probability > 0.5
    assert all(one.last_heard == DAY for one in each)


def test_a_camera_that_passes_seldom_heard_is_not_missed_when_they_do_not_hear_it() -> None:
    seldom = [listened(name, -10 * number, None) for number, name in enumerate("abcde", 1)]
    later = [listened(f"{n}", 200 + n) for n in range(4)]
    often = found(CAMERA, *RECORD, *later).probability
    assert found(CAMERA, listened("f", 0, "found"), *seldom, *later).probability < often / 3


def test_longer_listening_says_more() -> None:
    brief = [listened(f"{n}", 200 + n, seconds=10.0) for n in range(4)]
    long = [listened(f"{n}", 200 + n, seconds=60.0) for n in range(4)]
    assert found(CAMERA, *RECORD, *brief).probability < found(CAMERA, *RECORD, *long).probability


def test_two_people_who_looked_are_believed_and_one_is_asked_about() -> None:
    both = found(CAMERA, reports=(report("a", 400), report("b", 500)))
    assert both.probability > 0.8
    assert both.is_borne_out
    one = found(CAMERA, reports=(report("a", 400),))
    assert 0.2 < one.probability <= WORTH_A_LOOK
    assert found(CAMERA, reports=(report("a", 400, Strength.WEAK),)).probability < one.probability
    assert absence(CAMERA, [], [report("a", -1), report(None, 5)]) is None


def test_who_heard_or_saw_it_since_has_seen_that_it_is_there() -> None:
    late = msgspec.structs.replace(look(walk=WALK_B), time=None)
    camera = watched(observed(radio(walk=WALK_A), late))
    assert camera is not None
    assert camera.last_known == DAY
    assert camera.cells == {HERE}
    assert camera.channels == {2437}
    again = observed(radio(walk=WALK_A), look(walk=WALK_B))
    moved_on = watched(again)
    assert moved_on is not None
    assert absence(known_until(moved_on, DAY + timedelta(days=30)), [listened("x", 20)]) is None
    assert watched(observed(late)) is None


def known_until(camera: Watched, last_known: date) -> Watched:
    return Watched(
        last_known=last_known,
        last_heard=camera.last_heard,
        cells=camera.cells,
        channels=camera.channels,
        walks=camera.walks,
    )


PASSES = st.builds(
    listened,
    st.sampled_from([None, "a", "b", "c"]),
    st.integers(-2000, 100_000),
    st.sampled_from(["found", "x", "y"]),
    st.floats(0, 1e6),
)
WORDS = st.builds(report, st.sampled_from([None, "a", "b"]), st.integers(-100, 100_000), st.sampled_from(Strength))


@given(st.lists(PASSES, max_size=12), st.lists(WORDS, max_size=6), st.randoms(use_true_random=False))
def test_it_is_a_probability_and_the_order_does_not_matter(
    passes: list[Listening], words: list[GoneReport], random: Random
) -> None:
    one = absence(CAMERA, passes, words)
    random.shuffle(passes)
    random.shuffle(words)
    assert absence(CAMERA, passes, words) == one
    if one is not None:
        assert 0.0 <= one.probability <= 1.0
        assert one.probability <= WORTH_A_LOOK or one.contributors > 1


@pytest.mark.parametrize("many", [0, 3])
def test_what_comes_twice_counts_once(many: int) -> None:
    passes = [*RECORD, *(listened(f"{n}", 200 + n) for n in range(many)), listened("z", 300)]
    assert found(CAMERA, *passes) == found(CAMERA, *passes, *passes)
