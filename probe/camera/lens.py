"""How a lens was held and how wide it sees, as far as a photo's own metadata says it: pure.

Phones write that rarely; apps for street pictures do, as GPano's pose. Where anything speaks against it (a panorama, a
zoom, a picture that was cut), it is as good as not said: the redactor keeps only the reticle then.
"""

from dataclasses import dataclass
from math import atan, degrees, hypot, isfinite
from typing import TYPE_CHECKING

from probe.aim.lens import NARROWEST_DEG, WIDEST_DEG
from probe.camera.exif import Exif, Inner, Value, number
from probe.camera.xmp import local, root_of

if TYPE_CHECKING:
    from probe.redact.view import Attitude

_NAMESPACE = "http://ns.google.com/photos/1.0/panorama/"
_GPANO = f"{{{_NAMESPACE}}}"
_DIAGONAL_MM = hypot(36.0, 24.0)
_LONGEST_MM = 2000.0
# What phones say of themselves is not what somebody measured: the line is drawn higher by this.
STATED_SD_DEG = 2.0
_WIDEST = 2.2  # width by height, or the other way round: beyond it was put together from several
_SIZE_SLACK = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Lens:
    """What a photo says of its lens; None is "not said". Pitch above the horizon, roll clockwise, in degrees.

    `size` is the larger and the smaller side in pixels that the EXIF states: another than the picture's is a cut.
    """

    pitch_deg: float | None = None
    roll_deg: float | None = None
    focal_35mm: float | None = None
    size: tuple[float, float] | None = None

    def field_of_view_deg(self, width: int, height: int) -> float | None:
        """The horizontal field of view of a picture in this orientation: 35 mm film is compared by its diagonal."""
        if self.focal_35mm is None or self._is_other(width, height):
            return None
        view_deg = round(2 * degrees(atan(width / hypot(width, height) * _DIAGONAL_MM / 2 / self.focal_35mm)), 1)
        return view_deg if NARROWEST_DEG <= view_deg <= WIDEST_DEG else None

    def attitude(self, width: int, height: int) -> "Attitude | None":
        """How the lens was held, where all of it is said."""
        view_deg = self.field_of_view_deg(width, height)
        if view_deg is None or self.pitch_deg is None or self.roll_deg is None:
            return None
        from probe.redact.view import Attitude

        return Attitude(
            pitch_deg=self.pitch_deg, roll_deg=self.roll_deg, sd_deg=STATED_SD_DEG, field_of_view_deg=view_deg
        )

    def _is_other(self, width: int, height: int) -> bool:
        """Whether a picture of this size cannot be what the lens saw as a whole."""
        larger, smaller = max(width, height), max(1, min(width, height))
        if larger / smaller > _WIDEST:
            return True
        return self.size is not None and abs(self.size[0] / self.size[1] * smaller / larger - 1) > _SIZE_SLACK


def lens_of(exif: Exif, packet: bytes) -> Lens:
    """What EXIF and an XMP packet say of the lens."""
    pose = _pose(packet)
    focal, zoom = (number(exif.inner.get(tag)) for tag in (Inner.FOCAL_35MM, Inner.DIGITAL_ZOOM))
    if focal is None or not 0 < focal <= _LONGEST_MM or (zoom is not None and zoom > 1) or pose is None:
        focal = None
    sides = sorted(_side(exif.inner.get(tag)) for tag in (Inner.WIDTH, Inner.HEIGHT))
    pitch, roll = pose or (None, None)
    return Lens(pitch_deg=pitch, roll_deg=roll, focal_35mm=focal, size=(sides[1], sides[0]) if sides[0] > 0 else None)


def _side(value: Value | None) -> float:
    return number(value) or 0.0


def _pose(packet: bytes) -> tuple[float | None, float | None] | None:
    """Pitch and roll of GPano; None where it says that this is a panorama."""
    root = root_of(packet) if _NAMESPACE.encode() in packet else None
    if root is None:
        return None, None
    said: dict[str, str] = {}
    for element in root.iter():
        if str(element.tag).startswith(_GPANO):
            said[local(element.tag)] = (element.text or "").strip()
        said |= {local(name): value for name, value in element.attrib.items() if str(name).startswith(_GPANO)}
    if said.get("ProjectionType") or said.get("UsePanoramaViewer", "").lower() == "true":
        return None
    return _angle(said.get("PosePitchDegrees"), 90), _angle(said.get("PoseRollDegrees"), 180)


def _angle(text: str | None, most: float) -> float | None:
    try:
        angle = float(text or "")
    except ValueError:
        return None
    return angle if isfinite(angle) and abs(angle) <= most else None
