"""Pictures of a walk in memory: small ones for the page, and whole ones as long as something else may be said of them.

All of them are redacted; nothing here ever sees another. The oldest give way.
"""

from io import BytesIO

from probe.contract.envelope import Picture

MOST_SMALL, MOST_SMALL_BYTES = 60, 2_000_000
MOST_WHOLE_BYTES = 8 << 20  # some twenty photos, and no more than there are small ones
SMALL_PX = 240
_QUALITY = 70
_MOST_ONE_BYTES = 100_000


def small(jpeg: bytes) -> bytes | None:
    """A small copy of a redacted picture; None where it cannot be read."""
    from PIL import Image

    try:
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as image:
            image.draft("RGB", (SMALL_PX, SMALL_PX))
            made = image.convert("RGB")
            made.thumbnail((SMALL_PX, SMALL_PX))
            out = BytesIO()
            made.save(out, "JPEG", quality=_QUALITY)
    except (OSError, ValueError, MemoryError, Image.DecompressionBombError):
        return None  # it is kept all the same, and only not shown
    return out.getvalue() if out.tell() <= _MOST_ONE_BYTES else None


class Pictures:
    """The pictures of things, by their numbers."""

    def __init__(self) -> None:
        self._small: dict[int, bytes] = {}
        self._whole: dict[int, tuple[Picture, ...]] = {}

    def add(self, number: int, pictures: tuple[Picture, ...], small_one: bytes | None) -> None:
        """Keep the pictures of a photo."""
        if small_one is not None:
            self._small[number] = small_one
        if pictures:
            self._whole[number] = pictures
        while len(self._small) > MOST_SMALL or sum(map(len, self._small.values())) > MOST_SMALL_BYTES:
            del self._small[next(iter(self._small))]
        while len(self._whole) > MOST_SMALL or sum(map(_bytes, self._whole.values())) > MOST_WHOLE_BYTES:
            del self._whole[next(iter(self._whole))]

    def small(self, number: int) -> bytes | None:
        """The small picture of a photo, while it is here."""
        return self._small.get(number)

    def numbers(self) -> set[int]:
        """The things that have a small picture."""
        return set(self._small)

    def whole(self, number: int) -> tuple[Picture, ...] | None:
        """The pictures of a photo as they are kept, while they are here."""
        return self._whole.get(number)

    def drop(self, number: int) -> None:
        """Forget those of one photo."""
        self._small.pop(number, None)
        self._whole.pop(number, None)

    def wipe(self) -> None:
        """Forget all of them."""
        self._small.clear()
        self._whole.clear()


def _bytes(pictures: tuple[Picture, ...]) -> int:
    return sum(len(picture.jpeg) for picture in pictures)
