"""Photos placed by a track: how far their clock is off, and how sure the place is."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from probe.camera.folder import PhotoObservation
from probe.camera.geotag import LeftOut
from probe.camera.matching import matched_offset
from probe.camera.placing import UNCHECKED_SD_S, found_offsets, given_offset, photos_span, placed, timed
from probe.camera.taken import CameraClock
from probe.contract.geodesy import distance_m, moved
from probe.contract.sighting import Place
from probe.position.fix import Fix
from probe.position.track import Track

START = datetime(2026, 5, 9, 10, 0, tzinfo=UTC)


def fix_at(second: int, accuracy_m: float | None = 3.0) -> Fix:
    """A walker who goes north at 1.4 m/s."""
    lat, lon = moved(48.0, 2.0, 0.0, 1.4 * second)
    return Fix(at_s=START.timestamp() + second, lat=lat, lon=lon, accuracy_m=accuracy_m)


TRACK = Track(fix_at(second) for second in range(600))


def a_photo(
    second: float,
    ahead_s: float = 0.0,
    *,
    zoned: bool = False,
    receiver: bool = False,
    there: bool = False,
    model: str = "",
) -> PhotoObservation:
    """A photo of a walk, by a clock that is so many seconds ahead; beside it its receiver's time, or its place."""
    at = START + timedelta(seconds=second)
    shown = at + timedelta(seconds=ahead_s)
    fix = fix_at(round(second))
    return PhotoObservation(
        observer=Place(lat=fix.lat, lon=fix.lon) if there else None,
        taken_at=at if receiver else shown if zoned else None,
        bearing_deg=None,
        distance_m=None,
        tags=(),
        no_place=None if there else "no position",
        model=model,
        camera=CameraClock(shown=shown, zoned=zoned),
        receiver_at=at if receiver else None,
        left_out=() if zoned or receiver else (LeftOut.ZONE,),
    )


def put(photo: PhotoObservation, *others: PhotoObservation, given_s: float | None = None) -> PhotoObservation:
    offsets = found_offsets([photo, *others], TRACK) if given_s is None else given_offset(given_s)
    return placed(timed(photo, offsets), TRACK, offsets)


def off_m(photo: PhotoObservation, second: int) -> float:
    assert photo.observer is not None
    fix = fix_at(second)
    return distance_m(photo.observer.lat, photo.observer.lon, fix.lat, fix.lon)


def test_a_clock_with_its_zone_is_believed_but_not_much() -> None:
    there = put(a_photo(100, zoned=True))
    assert off_m(there, 100) < 0.1
    assert there.observer is not None
    assert there.observer.accuracy_m == pytest.approx(1.4 * UNCHECKED_SD_S, rel=0.05)
    assert "compared with nothing" in (there.placed or "")
    assert there.no_place is None


def test_an_offset_that_is_given_moves_the_clock() -> None:
    there = put(a_photo(100, 7200), given_s=-7200)
    assert off_m(there, 100) < 0.1
    assert there.taken_at == START + timedelta(seconds=100)
    assert there.left_out == ()
    assert "-7200 s (as given" in (there.placed or "")
    assert put(replace(a_photo(100, 7200), observer=Place(lat=1, lon=1)), given_s=-7200).observer == Place(lat=1, lon=1)


def test_photos_with_their_receivers_time_say_how_far_the_clock_is_off() -> None:
    others = [a_photo(second, 7260 + second % 3, receiver=True) for second in range(5, 50, 5)]
    there = put(a_photo(100, 7260), *others)
    assert off_m(there, 100) < 3
    assert there.observer is not None
    assert there.observer.accuracy_m is not None
    assert 3 < there.observer.accuracy_m < 6
    assert "9 photos with their receiver's time" in (there.placed or "")


def test_one_such_photo_is_believed_less_and_those_that_disagree_not_at_all() -> None:
    alone = put(a_photo(100, 60), a_photo(50, 60, receiver=True))
    assert alone.observer is not None
    assert (alone.observer.accuracy_m or 0) > 15
    at_odds = [a_photo(second, 60 + 1000 * (second - 2), receiver=True) for second in range(5)]
    assert put(a_photo(100, 60), *at_odds).observer is None


def test_another_camera_says_nothing_of_this_ones_clock() -> None:
    others = [a_photo(second, 3600, receiver=True, model="another") for second in range(5)]
    lost = put(a_photo(100, 3600, model="this"), *others)
    assert lost.observer is None
    assert "--photo-offset" in (lost.no_place or "")
    assert "this" not in (lost.no_place or "")


def test_what_was_found_is_not_laid_on_photos_that_need_no_place() -> None:
    others = [a_photo(second, 3600, receiver=True) for second in range(5)]
    local = a_photo(100, 3600, there=True)
    assert timed(local, found_offsets([local, *others], TRACK)) == local


def test_photos_with_a_place_of_their_own_are_found_on_the_track() -> None:
    others = [a_photo(second, 7215, there=True) for second in range(20, 500, 40)]
    there = put(a_photo(100, 7215), *others)
    assert off_m(there, 100) < 8
    assert "12 photos whose places the track passes" in (there.placed or "")


def test_where_a_walk_crosses_itself_nothing_is_guessed() -> None:
    back = [replace(fix_at(599 - second), at_s=START.timestamp() + 600 + second) for second in range(600)]
    there_and_back = [fix_at(second) for second in range(600)] + back
    shown = [(START.timestamp() + 300.0, Place(lat=fix_at(300).lat, lon=2.0))] * 5
    assert matched_offset(shown, there_and_back) is None
    assert matched_offset(shown[:2], [fix_at(second) for second in range(600)]) is None
    assert matched_offset([(0.0, Place(lat=1, lon=1))] * 5, there_and_back) is None
    assert matched_offset(shown, []) is None


def test_a_photo_from_before_or_after_the_track_has_no_place() -> None:
    lost = put(a_photo(5000, zoned=True))
    assert lost.observer is None
    assert "the track gives none at 2026-05-09 11:23:20 UTC" in (lost.no_place or "")
    assert "no time" in (put(replace(a_photo(1), camera=None)).no_place or "")
    span = photos_span([lost, put(a_photo(1))])
    assert span is not None
    assert span.start_s == span.end_s


def test_a_clock_of_the_last_day_of_all_is_no_error() -> None:
    last = replace(a_photo(1), camera=CameraClock(shown=datetime(9999, 12, 31, tzinfo=UTC), zoned=False))
    assert timed(last, given_offset(1e6)) == last
