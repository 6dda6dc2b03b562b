"""The radio board: its own code under MicroPython, over a real USB serial driver."""

import time

import pytest

from tests.hil.bench import Bench, source
from tests.hil.drivers.micropython import Board
from tests.hil.protocols import Absent, Done

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
        time.sleep(1)
        frames = hear(board, 60)
        board.done()
        time.sleep(2)
        told = source(walk.stop())
        figures["board.frames"], figures["board.lost"] = int(str(told["frames"])), int(str(told["lost"]))
        assert told == {**told, "health": "listening", "frames": frames, "lost": 0}
    finally:
        board.unplug()


def pulled(bench: Bench, without: str | None = None) -> tuple[int, Done]:
    """A board is pulled between two times that it hears; how many frames it told in all, and how the walk ended."""
    board: Board = bench.part("board")
    board.plug()
    try:
        walk = bench.walk("--board", "auto", "--offline", without=without)
        time.sleep(1)
        frames = hear(board, 5)
        board.done()
        time.sleep(1)
        board.unplug()
        time.sleep(3)
        board.plug()
        time.sleep(6)
        frames += hear(board, 5)
        board.done()
        time.sleep(2)
        return frames, walk.stop()
    finally:
        board.unplug()


def test_a_board_that_was_pulled_is_heard_again(paired: Bench) -> None:
    frames, ended = pulled(paired)
    assert "lost" in ended.err, ended.err
    assert source(ended)["frames"] == frames, ended.err


def test_control_a_board_that_is_opened_once_is_not(paired: Bench) -> None:
    frames, ended = pulled(paired, without="again")
    assert source(ended)["frames"] == frames // 2, ended.err
