"""From a probe's outbox to the hub's log, with real processes: mosquitto and the embedded broker."""

import json
import time
from pathlib import Path

import pytest

from hub.data import open_hub
from probe.contract import topics
from probe.contract.envelope import Picture, encode
from probe.outbox.outbox import Outbox
from tests.examples import look, radio
from tests.paired import pair
from tests.processes import HubProcess, Mosquitto, free_port, hub, probe, until
from tests.visiting import Visitor


def filled(path: Path, count: int) -> Path:
    pair(path, path.parent / "hub")
    with Outbox(path) as box:
        box.add([look(observer=(n % 40 * 30.0, n // 40 * 30.0), walk=f"{n:032x}") for n in range(count)])
    return path


def status(running: HubProcess) -> dict[str, int]:
    visitor = Visitor(running.data, f"http://127.0.0.1:{running.port}/")
    told: dict[str, int] = json.loads(visitor.get("api/status", timeout_s=60))
    return told


@pytest.mark.parametrize("embedded", [True, False])
def test_all_is_delivered_once_and_receipted(embedded: bool, tmp_path: Path) -> None:
    mosquitto = None if embedded else Mosquitto(tmp_path)
    if mosquitto:
        mosquitto.start()
    running = HubProcess(tmp_path / "hub", broker=mosquitto.url if mosquitto else None)
    try:
        running.start()
        outbox = filled(tmp_path / "o.db", 230)
        sent = probe("send", "--outbox", outbox, "--to", running.mqtt_url, "--json")
        assert sent.returncode == 0, sent.stderr
        told = json.loads(sent.stdout)
        assert (told["handed_over"], told["queued"], told["stored"], told["oldest"]) == (230, 0, 230, None)
        until(lambda: status(running)["sightings"] == 230, "the map to know all sightings")
        again = probe("send", "--outbox", outbox, "--to", running.mqtt_url, "--json")
        assert json.loads(again.stdout)["handed_over"] == 0
        assert running.stop() == 0
    finally:
        running.kill()
        if mosquitto:
            mosquitto.kill()


def test_what_is_not_of_the_contract_is_set_aside_and_listed(tmp_path: Path) -> None:
    from paho.mqtt import publish

    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    running = HubProcess(tmp_path / "hub", broker=mosquitto.url)
    try:
        running.start()
        until(lambda: _heard(running, mosquitto, publish), "the hub to listen")
        for topic, payload in ((topics.up("a" * 32), b"\xff\x00 junk"), ("contrechamp/1/oddname/up", b"{}")):
            publish.single(topic, payload, qos=1, hostname="127.0.0.1", port=mosquitto.port)
        until(lambda: {"not of the contract", "oddname"} <= listed(running), "the junk to be set aside")
    finally:
        running.kill()
        mosquitto.kill()


def listed(running: HubProcess) -> set[str]:
    """Which of the words that are looked for stand in the list of what was set aside."""
    told = hub("quarantine", "--data", running.data)
    assert told.returncode == 0, told.stderr
    return {words for words in ("not of the contract", "oddname") if words in told.stdout}


def _heard(running: HubProcess, mosquitto: Mosquitto, publish: object) -> bool:
    publish.single(topics.ROOT + "/hello/up", b"", qos=1, hostname="127.0.0.1", port=mosquitto.port)  # type: ignore[attr-defined]
    return status(running)["quarantined"] >= 1


def test_an_import_and_its_undoing_beside_a_running_hub_are_noticed(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub")
    try:
        running.start()
        lines = tmp_path / "s.jsonl"
        lines.write_bytes(encode(radio()) + b"\n")
        assert hub("import", lines, "--data", running.data).returncode == 0
        until(lambda: status(running)["cameras"] == 1, "the imported camera")
        rebuilt = json.loads(hub("rebuild", "--data", running.data, "--json").stdout)
        assert rebuilt == {"sightings": 1, "before": 1, "cameras": 1, "identical": True}
        assert hub("undo", "import-1", "--yes", "--data", running.data).returncode == 0
        until(lambda: status(running)["cameras"] == 0, "the undone camera to go")
    finally:
        running.kill()


def test_a_taken_port_is_said_in_a_sentence(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub")
    try:
        running.start()
        page = hub("serve", "--data", tmp_path / "x", "--port", str(running.port), "--mqtt-port", "0")
        broker = hub("serve", "--data", tmp_path / "y", "--port", "0", "--mqtt-port", str(running.mqtt_port))
        for failed, words in ((page, "--port"), (broker, "--mqtt-port")):
            assert failed.returncode == 2
            assert words in failed.stderr
            assert len(failed.stderr.strip().splitlines()) == 1
    finally:
        running.kill()


def test_no_broker_and_no_hub_are_told_apart(tmp_path: Path) -> None:
    outbox = filled(tmp_path / "o.db", 3)
    nobody = probe("send", "--outbox", outbox, "--to", f"mqtt://127.0.0.1:{free_port()}", "--patience", "1")
    assert nobody.returncode == 2
    assert "no broker answers" in nobody.stderr
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    try:
        deaf = probe("send", "--outbox", outbox, "--to", mosquitto.url, "--patience", "1")
    finally:
        mosquitto.kill()
    assert deaf.returncode == 2
    assert "no hub sent a receipt" in deaf.stderr
    with Outbox(outbox) as box:
        assert box.standing().queued == 3


def test_a_link_can_be_spared(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub")
    try:
        running.start()
        outbox = filled(tmp_path / "o.db", 12)
        began_s = time.monotonic()
        sent = probe("send", "--outbox", outbox, "--to", running.mqtt_url, "--max-kbit", "320", "--json")
        assert json.loads(sent.stdout)["stored"] == 12
        # Twelve units of 8 KiB at 40,000 octets a second; the last parcel is not waited for.
        assert time.monotonic() - began_s > 1.0
    finally:
        running.kill()


def test_pictures_arrive_after_the_sightings_each_by_itself(tmp_path: Path) -> None:
    running = HubProcess(tmp_path / "hub")
    try:
        running.start()
        outbox = filled(tmp_path / "o.db", 40)
        with Outbox(outbox) as box:
            for number in range(3):
                box.add_picture(Picture(v=1, id=f"{number:032x}", jpeg=b"\xff\xd8" + bytes(200_000)))
        sent = probe("send", "--outbox", outbox, "--to", running.mqtt_url, "--json")
        assert json.loads(sent.stdout)["stored"] == 43
        assert status(running)["sightings"] <= 40
        with open_hub(running.data) as folder:
            assert (folder.store.counts().sightings, folder.store.counts().pictures) == (40, 3)
    finally:
        running.kill()
