"""The sweep keeps cameras and forgets everyone else."""

from math import hypot, log10

from hypothesis import given
from hypothesis import strategies as st

from probe.contract.base import MAX_HEARINGS
from probe.contract.envelope import encode
from probe.contract.sighting import Adapter, Kind, Sighting
from probe.position.fix import Fix
from probe.position.track import Track
from probe.radio.frame import Dwell
from probe.radio.frame import Frame as RadioFrame
from probe.sweep.sweep import PASS_END_S, Sweep
from probe.walk.making import making
from tests.examples import new_id, spot

CAMERA, PHONE = bytes.fromhex("accc8e102030"), bytes.fromhex("f4cae5aabbcc")
START_S = 1_778_320_800.0


def frame(
    at_s: float,
    transmitter: bytes = CAMERA,
    ssid: bytes | None = None,
    signal_dbm: int | None = -60,
    channel_mhz: int | None = 2437,
) -> RadioFrame:
    return RadioFrame(at_s, transmitter, transmitter, 8, ssid, signal_dbm, channel_mhz, b"")


def straight(metres: float, speed_m_s: float = 1.3) -> Track:
    seconds = int(metres / speed_m_s) + 1
    places = [spot(second * speed_m_s, 0.0) for second in range(seconds)]
    return Track(Fix(at_s=START_S + i, lat=place.lat, lon=place.lon, accuracy_m=4) for i, place in enumerate(places))


def sweep(track: Track | None) -> Sweep:
    return Sweep(walk="a" * 32, made=making(Adapter.SCRIPTED, composed=True), new_id=new_id, position=track)


def radio_of(sightings: list[Sighting]) -> list[Sighting]:
    return [sighting for sighting in sightings if sighting.kind is Kind.RADIO]


def test_hearings_are_averaged_every_two_metres() -> None:
    walk = sweep(straight(50))
    for tenth in range(320):
        walk.take_frame(frame(START_S + tenth / 10, signal_dbm=-60 - tenth % 2))
    (sighting,) = radio_of(list(walk.sightings()))
    assert sighting.radio is not None
    assert 18 <= len(sighting.radio.hearings) <= 22
    assert sum(hearing.frames for hearing in sighting.radio.hearings) == 320
    assert all(
        hearing.signal_dbm is not None and -61 <= hearing.signal_dbm <= -60 for hearing in sighting.radio.hearings
    )


@given(st.integers(1, 400))
def test_hearings_are_bounded_however_long_the_street(metres: int) -> None:
    walk = sweep(straight(metres))
    for second in range(int(metres / 1.3)):
        walk.take_frame(frame(START_S + second, signal_dbm=-70))
    for sighting in radio_of(list(walk.sightings())):
        assert sighting.radio is not None
        assert len(sighting.radio.hearings) <= MAX_HEARINGS


def test_what_was_heard_is_no_silence_in_whatever_order_it_comes() -> None:
    """Two captures put behind each other in the wrong order, one read backwards, a clock that was set back."""
    seconds = list(range(40))
    for order in (seconds[20:] + seconds[:20], seconds[::-1], seconds[::2] + seconds[1::2], seconds[::15] + seconds):
        walk = sweep(straight(60))
        for second in order:
            walk.take(frame(START_S + second, signal_dbm=-60 - abs(second - 20)))
            walk.take(Dwell(START_S + second + 0.5, 2437, 1.0, 1))
            assert list(walk.passed(START_S + second)) == []
        (sighting,) = radio_of(list(walk.sightings()))
        assert sighting.radio is not None
        assert sum(hearing.frames for hearing in sighting.radio.hearings) == len(order)
        assert not sighting.radio.silences
        assert sighting.time is not None
        assert sighting.time.utc.timestamp() == START_S


def test_a_clock_that_is_set_back_ends_a_pass() -> None:
    walk = sweep(straight(60))
    walk.take(frame(START_S + 3600))
    assert list(walk.passed(START_S + 3600 - PASS_END_S)) == []
    assert len(list(walk.passed(START_S))) == 1


def test_nobody_else_is_kept() -> None:
    walk = sweep(straight(50))
    for second in range(30):
        walk.take_frame(frame(START_S + second, transmitter=PHONE, ssid=b"Maison"))
    told = b"".join(map(encode, walk.sightings()))
    for trace in (PHONE.hex(), PHONE.hex(":"), "Maison"):
        assert trace.encode() not in told
    assert walk.counts.forgotten == 30


def test_a_pass_that_is_over_is_told_while_the_walk_goes_on() -> None:
    walk = sweep(straight(200))
    for second in range(40):
        walk.take_frame(frame(START_S + 1 + second))
    assert not list(walk.passed(START_S + 40 + PASS_END_S))
    assert len(list(walk.passed(START_S + 41 + PASS_END_S))) == 1
    assert not radio_of(list(walk.sightings()))


def test_the_survey_names_cells_and_channels_and_only_the_day() -> None:
    walk = sweep(straight(50))
    for second in range(30):
        walk.take(Dwell(START_S + second, 2412 if second % 2 else 5180, 1.0, 123, 2))
    (survey,) = (sighting.survey for sighting in walk.sightings())
    assert survey is not None
    assert {channel for cell in survey.cells for channel in cell.channels_mhz} == {2412, 5180}
    assert survey.day is not None
    for cell in survey.cells:
        assert cell.seconds is not None
        assert cell.seconds % 10 == 0
        assert all(channel.seconds % 10 == 0 and channel.frames % 100 == 0 for channel in cell.channels)
    assert sum(cell.drops or 0 for cell in survey.cells) == 60
    assert b"T" not in encode(survey)


def test_without_a_track_a_camera_has_no_place() -> None:
    walk = sweep(None)
    walk.take_frame(frame(START_S))
    (sighting,) = walk.sightings()
    assert sighting.observer is None
    assert sighting.radio is not None
    assert sighting.radio.hearings == ()


def test_a_clock_that_was_never_set_gives_no_time() -> None:
    walk = sweep(None)
    walk.take_frame(frame(12.0))
    (sighting,) = walk.sightings()
    assert sighting.time is None


def test_time_that_runs_backwards_does_no_harm() -> None:
    walk = sweep(straight(100))
    for second in (50, 10, 49, 0, -8192, 45):
        walk.take_frame(frame(START_S + second))
        walk.take(Dwell(START_S + second, 2437, 0.5, 1))
    assert len(radio_of(list(walk.sightings()))) <= 1


def test_silence_before_and_after_is_told_where_the_channel_was_listened_to() -> None:
    walk = sweep(straight(300))
    for second in range(200):
        walk.take(Dwell(START_S + second, 2437, 1.0, 5))
        if 80 <= second < 120:
            walk.take_frame(frame(START_S + second, signal_dbm=-75))
    (sighting,) = radio_of(list(walk.sightings()))
    assert sighting.radio is not None
    before, after = sighting.radio.silences
    assert before.start.lon < before.end.lon < sighting.radio.hearings[0].place.lon
    assert sighting.radio.hearings[-1].place.lon < after.start.lon < after.end.lon


def test_a_channel_that_was_not_listened_to_says_nothing() -> None:
    walk = sweep(straight(300))
    for second in range(200):
        walk.take(Dwell(START_S + second, 5180, 1.0, 5))
        if 80 <= second < 120:
            walk.take_frame(frame(START_S + second, signal_dbm=-75))
    (sighting,) = radio_of(list(walk.sightings()))
    assert sighting.radio is not None
    assert sighting.radio.silences == ()


def test_a_camera_that_is_missed_while_it_is_loud_is_not_taken_for_one_that_moves() -> None:
    """A channel that was jammed, a radio that was deaf: for 20 s nothing is heard beside it, and then it goes on."""
    walk = sweep(straight(140))
    for second in range(105):
        away_m = hypot(1.3 * second - 68.0, 8.0)
        level = round(-30 - 24 * log10(away_m))
        walk.take(Dwell(START_S + second + 0.5, 2437, 1.0, 5))
        if not 44 <= second <= 63 and level >= -86:
            walk.take(frame(START_S + second, signal_dbm=level))
    sightings = radio_of(list(walk.sightings()))
    assert walk.counts.by_reason == {}
    (sighting,) = sightings
    assert sighting.radio is not None
    assert sighting.radio.silences, "it is told that nothing was heard there, and the hub may weigh it"


def past_and_back_to_hearing(deaf_s: range, until_s: int = 230, returns: bool = True) -> tuple[Sweep, list[Sighting]]:
    """A walk past a camera, beside which the walker stands from the 50th to the 150th second; the walk asks each second
    what was passed. The radio is deaf to it in `deaf_s`, or from then on."""
    east_m = [1.3 * (min(second, 50) + max(0, second - 150)) for second in range(until_s + 1)]
    places = [spot(east, 0.0) for east in east_m]
    track = Track(Fix(at_s=START_S + i, lat=place.lat, lon=place.lon, accuracy_m=4) for i, place in enumerate(places))
    walk, told = sweep(track), list[Sighting]()
    for second in range(until_s):
        level = round(-30 - 24 * log10(hypot(east_m[second] - 68.0, 8.0)))
        walk.take(Dwell(START_S + second + 0.5, 2437, 1.0, 5))
        deaf = second in deaf_s or (not returns and second > deaf_s.start)
        if not deaf and level >= -86:
            walk.take(frame(START_S + second, signal_dbm=level))
        told += walk.passed(START_S + second)
    return walk, [*told, *walk.sightings()]


def test_a_camera_that_is_missed_for_longer_than_a_pass_lasts_is_not_taken_for_one_that_moves() -> None:
    """Its silence parts one pass from the next: neither of the two strains a fixed place by that."""
    for deaf_s in (range(52, 52 + 60), range(52, 160), range(40, 150)):
        walk, told = past_and_back_to_hearing(deaf_s)
        assert walk.counts.by_reason == {}, deaf_s
        assert radio_of(told), deaf_s


def test_what_falls_silent_beside_the_walker_and_stays_so_is_still_taken_for_something_that_moves() -> None:
    walk, told = past_and_back_to_hearing(range(52, 53), returns=False)
    assert walk.counts.by_reason == {"strain": 1}
    assert radio_of(told) == []
    assert CAMERA not in walk.passes
