"""A shutter button: its edges reach the probe's kernel, bounce included. What it makes of them: test_whole_walk.py."""

import pytest

from tests.hil.bench import Bench

pytestmark = pytest.mark.hil


def test_a_press_is_two_edges_and_a_bouncing_one_more(bench: Bench) -> None:
    button = bench.part("gpio-sim")
    button.up()
    watching = button.edges(2)
    button.press()
    button.release()
    told = watching.wait(20).out
    assert [word for word in told.split() if word in ("rising", "falling")] == ["falling", "rising"], told
    watching = button.edges(5)
    button.bounce(2)
    assert watching.wait(20).out.count("falling") == 3
    button.release()
