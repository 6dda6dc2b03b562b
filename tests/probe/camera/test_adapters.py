"""Which camera is read, and what is said where none gives a picture: scripted cameras, and the ways of the libraries.

No camera was at hand: what picamera2 and OpenCV do is taken from their code.
"""

import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from probe.camera.adapter import MOST_CAMERAS, PHOTO_SIZE, TRIES, Candidate, Unusable, pictures
from probe.camera.picamera import PiCamera, allocator_for
from probe.camera.v4l2 import V4l2Camera
from probe.errors import BadInput


class Scripted:
    """A camera that gives what it was told to give, None for no picture, and no picture ever after."""

    fake, stale = False, 0

    def __init__(self, *given: str | None) -> None:
        self.given, self.closed, self.reads = list(given), False, 0

    def read(self) -> str | None:
        self.reads += 1
        return self.given.pop(0) if self.given else None

    def taken(self) -> None:
        """Nothing comes of it."""

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

    def __init__(self, fails_at: str = "", gives: bool = True, can: tuple[str, ...] = ()) -> None:
        library = self
        self.held = False
        self.asked: dict[str, object] = {}
        self.controls: dict[str, object] = {}

        class Picamera2:
            camera_controls = can

            def __init__(self, allocator: object = None) -> None:  # noqa: ARG002 (picamera2's name)
                self._at("before")
                self.camera = "libcamera's"
                library.held = True
                self._at("constructor")

            def _at(self, step: str) -> None:
                if step == fails_at:
                    raise RuntimeError(f"Camera {step} did not complete.")

            def create_still_configuration(self, **asked: object) -> dict[str, object]:
                library.asked = asked
                return asked

            def configure(self, _configuration: object) -> None:
                self._at("configure")

            def set_controls(self, controls: dict[str, object]) -> None:
                library.controls |= controls

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
    library = Library(fails_at="close")
    camera = PiCamera(library)
    asked = {"main": {"size": PHOTO_SIZE, "format": "BGR888"}, "raw": None, "buffer_count": 1, "queue": False}
    assert library.asked == asked, "a Zero has memory for nothing else"
    assert library.controls == {}
    assert camera.read() == "picture"
    camera.close()
    moving = Library(can=("AfMode", "Brightness"))
    PiCamera(moving).close()
    assert moving.controls == {"AfMode": 2}


class Capture:
    """As much of OpenCV as is used."""

    CAP_V4L2, CAP_PROP_FRAME_WIDTH, CAP_PROP_FRAME_HEIGHT = 200, 3, 4

    def __init__(self, opened: bool, *given: tuple[bool, object]) -> None:
        self.opened, self.given, self.asked, self.released = opened, list(given), (0, 0), False
        self.wanted: dict[int, int] = {}

    def VideoCapture(self, number: int, way: int) -> "Capture":  # noqa: N802 (OpenCV's name)
        self.asked = (number, way)
        return self

    def isOpened(self) -> bool:  # noqa: N802 (OpenCV's name)
        return self.opened

    def set(self, which: int, value: int) -> bool:
        self.wanted[which] = value
        return False

    def read(self) -> tuple[bool, object]:
        return self.given.pop(0)

    def release(self) -> None:
        self.released = True


def test_a_node_that_is_in_use_or_another_persons_is_said(tmp_path: Path) -> None:
    node = tmp_path / "video13"
    with pytest.raises(Unusable, match="is not there"):
        V4l2Camera(Capture(True), node)
    node.touch()
    busy = Capture(False)
    with pytest.raises(Unusable, match="another program"):
        V4l2Camera(busy, node)
    assert busy.released
    picture = np.full((2, 2, 3), (1, 2, 3), np.uint8)  # blue, green, red
    capture = Capture(True, (True, picture), (False, None), (True, np.full((2, 2), 7, np.uint8)))
    camera = V4l2Camera(capture, node)
    assert capture.asked == (13, 200)
    assert capture.wanted == {3: PHOTO_SIZE[0], 4: PHOTO_SIZE[1]}
    assert camera.read() is picture, "in place: there is no memory for two"
    assert picture[0, 0].tolist() == [3, 2, 1]
    assert camera.read() is None
    grey = camera.read()
    assert grey is not None, "a grey picture is one, too"
    assert grey.shape == (2, 2, 3)
    camera.close()
    assert capture.released


def test_a_node_of_another_person_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    node = tmp_path / "video0"
    node.touch()
    monkeypatch.setattr("os.access", lambda *_: False)  # root may open anything
    with pytest.raises(Unusable, match="usermod -aG video"):
        V4l2Camera(Capture(True), node)


def test_memory_is_taken_picamera2s_way_where_there_is_a_heap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And by libcamera where there is none: that asks for the camera, which is there only after the constructor."""
    heap = tmp_path / "heap"
    began = list[object]()

    class LibcameraAllocator:
        def __init__(self, camera: object) -> None:
            began.append(camera)

    module = ModuleType("picamera2.allocators")
    module.LibcameraAllocator = LibcameraAllocator  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "picamera2", ModuleType("picamera2"))
    monkeypatch.setitem(sys.modules, "picamera2.allocators", module)
    allocator = allocator_for([heap])
    assert isinstance(allocator, LibcameraAllocator)
    assert not began
    PiCamera(Library(), allocator=allocator).close()
    assert began == ["libcamera's"]
    heap.touch()
    assert allocator_for([heap]) is None
