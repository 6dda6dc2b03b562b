"""Many probes come home at once: receipts per CPU-second, the hub's memory, and whether its page still answers.

Beside it, in the same run, a bare loop (paho, mosquitto, SQLite) moves the same octets in the same parcels and commits
them in the same batches, without seals, signatures, rules, limits or a page. Both sides read from and settle into
SQLite outboxes. The same loop once more, which opens each seal and checks each signature besides, is near the best that
a hub can reach with these libraries, though it writes the sealed units, which are larger than what a hub keeps. The map
is derived after the last receipt: what that costs is told apart.

    python -m tests.speed.homecoming --probes 200
"""

import argparse
import json
import multiprocessing
import os
import queue
import secrets
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from http.client import HTTPException
from pathlib import Path
from typing import Any

import msgspec

from hub.data import make_hub
from probe.contract import topics
from probe.contract.address import BrokerAddress
from probe.contract.envelope import Picture
from probe.contract.sighting import Sighting
from probe.outbox.outbox import Outbox
from probe.uplink.mqtt import LARGEST_PARCEL, PARCELS_IN_FLIGHT, MqttUplink
from tests.examples import radio
from tests.paired import enrolled
from tests.processes import HubProcess, Mosquitto
from tests.visiting import Visitor

WORKERS = 4
CAMERAS = 5_000  # in the town; each walk hears some of them, and most are heard on several walks
PICTURE_BYTES = 110_000  # a redacted picture, and its crop; sealed, 128 KiB
MAP_CPU_S = 300.0  # for as long it is waited for; where it takes longer, its cost is not told
_TICKS = os.sysconf("SC_CLK_TCK")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    options.add_argument("--probes", type=int, default=20)
    options.add_argument("--sightings", type=int, default=500)
    options.add_argument("--pictures", type=int, default=20)
    asked = options.parse_args()
    print(json.dumps(measure(asked.probes, asked.sightings, asked.pictures), indent=1))


def measure(probes: int, sightings: int, pictures: int) -> dict[str, float | str]:
    """The figures, with the names under which `build/speed.json` has them."""
    with tempfile.TemporaryDirectory(prefix="homecoming-") as scratch:
        folder = Path(scratch)
        _prepare(folder, probes, sightings, pictures)
        ours = _home(folder, probes, _our_hub, "sealed", sightings=probes * sightings)
        bare = _home(folder, probes, _bare_hub, "bare")
        best = _home(folder, probes, _opening_hub, "bare")
    total = probes * (sightings + pictures)
    lost = {name: total - int(run["receipts"]) for name, run in (("ours", ours), ("bare", bare), ("best", best))}
    us = {name: 1e6 * run["hub_s"] / run["receipts"] for name, run in (("ours", ours), ("bare", bare), ("best", best))}
    result: dict[str, float | str] = {
        "delivery.input": f"{probes} probes, {sightings} sightings and {pictures} pictures each",
        "delivery.not_receipted": lost["ours"],
        "delivery.not_receipted_bare": lost["bare"] + lost["best"],
        "delivery.receipts_per_cpu_s.hub": round(ours["receipts"] / ours["hub_s"]),
        "delivery.receipts_per_cpu_s.all": round(ours["receipts"] / ours["all_s"]),
        "delivery.ratio_to_bare": round(us["bare"] / us["ours"], 2),
        "delivery.ratio_to_bare_at_best": round(us["bare"] / us["best"], 2),
        "delivery.ratio_to_bare_all": round(ours["receipts"] / ours["all_s"] / (bare["receipts"] / bare["all_s"]), 2),
        "delivery.us_per_unit.hub": round(us["ours"]),
        "delivery.us_per_unit.hub_bare": round(us["bare"]),
        "delivery.us_per_unit.hub_at_best": round(us["best"]),
        "delivery.seconds": round(ours["wall_s"], 1),
        "delivery.seconds_bare": round(bare["wall_s"], 1),
        "delivery.hub_peak_rss_mb": round(ours["hub_mb"]),
        "delivery.page_ms.p50": round(ours["page_p50"], 1),
        "delivery.page_ms.p99": round(ours["page_p99"], 1),
        "delivery.page_failed": ours["page_failed"],
    }
    if "map_s" in ours:
        map_us = 1e6 * ours["map_s"] / ours["receipts"]
        result["delivery.us_per_unit.hub_map"] = round(map_us)
        result["delivery.ratio_to_bare_with_map"] = round(us["bare"] / (us["ours"] + map_us), 2)
    return result


def _prepare(folder: Path, probes: int, sightings: int, pictures: int) -> None:
    """A hub's folder, and an outbox for each probe: sealed, and a bare one with octets of the same lengths."""
    with make_hub(folder / "hub") as hub:
        identities = [enrolled(hub) for _ in range(probes)]
    (folder / "sealed").mkdir()
    (folder / "bare").mkdir()
    for number, identity in enumerate(identities):
        with Outbox(folder / "sealed" / f"{number}.db", budget_bytes=1 << 40) as box:
            box.pair(identity)
            walk = secrets.token_hex(16)
            some = [_heard((number * 97 + n) % CAMERAS, walk) for n in range(sightings)]
            box.add([msgspec.structs.replace(one, id=secrets.token_hex(16)) for one in some])
            for _ in range(pictures):
                box.add_picture(Picture(v=1, id=secrets.token_hex(16), jpeg=b"\xff\xd8" + os.urandom(PICTURE_BYTES)))
            units = [*box.waiting(limit=1 << 30), *box.waiting(limit=1 << 30, pictures=True)]
        with closing(sqlite3.connect(folder / "bare" / f"{number}.db")) as db:
            db.execute("PRAGMA journal_mode = WAL")
            db.execute("CREATE TABLE unit (number INTEGER PRIMARY KEY, hash BLOB UNIQUE, data BLOB, done INTEGER)")
            rows = [(n, unit.hash, unit.data) for n, (_, unit) in enumerate(units)]
            db.executemany("INSERT INTO unit (number, hash, data) VALUES (?, ?, ?)", rows)
            db.commit()


def _heard(camera: int, walk: str) -> Sighting:
    """A camera of the town, each 40 m from the next, heard on a walk."""
    address = f"ac:cc:8e:00:{camera >> 8:02x}:{camera & 255:02x}"
    return radio(address, at=(camera % 70 * 40.0, camera // 70 * 40.0), walk=walk)


def _home(
    folder: Path, probes: int, hub: "Callable[[Path, str], Any]", kind: str, sightings: int = 0
) -> dict[str, float]:
    """All probes at once; CPU seconds of the hub and of everybody, and how the page answered meanwhile. `sightings` are
    on the hub's map in the end, which is waited for."""
    broker = Path(tempfile.mkdtemp(prefix="broker-", dir=folder))
    mosquitto = Mosquitto(broker, more="persistence false\nmax_queued_messages 0\n")
    mosquitto.start()
    try:
        with hub(folder, mosquitto.url) as (pid, page):
            answers: list[float] = []
            over = threading.Event()
            watcher = threading.Thread(target=_watch, args=(page, answers, over), daemon=True)
            before_s = _cpu_s(pid)
            broker_s = _cpu_s(mosquitto.pid)
            began_s = time.monotonic()
            if page:
                watcher.start()
            with multiprocessing.get_context("spawn").Pool(WORKERS) as pool:
                shares = [
                    (kind, folder / kind, list(range(start, probes, WORKERS)), mosquitto.url)
                    for start in range(WORKERS)
                ]
                done = pool.map(_send, shares)
            wall_s = time.monotonic() - began_s
            over.set()
            if page:
                watcher.join()
            hub_s, broker_s = _cpu_s(pid) - before_s, _cpu_s(mosquitto.pid) - broker_s
            hub_mb = _peak_mb(pid)
            mapped = page is not None and _is_mapped(page, pid, sightings)
            map_s = _cpu_s(pid) - before_s - hub_s
    finally:
        mosquitto.kill()
    good = sorted(seconds for seconds in answers if seconds >= 0)
    return {
        "receipts": float(sum(count for count, _ in done)),
        "hub_s": hub_s,
        **({"map_s": map_s} if mapped else {}),
        "broker_s": broker_s,
        "probes_s": sum(cpu_s for _, cpu_s in done),
        "all_s": hub_s + broker_s + sum(cpu_s for _, cpu_s in done),
        "wall_s": wall_s,
        "hub_mb": hub_mb,
        "page_p50": 1000 * statistics.median(good) if good else 0.0,
        "page_p99": 1000 * good[int(len(good) * 0.99)] if good else 0.0,
        "page_failed": float(len(answers) - len(good)),
    }


def _send(share: tuple[str, Path, list[int], str]) -> tuple[int, float]:
    """Some probes' senders, a thread each; receipts, and this process' CPU seconds from here on."""
    kind, folder, numbers, url = share
    began_s, found = time.process_time(), []

    def one(number: int) -> None:
        path = folder / f"{number}.db"
        found.append(_send_sealed(path, url) if kind == "sealed" else _send_bare(path, number, url))

    threads = [threading.Thread(target=one, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(found), time.process_time() - began_s


def _send_sealed(path: Path, url: str) -> int:
    with Outbox(path) as box:
        return MqttUplink(BrokerAddress.parse(url), patience_s=300).deliver(box, lambda _: None).standing.receipted


def _send_bare(path: Path, number: int, url: str) -> int:
    mailbox, events = f"{number:032x}", queue.Queue[Any]()
    with bare_client(url, topics.down(mailbox), events) as client, closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA synchronous = FULL")
        events.get()
        after, flying, done = -1, 0, 0
        (total,) = db.execute("SELECT count(*) FROM unit").fetchone()
        while done < total:
            while flying < PARCELS_IN_FLIGHT:
                (size,) = db.execute("SELECT length(data) FROM unit WHERE number > ? LIMIT 1", (after,)).fetchone() or (
                    0,
                )
                limit = 1 if size > 8192 else LARGEST_PARCEL
                query = "SELECT number, data FROM unit WHERE number > ? AND length(data) = ? ORDER BY number LIMIT ?"
                rows = db.execute(query, (after, size, limit)).fetchall()
                if not rows:
                    break
                after, flying = rows[-1][0], flying + 1
                units = [{"key": "0" * 16, "data": data} for _, data in rows]
                client.publish(topics.up(mailbox), msgspec.msgpack.encode({"v": 1, "units": units}), qos=1)
            hashes = msgspec.msgpack.decode(events.get(timeout=300))
            with db:
                db.executemany("UPDATE unit SET done = 1 WHERE hash = ?", [(digest,) for digest in hashes])
            done, flying = done + len(hashes), flying - 1
    return done


@contextmanager
def bare_client(url: str, topic: str, events: "queue.Queue[Any]") -> Iterator[Any]:
    import paho.mqtt.client as paho
    from paho.mqtt.enums import CallbackAPIVersion

    address = BrokerAddress.parse(url)
    client = paho.Client(CallbackAPIVersion.VERSION2, protocol=paho.MQTTv311)
    client.on_subscribe = lambda *_: events.put(None)
    client.on_message = lambda _c, _d, message: events.put(
        message.payload if topic != topics.EVERYTHING else (message.topic, message.payload)
    )
    client.connect(address.host, address.port)
    client.loop_start()
    client.subscribe(topic, 1)
    try:
        yield client
    finally:
        client.disconnect()
        client.loop_stop()


@contextmanager
def _our_hub(folder: Path, url: str) -> Iterator[tuple[int, Visitor]]:
    running = HubProcess(folder / "hub", broker=url)
    ready = running.start()
    try:
        yield running.pid, Visitor(folder / "hub", str(ready["url"]))
    finally:
        running.kill()


@contextmanager
def _bare_hub(folder: Path, url: str, *more: str) -> Iterator[tuple[int, None]]:
    database = Path(tempfile.mkdtemp(prefix="hub-", dir=folder)) / "bare.db"
    command = [sys.executable, "-m", "tests.speed.homecoming_bare", str(database), url, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield process.pid, None
    finally:
        process.kill()
        process.communicate()


def _opening_hub(folder: Path, url: str) -> Any:
    """The bare loop, which opens each seal and checks each signature."""
    return _bare_hub(folder, url, str(folder / "hub"))


def _is_mapped(visitor: Visitor, pid: int, sightings: int) -> bool:
    """Whether the map comes to hold so many sightings before that has taken `MAP_CPU_S`; asks once a second."""
    until_s = _cpu_s(pid) + MAP_CPU_S
    while _cpu_s(pid) < until_s:
        status = json.loads(visitor.get("api/status"))
        if status["sightings"] + status["left_out"] >= sightings:
            return True
        time.sleep(1.0)
    return False


def _watch(visitor: Visitor, answers: list[float], over: threading.Event) -> None:
    """Ask for the map's page and the status, five times a second; -1 where it failed."""
    while not over.wait(0.2):
        for path in ("", "api/status"):
            began_s = time.monotonic()
            try:
                visitor.get(path, timeout_s=10)
                answers.append(time.monotonic() - began_s)
            except (OSError, HTTPException):
                answers.append(-1.0)


def _cpu_s(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _peak_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


if __name__ == "__main__":
    main()
