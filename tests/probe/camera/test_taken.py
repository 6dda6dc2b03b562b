"""When a photo was taken: the receiver's time, else the camera's clock, and neither where it cannot be."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.camera.exif import Gps, Inner, Value
from probe.camera.geotag import LeftOut
from probe.camera.taken import taken_of

AT = datetime(2026, 5, 9, 9, 30, 1, tzinfo=UTC)
SHOWN: dict[int, Value] = {Inner.TAKEN: "2026:05:09 11:30:01"}
ZONED: dict[int, Value] = {**SHOWN, Inner.OFFSET_TAKEN: "+02:00"}


def gps(day: Any = "2026:05:09", time: Any = (9.0, 30.0, 1.0)) -> dict[int, Value]:
    return {tag: value for tag, value in ((Gps.DATE, day), (Gps.TIME, time)) if value is not None}


@pytest.mark.parametrize("day", ["2026:05:09", "2026-05-09", "2026/05/09", "2026:5:9", "2026.05.09\0"])
def test_the_receivers_date_in_any_usual_spelling(day: str) -> None:
    assert taken_of({}, gps(day)).utc == AT
    assert taken_of({}, gps(day)).left_out == ()


@pytest.mark.parametrize(
    "broken",
    [
        gps("2096:05:09"), gps("2006:09:24"), gps("1980:01:06"), gps(""), gps("0000:00:00"), gps("2026:13:09"),
        gps("    :  :  "), gps(time=(30.0, 75.0, 90.0)), gps(time=(24.0, 0.0, 0.0)), gps(time=(9.0, 60.0, 0.0)),
        gps(time=(9.0, 30.0, 61.0)), gps(time=(9.0, 30.0, None)), gps(time=(-1.0, 0.0, 0.0)), gps(time=(9.0, 30.0)),
        gps(time="09:30:01"), gps(time=None), gps(day=None),
    ],
)  # fmt: skip
def test_a_receivers_time_that_cannot_be_hides_no_good_clock(broken: dict[int, Value]) -> None:
    alone, beside = taken_of({}, broken), taken_of(ZONED, broken)
    assert alone.utc is None
    assert beside.utc == AT
    assert LeftOut.RECEIVER_TIME in alone.left_out
    assert LeftOut.RECEIVER_TIME in beside.left_out


def test_a_receivers_old_day_gives_way_to_a_clock_that_states_its_zone() -> None:
    assert taken_of(ZONED, gps("2026:05:02")).utc == AT
    assert taken_of(ZONED, gps("2026:05:02")).left_out == (LeftOut.RECEIVER_TIME,)
    never_set: dict[int, Value] = {Inner.TAKEN: "2000:01:01 00:00:05", Inner.OFFSET: "Z"}
    assert taken_of(never_set, gps()).utc == AT
    local: dict[int, Value] = {Inner.TAKEN: "2020:01:01 00:00:05"}
    assert taken_of(local, gps()).utc == AT


def test_1024_weeks_too_early_is_put_right_where_the_camera_shows_it() -> None:
    for rounds in (1, 2):
        day = (AT - rounds * timedelta(weeks=1024)).strftime("%Y:%m:%d")
        assert taken_of(SHOWN, gps(day)).utc == AT
        assert taken_of(SHOWN, gps(day)).left_out == ()
        assert taken_of({}, gps(day)).utc is None


def test_an_old_photo_is_believed_where_both_clocks_agree() -> None:
    old = gps("2008:10:23", (14.0, 27.0, 7.24))
    assert taken_of({}, old).utc is None
    taken = taken_of({Inner.TAKEN: "2008:10:23 16:28:39"}, old).utc
    assert taken is not None
    assert taken.replace(microsecond=0) == datetime(2008, 10, 23, 14, 27, 7, tzinfo=UTC)


def test_a_leap_second_is_the_next_minutes_first() -> None:
    assert taken_of({}, gps("2016:12:31", (23.0, 59.0, 60.0))).utc == datetime(2017, 1, 1, tzinfo=UTC)


def test_the_camera_says_the_day_of_a_receivers_time_where_only_one_fits() -> None:
    assert taken_of({Inner.TAKEN: "2026:05:10 00:30:01"}, gps("", (22.0, 30.0, 1.0))).utc == datetime(
        2026, 5, 9, 22, 30, 1, tzinfo=UTC
    )
    # Half a day apart, it may be either day.
    assert taken_of({Inner.TAKEN: "2026:05:09 12:30:01"}, gps("", (0.0, 30.0, 1.0))).utc is None


@pytest.mark.parametrize(
    ("shown", "told", "utc"),
    [
        ("2026:05:09 01:30:00", ("2026:05:09", 23.0), datetime(2026, 5, 8, 23, 30, tzinfo=UTC)),  # Paris
        ("2026:05:09 18:30:00", ("2026:05:09", 1.0), datetime(2026, 5, 10, 1, 30, tzinfo=UTC)),  # California
        ("2024:03:01 00:30:00", ("2024:03:01", 23.0), datetime(2024, 2, 29, 23, 30, tzinfo=UTC)),
        ("2026:05:09 01:30:00", ("2026:05:08", 23.0), datetime(2026, 5, 8, 23, 30, tzinfo=UTC)),
        ("2026:05:09 13:30:00", ("2026:05:09", 0.0), datetime(2026, 5, 9, 0, 30, tzinfo=UTC)),  # New Zealand
    ],
)
def test_a_local_day_beside_a_time_in_utc_is_put_right(shown: str, told: tuple[str, float], utc: datetime) -> None:
    day, hour = told
    taken = taken_of({Inner.TAKEN: shown}, gps(day, (hour, 30.0, 0.0)))
    assert (taken.utc, taken.left_out) == (utc, ())


@pytest.mark.parametrize(
    "inner",
    [
        {Inner.TAKEN: "2026:05:09 11:30:01", Inner.OFFSET: "+02:00"},
        {Inner.TAKEN: "2026:05:09 11:30:01", Inner.OFFSET_DIGITIZED: "+0200"},
        {Inner.DIGITIZED: "2026-05-09T09:30:01", Inner.OFFSET_DIGITIZED: "Z"},
        {Inner.TAKEN: "0000:00:00 00:00:00", Inner.DIGITIZED: "2026:05:09 04:00:01", Inner.OFFSET: "-05:30"},
        {Inner.TAKEN: "2026:05:09 11:30:01", Inner.OFFSET_TAKEN: "   :  ", Inner.OFFSET: "+02"},
        {Inner.TAKEN: "2026-05-09T11:30:01+02:00"},
    ],
)
def test_the_cameras_clock_with_its_zone(inner: dict[int, Value]) -> None:
    assert taken_of(inner, {}).utc == AT


@pytest.mark.parametrize(
    ("inner", "left_out"),
    [
        (SHOWN, LeftOut.ZONE), ({**SHOWN, Inner.OFFSET: "+23:00"}, LeftOut.ZONE),
        ({**SHOWN, Inner.OFFSET: ""}, LeftOut.ZONE),
        ({Inner.TAKEN: "1970:01:01 00:00:10", Inner.OFFSET: "Z"}, LeftOut.CLOCK),
        ({Inner.TAKEN: "2096:01:01 00:00:10", Inner.OFFSET: "Z"}, LeftOut.CLOCK),
    ],
)  # fmt: skip
def test_a_clock_without_zone_or_never_set_is_no_time(inner: dict[int, Value], left_out: LeftOut) -> None:
    assert taken_of(inner, {}).utc is None
    assert taken_of(inner, {}).left_out == (left_out,)


DIGITS = st.text(alphabet="0123456789:-+ TZ/.", max_size=22)
TIMES = st.lists(st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False)), max_size=4).map(tuple)


@given(st.dictionaries(st.sampled_from([*Inner]), DIGITS), st.dictionaries(st.sampled_from([Gps.DATE]), DIGITS), TIMES)
def test_any_clock(inner: dict[int, Value], day: dict[int, Value], time: tuple[float | None, ...]) -> None:
    taken = taken_of(inner, {**day, Gps.TIME: time})
    assert taken.utc is None or taken.utc.year >= 1995
