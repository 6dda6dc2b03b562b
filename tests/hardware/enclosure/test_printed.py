"""The pieces can be printed: closed, thick enough, without support, on a small bed; and weigh what the bill buys."""

import json
import math
import re
import xml.etree.ElementTree as ET  # our own files
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from hardware.enclosure.parameters import KITS, parameters

pytestmark = pytest.mark.kit


@cache
def meshes(kit: str) -> dict[str, Any]:
    from hardware.enclosure.mesh import meshed
    from hardware.enclosure.printing import printed

    return {name: meshed(shape) for name, shape in printed(kit).items()}


@pytest.mark.parametrize("kit", KITS)
def test_each_piece_is_closed_thick_and_needs_no_support(kit: str) -> None:
    from hardware.enclosure.mesh import thin, unsupported
    from hardware.enclosure.printing import settings

    how = settings()
    slope = math.tan(math.radians(how.steepest_deg))
    for name, mesh in meshes(kit).items():
        assert mesh.is_watertight, name
        assert mesh.body_count == 1, name
        assert thin(mesh, how.thinnest_mm - 0.01) == [], name
        assert unsupported(mesh, how.layer_mm, slope, how.longest_bridge_mm) == [], name
        assert max(mesh.extents[:2]) <= how.bed_mm, name


def test_a_thin_wall_is_seen() -> None:
    from hardware.enclosure.case import case
    from hardware.enclosure.mesh import meshed, thin

    assert len(thin(meshed(case(replace(parameters("scout"), wall=0.8))), 1.19)) > 100


def test_a_ledge_and_a_long_bridge_and_a_steep_wall_are_seen() -> None:
    from build123d import Pos, Rot

    from hardware.enclosure.mesh import meshed, unsupported
    from hardware.enclosure.shapes import block

    foot = block(0, 0, 0, (10, 10, 10))
    ledge = meshed(foot + block(10, 0, 8, (6, 10, 2)))
    assert [spot[3] for spot in unsupported(ledge, 0.2, 1.2, 10)] == [math.inf]
    bridge = block(0, 0, 8, (40, 10, 2)) + foot
    assert unsupported(meshed(bridge + Pos(19, 0, 0) * foot + Pos(30, 0, 0) * foot), 0.2, 1.2, 10) == []
    assert unsupported(meshed(bridge + Pos(30, 0, 0) * foot), 0.2, 1.2, 10)
    for angle, fine in ((40, True), (60, False)):
        leaning = meshed((Rot(0, angle, 0) * block(-20, 0, -20, (8, 10, 60))) & block(-60, 0, 0, (120, 10, 20)))
        assert (unsupported(leaning, 0.2, 1.2, 10) == []) is fine, angle


def test_a_mesh_with_a_hole_is_no_closed_one() -> None:
    mesh = meshes("scout")["bar"].copy()
    mesh.update_faces([i != 5 for i in range(len(mesh.faces))])
    assert not mesh.is_watertight


@pytest.mark.parametrize("kit", KITS)
def test_the_bill_buys_as_much_filament_as_the_pieces_take(kit: str) -> None:
    from hardware.enclosure.printing import printed, settings
    from hardware.parts import load_kits

    grams = sum(settings().grams(shape.volume) for shape in printed(kit).values())
    bought = next(line.quantity for line in load_kits()[kit].lines if line.part == "petg")
    assert 1.0 <= bought / grams <= 1.15, f"{bought} g are bought and {grams:.0f} g printed"


@pytest.mark.parametrize("kit", KITS)
def test_the_bill_has_as_many_screws_and_nuts_as_the_case(kit: str) -> None:
    from hardware.enclosure.layout import nuts, screws
    from hardware.enclosure.parameters import parameters
    from hardware.parts import load_kits

    bought = {line.part: line.quantity for line in load_kits()[kit].lines}
    p = parameters(kit)
    used = [model.part for model in [*screws(p).values(), *nuts(p).values()]]
    for part in ("screw-m25x6", "screw-m25x10", "nut-m25"):
        assert bought[part] == used.count(part), part


def test_files_are_made_and_say_their_size(tmp_path: Path) -> None:
    import trimesh

    from hardware.enclosure.make import make

    made = make(tmp_path)
    assert all(path.stat().st_size > 500 for path in made)
    takes = json.loads((tmp_path / "enclosure/printing.json").read_text())
    for name, told in takes.items():
        mesh = trimesh.load_mesh(tmp_path / f"enclosure/{name}.stl")
        assert mesh.is_watertight, name
        assert mesh.extents == pytest.approx(told["size_mm"], abs=0.1)
        drawn = (tmp_path / f"enclosure/{name}.svg").read_text()
        ET.fromstring(drawn)  # noqa: S314
        assert f">{told['size_mm'][0]:.1f}<" in drawn


def test_the_page_of_printing_tells_the_pieces_as_they_are() -> None:
    from hardware.enclosure.printing import printed, settings

    for language in ("en", "fr"):
        page = (Path("hardware/pages") / language / "print.md").read_text(encoding="utf-8").replace("\u00a0", " ")
        rows = [line.split("|") for line in page.splitlines() if line[0:1] == "|" and re.search(r"\d × \d+ × \d", line)]
        for shape, row in zip(printed("scout").values(), rows, strict=True):
            size = shape.bounding_box().size
            told = [float(side) for side in row[3].split("×")]
            assert told == pytest.approx([size.X, size.Y, size.Z], abs=0.7), row
            assert float(row[4].replace(",", ".")) == pytest.approx(settings().grams(shape.volume), abs=0.6), row
