"""The radio board's loop, memory and plan under CPython, with a scripted radio. No board was at hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.radio.board import Board as HostBoard
from probe.radio.frame import Advert, Dwell, Frame, Repeat
from probe.radio.link import write_message
from probe.radio.unknowns import RecentUnknowns
from tests.firmware.rig import Rig
from tests.probe.radio.compose import AXIS_OCTETS, beacon
from tests.probe.radio.test_board import Script, collect


def test_the_host_reads_what_the_board_says() -> None:
    rig = Rig()
    rig.scanner.waiting.append((0, 0, AXIS_OCTETS, b"\x02\x01\x06", -70))
    rig.hear(beacon(), beacon())
    rig.hear(beacon(), ms=1200)
    host = HostBoard("rig", Script(rig.port.out), unknowns=RecentUnknowns())
    events: list[object] = []
    collect(host, events)
    kinds = [type(event) for event in events]
    assert kinds.count(Frame) == 1
    assert kinds.count(Advert) == 1
    assert Repeat in kinds
    assert Dwell in kinds
    assert (host.noise, host.damaged, host.lost_lines) == (0, 0, 0)
    assert host.about["board"] == "rig"


def test_the_first_line_is_whole_even_behind_half_a_line_of_the_console() -> None:
    rig = Rig()
    rig.hear()
    assert rig.port.out.startswith(b"\n#")


def test_what_is_heard_again_is_counted_and_told_once_a_second_without_its_address() -> None:
    rig = Rig()
    rig.hear(beacon(), beacon(ssid=b"town", extra=bytes([5, 4, 0, 1, 0, 0]) + bytes([11, 5, 1, 2, 3, 4, 5])))
    first = rig.heard()
    assert [line.times for line in first] == [2], "another traffic map or load is the same beacon"
    for number in range(9):
        rig.hear(beacon(), ms=100, rssi=-70 + number)
    assert not rig.heard()
    rig.hear(beacon(), ms=100, rssi=-80)
    (again,) = rig.heard()
    assert (again.times, again.prefix, again.slot, again.rssi) == (10, b"", first[0].slot, -62)
    assert AXIS_OCTETS not in repr([vars(slot) for slot in rig.board.memory._slots.values()]).encode()


@pytest.mark.parametrize(
    "other", [beacon(ssid=b"city"), beacon(b"\xac\xcc\x8e\0\0\1"), beacon(subtype=5)], ids=["name", "sender", "kind"]
)
def test_another_sender_kind_or_element_is_told_in_full(other: bytes) -> None:
    rig = Rig()
    rig.hear(beacon(), other)
    assert sorted(line.prefix for line in rig.heard()) == sorted([beacon(), other])


def test_a_long_frame_is_cut_and_says_how_long_it_was() -> None:
    rig = Rig()
    long = beacon(extra=(bytes([221, 250]) + bytes(250)) * 3)
    rig.hear(long)
    (told,) = rig.heard()
    assert (told.prefix, told.length) == (long[:400], len(long))


def test_after_a_minute_it_is_told_in_full_again_and_no_hearing_is_lost() -> None:
    rig = Rig()
    told = []
    for _ in range(1250):
        rig.hear(beacon(), ms=100)
        told += rig.heard()
    assert [line.prefix for line in told if line.prefix] == [beacon()] * 3
    rig.hear(ms=1000)
    assert sum(line.times for line in [*told, *rig.heard()]) == 1250


@pytest.mark.parametrize("most", [10_000, 0], ids=["told", "nobody reads"])
def test_no_address_is_kept_for_more_than_a_minute(most: int) -> None:
    rig = Rig(most=most)
    rig.hear(*(beacon(AXIS_OCTETS[:5] + bytes([number])) for number in range(60)))
    rig.scanner.waiting.append((0, 0, AXIS_OCTETS, b"", -70))
    for _ in range(60):
        rig.hear(ms=1000)
    assert len(rig.board.memory) == 0
    assert not [line for line in rig.board._out if line[:1] == b"!"]
    assert rig.board.memory._ring == [None] * 256


def test_who_comes_after_nobody_read_gets_whole_lines_and_everything_in_full() -> None:
    rig = Rig(most=7)
    rig.hear(beacon())
    rig.port.most = 0
    for _ in range(70):
        rig.hear(beacon(), ms=1000)
    rig.port.most = 10_000
    rig.hear(beacon(), ms=1000)
    told = rig.told()
    assert told.count(None) == 1, "only the line that was cut off"
    assert next(line.prefix for line in told if hasattr(line, "slot")) == beacon()


def test_frames_without_an_identity_are_let_go() -> None:
    rig = Rig()
    rig.hear(b"\xd4\x00" + bytes(40), b"\x08\x02" + bytes(60), b"", b"\x80", beacon()[:30], b"\x80\x40" + bytes(60))
    assert len(rig.board.memory) == 0


def test_ten_thousand_addresses_do_not_fill_the_board_nor_make_it_deaf() -> None:
    rig = Rig()
    told = []
    for number in range(10_000):
        rig.hear(beacon(number.to_bytes(6, "big")), ms=1)
        told += rig.told()
        assert len(rig.board.memory) <= 256
        assert len(rig.board._out) <= 33
    assert len({line.prefix for line in told if hasattr(line, "slot") and line.prefix}) == 10_000
    rig.hear(ms=1500)
    told += rig.told()
    assert sum(line["dropped"] for line in told if isinstance(line, dict) and line["type"] == "status") == 0


def test_every_frame_of_a_crowd_on_a_slow_cable_is_told_or_counted() -> None:
    rig = Rig(most=40)
    for number in range(3000):
        rig.hear(beacon(number.to_bytes(6, "big")), ms=1)
    assert len(rig.board.memory) <= 256
    rig.port.most = 10_000
    for _ in range(30):
        rig.hear(ms=1000)
    told = rig.told()
    times = sum(line.times for line in told if hasattr(line, "slot"))
    dropped = sum(line["dropped"] for line in told if isinstance(line, dict) and line["type"] == "status")
    assert dropped > 0
    assert times + dropped == 3000


def test_a_plan_and_a_hold_are_obeyed_at_once_and_a_channel_that_cannot_be_tuned_is_dropped() -> None:
    rig = Rig([1, 6, 11, 36])
    rig.say(do="plan", channels=[6, 36, 200, "x", True, 6.0, None], dwell_ms=20)
    assert rig.board.plan.channels == [6, 36]
    assert rig.board.plan.dwell_ms == 110, "a beacon comes every 102 ms"
    rig.hear()
    assert rig.monitor.channel == 6
    for _ in range(4):
        rig.hear(ms=200)
    assert rig.board.plan.channels == [6]
    assert any("channel 36" in line["text"] for line in rig.said("log"))
    rig.say(do="plan", channels=[1], dwell_ms=10_000)
    rig.hear()
    rig.say(do="hold", channel=11)
    rig.hear()
    assert rig.monitor.channel == 11
    rig.say(do="hold", channel=None)
    rig.hear()
    assert rig.monitor.channel == 1


def test_a_status_tells_each_visit_about_once_a_second() -> None:
    rig = Rig()
    for _ in range(100):
        rig.hear(beacon(), ms=30)
    said = rig.said("status")
    assert len(said) == 2
    visits = [visit for status in said for visit in status["dwells"]]
    assert [channel for channel, _, _ in visits][:4] == [1, 6, 11, 1]
    assert {ms for _, ms, _ in visits} == {120}
    assert {frames for _, _, frames in visits[1:]} == {4}


def test_a_channel_held_is_told_as_visits_too() -> None:
    rig = Rig()
    rig.say(do="hold", channel=6)
    for _ in range(30):
        rig.hear(ms=120)
    assert [visit[0] for status in rig.said("status")[1:] for visit in status["dwells"]].count(6) > 15


@pytest.mark.parametrize(
    "wish",
    [
        {"do": "exec"},
        {"do": "plan", "channels": 3},
        {"do": "plan", "channels": [6], "dwell_ms": True},
        {"do": "plan", "channels": [6.0], "dwell_ms": 120},
        {"do": "hold", "channel": "x"},
        {"do": "hold", "channel": 6.0},
        {"do": "hold", "channel": True},
        {"do": "ble"},
        {},
    ],
)
def test_what_the_host_may_not_ask_is_ignored_counted_and_told(wish: dict[str, object]) -> None:
    rig = Rig()
    rig.say(**wish)
    assert rig.board.ignored == 1
    rig.hear(ms=1000)
    assert [line["text"] for line in rig.said("log")] == ["lines not understood: 1"]


def test_every_wish_is_answered() -> None:
    rig = Rig()
    rig.hear()
    rig.lines()
    for wish, answer in (("forget", "status"), ("hello", "hello")):
        rig.say(do=wish)
        assert [line["type"] for line in rig.told()] == [answer]
    rig.say(do="ble", on=False)
    assert [line["type"] for line in rig.told()] == ["status"]
    rig.scanner.waiting.append((0, 0, AXIS_OCTETS, b"", -70))
    rig.hear()
    assert not rig.heard(), "Bluetooth is off"


def test_losses_are_told_and_told_once() -> None:
    rig = Rig()
    rig.monitor.losses = 7
    rig.hear(ms=150)
    rig.hear(ms=1000)
    rig.hear(ms=1000)
    assert sum(line["lost"] for line in rig.said("status")) == 7


def test_a_slow_port_delays_and_breaks_no_line() -> None:
    rig = Rig(most=7)
    for number in range(20):
        rig.hear(beacon(number.to_bytes(6, "big")), ms=10)
    for _ in range(2000):
        rig.hear()
    told = rig.told()
    assert None not in told
    numbers = [line["seq"] if isinstance(line, dict) else line.seq for line in told]
    assert numbers == list(range(len(numbers)))


def test_no_line_is_longer_than_the_link_allows() -> None:
    rig = Rig([*range(1, 14), *range(36, 65, 4), *range(100, 145, 4), *range(149, 166, 4)], most=0)
    rig.board.log("ü€\U0001f4f7\n\x7f" * 100)
    rig.monitor.losses = 10**9
    for _ in range(60):
        rig.hear(*[beacon(extra=(bytes([221, 250]) + bytes(250)) * 3)] * 60, ms=300)
    rig.port.most = 10_000
    rig.hear(ms=1000)
    lines = rig.lines()
    assert len(lines) > 5
    for line in lines:
        assert len(line) <= 1024
        assert all(0x20 <= octet < 0x7F for octet in line)
    assert max(map(len, lines)) > 500


@given(st.binary(max_size=300))
def test_any_bytes_from_the_host_are_survived(data: bytes) -> None:
    rig = Rig()
    rig.port.into = data + b"\n" + data
    rig.board.step()
    rig.board.step()
    assert len(rig.board._rest) <= 1024


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries(
        {"do": st.sampled_from(["plan", "hold", "forget", "ble", "hello"]) | _JSON},
        optional={name: _JSON | st.sampled_from([6, [6], 120]) for name in ("channels", "dwell_ms", "channel", "on")},
    )
)
def test_any_wish_is_survived_and_only_whole_known_channels_are_tuned(wish: dict[str, object]) -> None:
    rig = Rig()
    rig.port.into = write_message(wish) + b"\n"
    for _ in range(3):
        rig.hear(ms=200)
    assert type(rig.monitor.channel) is int
    assert rig.monitor.channel in (1, 6, 11)


@given(st.binary(max_size=120) | st.binary(max_size=60).map(lambda tail: beacon()[:36] + tail))
def test_any_frame_is_survived(frame: bytes) -> None:
    rig = Rig()
    rig.hear(frame)
    assert None not in rig.told()
