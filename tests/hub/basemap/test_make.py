"""A street map is made, whole or not at all: whatever the extract is, and whoever is killed meanwhile."""

import fcntl
import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import mapbox_vector_tile
import pytest

from hub.basemap import STREETS, TILES, WALKERS
from hub.basemap.make import LOCK, clear_left_over, estimate, make_basemap, remove_basemap
from hub.basemap.shown import StreetMap
from hub.errors import BadInput, StoreError
from tests.hub.basemap.disk import small_disk
from tests.hub.basemap.pmtiles import metadata, tile, tile_at
from tests.hub.basemap.town import LAT, LON, STEP, Composer

KILLED = """\
import os, signal, sys
from pathlib import Path
from hub.basemap.make import make_basemap
def tell(step, part):
    if step == sys.argv[3]:
        os.kill(os.getpid(), signal.SIGKILL)
make_basemap(Path(sys.argv[1]), Path(sys.argv[2]), tell=tell)
"""


def left_over(data: Path) -> list[str]:
    """What lies in a hub's folder and is neither the hub's nor a whole street map."""
    return sorted(path.name for path in data.glob("*.part"))


def features(data: Path, layer: str) -> list[dict[str, Any]]:
    """What the tile of the town's middle has in a layer, at the finest zoom."""
    octets = tile(data / TILES, *tile_at(LAT, LON, 14))
    told = mapbox_vector_tile.decode(gzip.decompress(octets))
    found: list[dict[str, Any]] = told.get(layer, {}).get("features", [])
    return found


@pytest.fixture(scope="module")
def made(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the composed town's street map."""
    data = tmp_path_factory.mktemp("made")
    make_basemap(data, town)
    return data


def test_streets_buildings_water_and_names_are_in_the_tiles(made: Path) -> None:
    streets = {one["properties"].get("name"): one["properties"] for one in features(made, "streets")}
    assert streets["Rue de l’Église"] == {
        "kind": "minor",
        "name": "Rue de l’Église",
        "name_en": "Church Street",
    }
    assert streets["Boulevard Saint-Éloi"]["kind"] == "main"
    assert streets["Escalier des Mouettes"]["kind"] == "steps"
    assert streets["Tunnel du Fort"]["below"] == 1
    assert {one["properties"]["name"] for one in features(made, "numbers")} == {"12", "14"}
    assert [one["properties"]["name"] for one in features(made, "places")] == ["Contreville"]
    assert [one["properties"]["name"] for one in features(made, "squares")] == ["Place du Marché"]
    assert [one["properties"]["name"] for one in features(made, "green")] == ["Jardin Bleu"]
    (lake,) = features(made, "water")
    assert len(lake["geometry"]["coordinates"]) == 2, "a lake with an island has a hole"
    assert len(features(made, "buildings")) == 2
    assert {one["properties"]["kind"] for one in features(made, "ground")} == {"land", "sea", "island"}


def test_the_map_says_whose_data_it_is_and_of_which_day(made: Path) -> None:
    assert metadata(made / TILES)["attribution"] == "© OpenStreetMap contributors, ODbL"
    shown = StreetMap(made).shown()
    assert shown is not None
    assert (shown.day, shown.name, shown.streets, shown.numbers) == ("2026-05-09", "town.osm.pbf", 5, 2)
    assert shown.octets == sum((made / name).stat().st_size for name in (TILES, STREETS))
    assert shown.box == pytest.approx((LON - 10 * STEP, LAT - 8 * STEP, LON + 10 * STEP, LAT + 5 * STEP))


def test_its_files_are_for_this_user_alone_and_nothing_else_is_left(made: Path) -> None:
    assert sorted(path.name for path in made.iterdir()) == sorted([LOCK, TILES, STREETS, WALKERS])
    assert not [path for path in made.iterdir() if path.stat().st_mode & 0o077]


def test_the_steps_are_told_and_only_go_forward(town: Path, tmp_path: Path) -> None:
    told: list[tuple[str, float]] = []
    done = make_basemap(tmp_path, town, tell=lambda step, part: told.append((step, part)))
    assert [step for n, (step, _) in enumerate(told) if n == 0 or told[n - 1][0] != step] == ["read", "index", "tiles"]
    parts = [part for _, part in told]
    assert parts == sorted(parts)
    assert 0 <= parts[0] <= parts[-1] <= 1
    assert done.streets == 5


def test_an_area_is_cut_out(town: Path, tmp_path: Path) -> None:
    # Around the eastern end of the street: neither boulevard nor steps come into it.
    area = (LON + 8 * STEP, LAT - 1 * STEP, LON + 12 * STEP, LAT + 1 * STEP)
    assert make_basemap(tmp_path, town, area=area).streets == 1
    nowhere = (LON + 50 * STEP, LAT, LON + 60 * STEP, LAT + STEP)
    with pytest.raises(BadInput, match="no street in it: is this the right extract, and the right --area"):
        make_basemap(tmp_path, town, area=nowhere)


def test_the_old_one_stays_where_the_new_one_fails(made: Path, tmp_path: Path) -> None:
    before = (made / TILES).read_bytes()
    broken = tmp_path / "broken.osm.pbf"
    for octets, why in ((b"", "an empty file"), (b"PK\3\4" * 90, "no extract of OpenStreetMap")):
        broken.write_bytes(octets)
        with pytest.raises(BadInput, match=why):
            make_basemap(made, broken)
    empty = Composer()
    empty.node(0, 0, {"place": "town", "name": "Nowhere"})
    with pytest.raises(BadInput, match="no street in it"):
        make_basemap(made, empty.write(broken))
    assert (made / TILES).read_bytes() == before
    assert left_over(made) == []


def test_damage_within_a_block_is_told_in_a_sentence(town: Path, tmp_path: Path) -> None:
    octets = bytearray(town.read_bytes())
    octets[-40:-20] = bytes(20)
    broken = tmp_path / "broken.osm.pbf"
    broken.write_bytes(octets)
    with pytest.raises(BadInput, match=r"damaged within \(.*\); download it again"):
        make_basemap(tmp_path, broken)
    assert left_over(tmp_path) == []


def test_what_is_stopped_leaves_nothing(town: Path, data: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(BadInput, match="stopped; the street map is as it was"):
        make_basemap(data, town, stop=stop, tell=lambda *_: os.sched_yield())
    assert left_over(data) == []
    assert not (data / TILES).exists()


@pytest.mark.parametrize("step", ["read", "tiles"])
def test_a_hub_that_is_killed_in_between_leaves_nothing(town: Path, made: Path, step: str) -> None:
    before = (made / TILES).read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(made), str(town), step], check=False)
    assert done.returncode == -signal.SIGKILL
    # What builds holds the lock until it has cleared up after itself.
    with (made / LOCK).open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
    assert left_over(made) == []
    assert (made / TILES).read_bytes() == before


def test_a_builder_that_is_killed_is_told_and_leaves_nothing(town: Path, data: Path) -> None:
    def kill(_step: str, _part: float) -> None:
        for thread in Path("/proc/self/task").iterdir():
            for child in (thread / "children").read_text().split():
                if b"hub.basemap.build" in Path(f"/proc/{child}/cmdline").read_bytes():  # and no other of this process
                    os.kill(int(child), signal.SIGKILL)

    with pytest.raises(StoreError, match=r"ended by itself \(code -9\); it may have wanted more memory"):
        make_basemap(data, town, tell=kill)
    assert left_over(data) == []
    assert not (data / TILES).exists()


def test_what_a_power_cut_left_is_cleared_by_whoever_comes_next(town: Path, data: Path) -> None:
    (data / "basemap.0badcafe.part").mkdir()
    (data / "basemap.0badcafe.part" / "nodes").write_bytes(bytes(9))
    with (data / LOCK).open("wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        clear_left_over(data)
        assert left_over(data) == ["basemap.0badcafe.part"], "somebody is at work there"
        with pytest.raises(BadInput, match="is being made there already"):
            make_basemap(data, town)
        with pytest.raises(BadInput, match="is being made there already"):
            remove_basemap(data)
    clear_left_over(data)
    assert left_over(data) == []


@pytest.mark.parametrize("files", [3, 6, 13], ids=["the index", "the layers", "the tiles"])
def test_a_full_disk_is_told_and_nothing_is_left(town: Path, tmp_path: Path, files: int) -> None:
    """A disk is full in the very moment that is meant where it takes so many files and no more."""
    with small_disk(tmp_path / "disk", f"nr_inodes={files}") as disk:
        with pytest.raises(StoreError, match=r"is the disk full\? Free some space"):
            make_basemap(disk, town)
        assert left_over(disk) == []
        assert not (disk / TILES).exists()


def test_a_disk_that_would_not_do_is_told_before_anything_begins(town: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=8m") as disk:
        with pytest.raises(StoreError, match=r"about 67 MB are needed while .*, and 8 MB are free; free some space"):
            make_basemap(disk, town)
        assert left_over(disk) == []


def test_it_is_taken_away(town: Path, data: Path) -> None:
    make_basemap(data, town)
    assert remove_basemap(data)
    assert not remove_basemap(data)
    assert StreetMap(data).shown() is None


def test_a_real_town(monaco: Path, tmp_path: Path) -> None:
    """Its figures are printed: `pytest -s`."""
    done = make_basemap(tmp_path, monaco)
    print(json.dumps({name: getattr(done, name) for name in done.__slots__}))
    assert done.streets > 300
    assert 100_000 < done.tiles_octets < estimate(monaco.stat().st_size).octets
    streets = StreetMap(tmp_path)
    shown = streets.shown()
    assert shown is not None
    assert shown.day == "2025-02-07"
    near = streets.near(43.7384, 7.4246)
    assert near is not None
    assert (near.name, near.place) == ("Avenue de l'Hermitage", "Monaco")
    square = streets.near(43.73109, 7.42098)  # amidst it, and far from its edge
    assert square is not None
    assert square.name == "Place du Palais"
    assert streets.near(43.71, 7.45) is None, "out at sea"
    assert [one.name for one in streets.search("bd moulins", 3)] == ["Boulevard des Moulins"]
