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


def test_installed_elsewhere_the_demo_runs(wheel: Path, tmp_path: Path) -> None:
    target = tmp_path / "elsewhere"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel)]
    subprocess.run(pip, check=True, capture_output=True)
    # The libraries are this environment's; the editable checkout must not be: -P and the check below see to that.
    environment = {**os.environ, "PYTHONPATH": str(target)}
    where = [sys.executable, "-P", "-c", "import hub, probe; print(hub.__file__, probe.__file__)"]
    told = subprocess.run(where, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True).stdout
    assert told.count(str(target)) == 2
    demo = [sys.executable, "-P", "-m", "hub", "demo", "--once", "--json"]
    done = subprocess.run(demo, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True)
    assert json.loads(done.stdout)["lost"] == 0
