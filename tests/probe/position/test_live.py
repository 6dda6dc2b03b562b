"""What a receiver tells now: its place is taken, its time only where it can be meant."""

from datetime import UTC, date, datetime, timedelta

import pytest

from probe.detect.catalogue import newest_day
from probe.position.live import LivePosition, unrolled
from tests.probe.position.test_nmea import fixes_of, sentence

RELEASED = date(2026, 8, 6)
NOW = datetime(2026, 11, 24, 23, 59, 58, tzinfo=UTC)
ROUND = timedelta(weeks=1024)


def rmc(at: datetime, status: str = "A", clock: str | None = None) -> bytes:
    return sentence(
        f"GPRMC,{clock or f'{at:%H%M%S.00}'},{status},4700.00000,N,01700.00000,W,2.5,,{at:%d%m%y},,,A"
    ).encode()


def told(*lines: bytes) -> LivePosition:
    """A position to which these were said, at time 0 of its clock."""
    position = LivePosition(lambda: 0.0, not_before=RELEASED)
    for line in lines:
        position.take(line)
    return position


@pytest.mark.parametrize("rounds", [0, 1, 2])
def test_a_receiver_that_is_rounds_of_weeks_behind_tells_the_right_time(rounds: int) -> None:
    position = told(rmc(NOW - rounds * ROUND))
    assert position.offset_s == pytest.approx(NOW.timestamp(), abs=1.0)
    assert position.at(0.0) is not None


@pytest.mark.parametrize(
    "nonsense",
    [datetime(1980, 1, 6, tzinfo=UTC), datetime(1980, 3, 1, 1, 2, tzinfo=UTC), datetime(2068, 1, 6, tzinfo=UTC)],
)
def test_the_clock_of_a_receiver_that_was_never_set_is_not_the_time_but_its_place_counts(nonsense: datetime) -> None:
    position = told(rmc(nonsense))
    assert position.offset_s is None
    assert position.at(0.0) is not None
    assert told(rmc(NOW), rmc(nonsense)).offset_s == told(rmc(NOW)).offset_s, "what was known stays known"


def test_a_receiver_without_a_fix_tells_no_time() -> None:
    position = told(rmc(NOW, "V"), rmc(datetime(1980, 1, 6, tzinfo=UTC), "V"))
    assert (position.offset_s, position.at(0.0)) == (None, None)
    assert told(rmc(NOW), rmc(NOW + timedelta(hours=5), "V")).offset_s == told(rmc(NOW)).offset_s


@pytest.mark.parametrize("clock", ["235960.00", "235960", "235960.999", "236060.00"])
def test_a_leap_second_does_no_harm(clock: str) -> None:
    before = rmc(NOW)
    position = told(before, rmc(NOW, clock=clock))
    assert position.offset_s == told(before).offset_s
    assert position.at(0.0) is not None, "the place of the second before"
    assert told(before, rmc(NOW, clock=clock), before).offset_s == told(before).offset_s


def test_an_old_recorded_track_is_believed_unless_it_is_a_round_of_weeks_behind() -> None:
    old = datetime(2016, 5, 9, 10, 0, tzinfo=UTC)
    (fix,), _ = fixes_of(rmc(old))
    assert fix.at_s == old.timestamp()
    fixes, counts = fixes_of(rmc(NOW - ROUND))
    assert (fixes, counts.odd_days) == ([], 1)


def test_the_day_before_which_it_cannot_be_is_the_releases_own() -> None:
    day = newest_day()
    assert day <= datetime.now(UTC).date() + timedelta(days=1), "a day to come would move every receiver's time on"
    assert unrolled(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp(), day) is not None
    for year in range(2026, 2038):
        assert unrolled(datetime(1980, 1, 6, tzinfo=UTC).timestamp(), date(year, 12, 31)) is None
