"""The shutter: the sharpest of a burst, within a time, and nothing of the others left."""

import threading
from collections.abc import Callable, Iterator

import numpy as np
import pytest
from numpy.typing import NDArray

from probe.camera.adapter import NoCamera
from probe.camera.shutter import RETICLE, Shot, Shutter
from probe.redact.view import box_pixels
from tests.patience import Patience
from tests.probe.camera.cameras import Driver, Hanging, choice

pytest.importorskip("cv2", reason="OpenCV is not installed: pip install 'contrechamp[camera]'")
import cv2

Pixels = NDArray[np.uint8]
WIDTH, HEIGHT = 640, 360
SETTLED = 13  # the first picture, and those until exposure is right


@pytest.fixture(autouse=True)
def _no_hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the number of pictures, not by a clock that a busy machine outruns."""
    monkeypatch.setattr("probe.camera.shutter._SETTLE_S", 1e9)


@pytest.fixture
def shutter() -> Iterator[Callable[..., Shutter]]:
    made: list[Shutter] = []

    def make(driver: Driver, **more: float) -> Shutter:
        made.append(Shutter(choice(driver), patience_s=more.pop("patience_s", 60.0), **more))  # type: ignore[arg-type]
        return made[-1]

    yield make
    for one in made:
        one.close()


def view(blur: float = 0.0, noise: float = 0.0, shade: int = 0, contrast: int = 120) -> Pixels:
    """Stripes, as a lens sees them that is out of focus, or moves, by night."""
    pixels = np.full((HEIGHT, WIDTH, 3), 60.0 + shade, np.float32)
    for column in range(4):
        pixels[:, column::16] += contrast
    if blur:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), blur), np.float32)
    more = np.random.default_rng(1).normal(0, noise, pixels.shape) if noise else 0.0
    return np.asarray(np.clip(pixels + more, 0, 255), np.uint8)


def settled(*pictures: object) -> list[object]:
    """Pictures of a camera that has just been opened."""
    return [*(view(shade=number) for number in range(SETTLED - 1)), *pictures]


def test_the_sharpest_is_kept_and_nothing_of_the_others(shutter: Callable[..., Shutter]) -> None:
    pictures = [view(3.0), view(1.5), view(0.8), view(2.0), view(4.0)]
    driver = Driver(*settled(*pictures))
    shot = shutter(driver).take(5)
    assert shot.pixels is pictures[2], "not a copy of it either"
    assert shot.frames == 5
    others = [picture for picture in driver.gave if picture is not shot.pixels]
    assert len(others) == SETTLED + 3
    assert not any(picture.any() for picture in others), "they are written over"
    assert driver.shots == 1
    shot.wipe()
    assert not pictures[2].any()


def test_noise_is_no_sharpness(shutter: Callable[..., Shutter]) -> None:
    """By night the blurred picture has the steeper slopes, pixel by pixel: they are its noise."""
    sharp, noisy = view(0.8, noise=4.0, contrast=20), view(2.5, noise=12.0, contrast=20)
    raw = []
    for each in (sharp, noisy):
        grey = cv2.cvtColor(each, cv2.COLOR_RGB2GRAY)
        across, down = (cv2.Sobel(grey, cv2.CV_32F, *way, ksize=3) for way in ((1, 0), (0, 1)))
        raw.append(float(cv2.mean(across * across + down * down)[0]))
    assert raw[1] > raw[0], "else this test says nothing"
    assert shutter(Driver(*settled(noisy, sharp))).take(2).pixels is sharp


def test_what_is_outside_the_reticle_is_not_asked(shutter: Callable[..., Shutter]) -> None:
    """The street beside the camera may be as sharp as it likes."""
    framed, beside = view(4.0), view()
    left, top, right, bottom = box_pixels(RETICLE, WIDTH, HEIGHT)
    framed[top:bottom, left:right] = view(1.0)[top:bottom, left:right]
    beside[top:bottom, left:right] = view(3.0)[top:bottom, left:right]
    assert shutter(Driver(*settled(beside, framed))).take(2).pixels is framed


def test_an_open_camera_gives_no_picture_of_before(shutter: Callable[..., Shutter]) -> None:
    held_back = [view(), view()]
    driver = Driver(*settled(view(4.0)), *held_back, view(3.0), view(3.5), stale=2)
    one = shutter(driver)
    one.take(1)
    assert one.take(2).pixels is driver.gave[-2]
    assert not any(picture.any() for picture in held_back)
    assert driver.opened == 1


def test_a_camera_that_is_pulled_in_a_burst_leaves_what_there_was(shutter: Callable[..., Shutter]) -> None:
    driver = Driver(*settled(view(2.0), None, None))
    one = shutter(driver)
    assert one.take(5).frames == 1
    with pytest.raises(NoCamera, match=r"unplugged\? Plug it in"):
        one.take(5)
    assert driver.closed.is_set()
    driver.given = settled(view(1.0))
    assert one.take(1).frames == 1, "plugged in again"
    assert driver.opened == 2


def test_a_camera_that_hangs_is_waited_for_so_long_and_what_it_brings_is_wiped(shutter: Callable[..., Shutter]) -> None:
    late = Hanging(view())
    driver = Driver(*settled(late), fake=False)
    one = shutter(driver, patience_s=0.4)
    with pytest.raises(NoCamera, match=r"gave no picture within 0\.4 s: unplug it"):
        one.take(1)
    before = threading.active_count()
    with pytest.raises(NoCamera, match="still hangs"):
        one.take(1)  # at once, and without another thread
    assert threading.active_count() == before
    late.go.set()
    patience = Patience(20.0)
    while one.hangs:
        assert not patience.over()
        late.came_back.wait(0.01)
    assert late.came_back.is_set()
    assert not late.picture.any()
    driver.given = [view(), view()]
    one.patience_s = 60.0
    assert one.take(1).pixels.any(), "it is back"


def test_a_start_that_hangs_is_no_other_thing() -> None:
    go = threading.Event()
    driver = Driver(*settled(view()))

    def opens() -> Driver:
        go.wait()
        return driver

    one = Shutter(choice(driver, opens), patience_s=0.2)
    with pytest.raises(NoCamera, match="gave no picture within"):
        one.take()
    one.close()  # does not wait for it
    go.set()


@pytest.mark.parametrize("problem", [RuntimeError("libcamera"), OSError(5, "EIO"), SystemExit(1), ValueError("odd")])
def test_whatever_a_driver_raises_is_one_sentence(problem: BaseException, shutter: Callable[..., Shutter]) -> None:
    with pytest.raises(NoCamera, match=f"fails \\({type(problem).__name__}\\)"):
        shutter(Driver(view(), problem)).take()
    with pytest.raises(MemoryError):
        shutter(Driver(MemoryError())).take()


def test_a_camera_that_nobody_needs_is_let_go(shutter: Callable[..., Shutter]) -> None:
    driver = Driver(*settled(view()))
    shutter(driver, idle_s=0.05).take(1)
    assert driver.closed.wait(60)


def test_a_fake_shows_the_same_picture_as_long_as_it_is_looked_at(shutter: Callable[..., Shutter]) -> None:
    driver = Driver(view(1.0), view(2.0), fake=True)
    one = shutter(driver)
    assert one.look(lambda pixels: bytes(pixels[0, 0])) == bytes(view(1.0)[0, 0])
    assert not driver.gave[0].any()
    shot: Shot = one.take(5)
    assert (shot.frames, shot.fake, driver.shots) == (1, True, 1)
