"""Takes the README's picture of the demo town in a real Chromium: `make picture`."""

import re
import subprocess
import sys
from pathlib import Path

from tests.browser import chromium

PICTURE = Path(__file__).parents[2] / "docs" / "map.png"


DOMES = """fetch("/api/cameras.geojson").then(answer => answer.json()).then(all => all.features
    .filter(({properties}) => properties.title_kind === "dome" && properties.mount === "pole").map(({id}) => id))"""


def main() -> None:
    command = [sys.executable, "-m", "hub", "demo", "--port", "0", "--speed", "2000"]
    running = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    assert running.stdout is not None
    found = re.search(r"http://\S+", running.stdout.readline())
    assert found
    while "stays at" not in running.stdout.readline():
        continue
    with chromium(1280, 800) as watched:
        page = watched.page
        watched.enter(found.group())
        watched.ready()
        domes = page.evaluate(DOMES)
        at = page.evaluate("id => document.getElementById('map').contrechamp.pixel(id)", domes[0])
        box = page.locator("#map").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + at["x"], box["y"] + at["y"])
        page.wait_for_selector("#panel:not([hidden]) article")
        page.evaluate(
            "document.querySelector('#panel').scrollTop += "
            "document.querySelector('#panel .photo').getBoundingClientRect().top - 220"
        )
        page.wait_for_function("() => document.querySelector('#panel .photo img').naturalWidth > 0")
        page.mouse.move(640, 780)
        page.wait_for_timeout(2500)
        page.screenshot(path=PICTURE)
    running.terminate()
    running.wait()


if __name__ == "__main__":
    main()
