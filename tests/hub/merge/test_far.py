"""One address heard from afar: faint is near enough, loud moves or was moved."""

from datetime import timedelta

import msgspec

from hub.merge.cameras import derive
from hub.merge.observe import observe
from tests.examples import WALK_A, WALK_B, radio


def count(signal_dbm: float, later: timedelta = timedelta()) -> int:
    near = radio(walk=WALK_A, signal_dbm=-45.0)
    far = radio(walk=WALK_B, at=(320.0, 0.0), signal_dbm=signal_dbm)
    assert far.time is not None
    far = msgspec.structs.replace(far, time=msgspec.structs.replace(far.time, utc=far.time.utc + later))
    observations = [found for seq, sighting in enumerate((near, far)) if (found := observe(seq, sighting, None))]
    return len(derive(observations)[0])


def test_a_faint_hearing_far_away_is_the_same_camera() -> None:
    assert count(-86.0) == 1


def test_a_loud_hearing_far_away_within_days_is_something_that_moves() -> None:
    assert count(-50.0) == 0


def test_months_later_it_is_a_camera_that_was_put_up_elsewhere() -> None:
    assert count(-50.0, timedelta(days=60)) == 2
