"""The brush: rectangles of a picture become the constant, and it is encoded anew. It only takes away.

Nothing of what was under a rectangle is left: JPEG works in blocks, and one that lies across the edge carries traces of
the inside, so whole blocks go, and a little more for the colours, which are smeared beyond them.
"""

from collections.abc import Sequence
from io import BytesIO
from typing import TYPE_CHECKING

from hub.errors import BadInput
from probe.contract.sighting import Box
from probe.redact.geotag import NoJpeg, size_of
from probe.redact.view import box_pixels

if TYPE_CHECKING:
    from PIL import Image

FILL = 112  # probe.redact.redactor's constant; a test holds the two together
_BLOCK, _SMEAR = 16, 2  # pixels of a block with its colours at half size, and how far these reach beyond it
MAX_PIXELS = 16 << 20  # decoded at once: 48 MiB
MAX_BOXES = 2000


def covered(jpeg: bytes, boxes: Sequence[Box]) -> bytes:
    """The picture with rectangles covered, without any metadata. Raises BadInput."""
    if not 0 < len(boxes) <= MAX_BOXES:
        raise BadInput(f"give between 1 and {MAX_BOXES} rectangles to cover, not {len(boxes)}")
    picture = opened(jpeg)
    for box in boxes:
        left, top, right, bottom = _outwards(box, picture.width, picture.height)
        fill = FILL if picture.mode == "L" else (FILL, FILL, FILL)
        picture.paste(fill, (left, top, right, bottom))
    return encoded(picture)


def opened(jpeg: bytes) -> "Image.Image":
    """The picture, decoded whole. Raises BadInput where it is none, or is larger than any that a probe makes."""
    from PIL import Image

    try:
        width, height = size_of(jpeg)
        if width * height > MAX_PIXELS:
            raise BadInput(f"the picture has {width} x {height} pixels, more than is decoded here; delete it")
        picture = Image.open(BytesIO(jpeg), formats=["JPEG"])
        picture.load()
    except NoJpeg as problem:
        raise BadInput(f"the picture cannot be read ({problem}); delete it") from problem
    except (OSError, SyntaxError, ValueError, MemoryError, Image.DecompressionBombError) as problem:
        if isinstance(problem, BadInput):
            raise
        raise BadInput("the picture cannot be decoded: it is damaged, or no JPEG; delete it") from problem
    return picture if picture.mode in ("RGB", "L") else picture.convert("RGB")


def encoded(picture: "Image.Image") -> bytes:
    """A picture as JPEG, by the tables that it came with, so that what was not touched stays as it is."""
    out = BytesIO()
    kept: dict[str, object] = {}
    tables = getattr(picture, "quantization", None)
    if tables:
        kept = {"qtables": tables, "subsampling": _subsampling(picture)}
    picture.info.clear()  # comments and profiles would go along
    picture.save(out, "JPEG", optimize=True, **kept)
    return out.getvalue()


def _subsampling(picture: "Image.Image") -> int:
    from PIL.JpegImagePlugin import get_sampling

    sampling: int = get_sampling(picture)
    return sampling


def _outwards(box: Box, width: int, height: int) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of a box, moved out to the edges of the blocks and a little further."""
    left, top, right, bottom = box_pixels(box, width, height)
    return (
        max(0, left // _BLOCK * _BLOCK - _SMEAR),
        max(0, top // _BLOCK * _BLOCK - _SMEAR),
        min(width, -(-right // _BLOCK) * _BLOCK + _SMEAR),
        min(height, -(-bottom // _BLOCK) * _BLOCK + _SMEAR),
    )
