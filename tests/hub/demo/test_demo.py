"""The demo, whole: real probe processes, the real embedded broker, the real page."""

import json
import re
import subprocess
import sys

import pytest

from tests.browser import Watched, chromium
from tests.processes import hub, until


def test_once_in_json_nothing_is_lost_and_the_town_is_found() -> None:
    done = hub("demo", "--once", "--json")
    assert done.returncode == 0, done.stderr
    (line,) = done.stdout.splitlines()
    counts = json.loads(line)
    assert counts["made"] == counts["receipts"] == counts["stored"] > 200
    assert (counts["lost"], counts["doubles"]) == (0, 0)
    assert counts["found"] + counts["missed"] == 39
    # Not a promise of quality, only that the demo shows what it should: the figure itself is in the README.
    assert counts["found"] >= 30
    assert counts["invented"] <= 12


def drawn(watched: Watched) -> int:
    return int(watched.page.get_attribute("html", "data-cameras") or 0)


@pytest.mark.browser
def test_the_map_fills_before_ones_eyes() -> None:
    command = [sys.executable, "-m", "hub", "demo", "--port", "0", "--speed", "40"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert running.stdout is not None
        found = re.search(r"http://\S+", running.stdout.readline())
        assert found
        with chromium() as watched:
            watched.page.goto(found.group())
            watched.ready()
            first = drawn(watched)
            seen = {first}

            def grown() -> bool:
                watched.page.wait_for_timeout(50)  # lets the page's events through
                seen.add(drawn(watched))
                return max(seen) >= first + 15

            until(grown, "fifteen more cameras on the map", 80)
            assert len(seen) >= 3, "the cameras came all at once"
            assert "composed" in watched.page.inner_text(".composed-note").lower()
            watched.clean()
    finally:
        running.terminate()
        running.communicate(timeout=20)
