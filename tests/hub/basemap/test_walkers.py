"""The walker's street map of a hub: what is in it, and that it comes and goes with the other parts of the map."""

import itertools
from pathlib import Path

import pytest

from hub.basemap import WALKERS
from hub.basemap.make import make_basemap, remove_basemap
from hub.basemap.walkers import SheetWriter
from probe.contract.streets import (
    MAX_STREETS_BYTES,
    STEPS,
    WIDE,
    WIDE_ZOOM,
    SheetFile,
    WayClass,
    decode_sheet,
    decode_tile,
    tile_of,
    to_degrees,
    unpack_points,
)

Found = tuple[int, WayClass, str | None, list[tuple[float, float]]]


def ways(path: Path) -> list[Found]:
    """Zoom, class, name and places of all pieces in a file."""
    found: list[Found] = []
    with path.open("rb") as stream:
        sheets = SheetFile(stream)
        for entry in sheets.table.sheets:
            data = sheets.sheet(entry.hash)
            assert data is not None
            for packed in decode_sheet(data).tiles:
                assert entry.first <= packed.key <= entry.last
                zoom, x, y = tile_of(packed.key)
                tile = decode_tile(packed.data)
                for way in tile.ways:
                    points = [to_degrees(px + x * STEPS, py + y * STEPS, zoom) for px, py in unpack_points(way.points)]
                    name = tile.names[way.name] if way.name >= 0 else None
                    found.append((zoom, WayClass(way.kind), name, points))
    return found


@pytest.fixture(scope="module")
def made(town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("walkers")
    make_basemap(data, town)
    return data


def test_streets_with_their_names_are_in_it_and_tunnels_are_not(made: Path) -> None:
    names = {name for _, _, name, _ in ways(made / WALKERS)}
    assert "Rue de l’Église" in names
    assert not any("tunnel" in (name or "").lower() for name in names)


def test_it_is_for_this_user_alone_and_goes_with_the_map(town: Path, tmp_path: Path) -> None:
    made = make_basemap(tmp_path, town)
    path = tmp_path / WALKERS
    assert made.walkers_octets == path.stat().st_size
    assert path.stat().st_mode & 0o077 == 0
    assert remove_basemap(tmp_path)
    assert not path.exists()


def test_the_same_streets_give_the_same_octets(tmp_path: Path) -> None:
    street = [(7.40 + step / 1000, 43.72 + step / 900) for step in range(40)]
    for number, lines in enumerate(([street, street[:10]], [street[:10], street])):
        writer = SheetWriter(tmp_path / f"{number}.db")
        for line in lines:
            writer.way(WayClass.MAIN, "Rue Longue", line)
        writer.finish(tmp_path / f"{number}", "2026-05-01")
        writer.close()
    assert (tmp_path / "0").read_bytes() == (tmp_path / "1").read_bytes()


def test_a_line_over_many_tiles_is_whole_in_pieces(tmp_path: Path) -> None:
    writer = SheetWriter(tmp_path / "scratch.db")
    writer.way(WayClass.MAIN, "Rue Longue", [(7.40, 43.72), (7.46, 43.75)])
    writer.way(WayClass.STREET, None, [(179.9999, -17.0), (180.0, -17.0)])
    writer.way(WayClass.STREET, None, [(-179.0, 10.0), (179.0, 10.0)])  # by the date line: a line around the world
    assert writer.finish(tmp_path / "made", None) is not None
    writer.close()
    found = ways(tmp_path / "made")
    assert {zoom for zoom, kind, _, _ in found if kind in WIDE} == {15, WIDE_ZOOM}
    fine = sorted(points for zoom, _, name, points in found if zoom == 15 and name)
    assert len(fine) > 6
    for before, after in itertools.pairwise(fine):
        assert before[-1] == pytest.approx(after[0], abs=2e-5)
    assert all(lon < 180.0 for _, _, name, points in found if not name for _, lon in points[:-1])


def test_more_than_a_probe_may_carry_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.basemap.walkers.MAX_STREETS_BYTES", 10)
    assert MAX_STREETS_BYTES > 10
    writer = SheetWriter(tmp_path / "scratch.db")
    writer.way(WayClass.MAIN, "Rue Longue", [(7.40, 43.72), (7.46, 43.75)])
    assert writer.finish(tmp_path / "made", None) is None
    writer.close()
    assert not (tmp_path / "made").exists()


def test_a_real_town_takes_little_room(monaco: Path, tmp_path: Path) -> None:
    made = make_basemap(tmp_path, monaco)
    assert made.walkers_octets is not None
    assert made.walkers_octets < monaco.stat().st_size / 20
    assert any(name == "Boulevard des Moulins" for _, _, name, _ in ways(tmp_path / WALKERS))
