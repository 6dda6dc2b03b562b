"""A hub with a walker who sends photos: real JPEGs, and the sightings that name them."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import msgspec
import numpy as np
from PIL import Image

from hub.data import HubFolder
from hub.derive.deriver import Deriver
from hub.ingest.receive import Incoming
from hub.photo.gallery import Gallery
from probe.contract.envelope import Picture
from probe.contract.parcel import Unit, Verdict
from probe.contract.sighting import Box, Kind, Photo, Sighting
from probe.seal.identity import Identity
from tests.examples import WALK_A, look, new_id
from tests.paired import enrolled, ingest_of, parcel_of

RETICLE = Box(left=0.25, top=0.25, width=0.5, height=0.5)
OFFER = 64  # units in a parcel


def jpeg_of(pixels: "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]", **more: object) -> bytes:
    out = BytesIO()
    Image.fromarray(pixels).save(out, "JPEG", **{"quality": 80, **more})
    return out.getvalue()


def noise(seed: int, width: int = 160, height: int = 120) -> "np.ndarray[tuple[int, ...], np.dtype[np.uint8]]":
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def sha(jpeg: bytes) -> str:
    return hashlib.sha256(jpeg).hexdigest()


def photo(
    scene: bytes, reticle: bytes | None = None, *, walk: str = WALK_A, observer: tuple[float, float] = (0.0, 0.0)
) -> Sighting:
    pin = look(walk=walk, observer=observer)
    part = Photo(
        content_sha256=sha(scene), reticle_sha256=None if reticle is None else sha(reticle), bearing_deg=90.0,
        reticle=RETICLE,
    )  # fmt: skip
    return msgspec.structs.replace(pin, kind=Kind.PHOTO, pin=None, photo=part)


@dataclass
class World:
    hub: HubFolder
    walker: Identity = field(init=False)

    def __post_init__(self) -> None:
        self.walker = enrolled(self.hub)

    def send(self, units: Sequence[Unit], walker: Identity | None = None) -> list[Verdict]:
        account = (walker or self.walker).account
        assert account is not None
        verdicts = []
        for start in range(0, len(units), 1):
            payload = parcel_of(list(units[start : start + 1]))
            done = ingest_of(self.hub).receive([Incoming(topic="t", mailbox=account.mailbox, payload=payload)])
            verdicts += [receipt.verdict for answer in done.answers for receipt in answer.receipts]
        return verdicts

    def picture_unit(self, jpeg: bytes, unit_id: str | None = None) -> Unit:
        return self.walker.sealer().picture(Picture(v=1, id=unit_id or new_id(), jpeg=jpeg))

    def picture_of(self, walker: Identity, jpeg: bytes) -> Unit:
        """A picture that another walker sends."""
        return walker.sealer().picture(Picture(v=1, id=new_id(), jpeg=jpeg))

    def take(self, scene: bytes, reticle: bytes | None = None, **more: object) -> Sighting:
        """A photo comes: its sighting, and its pictures."""
        taken = photo(scene, reticle, **more)  # type: ignore[arg-type]
        units = [self.walker.sealer().sighting(taken), self.picture_unit(scene)]
        units += [] if reticle is None else [self.picture_unit(reticle)]
        assert self.send(units) == [Verdict.STORED] * len(units)
        return taken

    def deriver(self) -> Deriver:
        deriver = Deriver(self.hub.store, self.hub.recogniser)
        deriver.refresh()
        return deriver

    def gallery(self) -> Gallery:
        deriver = self.deriver()

        def sightings_of(camera_id: str) -> Sequence[str] | None:
            camera = deriver.camera(camera_id)
            return None if camera is None else camera.sighting_ids

        return Gallery(self.hub.store, sightings_of)


def octets_in(folder: Path, wanted: Sequence[bytes]) -> list[str]:
    """The files below a folder that hold any of some octets."""
    found = []
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            held = path.read_bytes()
            found += [path.name] if any(part in held for part in wanted) else []
    return found
