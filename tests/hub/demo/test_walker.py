"""The demo's walker: a real probe that plays a walk for whoever looks, with its page on a phone."""

import json
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import pairwise
from os import environ
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from hub.basemap import WALKERS
from hub.demo import walker
from hub.demo.run import DATA, walks
from probe.contract.geodesy import distance_m
from probe.contract.streets import SheetFile
from probe.home.streets import streets_json
from probe.outbox.grid import Grid
from probe.page import words
from probe.position.nmea import read_log
from probe.position.track import Track
from tests.browser import WAIT_MS
from tests.patience import finished
from tests.probe.page.phone import Phone, held
from tests.processes import WAIT_S, answers, hub, probe, until

if TYPE_CHECKING:
    from playwright.sync_api import Browser

SHOTS = environ.get("CONTRECHAMP_SHOTS")
HEARD_MS = 6 * WAIT_MS  # the ferry takes 16 s, and a pass is not over at once


@pytest.fixture
def chromium(_chromium: "Browser") -> "Browser":
    """The browser of these tests."""
    return _chromium


@contextmanager
def demo(folder: Path, *more: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """The demo with its walker, and the link of the walker's page."""
    command = [sys.executable, "-m", "hub", "demo", "--walker", "--port", "0", "--walker-port", "0", "--speed", "1"]
    command += more
    running = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env={**environ, "TMPDIR": str(folder)}
    )
    try:
        assert running.stdout is not None
        told = next(line for line in running.stdout if line.startswith("Carry a probe here: "))
        yield running, told.split()[-1]
    finally:
        running.terminate()
        finished(running, WAIT_S)


def test_the_walker_starts_with_the_demo_and_ends_with_it(tmp_path: Path) -> None:
    with demo(tmp_path) as (running, link):
        found = re.fullmatch(r"http://127\.0\.0\.1:(\d+)/#[a-z0-9]{4}(-[a-z0-9]{4}){2}", link)
        assert found
        port = int(found[1])
        assert answers(port)
        running.send_signal(signal.SIGINT)
        finished(running, WAIT_S)
    until(lambda: not answers(port), "the walker's page to be gone")
    assert list(tmp_path.iterdir()) == [], "nothing of it is left"


def test_a_walk_that_goes_to_its_end_is_handed_over(tmp_path: Path) -> None:
    with demo(tmp_path, "--walker-speed", "100"):
        (scratch,) = tmp_path.glob("contrechamp-demo-*")

        def receipted() -> bool:
            told = probe("status", "--outbox", scratch / "walker.db", "--json")
            assert told.returncode == 0, told.stderr
            counts = json.loads(told.stdout)
            # How many depends on where the squares lie and on how fast this machine is; none comes before the end.
            return bool(counts["receipted"] > 0 and counts["queued"] == counts["unreleased"] == 0)

        until(receipted, "the hub to have the walk", 3 * WAIT_S)
        # After all receipts, piece by piece.
        until(lambda: any(scratch.glob("walker.home/sheets/*")), "the town's streets to come along")


def test_a_walker_is_for_somebody_who_looks() -> None:
    done = hub("demo", "--once", "--walker")
    assert (done.returncode, done.stdout) == (2, "")
    assert "give one of the two" in done.stderr


def test_a_port_that_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with demo(tmp_path) as (_, link):
        port = link.rsplit(":", 1)[1].split("/")[0]
        done = hub("demo", "--walker", "--port", "0", "--walker-port", port)
    assert done.returncode == 2
    assert f"port {port}" in done.stderr
    assert "--walker-port" in done.stderr


def test_the_ferry_leaves_the_town_outside_of_what_is_hidden(tmp_path: Path) -> None:
    """Whatever the probe's secret is: nothing of the walk itself lies in the cells of the start or the end."""
    (walk, *_) = walks()
    fixes = Track(read_log(walker.by_ferry(walk, tmp_path / "by-ferry") / "track.nmea")[0]).fixes
    own = Track(read_log(walk.folder / "track.nmea")[0]).fixes
    assert len(fixes) == len(own) + 2 * int(walker.FERRY_M / walker.FERRY_M_S)
    assert all(later.at_s - before.at_s == 1.0 for before, later in pairwise(fixes))
    steps = [distance_m(a.lat, a.lon, b.lat, b.lon) for a, b in pairwise(fixes)]
    assert max(steps) < 12.0, "no leap between the ferry and the walk"
    for number in range(300):
        grid = Grid.of(number.to_bytes(32))
        hidden = grid.cells(fixes[0].lat, fixes[0].lon) | grid.cells(fixes[-1].lat, fixes[-1].lon)
        assert not any(grid.cell(fix.lat, fix.lon) in hidden for fix in own), number


def test_probes_take_the_towns_streets_along(tmp_path: Path) -> None:
    walker.lay_streets(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [WALKERS]
    with (tmp_path / WALKERS).open("rb") as stream:
        sheets = SheetFile(stream)
        found = json.loads(streets_json(sheets.table, sheets.sheet, (-17.01, 46.99, -16.98, 47.01)))
    ways = found["ways"]
    assert found["composed"] is True, "so that the page thanks nobody for them"
    named = {name for kind, name, _ in ways if kind == "street"}
    town = json.loads((DATA / "base.geojson").read_bytes())["features"]
    assert named == {one["properties"]["name"] for one in town if one["properties"]["layer"] == "street"}
    assert any(kind == "water" for kind, _, _ in ways)
    assert len(walker.places()) >= 4


@pytest.mark.browser
@pytest.mark.parametrize("locale", ["en-GB", "fr-FR"])
def test_a_walk_on_the_demos_page(chromium: "Browser", tmp_path: Path, locale: str) -> None:
    """Heard, photo, undo, end: on the real service, by touch, 360 px wide."""
    say = words.words(locale[:2])
    with demo(tmp_path) as (_, link), held(chromium, locale=locale) as page:
        on = Phone(page, None, SHOTS, f"demo-{locale[:2]}")
        page.goto(link)
        on.state("walking")
        on.sees(say["page-composed"])
        on.fits("1-begins")
        _hears(on)
        _takes_a_photo_back(on, say)
        on.tab("map")
        on.sees(say["page-credit-composed"])
        on.fits("4-map")
        on.tab("kit")
        on.hold("end", "html[data-state=ended]")
        on.sees(say["page-ended"])
        on.fits("5-summary")
        _says_what_is_handed_over(on, say)
        on.watched.clean()


def _says_what_is_handed_over(on: Phone, say: dict[str, Any]) -> None:
    """It ended in the town: whether all of it lies in hidden squares depends on where the probe's secret put them."""
    codes = ("page-delivery-hidden", "page-delivery-home", "page-delivery-some", "page-delivery-done")
    starts = [max(re.split(r"\{[^{}]*\}", say[code]), key=len) for code in codes]
    told = "|".join(re.sub(r"\\?\s", r"\\s", re.escape(start.strip())) for start in starts)
    on.page.locator("#main").get_by_text(re.compile(told)).first.wait_for(state="visible", timeout=WAIT_MS)


def _hears(on: Phone) -> None:
    on.tab("heard")
    on.page.wait_for_selector("[data-act=follow]", timeout=HEARD_MS)
    on.fits("2-heard")
    on.tab("walk")


def _takes_a_photo_back(on: Phone, say: dict[str, Any]) -> None:
    on.tap("[data-act=photo]")
    on.page.wait_for_selector("#toast [data-act=undo]", timeout=HEARD_MS)
    on.fits("3-photo")
    on.tap(".shutter-row [data-act=undo]")
    on.tab("album")
    on.page.wait_for_selector(".rows .undone", timeout=WAIT_MS)
    on.tab("walk")
