"""Hub and broker are killed in mid-stream, again and again: everything arrives once, with no manual step.

What is killed is started again, as an init system would do; the probe's `send` runs on through all of it. The last test
takes the safety away, to see that the first ones can fail.
"""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

from hub.ingest.receive import Incoming, Receiver
from hub.store.sqlite import SqliteStore
from probe.contract.envelope import Receipts
from probe.outbox import Outbox
from tests.examples import look, parcel
from tests.processes import HubProcess, Mosquitto, hub

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

KILLS = 10
SIGHTINGS_PER_KILL = 400


def fill(path: Path, count: int) -> None:
    with Outbox(path) as box:
        box.add([look(observer=(n % 100 * 25.0, n // 100 * 25.0), walk=f"{n:032x}") for n in range(count)])


def sending(outbox: Path, url: str) -> "subprocess.Popen[str]":
    command = [
        sys.executable,
        "-m",
        "probe",
        "send",
        "--outbox",
        str(outbox),
        "--to",
        url,
        "--patience",
        "90",
        "--json",
    ]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def torment(outbox: Path, process: "subprocess.Popen[str]", kill: Callable[[], None], total: int) -> int:
    """Kill while the stream runs, each time a little after the next receipts came; returns how often it did."""
    random, kills = Random(4), 0
    with Outbox(outbox) as box:
        while kills < KILLS and process.poll() is None:
            goal = total * kills // (KILLS + 1)
            if box.standing().receipted >= goal:
                time.sleep(random.uniform(0.0, 0.05))  # anywhere within a batch
                if process.poll() is None:
                    kill()
                    kills += 1
            time.sleep(0.005)
    return kills


def all_there(data: Path, outbox: Path, total: int) -> None:
    with Outbox(outbox) as box:
        assert box.standing().stored == total
        assert box.standing().queued == 0
    store = SqliteStore(data)
    assert store.count() == total
    store.close()
    rebuilt = json.loads(hub("rebuild", "--data", data, "--json").stdout)
    assert rebuilt["sightings"] == total


def test_the_hub_is_killed_ten_times(tmp_path: Path) -> None:
    total = KILLS * SIGHTINGS_PER_KILL
    fill(tmp_path / "o.db", total)
    running = HubProcess(tmp_path / "hub")
    running.start()

    def kill() -> None:
        running.kill()
        running.start()

    process = sending(tmp_path / "o.db", running.mqtt_url)
    try:
        assert torment(tmp_path / "o.db", process, kill, total) == KILLS
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    finally:
        process.kill()
        running.kill()
    all_there(running.data, tmp_path / "o.db", total)


def test_the_broker_is_killed_ten_times(tmp_path: Path) -> None:
    total = KILLS * SIGHTINGS_PER_KILL
    fill(tmp_path / "o.db", total)
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    running = HubProcess(tmp_path / "hub", broker=mosquitto.url)
    running.start()

    def kill() -> None:
        mosquitto.kill()
        mosquitto.start()

    process = sending(tmp_path / "o.db", mosquitto.url)
    try:
        assert torment(tmp_path / "o.db", process, kill, total) == KILLS
        _, said = process.communicate(timeout=300)
        assert process.returncode == 0, said
    finally:
        process.kill()
        running.kill()
        mosquitto.kill()
    all_there(running.data, tmp_path / "o.db", total)


class _Hasty(SqliteStore):
    """A store that forgets what it was given: as if receipts went out before the commit, and the power failed."""

    def append(self, sightings: object, aside: object = ()) -> None:  # noqa: ARG002 (that is the point)
        return


def test_control_receipts_before_the_commit_lose_sightings(tmp_path: Path) -> None:
    sightings = [look() for _ in range(5)]
    with Outbox(tmp_path / "o.db") as box:
        box.add(sightings)
        store = _Hasty(tmp_path / "hub")
        payload = parcel(*sightings, probe=box.probe)
        answers: list[tuple[str, Receipts]] = Receiver(store).receive(
            [Incoming(topic="t", mailbox=box.mailbox, payload=payload)]
        )
        for _, receipts in answers:
            box.settle(receipts.receipts)
        assert box.standing().queued == 0
        with pytest.raises(AssertionError):
            assert store.count() == len(sightings)
        store.close()
