"""A real WiGLE export, the whole way: import, outbox, mosquitto, hub, and the map in Chromium."""

import json
from pathlib import Path

import pytest

from tests.browser import WAIT_MS, Watch
from tests.paired import pair
from tests.processes import HubProcess, Mosquitto, probe
from tests.visiting import Visitor

pytestmark = [pytest.mark.realdata, pytest.mark.browser]


def test_the_export_reaches_the_map(watch: Watch, testdata: Path, tmp_path: Path) -> None:
    outbox = tmp_path / "o.db"
    pair(outbox, tmp_path / "hub")
    imported = probe("import", testdata / "wigle" / "flock-wifi.csv", "--outbox", outbox, "--json")
    assert json.loads(imported.stdout)["by_rule"] == {"flock-suffix": 780}
    mosquitto = Mosquitto(tmp_path)
    mosquitto.start()
    running = HubProcess(tmp_path / "hub", broker=mosquitto.url)
    try:
        running.start()
        sent = probe("send", "--outbox", outbox, "--to", mosquitto.url, "--json")
        assert json.loads(sent.stdout)["stored"] == 780
        with watch() as watched:
            name, _, value = Visitor(tmp_path / "hub", f"http://127.0.0.1:{running.port}").cookie.partition("=")
            watched.page.context.add_cookies(
                [{"name": name, "value": value, "url": f"http://127.0.0.1:{running.port}"}]
            )
            watched.page.goto(f"http://127.0.0.1:{running.port}/")
            watched.ready()
            watched.page.wait_for_selector("html[data-cameras='780']", state="attached", timeout=WAIT_MS)
            ids: list[str] = watched.page.evaluate("document.getElementById('map').contrechamp.ids()")
            watched.page.goto(f"http://127.0.0.1:{running.port}/cameras")
            listed: list[str] = []
            while True:
                rows = watched.page.locator("tr[data-camera]")
                listed += rows.evaluate_all("rows => rows.map(row => row.dataset.camera)")
                following = watched.page.locator("a[rel=next]")
                if not following.count():
                    break
                watched.page.goto(f"http://127.0.0.1:{running.port}/cameras{following.get_attribute('href')}")
            assert sorted(listed) == ids
            assert "Flock-" not in watched.page.content()
            watched.clean()
    finally:
        running.kill()
        mosquitto.kill()
