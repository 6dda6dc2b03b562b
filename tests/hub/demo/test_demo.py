"""The demo, whole: real probe processes, the real embedded broker, the real page."""

import json
import re
import subprocess
import sys

import pytest

from tests.browser import WAIT_MS, Watch, Watched
from tests.patience import finished
from tests.processes import WAIT_S, hub


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
def test_the_map_fills_before_ones_eyes(watch: Watch) -> None:
    """The page is open while the walks come in: what it draws grows with nobody asking again."""
    command = [sys.executable, "-m", "hub", "demo", "--port", "0", "--speed", "40"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert running.stdout is not None
        found = re.search(r"http://\S+", running.stdout.readline())
        assert found
        with watch() as watched:
            watched.enter(found.group())
            watched.loaded()
            first = drawn(watched)
            # The walks take longer than the page: each look waits for the next change, however slow the machine.
            for _ in range(3):
                watched.page.wait_for_selector(
                    f"html:not([data-cameras='{drawn(watched)}'])", state="attached", timeout=WAIT_MS
                )
            assert drawn(watched) > first
            watched.ready()
            assert "composed" in watched.page.inner_text("#composed").lower()
            watched.clean()
    finally:
        running.terminate()
        finished(running, WAIT_S)
