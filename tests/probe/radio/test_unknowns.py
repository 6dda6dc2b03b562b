"""What is remembered of strangers: little, hashed, and for a minute."""

import subprocess
import sys

import pytest

from probe.radio.frame import Memory
from probe.radio.unknowns import GENERATIONS, MAX_REMEMBERED, RecentUnknowns


def test_it_is_forgotten_within_a_minute() -> None:
    unknowns, memory = RecentUnknowns(), Memory(1, 2)
    unknowns.pass_time(1000.0)
    unknowns.learn(memory)
    for second in range(1, 50):
        unknowns.pass_time(1000.0 + second)
        assert unknowns.knows(memory)
    unknowns.pass_time(1060.0)
    assert not unknowns.knows(memory)


@pytest.mark.parametrize("jump_s", [3600.0, -1.0, -8192.0])
def test_where_time_jumps_everything_is_forgotten(jump_s: float) -> None:
    unknowns = RecentUnknowns()
    unknowns.pass_time(10_000.0)
    unknowns.learn(Memory(1, 2))
    unknowns.pass_time(10_000.0 + jump_s)
    assert not len(unknowns)


def test_a_crowd_does_not_fill_the_memory() -> None:
    unknowns = RecentUnknowns()
    for number in range(200_000):
        unknowns.learn(Memory(number, number))
    assert len(unknowns) <= GENERATIONS * MAX_REMEMBERED


def test_the_hash_is_another_one_in_each_process() -> None:
    told = {
        subprocess.run(
            [sys.executable, "-c", "print(hash(b'\\xac\\xcc\\x8e\\x10\\x20\\x30'))"], capture_output=True, check=True
        ).stdout
        for _ in range(3)
    }
    assert len(told) == 3


def test_a_fixed_key_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "probe", "replay", "--frames", "nowhere.pcap"],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONHASHSEED": "0", "PATH": "/usr/bin"},
    )
    assert done.returncode == 2
    assert "PYTHONHASHSEED" in done.stderr
