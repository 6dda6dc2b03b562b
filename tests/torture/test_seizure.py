"""A probe is seized, switched off: the raw image of its card, free space included, gives nothing of a walk away.

The same on the wire and in the broker's own files. Each search is shown to find what is there.
"""

import gzip
import json
import os
import shutil
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import paho.mqtt.client as paho
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from probe.outbox.outbox import Outbox
from tests.paired import pair
from tests.processes import HubProcess, Mosquitto, probe, until
from tests.torture.canaries import Canary, canaries, traces

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

WALK = Path(__file__).parents[2] / "hub" / "demo" / "data" / "walk-1"
RECORDING = ("--frames", WALK / "frames.pcap", "--track", WALK / "track.nmea", "--photos", WALK / "photos")
WALKER = "Marguerite Canari"
IMAGE_MIB = 48


@contextmanager
def mounted(image: Path, where: Path) -> Iterator[None]:
    """A card: an ext4 file system in a file."""
    if os.geteuid() != 0 or shutil.which("mke2fs") is None:
        pytest.skip("mounting an image needs root and mke2fs")
    image.write_bytes(bytes(IMAGE_MIB << 20))
    subprocess.run(["mke2fs", "-q", "-t", "ext4", image], check=True)
    where.mkdir()
    if subprocess.run(["mount", "-o", "loop", image, where], check=False, capture_output=True).returncode:
        pytest.skip("images cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", where], check=True)


def on_card(card: Path, *words: object) -> "subprocess.CompletedProcess[str]":
    """A probe's command whose every folder is on the card."""
    environment = os.environ | {"HOME": str(card), "XDG_DATA_HOME": str(card), "XDG_CACHE_HOME": str(card)}
    environment |= {"TMPDIR": str(card), "USER": WALKER, "LOGNAME": WALKER}
    command = [sys.executable, "-m", "probe", *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=card, check=False)
    assert done.returncode == 0, done.stderr
    return done


@pytest.fixture(scope="module")
def wanted() -> list[Canary]:
    """What the walk gives away when nobody seals it."""
    command = [sys.executable, "-m", "probe", "replay", *map(str, RECORDING)]
    plain = subprocess.run(command, capture_output=True, check=True).stdout.splitlines()
    found = canaries(plain, {"the walker": WALKER})
    assert len(found) > 500
    return found


def test_the_card_of_a_seized_probe_says_nothing_of_the_walk(tmp_path: Path, wanted: list[Canary]) -> None:
    image, card = tmp_path / "card.img", tmp_path / "card"
    hub = HubProcess(tmp_path / "hub")
    hub.start()
    try:
        with mounted(image, card):
            pair(card / "contrechamp" / "outbox.db", hub.data, address=hub.mqtt_url)
            # A walk as it happens: sightings are sealed as they are made, and some are taken back.
            on_card(card, "replay", *RECORDING, "--speed", "100000", "--outbox", card / "contrechamp" / "outbox.db")
            subprocess.run(["sync"], check=True)
            walked = image.read_bytes()
            on_card(card, "send")
            on_card(card, "status")
        delivered = image.read_bytes()
    finally:
        hub.kill()
    assert traces(walked, wanted) == []
    assert traces(delivered, wanted) == []
    with mounted(image, tmp_path / "again"):
        plain = subprocess.run(
            [sys.executable, "-m", "probe", "replay", *map(str, RECORDING)], capture_output=True, check=True
        ).stdout
        (tmp_path / "again" / "a").write_bytes(plain)
        (tmp_path / "again" / "b").write_bytes(b64encode(b"x" + plain))
        (tmp_path / "again" / "c").write_bytes(gzip.compress(plain))
        photo = next((WALK / "photos").iterdir())
        (tmp_path / "again" / "p").write_bytes(photo.read_bytes() + WALKER.encode())
        for name in ("a", "b", "c", "p"):
            one = (tmp_path / "again" / name).read_bytes()
            assert len(traces(one, wanted)) > (1 if name == "p" else 300), f"the search misses what is in {name}"
        subprocess.run(["sync"], check=True)  # what was never written out leaves nothing
        for name in ("a", "b", "c", "p"):
            (tmp_path / "again" / name).unlink()
    assert len(traces(image.read_bytes(), wanted)) > 300, "deleted is not gone: free space is looked at as well"


def test_the_wire_and_the_brokers_files_say_nothing_of_the_walk(tmp_path: Path, wanted: list[Canary]) -> None:
    if shutil.which("tshark") is None or os.geteuid() != 0:
        pytest.skip("listening on the wire needs tshark and root")
    kept = tmp_path / "kept"
    kept.mkdir()
    more = f"persistence true\npersistence_location {kept}/\nautosave_on_changes true\nautosave_interval 1\nuser root\n"
    mosquitto = Mosquitto(tmp_path, more=more)
    mosquitto.start()
    outbox, wire = tmp_path / "o.db", tmp_path / "wire.pcapng"
    pair(outbox, tmp_path / "hub")
    command = [sys.executable, "-m", "probe", "replay", *map(str, RECORDING), "--outbox", str(outbox)]
    subprocess.run(command, check=True, capture_output=True)
    capture = subprocess.Popen(
        ["tshark", "-q", "-i", "lo", "-f", f"tcp port {mosquitto.port}", "-w", str(wire)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    hub = HubProcess(tmp_path / "hub", broker=mosquitto.url)
    try:
        assert capture.stderr is not None
        until(lambda: "Capturing" in (capture.stderr.readline() if capture.stderr else ""), "tshark to listen")
        _subscribe_for_ever(mosquitto.port)
        hub.start()
        assert probe("send", "--outbox", outbox, "--to", mosquitto.url).returncode == 0
        until(lambda: any(path.stat().st_size > 500_000 for path in kept.iterdir()), "the broker to keep it")
        persisted = b"".join(path.read_bytes() for path in kept.iterdir())
        with Outbox(outbox) as box:
            assert box.standing().stored > 50
        time.sleep(0.5)
    finally:
        capture.terminate()
        capture.communicate(timeout=20)
        hub.kill()
        mosquitto.kill()
    captured = wire.read_bytes()
    assert len(captured) > 1_000_000
    assert traces(persisted, wanted) == []
    assert traces(captured, wanted) == []
    plain = json.dumps([form.decode("latin-1") for canary in wanted for form in canary.forms]).encode()
    assert len(traces(captured + plain, wanted)) > 300


def _subscribe_for_ever(port: int) -> None:
    """A broker that wants to keep everything: somebody who asked for all and is away."""
    heard = threading.Event()
    client = paho.Client(CallbackAPIVersion.VERSION2, client_id="nosy", clean_session=False, protocol=paho.MQTTv311)
    client.on_subscribe = lambda *_: heard.set()
    client.connect("127.0.0.1", port)
    client.loop_start()
    client.subscribe("#", 1)
    assert heard.wait(10)
    client.disconnect()
    client.loop_stop()
