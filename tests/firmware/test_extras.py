"""What else is on the radio board: receiver, compass, button, player; in CPython, and read by the probe's own side."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.radio.board import Axes, Board
from probe.radio.link import write_message
from probe.walk.board_parts import BoardParts
from tests.firmware.rig import Rig
from tests.probe.radio.test_board import Script


class Hears:
    """Keeps what a board tells besides frames."""

    def __init__(self) -> None:
        self.presses: list[int] = []
        self.readings: list[tuple[Axes, Axes]] = []

    def pressed(self, ms: int) -> None:
        self.presses.append(ms)

    def sensed(self, field: Axes, up: Axes, at_s: float) -> None:  # noqa: ARG002
        self.readings.append((field, up))


def heard_by_the_probe(rig: Rig) -> Hears:
    hears = Hears()
    board = Board("rig", Script(), hears=hears)
    for line in rig.lines():
        list(board.take(line, 1.0))
    assert (board.noise, board.damaged) == (0, 0)
    return hears


def test_the_hello_says_what_is_there() -> None:
    rig = Rig()
    rig.hear()
    assert rig.said("hello")[0]["parts"] == ["receiver", "compass", "button", "player"]


def test_a_short_press_is_told_when_it_is_let_go_and_a_long_one_while_it_lasts() -> None:
    rig = Rig()
    rig.button.waiting = [(True, 0)]
    rig.hear(ms=150)
    rig.button.waiting = [(False, 140)]
    rig.hear(ms=50)
    rig.button.waiting = [(True, 200)]
    rig.hear(ms=999)
    assert [(one["press"], one["ms"]) for one in rig.said("button")] == [(1, 140)]
    rig.hear(ms=10)
    rig.button.waiting = [(False, 3000)]
    rig.hear(ms=2000)
    assert [(one["press"], one["ms"]) for one in rig.said("button")] == [(2, 1000)]


def test_the_probe_hears_a_press_once_also_where_a_line_comes_twice() -> None:
    hears = Hears()
    board = Board("rig", Script(), hears=hears)
    line = write_message({"type": "button", "seq": 1, "press": 5, "ms": 120})
    for each in (line, line, write_message({"type": "button", "seq": 2, "press": 6, "ms": 1000})):
        list(board.take(each, 1.0))
    assert hears.presses == [120, 1000]


def test_a_press_waits_for_room_on_a_slow_port() -> None:
    rig = Rig(most=0)
    for number in range(40):
        rig.board.log(str(number))
    rig.button.waiting = [(True, 0), (False, 100)]
    rig.hear(ms=200)
    rig.port.most = 10_000
    rig.hear(ms=10)
    rig.hear(ms=10)
    assert [one["ms"] for one in rig.said("button")] == [100]


def test_the_compass_is_read_only_while_it_is_asked_for_and_a_minute_at_most() -> None:
    rig = Rig()
    rig.hear(ms=500)
    assert rig.said("sense") == []
    rig.say(do="sense", on=True)
    for _ in range(10):
        rig.hear(ms=100)
    told = rig.said("sense")
    assert len(told) == 10
    assert (told[0]["m"], told[0]["a"]) == ([20.12, -1.5, 43.0], [0.0, 0.123, 9.81])
    rig.say(do="sense", on=False)
    rig.hear(ms=100)
    assert rig.said("sense") == []
    rig.say(do="sense", on=True)
    for _ in range(80):
        rig.hear(ms=1000)
    assert len(rig.said("sense")) == 59, "a probe that went away leaves nothing running"


def test_a_reading_arrives_at_the_probe_and_one_that_is_none_does_not() -> None:
    rig = Rig()
    rig.say(do="sense", on=True)
    rig.hear(ms=100)
    rig.compass.reading = None
    rig.hear(ms=100)
    assert heard_by_the_probe(rig).readings == [((20.12, -1.5, 43.0), (0.0, 0.123, 9.81))]


def test_a_receivers_sentences_are_relayed_whole_and_nothing_else() -> None:
    rig = Rig()
    rig.receiver.waiting = b"\xb5\x62\x01\x07junk$GNRMC,1*00\r\n$GNG"
    rig.hear()
    rig.receiver.waiting = b"GA,2*11\r\n" + b"x" * 500 + b"\n$" + b"y" * 200 + b"\n$GN\xff*00\n"
    rig.hear()
    assert [one["line"] for one in rig.said("nmea")] == ["$GNRMC,1*00", "$GNGGA,2*11"]


def test_a_signal_is_played_in_its_time_and_a_new_one_ends_it() -> None:
    rig = Rig()
    rig.say(do="signal", steps=[[2600, 80], [0, 120], [800, 400]])
    assert rig.player.played == [2600]
    for _ in range(4):
        rig.hear(ms=70)
    assert rig.player.played == [2600, 0, 800]
    rig.say(do="signal", steps=[[1600, 80]])
    rig.hear(ms=80)
    rig.hear(ms=80)
    assert rig.player.played == [2600, 0, 800, 1600, 0], "and it ends in silence"
    rig.say(do="signal", steps=[])
    assert rig.player.played[-1] == 0


@pytest.mark.parametrize(
    "steps", [None, 5, [[1600, 80]] * 17, [[1600]], [[1600, 0]], [[1600, 2001]], [[20, 80]], [["a", 1]], [[True, 80]]]
)
def test_what_is_no_signal_is_ignored_and_counted(steps: object) -> None:
    rig = Rig()
    rig.say(do="signal", steps=steps)
    assert rig.player.played == []
    assert rig.board.ignored == 1


_JSON = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3) | st.lists(st.integers(), max_size=3)
)


@given(kind=st.sampled_from(["button", "sense", "hello"]), fields=st.dictionaries(
    st.sampled_from(["m", "a", "press", "ms", "parts"]), _JSON, max_size=5
))  # fmt: skip
def test_whatever_a_board_says_it_is_a_press_a_reading_or_nothing(kind: str, fields: dict[str, object]) -> None:
    hears = Hears()
    board = Board("rig", Script(), hears=hears)
    list(board.take(write_message({"type": kind, "seq": 0, **fields}), 1.0))
    assert board.has("button") in (True, False, None)
    assert all(0 <= ms <= 600_000 for ms in hears.presses)
    assert all(abs(value) <= 1e6 for field, up in hears.readings for value in (*field, *up))


def test_the_parts_are_those_of_the_board_that_is_plugged_in() -> None:
    parts, script = BoardParts(), Script()
    assert not parts.signal(((1600, 80),))
    assert parts.trouble == "no radio board is plugged in"
    board = parts.plugged_in(Board("one", script, hears=parts))
    seen: list[object] = []
    parts.on_press = seen.append
    parts.start(lambda reading, at_s: seen.append((reading.field, at_s)))
    assert parts.signal(((1600, 80),)), "an old board says nothing of its parts: it may have one"
    for message in (
        {"type": "hello", "seq": 0, "channels": [1], "parts": ["button"]},
        {"type": "sense", "seq": 1, "m": [1, 2, 3], "a": [0, 0, 9.8]},
        {"type": "button", "seq": 2, "press": 1, "ms": 90},
    ):
        list(board.take(write_message(message), 7.0))
    assert seen == [((1.0, 2.0, 3.0), 7.0), 90]
    assert not parts.signal(((1600, 80),)), "it says that it has nothing to play with"
    assert parts.has("button")
    parts.stop()
    assert b'"sense","on":false' in script.said[-1]
    parts.unplugged(board)
    assert not parts.has("button")
