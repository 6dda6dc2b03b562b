"""The link to a radio board: every line right or counted, over a real serial port (a pty) that is torn out."""

import os
import pty
import threading
import tty
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from probe.errors import SourceLost
from probe.radio.board import BLUETOOTH_MHZ, Board
from probe.radio.frame import Advert, Dwell, Frame, Repeat
from probe.radio.link import BLUETOOTH, WIFI, Heard, read_heard, read_message, write_heard, write_message
from probe.radio.serial import open_port
from probe.radio.unknowns import RecentUnknowns
from tests.probe.radio.compose import AXIS_OCTETS, beacon

LINES = 20_000
HELLO = {"type": "hello", "seq": 0, "protocol": 1, "board": "test", "uid": "00", "channels": [1, 6], "ble": True}


class Script:
    """A port that gives what it was told to give, and then is unplugged."""

    def __init__(self, *chunks: bytes) -> None:
        self.said: list[bytes] = []
        self._chunks = list(chunks)

    def read(self, _size: int = 1, /) -> bytes:
        if not self._chunks:
            raise OSError("unplugged")
        return self._chunks.pop(0)

    def write(self, data: bytes, /) -> int:
        self.said.append(data)
        return len(data)

    def close(self) -> None:
        """Nothing to close."""


def heard(seq: int, slot: int = 1, prefix: bytes | None = None, times: int = 1, kind: int = WIFI) -> Heard:
    whole = beacon() if prefix is None else prefix
    return Heard(kind, seq & 0xFFFF, seq, 6 if kind == WIFI else 0, -60, times, slot, len(whole), whole)


def lines_of(*told: Heard | dict[str, object]) -> bytes:
    return b"".join((write_heard(one) if isinstance(one, Heard) else write_message(one)) + b"\n" for one in told)


def read_all(board: Board) -> list[object]:
    events: list[object] = []
    collect(board, events)
    assert isinstance(events.pop(), SourceLost)
    return events


def collect(board: Board, events: list[object]) -> None:
    try:
        events.extend(board.events())
    except SourceLost as problem:
        events.append(problem)


def test_what_a_board_tells_becomes_frames_repeats_adverts_and_dwells() -> None:
    advert = heard(3, 2, b"\0\0" + AXIS_OCTETS + b"\x02\x01\x06", kind=BLUETOOTH)
    status = {"type": "status", "seq": 4, "at_ms": 9, "dwells": [[6, 120, 40]], "lost": 2, "dropped": 1}
    again = heard(2, 1, b"", times=7)
    board = Board(
        "b", Script(lines_of(HELLO, heard(1), again, advert, status)), unknowns=RecentUnknowns(), clock=lambda: 5.0
    )
    events: list[object] = []
    collect(board, events)
    frame, repeat, told, dwell, lost = events
    assert isinstance(frame, Frame)
    assert (frame.transmitter, frame.ssid, frame.signal_dbm, frame.channel_mhz) == (AXIS_OCTETS, b"town", -60, 2437)
    assert isinstance(repeat, Repeat)
    assert (repeat.memory, repeat.times) == (frame.memory, 7)
    assert isinstance(told, Advert)
    assert (told.transmitter, told.public, told.channel_mhz) == (AXIS_OCTETS, True, BLUETOOTH_MHZ)
    assert dwell == Dwell(5.0, 2437, 0.12, 40, 3)
    assert isinstance(lost, SourceLost)
    assert (board.counts.frames, board.counts.dropped, board.noise, board.damaged) == (9, 3, 0, 0)


def test_a_board_is_told_its_plan_and_asked_again_for_what_was_missed() -> None:
    script = Script(lines_of(HELLO, heard(1, 9, b"")))
    board = Board("b", script, plan_mhz=(2412, 2437, 5180))
    collect(board, [])
    said = [read_message(line.strip()) for line in script.said]
    assert {"do": "plan", "channels": [1, 6], "dwell_ms": 120} in said
    assert said.count({"do": "forget"}) == 2, "at the start, and for the unknown slot"


def test_a_stranger_is_known_again_by_its_number_and_kept_by_no_address() -> None:
    unknowns = RecentUnknowns()
    port = Script(lines_of(HELLO, heard(1)), lines_of(heard(2, 1, b"")), lines_of(heard(3, 1, b"")))
    board = Board("b", port, unknowns=unknowns)
    told = board.events()
    event = next(told)
    assert isinstance(event, Frame)
    unknowns.learn(event.memory)
    with pytest.raises(SourceLost):
        next(told)  # both repeats are passed over
    assert AXIS_OCTETS not in repr(vars(board)).encode()


def test_a_frame_that_the_board_cut_is_read_as_far_as_it_goes() -> None:
    whole = beacon(extra=bytes([221, 200]) + bytes(200))
    cut = Heard(WIFI, 0, 0, 6, -60, 1, 1, len(whole), whole[:100])
    board = Board("b", Script(lines_of(cut)))
    events: list[object] = []
    collect(board, events)
    assert isinstance(events[0], Frame)
    assert board.counts.malformed == 0


@pytest.mark.parametrize(
    "before", [b"rst:0x1 (POWERON_RESET),boot:0x8 ", b"!half of a li", b'#{"type":"sta', b"# ! # "]
)
def test_a_line_that_begins_behind_noise_is_found_there(before: bytes) -> None:
    board = Board("b", Script(before + lines_of(heard(7)), before + lines_of({**HELLO, "seq": 8})))
    events = read_all(board)
    assert [type(event) for event in events] == [Frame]
    assert board.noise + board.damaged == 2
    assert board.about["board"] == "test"
    assert board.lost_lines == 0


@pytest.mark.parametrize("rssi", [0, 127, -128, 30])
def test_a_signal_that_the_board_does_not_know_is_unknown(rssi: int) -> None:
    told = [heard(1)._replace(rssi=rssi), heard(2, 1, b"")._replace(rssi=rssi)]
    told.append(heard(3, 2, b"\0\0" + AXIS_OCTETS, kind=BLUETOOTH)._replace(rssi=rssi))
    events = read_all(Board("b", Script(lines_of(HELLO, *told)), unknowns=RecentUnknowns()))
    assert [event.signal_dbm for event in events if isinstance(event, Frame | Repeat | Advert)] == [None] * 3


def test_a_channel_number_that_means_nothing_is_no_channel() -> None:
    (frame,) = read_all(Board("b", Script(lines_of(HELLO, heard(1)._replace(channel=20)))))
    assert isinstance(frame, Frame)
    assert frame.channel_mhz is None


def test_a_board_is_not_sent_to_the_number_that_a_channel_has_in_another_band() -> None:
    script = Script(lines_of(HELLO))
    board = Board("b", script, plan_mhz=(2412, 5955, 5975))  # 6 GHz has channels 1 and 5, too
    read_all(board)
    for mhz in (5975, 2437, BLUETOOTH_MHZ):
        board.hold = mhz
    said = [read_message(line.strip()) for line in script.said]
    assert {"do": "plan", "channels": [1], "dwell_ms": 120} in said
    assert [one["channel"] for one in said if one is not None and one["do"] == "hold"] == [None, 6, None]


@given(st.binary(max_size=600))
def test_any_bytes_are_lines_or_counted(data: bytes) -> None:
    board = Board("b", Script(data + b"\n", data), unknowns=RecentUnknowns())
    collect(board, [])
    assert board.noise + board.damaged <= data.count(b"\n") + 2


@given(st.integers(0, 200), st.binary(min_size=1, max_size=3))
def test_no_damaged_line_passes(at: int, damage: bytes) -> None:
    for line in (write_heard(heard(1)), write_message({"type": "status", "seq": 1})):
        place = at % len(line)
        bad = line[:place] + damage + line[place + len(damage) :]
        if bad != line and bad[:1] == line[:1]:
            assert (read_heard if line[:1] == b"!" else read_message)(bad) is None


def test_cut_at_every_octet_a_line_is_refused() -> None:
    for line in (write_heard(heard(1)), write_message({"type": "status", "seq": 1})):
        for end in range(1, len(line)):
            assert read_heard(line[:end]) is None
            assert read_message(line[:end]) is None


@contextmanager
def serial_pair() -> Iterator[tuple[int, str]]:
    """The far end of a serial line, and the device at this end."""
    far, near = pty.openpty()
    tty.setraw(near)
    try:
        yield far, os.ttyname(near)
    finally:
        for end in (near, far):
            try:
                os.close(end)
            except OSError:
                continue  # torn out by the test


def test_twenty_thousand_lines_with_garbage_gaps_and_an_unplug_lose_nothing_unseen(tmp_path: Path) -> None:
    random = Random(5)
    with serial_pair() as (far, device):
        board = Board(device, open_port(device, 115_200), unknowns=RecentUnknowns())
        events: list[object] = []
        reading = threading.Thread(target=collect, args=(board, events))
        reading.start()
        gone = garbage = damaged = 0
        sent: list[int] = []
        for number in range(LINES):
            line = write_heard(heard(number, slot=number % 500, times=1 + number % 5)) + b"\n"
            # The ends are always sent, so that each gap lies between two lines.
            lot = random.random() if 0 < number < LINES - 1 else 1.0
            if lot < 0.01:
                gone += 1
                continue
            if lot < 0.02:
                os.write(far, b"Traceback (most recent call last): \xff\n")
                garbage += 1
            elif lot < 0.03:
                place = random.randrange(1, len(line) - 2)
                line = line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :]
                os.write(far, line)
                damaged += 1
                gone += 1
                continue
            os.write(far, line)
            sent.append(number)
        deadline = threading.Event()
        for _ in range(200):
            if len(events) + board.lost_lines >= LINES:
                break
            deadline.wait(0.05)
        os.close(far)
        reading.join(timeout=10)
    frames = [event for event in events if isinstance(event, Frame)]
    assert isinstance(events[-1], SourceLost), "an unplug is told"
    assert len(frames) == len(sent)
    assert [frame.times for frame in frames] == [1 + number % 5 for number in sent]
    assert board.lost_lines == gone
    assert board.noise == garbage
    assert board.damaged == damaged
