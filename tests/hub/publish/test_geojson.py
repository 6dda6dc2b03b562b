"""What an export claims: what was said, and never more."""

import json
from pathlib import Path
from typing import Any

import pytest

from hub.publish.geojson import export
from probe.contract.sighting import (
    CameraKind,
    DirectionClaim,
    GoneClaim,
    HeightClaim,
    KindClaim,
    Mount,
    MountClaim,
    Sighting,
    Strength,
    VendorClaim,
)
from tests.examples import WALK_A, WALK_B, WALK_C, look, radio
from tests.hub.publish.derived import derived
from tests.paired import made_hub
from tests.processes import hub as hub_command

STRONG, WEAK = Strength.STRONG, Strength.WEAK
OSM = {"man_made", "surveillance:type", "camera:type", "camera:mount", "camera:direction", "manufacturer", "height",
       "check_date"}  # fmt: skip


def exported(folder: Path, *sightings: Sighting) -> dict[str, Any]:
    """The properties of the one camera that the sightings make."""
    with derived(folder, *sightings) as hub:
        (feature,) = json.loads(export(hub.cameras(), everything=True))["features"]
    properties: dict[str, Any] = feature["properties"]
    return properties


def tags(properties: dict[str, Any]) -> dict[str, Any]:
    """The part that OpenStreetMap would know."""
    return {name: value for name, value in properties.items() if name in OSM and name != "check_date"}


def kind(value: CameraKind, strength: Strength = STRONG) -> KindClaim:
    return KindClaim(value=value, strength=strength)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (CameraKind.FIXED, {"surveillance:type": "camera", "camera:type": "fixed"}),
        (CameraKind.DOME, {"surveillance:type": "camera", "camera:type": "dome"}),
        (CameraKind.PANNING, {"surveillance:type": "camera", "camera:type": "panning"}),
        (CameraKind.PANORAMIC, {"surveillance:type": "camera"}),
        (CameraKind.MULTI_SENSOR, {"surveillance:type": "camera"}),
        (CameraKind.ALPR, {"surveillance:type": "ALPR"}),
        (CameraKind.GUNSHOT_DETECTOR, {"surveillance:type": "gunshot_detector"}),
    ],
)
def test_a_kind_is_exported_as_what_it_is(said: CameraKind, expected: dict[str, str], tmp_path: Path) -> None:
    assert tags(exported(tmp_path, look(claims=(kind(said),)))) == {"man_made": "surveillance", **expected}


@pytest.mark.parametrize("strength", [STRONG, WEAK])
def test_a_bridge_watches_nobody(strength: Strength, tmp_path: Path) -> None:
    told = exported(tmp_path, look(claims=(kind(CameraKind.BRIDGE, strength),)))
    assert tags(told) == ({"man_made": "antenna"} if strength is STRONG else {})


def test_every_kind_has_tags_of_its_own() -> None:
    from hub.publish.osm_tags import TAGS

    assert set(TAGS) == set(CameraKind)


def test_of_an_unknown_type_none_is_exported(tmp_path: Path) -> None:
    assert tags(exported(tmp_path, look())) == {"man_made": "surveillance"}


def test_a_photo_that_nobody_tagged_claims_nothing(tmp_path: Path) -> None:
    told = exported(tmp_path, look(present=None))
    assert not OSM & told.keys()
    assert told["contrechamp:standing"] == "hint"


def test_heights_are_merged_each_by_its_doubt(tmp_path: Path) -> None:
    def said(value: float, sd_m: float | None, walk: str = WALK_A, strength: Strength = STRONG) -> Sighting:
        return look(walk=walk, claims=(HeightClaim(value=value, sd_m=sd_m, strength=strength),))

    one, other = said(3.0, 0.2), said(4.0, 0.4, WALK_B)
    assert exported(tmp_path / "a", one, other)["height"] == pytest.approx(3.2)
    # A guess by eye, which says no doubt, counts for little; one said weakly is no tag.
    assert exported(tmp_path / "b", one, said(9.0, None, WALK_B))["height"] == pytest.approx(3.2)
    weak = exported(tmp_path / "c", said(3.0, 0.2, strength=WEAK))
    assert "height" not in weak
    assert weak["contrechamp:weak"] == ["height=3.0"]
    assert "height" not in exported(tmp_path / "d", look())


def test_what_is_said_weakly_is_no_tag(tmp_path: Path) -> None:
    weak = (
        kind(CameraKind.ALPR, WEAK),
        MountClaim(value=Mount.POLE, strength=WEAK),
        DirectionClaim(value=90.0, strength=WEAK),
        VendorClaim(value="Axis", strength=WEAK),
    )
    told = exported(tmp_path, look(claims=weak, present=WEAK))
    assert tags(told) == {"man_made": "surveillance"}
    assert told["contrechamp:weak"] == ["direction=90.0", "kind=alpr", "mount=pole", "present", "vendor=Axis"]
    assert "check_date" not in told


def test_what_as_many_gainsay_is_no_tag(tmp_path: Path) -> None:
    walls = [look(walk=walk, claims=(MountClaim(value=Mount.WALL, strength=STRONG),)) for walk in (WALK_A, WALK_C)]
    pole = look(walk=WALK_B, claims=(MountClaim(value=Mount.POLE, strength=STRONG),))
    assert exported(tmp_path / "two", walls[0], pole).get("camera:mount") is None
    assert exported(tmp_path / "three", *walls, pole)["camera:mount"] == "wall"


def test_a_hearing_is_no_check(tmp_path: Path) -> None:
    assert "check_date" not in exported(tmp_path / "heard", radio())
    assert exported(tmp_path / "seen", look())["check_date"] == "2026-05-09"


def test_that_some_say_it_is_gone_is_told(tmp_path: Path) -> None:
    gone = look(walk=WALK_B, present=WEAK, claims=(GoneClaim(strength=STRONG),))
    told = exported(tmp_path, look(), gone)
    assert told["contrechamp:gone"] == 1
    assert told["man_made"] == "surveillance", "one contributor's word removes no camera"


@pytest.mark.realdata
def test_the_reported_gunshot_detector(testdata: Path, tmp_path: Path) -> None:
    data = ("--data", made_hub(tmp_path / "hub"))
    pin = testdata / "cases" / "photo" / "31-gunshot" / "pin.jsonl"
    assert hub_command("import", pin, *data).returncode == 0
    (feature,) = json.loads(hub_command("export", "--all", *data).stdout)["features"]
    assert feature["properties"]["surveillance:type"] == "gunshot_detector"
    assert "camera:type" not in feature["properties"]
