"""What ships is what was tested: the wheel is built, installed elsewhere with nothing of the checkout, and run."""

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


def test_the_wheel_carries_its_data_and_nothing_it_should_not(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "probe/detect/catalogue.tsv",
        "probe/contract/schema/asyncapi.json",
        "hub/web/messages.toml",
        "hub/web/templates/map.html",
        "hub/web/static/vendor/maplibre-gl.mjs",
        "hub/demo/data/walk-1/frames.pcap",
    ):
        assert needed in names
    assert not [name for name in names if name.startswith("tests/") or "node_modules" in name]


def test_installed_elsewhere_a_walk_reaches_a_map(wheel: Path, tmp_path: Path) -> None:
    """One of the demo's walks; the whole demo runs from a wheel in an empty environment each time that CI does."""
    target = tmp_path / "elsewhere"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    # The libraries are this environment's; the editable checkout must not be: -P and the check below see to that.
    environment = {**os.environ, "PYTHONPATH": str(target)}

    def said(*words: str | Path) -> str:
        command = [sys.executable, "-P", *map(str, words)]
        return subprocess.run(command, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout

    assert said("-c", "import hub, probe; print(hub.__file__, probe.__file__)").count(str(target)) == 2
    walk, data = target / "hub/demo/data/walk-1", ("--data", tmp_path / "hub")
    lines = said("-m", "probe", "replay", "--frames", walk / "frames.pcap", "--track", walk / "track.nmea")
    (tmp_path / "walk.jsonl").write_text(lines)
    said("-c", f"from hub.data import make_hub\nwith make_hub(__import__('pathlib').Path({str(data[1])!r})): pass")
    assert json.loads(said("-m", "hub", "import", tmp_path / "walk.jsonl", *data, "--json"))["stored"] > 5
    assert json.loads(said("-m", "hub", "status", *data, "--json"))["cameras"] > 5
