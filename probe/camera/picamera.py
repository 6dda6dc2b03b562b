"""The camera of a Raspberry Pi, by its picamera2: one size, one buffer, and never another mode while it is open.

A Zero 2 W has memory for little more: a second buffer, or the switch to another mode, ends in ENOMEM.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from probe.camera.adapter import CODE_SIZE, PATIENCE_S, PHOTO_SIZE, Size, Unusable

FORMAT = "BGR888"  # as picamera2 has it: red comes first in each pixel
_CONTINUOUS = 2  # libcamera's AfModeContinuous: a code stands near, a camera far off
# Where picamera2 takes memory for pictures from; on a machine without any, libcamera can do it.
HEAPS = (Path("/dev/dma_heap/vidbuf_cached"), Path("/dev/dma_heap/linux,cma"))


class PiCamera:
    """An open camera of `picamera2`. Raises Unusable.

    `allocator` takes the memory for its pictures, None for picamera2's own way.
    """

    fake = False
    stale = 1

    def __init__(
        self,
        picamera2: Any,
        patience_s: float = PATIENCE_S,
        size: Size = PHOTO_SIZE,
        allocator: Any | None = None,
    ) -> None:
        self._patience_s = patience_s
        self._silent = False
        # In two steps: where the second fails, the camera may be held already and has to be let go.
        self._camera = picamera2.Picamera2.__new__(picamera2.Picamera2)
        try:
            self._camera.__init__(**({} if allocator is None else {"allocator": allocator}))
            if allocator is not None and hasattr(allocator, "begin"):
                allocator.begin(self._camera.camera)
            main = {"size": size or CODE_SIZE, "format": FORMAT}
            # Without a queue, as a picture from it would be of the moment before.
            self._camera.configure(
                self._camera.create_still_configuration(main=main, raw=None, buffer_count=1, queue=False)
            )
            if "AfMode" in getattr(self._camera, "camera_controls", ()):  # a lens that moves, as of Camera Modules 3
                self._camera.set_controls({"AfMode": _CONTINUOUS})
            self._camera.start()
        except (RuntimeError, IndexError, OSError, MemoryError) as problem:
            self.close()
            raise Unusable(
                f"cannot be used ({problem}): is its cable in, and is no other program using it?"
            ) from problem

    def read(self) -> Any | None:
        # `capture_array` takes a time to wait in newer versions only; what is called when it is done, in all.
        done: SimpleQueue[Any] = SimpleQueue()
        self._camera.capture_array(signal_function=done.put)
        try:
            picture = done.get(timeout=self._patience_s).get_result()
        except (Empty, RuntimeError):
            self._silent = True
            return None
        self._silent = False
        return picture

    def taken(self) -> None:
        """It sees what there is, whatever was taken."""

    def close(self) -> None:
        if self._silent:
            # Asked to stop a camera that was unplugged, libcamera ends the whole program before it can say a word.
            self._camera.started = False
        with suppress(RuntimeError, AttributeError, OSError):  # of a camera that is gone, or never came to be
            self._camera.close()


def is_there(picamera2: Any) -> bool:
    """Whether picamera2 knows of any camera; true where it does not say."""
    try:
        return bool(picamera2.Picamera2.global_camera_info())
    except (AttributeError, RuntimeError, OSError):
        return True


def allocator_for(heaps: Sequence[Path] = HEAPS) -> Any | None:
    """None where picamera2's own way to take memory works here, else libcamera's.

    That one asks for libcamera's camera, which only picamera2's constructor makes, and that asks for the allocator: so
    it begins twice.
    """
    if any(heap.exists() for heap in heaps):
        return None
    try:
        from picamera2.allocators import LibcameraAllocator
    except ImportError:  # an older picamera2 has no choice
        return None

    class Begun(LibcameraAllocator):  # type: ignore[misc]
        def __init__(self) -> None:
            """Nothing yet: there is no camera."""

        def begin(self, camera: Any) -> None:
            super().__init__(camera)

    return Begun()
