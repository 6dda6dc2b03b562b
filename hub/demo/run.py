"""Runs the demo: the hub in this process, the probe in processes of its own, MQTT between them."""

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from statistics import median

import msgspec

from hub.demo.score import Truth, score
from hub.derive.live import BASE_LAYER
from hub.enroll.pairing import Pairing
from hub.errors import HubError
from hub.service import RunningHub
from probe.files.private import make_folder

DATA = Path(str(resources.files("hub.demo"))) / "data"
LISTEN_S = 60.0
STALLED_S = 90.0  # without a stored sighting being derived; the machine may be busy


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoWalk:
    """A recorded walk of the town, and how long it took."""

    folder: Path
    seconds: float


def walks() -> list[DemoWalk]:
    """The walks that come with the demo. Raises HubError where they are missing."""
    found = [
        DemoWalk(folder=label.parent, seconds=float(json.loads(label.read_text())["seconds"]))
        for label in sorted(DATA.glob("walk-*/walk.json"))
    ]
    if not found:
        raise HubError(f"{DATA}: the demo's walks are missing; install contrechamp again")
    return found


def prepare(data: Path) -> None:
    """Give a hub's folder the town's streets to draw."""
    make_folder(data)
    shutil.copyfile(DATA / "base.geojson", data / BASE_LAYER)


def pair(running: RunningHub, name: str, outbox: Path) -> None:
    """A probe pairs with the hub by the code that the hub shows. Raises HubError where it cannot."""
    _, code = Pairing(running.folder.keys, running.folder.registry).invite(name, running.mqtt_url)
    with _started([*_probe("pair"), "-", "--outbox", str(outbox)], stdin=subprocess.PIPE) as pairing:
        _require_success(pairing, code.qr)


def send_walk(walk: DemoWalk, outbox: Path, *, speed: float | None, tick: Callable[[float], None]) -> None:
    """A probe replays a walk and hands it over. `tick` gets the share that is done, 0 to 1.

    Raises HubError where the probe fails.
    """
    replay = [*_probe("replay"), "--frames", str(walk.folder / "frames.pcap"), "--composed", "--outbox", str(outbox)]
    replay += ["--track", str(walk.folder / "track.nmea"), "--photos", str(walk.folder / "photos")]
    if speed is not None:
        replay += ["--speed", str(speed)]
    send = [*_probe("send"), "--outbox", str(outbox)]
    began_s = time.monotonic()
    with _started([*send, "--follow"]) if speed else nullcontext(), _started(replay) as replaying:
        while replaying.poll() is None:
            time.sleep(0.1)
            tick(min(1.0, (time.monotonic() - began_s) * (speed or 1e9) / walk.seconds))
        _require_success(replaying)
    with _started(send) as last:
        _require_success(last)
    tick(1.0)


def count(
    running: RunningHub, outboxes: list[Path], began_s: float, *, beside: Path | None = None
) -> dict[str, int | float]:
    """What was made, receipted and stored, sightings and pictures alike, and how the map agrees with the town.

    What a walker who is still on the way has handed over, from an outbox `beside` these, is not counted.
    """
    outbox_counts = [_outbox_counts(outbox) for outbox in outboxes]
    made = sum(counts["queued"] + counts["receipted"] for counts in outbox_counts)
    sightings = running.folder.store.count()
    others = 0 if beside is None else _outbox_counts(beside)["receipted"]
    stored = sightings + running.folder.store.counts().pictures - others
    _wait_until_derived(running, sightings)
    details = running.cameras.cameras()
    views = [detail.camera for detail in details]
    agreement = score(views, msgspec.json.decode((DATA / "truth.json").read_bytes(), type=Truth))
    mapped = [sighting for detail in details for sighting in detail.sighting_ids]
    return {
        "made": made,
        "receipts": sum(counts["receipted"] for counts in outbox_counts),
        "stored": stored,
        "lost": made - stored,
        "doubles": len(mapped) - len(set(mapped)) + max(0, stored - made),
        "found": agreement.found,
        "missed": agreement.missed,
        "invented": agreement.invented,
        "invented_asked": agreement.asked,
        "median_error_m": median(agreement.errors_m) if agreement.errors_m else 0.0,
        "in_region95": agreement.in_region,
        "seconds": round(time.monotonic() - began_s, 1),
    }


def _wait_until_derived(running: RunningHub, stored: int) -> None:
    """Wait until the map rests on all that is stored."""
    derived, since_s = -1, time.monotonic()
    while derived < stored and time.monotonic() - since_s < STALLED_S:
        now = running.cameras.status().sightings
        if now != derived:
            derived, since_s = now, time.monotonic()
        time.sleep(0.05)


def _probe(command: str) -> list[str]:
    return [sys.executable, "-m", "probe", command]


@contextmanager
def _started(command: list[str], stdin: int | None = None) -> Iterator["subprocess.Popen[str]"]:
    """A program that runs; it is ended with the block, so that none outlives a demo that is broken off."""
    process = subprocess.Popen(command, stdin=stdin, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate()


def _require_success(process: "subprocess.Popen[str]", typed: str | None = None) -> None:
    _, errors = process.communicate(typed)
    if process.returncode:
        raise HubError(f"the demo's probe failed: {errors.strip()[-300:] or process.returncode}")


def _outbox_counts(outbox: Path) -> dict[str, int]:
    command = [*_probe("status"), "--outbox", str(outbox), "--json"]
    counts: dict[str, int] = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    return counts
