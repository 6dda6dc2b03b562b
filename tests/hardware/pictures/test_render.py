"""The pictures: drawn, small, the same again, and showing what a step adds."""

from pathlib import Path

import pytest

pytestmark = pytest.mark.kit


def test_every_piece_that_a_step_adds_is_drawn_in_its_picture() -> None:
    from hardware.enclosure.parameters import KITS, parameters
    from hardware.pictures.pieces import pieces
    from hardware.pictures.scenes import scene
    from hardware.pictures.steps import load

    drawn_otherwise = {"ribbon", "card", "lid done"}
    for kit_id in KITS:
        kit = pieces(parameters(kit_id))
        for step in load():
            bodies, _, _ = scene(kit, step)
            missing = {name for name in step.adds if name not in kit.named} - drawn_otherwise
            assert missing <= ({"motor"} if kit_id == "scout" else set()), step.number
            expected = sum(len(kit.named.get(name, [])) for name in step.adds)
            assert sum(body.new for body in bodies) >= min(expected, 1), step.number


def test_a_picture_is_small_and_the_same_again(tmp_path: Path) -> None:
    import numpy as np
    import trimesh
    from PIL import Image

    from hardware.pictures.render import HEIGHT, WIDTH, Arrow, Body, View, render

    box = Body(trimesh.creation.box((20, 20, 10)), "#2e7d4f", new=True)
    arrow = Arrow((0, 0, 40), (0, 0, 8))
    first, again = (
        render([box], [arrow], View((0.3, -0.5, 1)), tmp_path / name) for name in ("first.png", "again.png")
    )
    assert first.read_bytes() == again.read_bytes()
    assert first.stat().st_size < 120_000
    picture = Image.open(first).convert("RGB")
    assert picture.size == (WIDTH, HEIGHT)
    octets = np.asarray(picture).reshape(-1, 3).astype(int)
    r, g, b = octets.T
    orange = int(((r > 200) & (g > 60) & (g < 130) & (b < 60)).sum())
    green = int(((g > 1.3 * r) & (g > 1.2 * b)).sum())
    assert orange > 1000
    assert green > 50_000
    assert picture.getpixel((3, 3)) == (255, 255, 255)
