"""`python -m tests.town hub/demo/data` makes the demo's walks again, the same for the same seed."""

import json
import sys
from pathlib import Path
from random import Random

import numpy as np

from tests.town.air import bystanders, camera_senders, listen
from tests.town.cameras import town_cameras
from tests.town.plan import base_layer, blocks
from tests.town.shots import HEIGHT, WIDTH, scene_of, shot_of
from tests.town.walks import WALKS, photos, steps
from tests.town.write import write_nmea, write_pcap, write_photo

SEED = 20260509
_BLANK = np.zeros((HEIGHT, WIDTH, 3), np.uint8)


def make(folder: Path, *, pictures: bool = True) -> None:
    """Write base layer, truth and walks into a folder; without their pictures it takes seconds instead of minutes."""
    folder.mkdir(parents=True, exist_ok=True)
    random = Random(SEED)
    cameras, buildings = town_cameras(random), blocks()
    senders = [*camera_senders(cameras, random), *bystanders(random)]
    (folder / "base.geojson").write_text(json.dumps(base_layer(), ensure_ascii=False, separators=(",", ":")) + "\n")
    truth = {"composed": True, "cameras": [camera.truth for camera in cameras]}
    (folder / "truth.json").write_text(json.dumps(truth, indent=1) + "\n")
    for walk in WALKS:
        target = folder / walk.name
        (target / "photos").mkdir(parents=True, exist_ok=True)
        way = steps(walk, random)
        write_nmea(target / "track.nmea", way)
        write_pcap(target / "frames.pcap", listen(way, senders, buildings, random), random)
        taken = photos(way, cameras, buildings, random)
        for number, photo in enumerate(taken, start=1):
            shot = shot_of(photo, walk.name)
            pixels = scene_of(photo, shot, cameras).pixels if pictures else _BLANK
            write_photo(target / "photos" / f"{number:02d}.jpg", photo, shot, pixels)
        label = {"composed": True, "day": f"{walk.start:%Y-%m-%d}", "seconds": len(way)}
        (target / "walk.json").write_text(json.dumps(label) + "\n")


if __name__ == "__main__":
    make(Path(sys.argv[1] if len(sys.argv) > 1 else "hub/demo/data"))
