"""What leaves the hub: never an address or a name of a network, and only what was reviewed unless one asks for all."""

import json
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from hub.derive.live import LiveCameras
from hub.ingest.lines import import_lines
from hub.publish.geojson import export
from hub.publish.view import feature
from hub.store.chosen import open_store
from hub.store.sql.store import SqlStore
from probe.contract.envelope import encode
from probe.contract.sighting import PrivateDwellingClaim, Sighting, Strength
from tests.examples import WALK_B, look, radio

pytestmark = pytest.mark.engines

FLOCK = ("74:4c:a1:12:ab:ef", "Flock-12ABEF")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = open_store(tmp_path / "hub")
    yield store
    store.close()


def cameras_of(store: SqlStore, tmp_path: Path, *sightings: Sighting) -> LiveCameras:
    lines = tmp_path / "lines.jsonl"
    lines.write_bytes(b"\n".join(map(encode, sightings)))
    assert not import_lines(lines, store).troubles
    cameras = LiveCameras(store)
    cameras.refresh()
    return cameras


def test_no_address_and_no_name_leaves_the_hub(store: SqlStore, tmp_path: Path) -> None:
    hub = cameras_of(store, tmp_path, radio(FLOCK[0], ssid=FLOCK[1]), radio(walk=WALK_B))
    told = export(hub.cameras(), everything=True) + hub.coverage() + msgspec.json.encode(hub.status())
    told += b"".join(msgspec.json.encode(detail) for detail in hub.cameras())
    told += json.dumps([feature(detail.camera) for detail in hub.cameras()]).encode()
    for secret in (FLOCK[0], FLOCK[0].replace(":", ""), FLOCK[1], "12:ab:ef", "ac:cc:8e:10"):
        assert secret.lower().encode() not in told.lower()


def test_only_reviewed_cameras_are_exported_unless_asked(store: SqlStore, tmp_path: Path) -> None:
    hub = cameras_of(store, tmp_path, look())
    assert json.loads(export(hub.cameras(), everything=False)) == {"type": "FeatureCollection", "features": []}
    (exported,) = json.loads(export(hub.cameras(), everything=True))["features"]
    assert exported["properties"]["man_made"] == "surveillance"
    assert exported["properties"]["contrechamp:sighting_ids"]
    lon, lat = exported["geometry"]["coordinates"]
    assert -17.1 < lon < -16.9
    assert 46.9 < lat < 47.1
    ring = exported["properties"]["contrechamp:region95"]["coordinates"][0]
    assert ring[0] == ring[-1]


def test_a_private_dwelling_is_nowhere(store: SqlStore, tmp_path: Path) -> None:
    private = look(claims=(PrivateDwellingClaim(value=True, strength=Strength.WEAK),))
    hub = cameras_of(store, tmp_path, private)
    assert not hub.cameras()
    assert store.count() == 1


def test_deriving_again_gives_the_same(store: SqlStore, tmp_path: Path) -> None:
    cameras_of(store, tmp_path, radio(), look(), look(walk=WALK_B), radio(walk=WALK_B))
    before = store.cameras()
    again = LiveCameras(store)
    again.refresh()
    assert store.cameras() == before
    assert before


def test_a_listener_hears_what_changed_and_what_went(store: SqlStore, tmp_path: Path) -> None:
    hub = cameras_of(store, tmp_path, look())
    heard: list[dict[str, object]] = []
    end = hub.subscribe(lambda message: heard.append(json.loads(message)))
    lines = tmp_path / "more.jsonl"
    lines.write_bytes(encode(radio(at=(300.0, 0.0))))
    import_lines(lines, store)
    assert hub.refresh()
    assert not hub.refresh()
    (news,) = heard
    assert len(news["features"]) == 1  # type: ignore[arg-type]
    end()
