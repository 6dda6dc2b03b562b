"""A rehearsal of a bench of real things: its drivers (ssh, commands, a second machine's radios) on the virtual probe.

The very tests of other files run again, by another bench's file. It shows that such a file works; no hardware is in it.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.hil.bench import HERE, Bench

pytestmark = [pytest.mark.hil, pytest.mark.timeout(1800)]  # for what hangs: it runs a bench within a bench
FILE = """
name: rehearsal
kind: rehearsal
machine:
  {{driver: ssh, host: {address}, key: {key}, python: /opt/bench/bin, data: /data, hub_address: {host}}}
power: {{"on": "true", "off": "true"}}
network: {{cut: ip link set {tap} down, join: ip link set {tap} up}}
radio:
  {{host: {address}, key: {key}, python: /opt/bench/bin/python, speaks: wlan2, hears: wlan3, ears: [wlan1]}}
"""
TESTS = (
    "test_radio.py::test_a_sweeping_probe_sends_nothing",
    "test_radio.py::test_a_burst_shows_as_loss_and_not_as_silence",
    "test_radio.py::test_a_radio_that_was_pulled_is_heard_again",
    "test_home.py::test_through_a_slow_link_a_cut_and_a_dead_hub_all_arrives",
    "test_serial.py::test_garbage_and_half_lines_do_not_end_the_walk",
)


def test_the_same_tests_run_on_a_bench_of_ssh_and_commands(bench: Bench, tmp_path: Path) -> None:
    machine = bench.part("machine")
    (tmp_path / "bench.yaml").write_text(
        FILE.format(address=machine.address, key=machine.key, host=machine.host, tap=machine.tap)
    )
    results = tmp_path / "results.json"
    options = (
        "--bench",
        tmp_path / "bench.yaml",
        "--bench-results",
        results,
        "--timeout",
        "300",
        "-p",
        "no:cacheprovider",
    )
    command = [sys.executable, "-m", "pytest", "-q", "-m", "hil", *(HERE / test for test in TESTS), *options]
    with bench.radio.up():
        done = subprocess.run(
            list(map(str, command)),
            capture_output=True,
            text=True,
            check=False,
            cwd=HERE.parents[1],
            env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    told = json.loads(results.read_text())
    assert (told["bench.kind"], told["passed"], told["skipped"]) == ("rehearsal", 3, 2), told
    assert "rehearsal: passed" in done.stdout
    assert "skipped: this bench has no driver for gnss" in done.stdout
    assert "skipped: nothing can pull wlan1 on this bench" in done.stdout
    assert "hardware: not yet run" in done.stdout
