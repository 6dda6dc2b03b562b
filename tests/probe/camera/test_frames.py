"""Which camera is read, and what is said where none gives a picture: scripted cameras, and the ways of the libraries.

No camera was at hand: what picamera2 and OpenCV do is taken from their code.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from probe.camera.frames import MOST_CAMERAS, TRIES, Candidate, PiCamera, Unusable, V4l2Camera, pictures
from probe.errors import BadInput


class Scripted:
    """A camera that gives what it was told to give, None for no picture, and no picture ever after."""

    def __init__(self, *given: str | None) -> None:
        self.given, self.closed, self.reads = list(given), False, 0

    def read(self) -> str | None:
        self.reads += 1
        return self.given.pop(0) if self.given else None

    def close(self) -> None:
        self.closed = True


def candidates(*cameras: Scripted | str) -> list[Candidate]:
    """At nodes from 0; a string is why it cannot be opened."""

    def opening(camera: Scripted | str) -> Callable[[], Scripted]:
        def opens() -> Scripted:
            if isinstance(camera, str):
                raise Unusable(camera)
            return camera

        return opens

    return [Candidate(f"/dev/video{place}", opening(camera)) for place, camera in enumerate(cameras)]


def seen(*cameras: Scripted | str) -> tuple[list[str], str]:
    """The pictures, and what was said at the end of them."""
    told: list[str] = []
    with pytest.raises(BadInput) as problem:
        told.extend(pictures(candidates(*cameras)))
    assert all(camera.closed for camera in cameras if isinstance(camera, Scripted) and camera.reads)
    assert "\n" not in str(problem.value)
    return told, str(problem.value)


def test_the_first_camera_that_gives_a_picture_is_read() -> None:
    odd, mute, good = "cannot be opened", Scripted(), Scripted(None, "a", None, "b")
    told, said = seen(odd, mute, good, Scripted("never"))
    assert told == ["a", "b"], "one picture in vain is no end"
    assert said.startswith("/dev/video2 gives no more pictures")
    assert mute.reads == TRIES


def test_where_none_gives_a_picture_each_is_named_with_its_reason() -> None:
    told, said = seen("cannot be opened (is another program using it?)", Scripted())
    assert told == []
    assert "/dev/video0 cannot be opened" in said
    assert "/dev/video1 gives no picture" in said
    assert "no camera is plugged in" in seen()[1]


def test_no_more_than_a_handful_is_tried() -> None:
    cameras = [Scripted() for _ in range(40)]
    seen(*cameras)
    assert sum(camera.reads > 0 for camera in cameras) == MOST_CAMERAS


def test_a_reader_that_has_enough_lets_the_camera_go() -> None:
    camera = Scripted("a", "b")
    reading = pictures(candidates(camera))
    assert next(reading) == "a"
    reading.close()  # type: ignore[attr-defined]
    assert camera.closed


class Library:
    """As much of picamera2 as is used: a camera that is held from the constructor until it is closed."""

    def __init__(self, fails_at: str = "", gives: bool = True) -> None:
        library = self
        self.held = False

        class Picamera2:
            def __init__(self) -> None:
                self._at("before")
                library.held = True
                self._at("constructor")

            def _at(self, step: str) -> None:
                if step == fails_at:
                    raise RuntimeError(f"Camera {step} did not complete.")

            def create_preview_configuration(self, main: dict[str, object]) -> dict[str, object]:
                return main

            def configure(self, _configuration: object) -> None:
                self._at("configure")

            def start(self) -> None:
                self._at("start")
                self.started = True

            def capture_array(self, *, signal_function: Callable[[Any], None]) -> None:
                if gives:
                    threading.Thread(target=signal_function, args=(SimpleNamespace(get_result=self._result),)).start()

            def _result(self) -> str:
                self._at("result")
                return "picture"

            def close(self) -> None:
                # libcamera ends the whole program when a camera that was unplugged is asked to stop.
                assert gives or not self.started, "Aborted"
                library.held = False
                self._at("close")

        self.Picamera2 = Picamera2


@pytest.mark.parametrize("step", ["before", "constructor", "configure", "start"])
def test_a_pi_camera_that_fails_on_the_way_is_let_go_and_says_why(step: str) -> None:
    library = Library(fails_at=step)
    with pytest.raises(BadInput, match=f"{step} did not complete.*is its cable in"):
        next(pictures([Candidate("the camera", lambda: PiCamera(library))]))
    assert not library.held


def test_a_pi_camera_that_gives_no_picture_is_not_waited_for_without_end() -> None:
    for library in (Library(gives=False), Library(fails_at="result")):
        with pytest.raises(BadInput, match="the camera gives no picture"):
            next(pictures([Candidate("the camera", partial(PiCamera, library, patience_s=0.05))]))
        assert not library.held


def test_a_pi_camera_gives_pictures_and_may_fail_to_close() -> None:
    camera = PiCamera(Library(fails_at="close"))
    assert camera.read() == "picture"
    camera.close()


class Capture:
    """As much of OpenCV as is used."""

    CAP_V4L2 = 200

    def __init__(self, opened: bool, *given: tuple[bool, object]) -> None:
        self.opened, self.given, self.asked, self.released = opened, list(given), (0, 0), False

    def VideoCapture(self, number: int, way: int) -> "Capture":  # noqa: N802 (OpenCV's name)
        self.asked = (number, way)
        return self

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.opened

    def read(self) -> tuple[bool, object]:
        return self.given.pop(0)

    def release(self) -> None:
        self.released = True


def test_a_node_that_is_in_use_or_another_persons_is_said(tmp_path: Path) -> None:
    node = tmp_path / "video13"
    with pytest.raises(Unusable, match="usermod -aG video"):
        V4l2Camera(Capture(True), node)  # not there is not allowed, too
    node.touch()
    busy = Capture(False)
    with pytest.raises(Unusable, match="another program"):
        V4l2Camera(busy, node)
    assert busy.released
    capture = Capture(True, (True, "picture"), (False, None))
    camera = V4l2Camera(capture, node)
    assert capture.asked == (13, 200)
    assert [camera.read(), camera.read()] == ["picture", None]
    camera.close()
    assert capture.released
