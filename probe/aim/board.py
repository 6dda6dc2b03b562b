"""A lens calibrated by photos of a chessboard (OpenCV), or by two far points whose angle apart is known.

The board's squares need no size: how far away it was is not asked. What a bad set of photos would give is refused.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import acos, degrees, hypot
from typing import Any

from probe.aim.lens import CENTRE_SD_SHARE, DISTORTION_SD, FOCUS_SD_SHARE, LensModel, Vector, lens_of_view
from probe.errors import BadInput

LEAST_PHOTOS = 4
MOST_RMS_SHARE = 1 / 800  # of the picture's width: 2 pixels of 1600
MOST_FOCAL_SD_SHARE = 0.03
LEAST_REACH = 0.35  # how far from the middle, as a share of the half diagonal, some corner must lie
_FINDING_PX = 1600


@dataclass(frozen=True, slots=True, kw_only=True)
class LensFit:
    """A calibrated lens and how good that is: the corners' root mean square in pixels, the photos used of all, and how
    far towards the picture's corners they reach (1 is there). By two points there is no rms."""

    lens: LensModel
    rms_px: float | None
    photos: int
    given: int
    reach: float | None


def fit_board(pictures: Sequence[Any], corners: tuple[int, int]) -> LensFit:
    """The lens by grey pictures (arrays, height x width, 8 bit) of a chessboard with so many inner corners.

    Raises BadInput where they are too few, of several sizes, all from the same side, or do not fit together.
    """
    import numpy as np

    sizes = {picture.shape[:2] for picture in pictures}
    if len(sizes) > 1:
        raise BadInput("the photos are of several sizes, so of several lenses or zooms; give those of one")
    found = [seen for picture in pictures if (seen := find_board(picture, corners)) is not None]
    if len(found) < LEAST_PHOTOS:
        raise BadInput(
            f"a board with {corners[0]} x {corners[1]} inner corners is whole and sharp in {len(found)} of "
            f"{len(pictures)} photos; {LEAST_PHOTOS} at least are needed, from several sides (--corners says another "
            "board)"
        )
    height, width = next(iter(sizes))
    half = hypot(width, height) / 2
    middle = np.array(((width - 1) / 2, (height - 1) / 2))
    reach = max(float(np.linalg.norm(seen - middle, axis=1).max()) for seen in found) / half
    if reach < LEAST_REACH:
        raise BadInput(
            "the board is in the middle of all photos; bring it near, and to the corners of the picture, too"
        )
    lens, rms = _solved(found, corners, width, height)
    if rms > MOST_RMS_SHARE * width:
        raise BadInput(
            f"the photos do not fit together ({rms:.1f} pixels off); is the board flat, and are all by the same lens "
            "without zoom?"
        )
    if lens.focal_sd_share > MOST_FOCAL_SD_SHARE:
        raise BadInput(
            f"the photos leave the lens's field of view open (to {lens.focal_sd_share:.0%}); tilt the board more, each "
            "photo another way"
        )
    if not lens.is_sound():
        raise BadInput("the photos say nothing of the picture's corners; bring the board there, too")
    return LensFit(lens=lens, rms_px=round(rms, 3), photos=len(found), given=len(pictures), reach=round(reach, 2))


def find_board(picture: Any, corners: tuple[int, int]) -> Any | None:
    """The inner corners in a grey picture as n x 2 pixels, to a fraction of one; None where the board is not whole."""
    import cv2
    import numpy as np

    scale = min(1.0, _FINDING_PX / max(picture.shape))
    small = picture if scale == 1.0 else cv2.resize(picture, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    there, seen = cv2.findChessboardCorners(
        small, corners, flags=cv2.CALIB_CB_ADAPTIVE_THRESH | cv2.CALIB_CB_NORMALIZE_IMAGE | cv2.CALIB_CB_FAST_CHECK
    )
    if not there:
        return None
    seen = np.asarray(seen, np.float32).reshape(-1, 1, 2)
    near = float(np.linalg.norm(np.diff(seen[:, 0], axis=0), axis=1).min()) / 2
    ends = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_MAX_ITER, 40, 0.001)
    window = max(2, min(11, int(near)))
    seen = cv2.cornerSubPix(small, seen, (window, window), (-1, -1), ends)
    return (np.asarray(seen, np.float64).reshape(-1, 2) + 0.5) / scale - 0.5


def _solved(found: Sequence[Any], corners: tuple[int, int], width: int, height: int) -> tuple[LensModel, float]:
    """The lens and the root mean square. Raises BadInput where nothing comes out."""
    import cv2
    import numpy as np

    board = np.zeros((corners[0] * corners[1], 3), np.float32)
    board[:, :2] = np.mgrid[: corners[0], : corners[1]].T.reshape(-1, 2)
    shown = [np.asarray(seen, np.float32).reshape(-1, 1, 2) for seen in found]
    flags = cv2.CALIB_ZERO_TANGENT_DIST | cv2.CALIB_FIX_K3
    try:
        rms, matrix, bend, _, _, sds, _, _ = cv2.calibrateCameraExtended(
            [board] * len(shown), shown, (width, height), np.eye(3), np.zeros(5), flags=flags
        )
    except cv2.error as problem:
        raise BadInput(
            "the photos lead to no lens; take some of the board tilted, near and at the corners"
        ) from problem
    fx, fy, cx, cy = matrix[0, 0], matrix[1, 1], matrix[0, 2], matrix[1, 2]
    sd = np.asarray(sds, np.float64).ravel()
    bend = np.asarray(bend, np.float64).ravel()
    inside = 0 < cx < width and 0 < cy < height and 0.1 * width < fx < 100 * width and abs(fy / fx - 1) < 0.1
    if not (inside and np.isfinite([rms, *matrix.ravel(), *bend, *sd]).all()):
        raise BadInput("the photos lead to no lens that there can be; take some of the board tilted, near and far")
    lens = LensModel(
        width=width,
        height=height,
        fx=float(fx),
        fy=float(fy),
        cx=float(cx),
        cy=float(cy),
        k1=float(bend[0]),
        k2=float(bend[1]),
        focal_sd_share=float(max(FOCUS_SD_SHARE, sd[0] / fx, sd[1] / fy)),
        centre_sd_px=float(max(0.5, sd[2], sd[3])),
        k1_sd=float(sd[4]),
    )
    return lens, float(rms)


def fit_two_points(
    size: tuple[int, int], one: tuple[float, float], other: tuple[float, float], apart_deg: float, sd_deg: float
) -> LensFit:
    """The lens by two far points in one picture, whose directions lie so many degrees apart. Raises BadInput."""
    width, height = size
    long = hypot(one[0] - other[0], one[1] - other[1])
    inside = all(0 <= u < width and 0 <= v < height for u, v in (one, other))
    if not inside or long < width / 5:
        raise BadInput(
            f"the two points must lie in the picture ({width} x {height}) and a fifth of its width apart at least; "
            "choose two farther from each other"
        )
    if not (1 <= apart_deg < 150 and 0 < sd_deg <= apart_deg * MOST_FOCAL_SD_SHARE):
        raise BadInput(
            f"an angle of {apart_deg:g} degrees known to {sd_deg:g} leaves the lens's field of view open; take points "
            "that are farther apart or better known"
        )
    lens = lens_of_view(60, width, height)
    low, high = 1.0, 169.0
    for _ in range(60):
        view = (low + high) / 2
        lens = lens_of_view(view, width, height)
        low, high = (view, high) if _apart_deg(lens.ray(*one), lens.ray(*other)) < apart_deg else (low, view)
    if abs(_apart_deg(lens.ray(*one), lens.ray(*other)) - apart_deg) > 0.01:
        raise BadInput(f"no lens shows these points {apart_deg:g} degrees apart; are they in the photo's own pixels?")
    # A distortion that nobody has measured shifts points by k1 r^2 of their distance from the middle.
    r2 = max((u / width - 0.5) ** 2 + (v / width - 0.5) ** 2 for u, v in (one, other)) * (width / lens.fx) ** 2
    sd = hypot(sd_deg / apart_deg, 2 / long, DISTORTION_SD * r2, FOCUS_SD_SHARE)
    lens = replace(lens, focal_sd_share=sd, centre_sd_px=CENTRE_SD_SHARE * width)
    return LensFit(lens=lens, rms_px=None, photos=1, given=1, reach=None)


def _apart_deg(a: Vector, b: Vector) -> float:
    return degrees(acos(max(-1.0, min(1.0, sum(x * y for x, y in zip(a, b, strict=True))))))


def view_deg(lens: LensModel) -> float:
    """The horizontal field of view, across the middle row."""
    left, right = lens.ray(-0.5, lens.cy), lens.ray(lens.width - 0.5, lens.cy)
    return _apart_deg(left, right)


def known_to_deg(lens: LensModel) -> float:
    """How far a direction at the picture's side may be off, one standard deviation, for people to read."""
    return hypot(lens.focal_sd_share * view_deg(lens) / 2, degrees(lens.centre_sd_px / lens.fx))
