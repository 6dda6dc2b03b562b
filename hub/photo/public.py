"""A released picture as the public gets it: encoded anew, smaller, without anything that came with it."""

from io import BytesIO

from hub.photo.brush import opened

MAX_EDGE = 1280  # pixels: a camera and its wall are plain to see, a line of writing across the street is not
_QUALITY = 80


def public_jpeg(jpeg: bytes) -> bytes:
    """The picture for everybody. Its tables are not those of the device that took it, and its hash is not the one by
    which sightings name it. Raises BadInput where it cannot be read."""
    picture = opened(jpeg)
    picture.thumbnail((MAX_EDGE, MAX_EDGE))
    picture.info.clear()
    out = BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()
