"""Pictures of a pairing code as a phone takes them off a laptop's screen: tilted, turned, blurred, noisy, badly lit."""

from io import BytesIO

import numpy as np
import segno
from PIL import Image, ImageFilter

SIZE = (1280, 720)


def drawn(text: str, module_px: int = 4) -> Image.Image:
    """The code as the hub draws it."""
    out = BytesIO()
    segno.make(text, error="m", micro=False).save(out, kind="png", scale=module_px, border=4)
    return Image.open(out).convert("L")


def photographed(
    text: str,
    *,
    tilt_deg: float = 0.0,
    turn_deg: float = 0.0,
    blur_px: float = 0.0,
    noise: float = 0.0,
    contrast: float = 1.0,
    shade: float = 0.0,
    module_px: int = 6,
    seed: int = 1,
) -> Image.Image:
    """A scene with the code in its middle. `noise` is a standard deviation of 255 grey levels, `shade` how much darker
    the right side is."""
    random = np.random.default_rng(seed)
    code = drawn(text, module_px)
    code = code.rotate(turn_deg, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=255)
    code = _tilted(code, tilt_deg)
    scene = Image.new("L", SIZE, 140)
    scene.paste(code, ((SIZE[0] - code.width) // 2, (SIZE[1] - code.height) // 2))
    scene = scene.filter(ImageFilter.GaussianBlur(blur_px))
    grey = np.asarray(scene, dtype=np.float64)
    grey = 128 + (grey - 128) * contrast
    grey *= 1 - shade * np.linspace(0, 1, SIZE[0])[None, :]
    grey += random.normal(0, noise, grey.shape)
    return Image.fromarray(grey.clip(0, 255).astype(np.uint8))


def _tilted(code: Image.Image, degrees: float) -> Image.Image:
    """Seen from aside: the far edge shorter, everything narrower."""
    if not degrees:
        return code
    width, height = code.size
    narrow = np.cos(np.radians(degrees))
    inset = height * 0.25 * np.sin(np.radians(degrees))
    corners = [(0, 0), (width * narrow, inset), (width * narrow, height - inset), (0, height)]
    source = [(0, 0), (width, 0), (width, height), (0, height)]
    rows, values = [], []
    for (x, y), (u, v) in zip(corners, source, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved = np.linalg.solve(np.array(rows), np.array(values))
    shape = (int(width * narrow), height)
    return code.transform(shape, Image.Transform.PERSPECTIVE, tuple(solved), Image.Resampling.BICUBIC, fillcolor=140)
