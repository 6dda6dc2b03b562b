"""A hub under siege: all floods at once against page and broker, and meanwhile an honest probe comes home.

`make siege` lays it for a minute with 1,000 sightings (SIEGE_S, SIEGE_SIGHTINGS), CI for a few seconds.
"""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from probe.outbox.outbox import Outbox
from probe.walk.making import new_id
from tests.examples import WALK_A, WALK_B, look
from tests.paired import pair
from tests.patience import finished
from tests.processes import HubProcess, Mosquitto, until
from tests.visiting import Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(1200)]

SECONDS = float(os.environ.get("SIEGE_S", "10"))
SIGHTINGS = int(os.environ.get("SIEGE_SIGHTINGS", "300"))
HUB_MB, MOSQUITTO_MB = 200, 100
BEYOND_LOOPBACK = "0.0.0.0"
PAGES = ("/", "/cameras", "/api/cameras.geojson")


def peak_mb(pid: int) -> float:
    """The most memory that a process has ever held, in MB."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1000
    raise AssertionError(f"process {pid} has no memory")


class Operator(threading.Thread):
    """Somebody who looks at the page again and again; `seen` and `missed` count the pages that came and did not."""

    def __init__(self, visitor: Visitor) -> None:
        super().__init__(daemon=True)
        self._visitor, self._end = visitor, threading.Event()
        self.seen = self.missed = 0
        self.waits_s: list[float] = []

    def run(self) -> None:
        while not self._end.wait(0.2):
            began_s = time.monotonic()
            path = PAGES[(self.seen + self.missed) % len(PAGES)]
            # As a browser does, which tries once more where a connection breaks before the answer.
            if self._sees(path) or self._sees(path):
                self.seen += 1
                self.waits_s.append(time.monotonic() - began_s)
            else:
                self.missed += 1

    def end(self) -> None:
        self._end.set()
        self.join()

    def _sees(self, path: str) -> bool:
        try:
            return len(self._visitor.get(path)) > 0
        except OSError:
            return False


@contextmanager
def besieged(kind: str, port: int, *more: str) -> Iterator[list[dict[str, int]]]:
    """All floods of a kind while this lasts; afterwards the list holds what each did."""
    command = [sys.executable, "-m", "tests.siege.floods", kind, str(port), str(SECONDS), *more]
    told: list[dict[str, int]] = []
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield told
        out, err = finished(process, SECONDS + 60)
        assert not err, err[-2000:]
        told.append(json.loads(out))
    finally:
        process.kill()
        process.wait()


def outbox_with(path: Path, data: Path, sightings: int) -> None:
    """A paired probe's outbox in which so many sightings wait, of two walks along the same cameras: the hub finds out
    which are of one."""
    pair(path, data)
    with Outbox(path) as box:
        for start in range(0, sightings, 50):
            some = [
                look(observer=(float((start + n) // 2), 40.0), walk=(WALK_A, WALK_B)[n % 2])
                for n in range(min(50, sightings - start))
            ]
            box.add([msgspec.structs.replace(one, id=new_id()) for one in some])


def waiting(path: Path) -> int:
    with Outbox(path) as box:
        return box.standing().queued


def lay_siege(tmp_path: Path, host: str, mosquitto: Mosquitto | None) -> dict[str, Any]:
    """Besiege a hub while a probe comes home; what came of it."""
    data, box = tmp_path / "hub", tmp_path / "o.db"
    hub = HubProcess(data, host=host, broker=mosquitto.url if mosquitto else None)
    ready = hub.start()
    try:
        outbox_with(box, data, SIGHTINGS)
        own = mosquitto.pid if mosquitto else hub.children().get("mosquitto")
        before = {"hub_mb_before": peak_mb(hub.pid)}
        tls = ("tls",) if hub.mqtt_url.startswith("mqtts") else ()
        broker_port = mosquitto.port if mosquitto else int(hub.mqtt_url.rsplit(":", 1)[1])
        operator = Operator(Visitor(data, str(ready["url"])))
        page_tls = ("tls",) if str(ready["url"]).startswith("https") else ()
        with besieged("page", hub.port, *page_tls) as page, besieged("broker", broker_port, *tls) as broker:
            operator.start()
            to = f"{'mqtts' if tls else 'mqtt'}://127.0.0.1:{broker_port}"
            command = [sys.executable, "-m", "probe", "send", "--follow", "--outbox", str(box), "--to", to]
            began_s = time.monotonic()
            sender = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            try:
                until(lambda: waiting(box) == 0, "receipts for all sightings", wait_s=SECONDS + 120)
                home_s = time.monotonic() - began_s
            finally:
                sender.kill()
                sender.wait()
        operator.end()
        result: dict[str, Any] = before | {
            "sightings": SIGHTINGS,
            "home_s": round(home_s, 1),
            "hub_mb": peak_mb(hub.pid),
            "broker_mb": None if own is None else peak_mb(own),
            "pages_seen": operator.seen,
            "pages_missed": operator.missed,
            "longest_wait_s": round(max(operator.waits_s, default=0.0), 1),
            "hub_log_octets": len(hub.log),
            "floods": {**page[0], **broker[0]},
        }
        assert hub.stop() == 0, hub.log[-2000:]
        return result
    finally:
        hub.kill()


def _look_at(told: dict[str, Any]) -> None:
    print(json.dumps(told, indent=1))
    assert told["hub_mb"] < HUB_MB
    assert told["pages_seen"] > 9 * told["pages_missed"]
    assert told["hub_log_octets"] < 100_000, "a siege fills no log"


def test_a_hub_on_loopback(tmp_path: Path) -> None:
    _look_at(lay_siege(tmp_path, "127.0.0.1", None))


def test_a_hub_beyond_loopback(tmp_path: Path) -> None:
    told = lay_siege(tmp_path, BEYOND_LOOPBACK, None)
    _look_at(told)
    assert told["broker_mb"] is not None
    assert told["broker_mb"] < MOSQUITTO_MB


def test_a_hub_with_a_mosquitto_of_the_operators(tmp_path: Path) -> None:
    broker = Mosquitto(tmp_path, hub_data=tmp_path / "hub")
    broker.start()
    try:
        told = lay_siege(tmp_path, "127.0.0.1", broker)
    finally:
        broker.kill()
    _look_at(told)
    assert told["broker_mb"] < MOSQUITTO_MB
