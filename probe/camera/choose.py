"""Which camera takes photos, by the word that a person gives: a real one, or a fake that says so."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from probe.camera.adapter import Camera, Candidate, Size, Unusable
from probe.errors import BadInput

SPECS = "auto, picamera2, v4l2, v4l2:/dev/videoN, folder:DIR, scripted:FILE"
_Opening = Callable[[Size, float], list[Candidate]]  # by size in pixels, and seconds to wait for a picture


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraChoice:
    """A camera that was chosen, not open yet. `candidates` are those among which it is, by size and by the seconds that
    a picture is waited for; a `fake` gives pictures that no lens of this probe sees."""

    name: str
    fake: bool
    candidates: _Opening


def camera_at(spec: str) -> CameraChoice:
    """The camera that a word means. Raises BadInput for what is no such word, and where a fake has nothing to show."""
    kind, mark, rest = spec.partition(":")
    if kind == "auto" and not mark:
        return CameraChoice(name="the camera", fake=False, candidates=_any)
    if kind == "picamera2" and not mark:
        return CameraChoice(name="the camera", fake=False, candidates=_pi)
    if kind == "v4l2" and (not mark or _is_node(rest)):
        node = Path(rest) if mark else None
        return CameraChoice(name=rest or "the camera", fake=False, candidates=partial(_v4l2, node=node))
    if kind in ("folder", "scripted") and rest:
        return _pretended(kind, Path(rest))
    raise BadInput(f"--camera {spec!r} is no camera; give one of: {SPECS}")


def _is_node(text: str) -> bool:
    name = Path(text).name
    return text.startswith("/") and name.startswith("video") and name[5:].isdecimal() and name.isascii()


def _any(size: Size, patience_s: float) -> list[Candidate]:
    """The Pi's own where its library knows of one, else whatever V4L2 has."""
    try:
        import picamera2
    except ImportError:
        return _v4l2(size, patience_s)
    from probe.camera.picamera import is_there

    return _pi(size, patience_s) if is_there(picamera2) else _v4l2(size, patience_s)


def _pi(size: Size, patience_s: float) -> list[Candidate]:
    def opened() -> Camera:
        try:
            import picamera2
        except ImportError as problem:
            raise Unusable("needs picamera2: sudo apt install python3-picamera2") from problem
        from probe.camera.picamera import PiCamera, allocator_for

        return PiCamera(picamera2, patience_s, size, allocator_for())

    return [Candidate("the camera", opened)]


def _v4l2(size: Size, patience_s: float, node: Path | None = None) -> list[Candidate]:
    try:
        from probe.camera.v4l2 import candidates

        return candidates(patience_s, size, node)
    except ImportError:  # numpy
        problem: Exception = Unusable("needs OpenCV: sudo apt install python3-opencv")
    except Unusable as missing:
        problem = missing

    def refused(why: Exception = problem) -> Camera:
        raise why

    return [Candidate("a camera" if node is None else str(node), refused)]


def _pretended(kind: str, path: Path) -> CameraChoice:
    try:
        from probe.camera import pretend
    except ImportError as problem:
        raise BadInput(f"--camera {kind}:... needs {problem.name}: pip install 'contrechamp[camera]'") from problem
    camera: Any = pretend.folder_camera(path) if kind == "folder" else pretend.scripted_camera(path)
    return CameraChoice(
        name=f"{kind}:{path}", fake=True, candidates=lambda _size, _s: [Candidate(str(path), lambda: camera)]
    )
