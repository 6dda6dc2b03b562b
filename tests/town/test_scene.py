"""The drawn streets: what they say of themselves is what is in them, and the people in them go."""

from dataclasses import replace
from functools import partial
from math import atan2, cos, degrees, hypot, radians, sin
from random import Random

import cv2
import numpy as np
import pytest

from hub.demo.run import DATA
from probe.camera.aiming import MIDDLE
from probe.camera.folder import read_photo
from probe.camera.geotag import BEARING_SD_DEG
from probe.camera.keeping import PhotoKeeper
from probe.redact.redactor import FILL, Redactor
from probe.redact.view import Attitude, box_pixels
from tests.town.__main__ import SEED
from tests.town.cameras import TownCamera, town_cameras
from tests.town.plan import blocks
from tests.town.scene.compose import Box, Scene, composed_scene
from tests.town.scene.street import holding_side, lens_of, town_sides
from tests.town.scene.view import View
from tests.town.shots import shot_of
from tests.town.walks import WALKS, photos, steps
from tests.town.write import MAX_PHOTO_BYTES

WALL = next(camera for camera in town_cameras(Random(SEED)) if camera.name == "camera 3")


def looking_at(camera: TownCamera, *, far: float = 8.0, beside_deg: float = 25.0, view_deg: float = 40.0) -> View:
    """A lens in front of a camera's wall, that is a little off to the right, low and turned."""
    at, out, _ = lens_of(camera, holding_side(camera, town_sides((camera,))))
    towards = atan2(out[0], out[1]) + radians(beside_deg)
    east, north = camera.at[0] + far * sin(towards), camera.at[1] + far * cos(towards)
    level = hypot(at[0] - east, at[1] - north)
    return View(
        eye=(east, north, 1.6), heading_deg=degrees(atan2(at[0] - east, at[1] - north)) - 2.5,
        pitch_deg=degrees(atan2(at[2] - 1.6, level)) + 1.5, roll_deg=4.0, field_of_view_deg=view_deg,
        width=640, height=480,
    )  # fmt: skip


drawn = partial(composed_scene, finer=1)  # coarser than the demo's, and four times as fast


@pytest.fixture(scope="module")
def scene() -> Scene:
    return drawn(WALL, looking_at(WALL), seed=3, at_window=1)


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    return Redactor()


def bearing_and_elevation(view: View, pixel: tuple[float, float]) -> tuple[float, float]:
    """Where a pixel points to, worked out by angles alone: another way than the matrices that drew it."""
    x, y = pixel[0] - (view.width - 1) / 2, pixel[1] - (view.height - 1) / 2
    roll, pitch = radians(view.roll_deg), radians(view.pitch_deg)
    right, down = x * cos(roll) - y * sin(roll), y * cos(roll) + x * sin(roll)
    ahead = view.focal_px * cos(pitch) + down * sin(pitch)
    up = view.focal_px * sin(pitch) - down * cos(pitch)
    return (view.heading_deg + degrees(atan2(right, ahead))) % 360, degrees(atan2(up, hypot(right, ahead)))


def test_the_camera_is_drawn_where_the_lens_has_it(scene: Scene) -> None:
    """A camera of another kind in its place changes the picture there, and nowhere else."""
    other = drawn(replace(WALL, kind="fixed"), scene.view, seed=3, at_window=1)
    rows, columns = np.nonzero(np.abs(scene.pixels.astype(int) - other.pixels).sum(2) > 40)
    middle = (columns.min() + columns.max()) / 2, (rows.min() + rows.max()) / 2
    assert hypot(middle[0] - scene.camera[0], middle[1] - scene.camera[1]) < 12
    assert 15 < columns.max() - columns.min() < 90


def test_its_bearing_can_be_read_from_the_picture(scene: Scene) -> None:
    east, north, up = (at - eye for at, eye in zip(scene.camera_at, scene.view.eye, strict=True))
    bearing, elevation = bearing_and_elevation(scene.view, scene.camera)
    assert abs((bearing - degrees(atan2(east, north)) + 180) % 360 - 180) < 0.02
    assert elevation == pytest.approx(degrees(atan2(up, hypot(east, north))), abs=0.02)


def test_the_same_arguments_give_the_same_picture(scene: Scene) -> None:
    again = drawn(WALL, looking_at(WALL), seed=3, at_window=1)
    assert (again.pixels == scene.pixels).all()
    assert again.faces == scene.faces


def share_gone(mask: "np.ndarray[tuple[int, ...], np.dtype[np.bool_]]", box: Box) -> float:
    """How much of what a frame shows of a box is taken out; all of it where it shows nothing."""
    left, top, right, bottom = (max(0, round(side)) for side in box)
    part = mask[top:bottom, left:right]
    return float(part.mean()) if part.size else 1.0


def test_a_person_at_a_window_above_the_line_goes_and_the_camera_stays(redactor: Redactor) -> None:
    view = looking_at(WALL, far=9.0, beside_deg=10.0, view_deg=44.0)
    scene = drawn(WALL, view, seed=3, at_window=0, passers=0, cars=0)
    (face,) = scene.faces
    attitude = Attitude(
        pitch_deg=view.pitch_deg, roll_deg=view.roll_deg, sd_deg=2.0, field_of_view_deg=view.field_of_view_deg
    )
    left, top, right, bottom = box_pixels(MIDDLE, view.width, view.height)
    assert left < face[0] < face[2] < right, "the face is in the reticle, where nothing but the detector finds it"
    assert top < face[1] < face[3] < bottom
    mask = redactor.redact(scene.pixels, reticle=MIDDLE, attitude=attitude).mask
    assert share_gone(mask, face) == 1
    x, y = (round(side) for side in scene.camera)
    assert not mask[y - 8 : y + 8, x - 8 : x + 8].any()


def test_people_and_plates_on_the_street_go(redactor: Redactor) -> None:
    """From far away and downwards, as nobody should take it: so people and cars stand in the middle half."""
    view = replace(looking_at(WALL, far=20.0, beside_deg=35.0, view_deg=50.0), pitch_deg=-4.0, width=960, height=720)
    scene = drawn(WALL, view, seed=4, passers=3, cars=4)
    left, top, right, bottom = box_pixels(MIDDLE, view.width, view.height)
    inside = [
        [box for box in boxes if left < box[0] and box[2] < right and top < box[1] and box[3] < bottom]
        for boxes in (scene.faces, scene.plates)
    ]
    assert all(inside), "both have to be in the reticle, outside of which all of this is gone anyway"
    attitude = Attitude(pitch_deg=-4.0, roll_deg=view.roll_deg, sd_deg=2.0, field_of_view_deg=50.0)
    mask = redactor.redact(scene.pixels, reticle=MIDDLE, attitude=attitude).mask
    assert all(share_gone(mask, box) > 0.9 for boxes in (scene.faces, scene.plates) for box in boxes)


def test_one_wall_is_known_again_from_its_other_side() -> None:
    views = looking_at(WALL, beside_deg=20.0), looking_at(WALL, far=9.0, beside_deg=-12.0)
    orb = cv2.ORB_create(2000)  # type: ignore[attr-defined]
    first, second = (
        orb.detectAndCompute(drawn(WALL, view, seed=number).pixels, None) for number, view in enumerate(views)
    )
    pairs = cv2.BFMatcher(cv2.NORM_HAMMING).knnMatch(first[1], second[1], k=2)
    good = [best for best, next_best in pairs if best.distance < 0.8 * next_best.distance]
    before = np.array([first[0][match.queryIdx].pt for match in good])
    after = np.array([second[0][match.trainIdx].pt for match in good])
    _, inliers = cv2.findHomography(before, after, cv2.RANSAC, 4.0)
    assert inliers.sum() >= 20


def test_the_phones_of_the_walks_are_wrong_by_what_they_state() -> None:
    """Bearing and framing together point at the camera, but for the compass; pitch and roll are stated nearly right."""
    random = Random(SEED)
    cameras = town_cameras(random)
    errors, tilts = [], []
    for walk in WALKS:
        for photo in photos(steps(walk, random), cameras, blocks(), random):
            shot = shot_of(photo, walk.name)
            at, _, _ = lens_of(photo.camera, holding_side(photo.camera, town_sides((photo.camera,))))
            (pixel,), _ = shot.view.pixels(at[np.newaxis])
            assert 0.3 < pixel[0] / shot.view.width < 0.7
            assert 0.3 < pixel[1] / shot.view.height < 0.7
            read, _ = bearing_and_elevation(replace(shot.view, heading_deg=shot.bearing_deg), (pixel[0], pixel[1]))
            true = degrees(atan2(at[0] - photo.true[0], at[1] - photo.true[1]))
            errors.append(abs((read - true + 180) % 360 - 180))
            tilts += [abs(shot.pitch_deg - shot.view.pitch_deg), abs(shot.roll_deg - shot.view.roll_deg)]
    assert len(errors) > 50
    assert np.mean(np.array(errors) < 2 * BEARING_SD_DEG) >= 0.95
    assert np.median(errors) > 2, "a compass that is never wrong is none"
    assert max(tilts) < 4


def test_the_demos_photos_are_small() -> None:
    sizes = [path.stat().st_size for path in DATA.glob("walk-*/photos/*.jpg")]
    assert len(sizes) == 65
    assert max(sizes) <= MAX_PHOTO_BYTES
    assert sum(sizes) < 4_000_000


@pytest.mark.parametrize("name", ["walk-1/photos/05.jpg", "walk-2/photos/03.jpg", "walk-3/photos/02.jpg"])
def test_of_the_demos_photos_more_than_the_middle_is_kept(name: str, redactor: Redactor) -> None:
    kept = PhotoKeeper(lambda: redactor).keep(read_photo(DATA / name), lambda _jpeg: "0" * 32)
    scene = cv2.imdecode(np.frombuffer(kept.pictures[0].jpeg, np.uint8), cv2.IMREAD_COLOR)
    assert scene is not None
    assert kept.shown > 0.8
    assert np.mean(np.abs(scene.astype(int) - FILL).max(2) > 6) > 0.5
