"""What ships is what was tested: the wheel is built, installed elsewhere with nothing of the checkout, and run."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

ROOT = Path(__file__).parents[2]
# What the wheel is made from; of other files in the tree nothing may get into it.
SOURCE = ("pyproject.toml", "uv.lock", "README.md", "LICENSE", "probe", "hub")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(ROOT, tmp_path_factory.mktemp("wheel"))


def built(tree: Path, folder: Path, *, umask: int = 0o022, **environment: str) -> Path:
    """The wheel of a tree, as every front end has it made."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    surroundings = {**os.environ, "SOURCE_DATE_EPOCH": "1777777777", **environment}
    subprocess.run(command, cwd=tree, check=True, capture_output=True, umask=umask, env=surroundings)
    (wheel,) = folder.glob("*.whl")
    return wheel


@pytest.fixture(scope="module")
def materials(wheel: Path) -> dict[str, Any]:
    """The bill of materials in the wheel."""
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if ".dist-info/sboms/" in name)
        assert name.endswith(".dist-info/sboms/contrechamp.cdx.json")
        told: dict[str, Any] = json.loads(archive.read(name))
        return told


def test_the_wheel_carries_its_data_and_nothing_it_should_not(wheel: Path) -> None:
    names = set(zipfile.ZipFile(wheel).namelist())
    for needed in (
        "probe/detect/catalogue.tsv",
        "probe/contract/schema/asyncapi.json",
        "probe/page/words/page.toml",
        "probe/page/static/shell.html",
        "probe/page/static/main.js",
        "probe/page/static/page.css",
        "hub/web/messages/page.toml",
        "hub/web/templates/map.html",
        "hub/web/static/vendor/maplibre-gl.mjs",
        "hub/web/static/vendor/pmtiles.js",
        "hub/web/static/licences/pmtiles.LICENSE.txt",
        "hub/web/messages/streets.toml",
        "hub/demo/data/walk-1/frames.pcap",
        "probe/card/files/first-boot.sh",
        "probe/card/files/wheels.tsv",
        "probe/card/files/units/contrechamp-probe.service",
        "probe/page/words/network.toml",
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


def test_built_elsewhere_on_another_day_the_wheel_is_the_same_octet_by_octet(wheel: Path, tmp_path: Path) -> None:
    tree = tmp_path / "another place"
    tree.mkdir(mode=0o700)
    for name in SOURCE:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, tree / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copyfile(ROOT / name, tree / name)
    (tree / "notes.txt").write_text("lies about, and is nobody's business")
    for path in tree.rglob("*"):
        os.utime(path, (1_930_000_000, 1_930_000_000))
        path.chmod(0o700 if path.is_dir() else 0o600)
    where = {"TZ": "Pacific/Kiritimati", "LC_ALL": "C", "PYTHONHASHSEED": "7", "HOME": str(tmp_path)}
    again = built(tree, tmp_path / "out", umask=0o077, **where)
    assert again.name == wheel.name
    assert again.read_bytes() == wheel.read_bytes()


def test_the_bill_of_materials_is_one_by_its_schema(materials: dict[str, Any]) -> None:
    validator = JsonStrictValidator(SchemaVersion.V1_6)
    assert validator.validate_str(json.dumps(materials)) is None
    wrong = {**materials, "components": [{"name": "of no type"}]}
    assert validator.validate_str(json.dumps(wrong)) is not None


def test_the_bill_of_materials_names_what_is_in_the_wheel_and_what_comes_with_it(materials: dict[str, Any]) -> None:
    parts = {part["bom-ref"]: part for part in materials["components"]}
    kinds = {ref: part["properties"][0]["value"] for ref, part in parts.items()}
    page = json.loads((ROOT / "hub" / "web" / "package-lock.json").read_text())["packages"]
    assert list(kinds.values()).count("in the wheel") == len(page) - 1 + 1, "the page's packages, and the model"
    assert {part["name"] for part in parts.values()} >= {"maplibre-gl", "htmx.org", "msgspec", "amqtt", "scapy"}
    assert not {part["name"] for part in parts.values()} & {"pytest", "mypy", "uv", "hatchling"}
    assert {part["name"] for part in parts.values() if part["scope"] == "required"} >= {"msgspec", "click"}
    for ref, kind in kinds.items():
        if kind == "in the wheel":
            (known,) = parts[ref]["hashes"]
            assert len(known["content"]) * 4 == int(known["alg"].removeprefix("SHA-")), ref


def test_the_face_detectors_model_lies_in_the_wheel_with_its_licence_and_is_named(
    wheel: Path, materials: dict[str, Any]
) -> None:
    (model,) = (part for part in materials["components"] if part["type"] == "machine-learning-model")
    with zipfile.ZipFile(wheel) as archive:
        octets, licence = (archive.read(f"probe/redact/centerface.{end}") for end in ("onnx", "LICENSE.txt"))
    assert model["hashes"] == [{"alg": "SHA-256", "content": hashlib.sha256(octets).hexdigest()}]
    assert model["licenses"] == [{"expression": "MIT"}]
    assert b"MIT License" in licence
    assert b"Copyright" in licence


def test_each_part_of_the_bill_is_needed_by_something(materials: dict[str, Any]) -> None:
    own = materials["metadata"]["component"]["bom-ref"]
    needs = {row["ref"]: row["dependsOn"] for row in materials["dependencies"]}
    parts = {part["bom-ref"] for part in materials["components"]}
    assert set(needs) == parts | {own}
    reached: set[str] = set()
    waiting = [own]
    while waiting:
        waiting += (new := set(needs[waiting.pop()]) - reached)
        reached |= new
    assert reached == parts


def test_the_bill_says_nothing_of_the_day_and_the_machine(materials: dict[str, Any]) -> None:
    text = json.dumps(materials)
    assert not [word for word in (str(ROOT), "timestamp", "serialNumber", "file:") if word in text]
    assert materials["metadata"]["component"]["licenses"] == [{"expression": "AGPL-3.0-or-later"}]
