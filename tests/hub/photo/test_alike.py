"""Points of two pictures agree where they show the same wall; that is counted once, near places only, and kept."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from hub.log.pictures import Alike
from hub.photo.alike import same_place
from hub.photo.background import MOST_NEAR, Background
from hub.photo.brush import covered
from hub.photo.gallery import ENOUGH_INLIERS
from hub.photo.helper import Helper
from probe.contract.sighting import Box
from tests.examples import WALK_B
from tests.hub.photo.test_second import said
from tests.hub.photo.world import World, jpeg_of, noise, sha

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
COUNTS = "say(Ready(''))\nwhile True:\n    task = msgspec.msgpack.decode(read(), type=Look | Compare)\n    say({})\n"
PASSES = COUNTS.format("Found(Seen()) if isinstance(task, Look) else Agree(33)")


def wall(seed: int) -> Image.Image:
    """A drawn front with windows and stones, as one would see it from across the street."""
    random = np.random.default_rng(seed)
    image = Image.new("RGB", (900, 700), (170, 160, 150))
    draw = ImageDraw.Draw(image)
    for _ in range(400):
        x, y, w, h = (int(value) for value in random.integers((0, 0, 8, 8), (880, 680, 60, 40)))
        shade = int(random.integers(40, 220))
        draw.rectangle((x, y, x + w, y + h), fill=(shade, shade, max(0, shade - 20)), outline=(30, 30, 30))
    return image


def seen_from(image: Image.Image, shift: int, turn: float) -> bytes:
    """The wall from another step: moved, turned, and a little nearer."""
    view = image.rotate(turn, resample=Image.Resampling.BICUBIC, center=(450, 350))
    return jpeg_of(np.asarray(view.crop((60 + shift, 60, 840 + shift, 645)).resize((800, 600))))


def test_two_views_of_a_wall_agree_and_other_walls_do_not() -> None:
    one, other, elsewhere = seen_from(wall(1), 0, 0), seen_from(wall(1), 40, 4), seen_from(wall(2), 0, 0)
    assert same_place(one, other) >= 3 * ENOUGH_INLIERS
    assert same_place(one, other) == same_place(one, other)
    assert same_place(one, elsewhere) < ENOUGH_INLIERS


def test_what_was_covered_on_both_agrees_in_nothing() -> None:
    """Two different walls with the same parts taken out: the edges of the constant must not count."""
    boxes = [Box(left=x / 5, top=y / 5, width=0.1, height=0.1) for x in range(5) for y in range(5)]
    one, other = (covered(seen_from(wall(seed), 0, 0), boxes) for seed in (1, 2))
    assert same_place(one, other) < ENOUGH_INLIERS


def test_an_empty_wall_agrees_with_nothing() -> None:
    empty = jpeg_of(np.full((480, 640, 3), 140, np.uint8))
    assert same_place(empty, empty) == 0
    assert same_place(empty, seen_from(wall(1), 0, 0)) == 0


def test_pairs_are_counted_once_near_each_other_and_deleted_with_the_picture(world: World) -> None:
    near, other, far = (jpeg_of(noise(seed)) for seed in (11, 12, 13))
    world.take(near, jpeg_of(noise(14)))
    world.take(other, observer=(2.0, 0.0), walk=WALK_B)
    world.take(far, observer=(400.0, 0.0))
    store = world.hub.store
    background = Background(store, Helper(command=said(PASSES)))
    try:
        while background.step():
            pass
    finally:
        background.stop()
    pair = Alike(one=min(sha(near), sha(other)), other=max(sha(near), sha(other)), inliers=33)
    assert store.pictures.alike([sha(near), sha(far)]) == [pair]
    (camera,) = [one for one in world.deriver().cameras() if one.camera.sightings == 2]
    assert world.gallery().alike(camera.camera.id) == [(pair.one, pair.other, 33)]
    world.gallery().delete(sha(other))
    assert store.pictures.alike([sha(near)]) == []
    assert store.pictures.to_compare(60.0, MOST_NEAR) is None


def test_a_picture_among_hundreds_is_compared_with_the_nearest_alone(world: World) -> None:
    for number in range(MOST_NEAR + 6):
        world.take(jpeg_of(noise(100 + number, 32, 32)), observer=(number * 2.0, 0.0))
    first = sha(jpeg_of(noise(100, 32, 32)))
    order = [sha(jpeg_of(noise(100 + number, 32, 32))) for number in range(1, MOST_NEAR + 1)]
    for _ in range(MOST_NEAR + 6):
        mine, others = world.hub.store.pictures.to_compare(60.0, MOST_NEAR) or ("", [])
        if mine == first:
            assert others == order
            break
        world.hub.store.pictures.compared(mine)
    else:
        raise AssertionError("the first picture had no turn")
