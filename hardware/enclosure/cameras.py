"""The two cameras' measures in mm. Board, holes and lens from the makers' drawings as their users repeat them; heights
are estimates with room, to be measured on a real one."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Camera:
    """`lens` is how far the lens stands out in front of the board, `behind` what its connector needs at the back.

    `holes` are the two rows of holes, from the lens's middle upwards; `view_deg` is the whole field of view, across and
    up.
    """

    lens: float
    lens_wide: float
    behind: float
    below: float  # from the lens's middle down to the board's edge, where the ribbon leaves
    view_deg: tuple[float, float]
    board: float = 1.0
    size: tuple[float, float] = (25.0, 23.9)
    holes: tuple[float, float] = (0.0, 12.5)


CAMERAS: Final = {
    # 53.5 x 41.4 degrees; its lens block is 8 mm and 5.6 mm tall with its foil
    "camera-ov5647": Camera(lens=5.6, lens_wide=8.0, behind=2.8, below=9.4, view_deg=(53.5, 41.4)),
    # 66 x 41 degrees; 11.5 mm over all
    "camera-module-3": Camera(lens=7.4, lens_wide=10.5, behind=2.9, below=9.4, view_deg=(66.0, 41.0)),
}
