"""Composed scenes with a geometry that is known: a drawn camera hangs at a place, a lens is held before it, and sensors
say how, with errors of the size that they state.

The picture is made by rotation vectors and OpenCV's own projection, so that no mistake of the code under test is in it.
It goes the way of a photo: what may be kept, the constant, JPEG; and the camera's pixel is found in what is left.
"""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from io import BytesIO
from math import atan2, cos, degrees, hypot, pi, radians, sin, sqrt
from random import Random
from typing import Any

import cv2
import numpy as np
from PIL import Image

from probe.aim.attitude import AttitudeReading
from probe.aim.bearing import Aim, aimed, middle_of
from probe.aim.height import Height, Measured, height_of
from probe.aim.lens import LensModel, lens_of_view
from probe.aim.said import height_claim, subject_of
from probe.contract.envelope import decode_sighting, encode
from probe.contract.evidence import LookEvidence
from probe.contract.geodesy import moved
from probe.contract.sighting import Adapter, Box, Kind, Making, Photo, Place, Sighting
from probe.position.declination import declination
from probe.redact.encode import encode as encode_picture
from probe.redact.redactor import FILL, Redacted, Redactor
from probe.redact.view import Attitude, kept

AT = datetime(2026, 5, 9, 14, 0, tzinfo=UTC)
HERE = Place(lat=48.85, lon=2.35, accuracy_m=4.0)
RETICLE = Box(left=0.25, top=0.25, width=0.5, height=0.5)
VIEW_DEG, FOCAL_SD, POINTING_PX = 66.0, 0.02, 4.0
SKY, DARK = 205, 25
_LEVEL = np.array(((1.0, 0, 0), (0, 0, -1.0), (0, 1.0, 0)))  # the lens's axes, looking north: right, down, forward


@dataclass(frozen=True)
class Truth:
    """Where the camera hangs, seen from the lens: metres east, north and up; and the lens's own height."""

    east: float
    north: float
    up: float
    lens_m: float

    @property
    def bearing_deg(self) -> float:
        return degrees(atan2(self.east, self.north)) % 360

    @property
    def elevation_deg(self) -> float:
        return degrees(atan2(self.up, hypot(self.east, self.north)))

    @property
    def height_m(self) -> float:
        return self.up + self.lens_m

    @property
    def foot(self) -> "Truth":
        return replace(self, up=-self.lens_m)


@dataclass(frozen=True)
class Sensors:
    """Standard deviations in degrees; `common` is the part of the pitch's that is the same in both shots."""

    heading: float
    pitch: float
    roll: float
    common: float = 0.0


@dataclass(frozen=True)
class Shot:
    """What is known of a shot: the pixel found in the picture that was kept, its size, and what the sensors say."""

    pixel: tuple[float, float]
    size: tuple[int, int]
    reading: AttitudeReading
    lens: LensModel
    hidden: bool = False

    def aim(self) -> Aim:
        """By the pixel; where the redactor has hidden the thing, by the reticle alone."""
        if self.hidden:
            spread = middle_of(RETICLE, *self.size)
            return aimed(spread.pixel, self.size, self.reading, self.lens, HERE, AT, pixel_sd=spread.sd)
        sd = POINTING_PX * self.size[0] / 800
        return aimed(self.pixel, self.size, self.reading, self.lens, HERE, AT, pixel_sd=(sd, sd))


def a_truth(random: Random) -> Truth:
    away, bearing = random.uniform(4, 16), random.uniform(0, 2 * pi)
    lens_m = random.gauss(1.55, 0.1)
    return Truth(away * sin(bearing), away * cos(bearing), random.uniform(2.5, 7.0) - lens_m, lens_m)


def shoot(
    truth: Truth, sensors: Sensors, lens: tuple[LensModel, LensModel], common_deg: float, random: Random,
    redactor: Redactor | None = None,
) -> Shot:  # fmt: skip
    """One shot of a thing, `lens` being the true lens and what the calibration says of it."""
    true_lens, said_lens = lens
    width, height = true_lens.width, true_lens.height
    heading, pitch, roll = _held(truth, random)
    turn = _rotation(heading, pitch, roll)
    picture = _drawn(truth, turn, true_lens)
    found_declination = declination(HERE.lat, HERE.lon, AT)
    assert found_declination is not None
    declined = random.gauss(found_declination.deg, found_declination.sd_deg)
    own = sqrt(sensors.pitch**2 - sensors.common**2)
    reading = AttitudeReading(
        heading_deg=(heading - declined + random.gauss(0, sensors.heading)) % 360,
        heading_sd_deg=sensors.heading,
        pitch_deg=pitch + common_deg + random.gauss(0, own),
        pitch_sd_deg=sensors.pitch,
        roll_deg=roll + random.gauss(0, sensors.roll),
        roll_sd_deg=sensors.roll,
    )
    scene = _kept_scene(picture, reading, said_lens, redactor)
    found = _found(scene)
    u, v = found or (0.0, 0.0)
    scale = scene.shape[1] / 800
    pixel = u + random.gauss(0, POINTING_PX * scale), v + random.gauss(0, POINTING_PX * scale)
    assert scene.shape[1] * height == scene.shape[0] * width
    return Shot(pixel, (scene.shape[1], scene.shape[0]), reading, said_lens, hidden=found is None)


def lenses(random: Random, width: int) -> tuple[LensModel, LensModel]:
    """A true lens and what its calibration says, which is off by as much as it states."""
    height = width * 9 // 16
    sd_px = 3.0 * width / 800
    said = replace(
        lens_of_view(VIEW_DEG, width, height), k1=-0.05, k1_sd=0.02, focal_sd_share=FOCAL_SD, centre_sd_px=sd_px
    )
    by = 1 + random.gauss(0, FOCAL_SD)
    true = replace(
        said,
        fx=said.fx * by,
        fy=said.fy * by,
        cx=said.cx + random.gauss(0, sd_px),
        cy=said.cy + random.gauss(0, sd_px),
        k1=said.k1 + random.gauss(0, said.k1_sd),
    )
    return true, said


def two_shots(camera: Shot, foot: Shot, sensors: Sensors) -> Height:
    """The height by both, as a probe would reckon it: what the sensor errs alike is known."""
    up, down = camera.aim(), foot.aim()
    shared = sensors.common**2 / (up.elevation_sd_deg * down.elevation_sd_deg)
    return height_of(up, down, lens_height=Measured(m=1.55, sd_m=0.1), shared=shared)


def over_the_wire(aim: Aim, height: Height, number: int) -> Sighting:
    """The sighting that says so, as the hub reads it."""
    subject = subject_of(aim, HERE, height.distance)
    assert subject is not None
    sighting = Sighting(
        v=1,
        id=f"{number:032x}",
        walk="1e" * 16,
        kind=Kind.PHOTO,
        made=Making(adapter=Adapter.SCRIPTED, software="test", composed=True),
        observer=HERE,
        subject=subject,
        evidence=(LookEvidence(),),
        claims=(height_claim(height),),
        photo=Photo(content_sha256="ab" * 32, reticle=RETICLE),
    )
    return decode_sighting(encode(sighting))


def place_of(truth: Truth) -> tuple[float, float]:
    return moved(HERE.lat, HERE.lon, truth.east, truth.north)


def _held(truth: Truth, random: Random) -> tuple[float, float, float]:
    """Heading, pitch and roll with which the thing is somewhere in the reticle, seldom in its middle."""
    while True:
        roll = max(-35.0, min(35.0, random.gauss(0, 14)))
        heading, pitch = truth.bearing_deg + random.uniform(-16, 16), truth.elevation_deg + random.uniform(-9, 9)
        if not -89 < pitch < 89:
            continue
        lens = lens_of_view(VIEW_DEG, 800, 450)
        u, v = _project(np.array([[truth.east, truth.north, truth.up]]), _rotation(heading, pitch, roll), lens)[0]
        if 240 < u < 560 and 140 < v < 310:
            return heading % 360, pitch, roll


def _rotation(heading_deg: float, pitch_deg: float, roll_deg: float) -> Any:
    """From the world (east, north, up) into the lens's axes."""
    about_up = cv2.Rodrigues(np.array((0.0, 0.0, -radians(heading_deg))))[0]
    about_east = cv2.Rodrigues(np.array((radians(pitch_deg), 0.0, 0.0)))[0]
    about_north = cv2.Rodrigues(np.array((0.0, radians(roll_deg), 0.0)))[0]
    return (about_up @ about_east @ about_north @ _LEVEL.T).T


def _project(points: Any, turn: Any, lens: LensModel) -> Any:
    matrix = np.array(((lens.fx, 0, lens.cx), (0, lens.fy, lens.cy), (0, 0, 1.0)))
    bend = np.array((lens.k1, lens.k2, 0.0, 0.0))
    shown, _ = cv2.projectPoints(points, cv2.Rodrigues(turn)[0], np.zeros(3), matrix, bend)
    return np.asarray(shown).reshape(-1, 2)


def _drawn(truth: Truth, turn: Any, lens: LensModel) -> Any:
    """The picture: a dark round camera, 24 cm across, before a plain sky."""
    middle = np.array((truth.east, truth.north, truth.up))
    ray = middle / np.linalg.norm(middle)
    one = np.cross(ray, (0.3, 0.2, 0.93))
    one /= np.linalg.norm(one)
    other = np.cross(ray, one)
    angles = np.linspace(0, 2 * pi, 40, endpoint=False)[:, np.newaxis]
    rim = middle + 0.12 * (np.cos(angles) * one + np.sin(angles) * other)
    picture = np.full((lens.height, lens.width, 3), SKY, np.uint8)
    shown = np.round(_project(rim, turn, lens) * 16).astype(np.int32)
    cv2.fillPoly(picture, [shown], (DARK, DARK, DARK), lineType=cv2.LINE_AA, shift=4)
    return picture


def _kept_scene(picture: Any, reading: AttitudeReading, lens: LensModel, redactor: Redactor | None) -> Any:
    """What is left of a picture, out of its JPEG. Without a redactor, by its geometry alone, which is quick."""
    height, width = picture.shape[:2]
    attitude = Attitude(
        pitch_deg=reading.pitch_deg,
        roll_deg=reading.roll_deg,
        sd_deg=max(reading.pitch_sd_deg, reading.roll_sd_deg),
        field_of_view_deg=VIEW_DEG,
    )
    if redactor is None:
        gone = ~kept(width, height, attitude, RETICLE)
        np.copyto(picture, FILL, where=gone[..., np.newaxis])
        redacted = Redacted(pixels=picture, mask=gone, faces=0)
    else:
        redacted = redactor.redact(picture, reticle=RETICLE, attitude=attitude)
    assert lens.width == width
    with Image.open(BytesIO(encode_picture(redacted, RETICLE).scene)) as scene:
        return np.asarray(scene)[..., 1]


def _found(scene: Any) -> tuple[float, float] | None:
    """The middle of what is dark in the reticle; None where nothing is, as the redactor has taken it for writing."""
    height, width = scene.shape
    top, left = int(height * RETICLE.top), int(width * RETICLE.left)
    window = scene[top : height - top, left : width - left]
    rows, columns = np.nonzero(window < FILL - 12)
    if not len(rows):
        return None
    return float(columns.mean()) + left, float(rows.mean()) + top
