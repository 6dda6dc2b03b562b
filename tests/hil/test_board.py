"""The radio board: its own code under MicroPython, over a real USB serial driver."""

import time

import pytest

from tests.hil.bench import Bench
from tests.hil.drivers.micropython import Board
from tests.hil.protocols import Absent
from tests.hil.test_radio import source

pytestmark = pytest.mark.hil


def hear(board: Board, seconds: int) -> int:
    try:
        return board.hear(seconds)
    except Absent as problem:
        pytest.skip(str(problem))


def test_what_a_board_hears_comes_through_its_cable_whole(paired: Bench, figures: dict[str, int | float | str]) -> None:
    board: Board = paired.part("board")
    board.plug()
    try:
        walk = paired.walk("--board", "auto", "--offline")
        time.sleep(5)
        frames = hear(board, 60)
        board.done()
        time.sleep(2)
        told = source(walk.stop())
        figures["board.frames"], figures["board.lost"] = int(str(told["frames"])), int(str(told["lost"]))
        assert told == {**told, "health": "listening", "frames": frames, "lost": 0}
    finally:
        board.unplug()


def test_a_board_that_was_pulled_is_heard_again(paired: Bench) -> None:
    board: Board = paired.part("board")
    board.plug()
    try:
        walk = paired.walk("--board", "auto", "--offline")
        time.sleep(5)
        first = hear(board, 5)
        board.done()
        time.sleep(1)
        board.unplug()
        time.sleep(3)
        board.plug()
        time.sleep(6)
        second = hear(board, 5)
        board.done()
        time.sleep(2)
        ended = walk.stop()
        assert "lost" in ended.err, ended.err
        assert source(ended)["frames"] == first + second, ended.err
    finally:
        board.unplug()
