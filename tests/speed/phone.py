"""A folder of a phone's photos, people taken out: CPU and memory of the whole command."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from probe.redact.selftest import FACES, drawn_faces
from tests.probe.camera.compose import GPS, RECEIVER_TIME, exif

PHOTOS = 4
SIZE, LARGE = (4032, 3024), (8160, 6120)


def photo(size: tuple[int, int]) -> Image.Image:
    """A street with grain and people in it."""
    scene = Image.fromarray(np.random.default_rng(1).integers(60, 200, (size[1] // 8, size[0] // 8, 3), dtype=np.uint8))
    scene = scene.resize(size, Image.Resampling.BILINEAR)
    for left in range(0, size[0], 1600):
        scene.paste(Image.fromarray(drawn_faces(FACES)), (left, size[1] // 2))
    return scene


def measure(meter: Callable[[list[str]], tuple[float, float]]) -> dict[str, float | str]:
    """`replay --photos` on composed photos of 12 and 50 megapixels; prints a line for each folder."""
    said = exif({**GPS, **RECEIVER_TIME}).tobytes()
    result: dict[str, float | str] = {}
    for name, sizes in (("12mp", [SIZE] * PHOTOS), ("50mp", [LARGE])):
        with tempfile.TemporaryDirectory() as folder:
            for number, size in enumerate(sizes):
                # Each another, as the same photo counts once.
                photo(size).save(Path(folder) / f"{number}.jpg", quality=88 + number, exif=said)
            cpu_s, peak_mb = meter([sys.executable, "-m", "probe", "replay", "--photos", folder])
        result |= {f"redact.phone_{name}_cpu_s": round(cpu_s / len(sizes), 2)}
        result |= {f"redact.phone_{name}_peak_mb": round(peak_mb, 1)}
        print(f"  {len(sizes)} photos of {name}: {cpu_s / len(sizes):.2f} CPU-s each, {peak_mb:.0f} MB")
    return result
