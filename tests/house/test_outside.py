"""What others make of our documents and exports, by tools that nobody here wrote."""

import json
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from geojson_pydantic import FeatureCollection, Polygon

from hub.publish.geojson import export
from probe.contract.document import FOLDER
from tests.examples import WALK_B, look, radio
from tests.hub.publish.derived import derived
from tests.npm import OUTSIDE, node

CHECK = Path(__file__).parent / "outside" / "check.mjs"
SCHEMAS = sorted(FOLDER.glob("*.schema.json"))
GOLDEN = sorted((FOLDER.parent / "golden").glob("*.json"))


def complaints(what: str, *files: Path) -> list[str]:
    """What a tool of npm's says of files."""
    if not OUTSIDE.here:
        pytest.skip("the outside validators were not fetched: make setup, with a network")
    command = [node(), CHECK, OUTSIDE.modules, what, *files]
    done = subprocess.run(list(map(str, command)), capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    said: list[str] = json.loads(done.stdout)
    return said


def test_the_official_parser_takes_the_asyncapi_document() -> None:
    assert complaints("asyncapi", FOLDER / "asyncapi.json") == []


def test_it_would_refuse_a_discriminator_that_is_an_object(tmp_path: Path) -> None:
    """The control: what msgspec writes for a union of tagged types, and AsyncAPI does not know."""
    for name in ("asyncapi.json", "parcel.schema.json", "signed.schema.json"):
        (tmp_path / name).write_text((FOLDER / name).read_text())
    ask = json.loads((FOLDER / "ask.schema.json").read_text())
    (tmp_path / "ask.schema.json").write_text(json.dumps(ask | {"discriminator": {"propertyName": "say"}}))
    assert any("discriminator" in line for line in complaints("asyncapi", tmp_path / "asyncapi.json"))


@pytest.mark.realdata
def test_the_reported_asyncapi_case_is_refused_for_its_discriminator(testdata: Path) -> None:
    said = complaints("asyncapi", testdata / "cases" / "photo" / "30-asyncapi" / "small.json")
    assert any("discriminator" in line for line in said)


def test_no_document_has_openapis_discriminator() -> None:
    for path in [*SCHEMAS, FOLDER / "asyncapi.json"]:
        assert '"discriminator"' not in path.read_text(), path.name


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.name)
def test_a_schema_is_one_by_the_metaschema(path: Path) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text()))


def test_ajv_takes_every_schema_and_the_golden_examples() -> None:
    for path in SCHEMAS:
        examples = GOLDEN if path.name == "sighting.schema.json" else []
        assert complaints("ajv", path, *examples) == [], path.name


def test_ajv_would_refuse_a_wrong_example(tmp_path: Path) -> None:
    wrong = json.loads(GOLDEN[0].read_text()) | {"kind": "rumour"}
    (tmp_path / "wrong.json").write_text(json.dumps(wrong))
    assert complaints("ajv", FOLDER / "sighting.schema.json", tmp_path / "wrong.json")


def test_what_is_exported_is_geojson(tmp_path: Path) -> None:
    told = (look(), look(observer=(200.0, 0.0)), radio(at=(400.0, 0.0)), radio(walk=WALK_B))
    with derived(tmp_path, *told) as hub:
        bodies = (export(hub.cameras(), everything=True), hub.coverage())
    for body in bodies:
        collection: FeatureCollection[Any] = FeatureCollection.model_validate_json(body)
        assert collection.type == "FeatureCollection"
    exported = json.loads(bodies[0])
    assert len(exported["features"]) == 2
    assert "crs" not in exported
    for one in exported["features"]:
        assert one["properties"]["contrechamp:region95"]["type"] == "Polygon"
        ring = Polygon.model_validate(one["properties"]["contrechamp:region95"]).coordinates[0]
        assert _turns_left([(at[0], at[1]) for at in ring]), "RFC 7946: outer rings are counterclockwise"


def _turns_left(ring: list[tuple[float, float]]) -> bool:
    return sum((b[0] - a[0]) * (b[1] + a[1]) for a, b in pairwise(ring)) < 0
