"""`make speed-photo`: the long form. Which faces are taken out, by their height and by what light, motion, rotation and
coverings do to the picture; and which drawn cameras are taken for a face.

Sets: the labelled photos made small; the same faces pasted on the streets of the photos of cars, without their bodies,
which is harder than life; and with `--set FOLDER` any other folder of pictures with a `labels.csv` (file, left, top,
width, height), so that others can hold their own photos against it.
"""

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from probe.redact.faces import FaceDetector, Pixels
from probe.redact.model import read_model
from probe.redact.redactor import DEVICE_THRESHOLD, HUB_THRESHOLD
from tests.probe.redact.cameras import DOMES, SIZES_PX, drawn_cameras, hit_score
from tests.speed.conditions import CONDITIONS, Corners, Scene, corners, cut_out, on_streets
from tests.speed.redaction import COVERED, covered, labelled

Labels = NDArray[np.uint8]
THRESHOLDS = 0.1, DEVICE_THRESHOLD, HUB_THRESHOLD


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--set", type=Path, help="Another folder of pictures with a labels.csv.")
    options.add_argument("--heights", type=float, nargs="+", default=[12, 24, 48])
    options.add_argument("--json", type=Path, default=Path("build/speed-photo.json"))
    asked = options.parse_args()
    data = os.environ.get("CONTRECHAMP_TESTDATA")
    if data is None and asked.set is None:
        sys.exit("no labelled photos: set CONTRECHAMP_TESTDATA, or give --set FOLDER")
    cv2.setNumThreads(1)
    detector = FaceDetector(read_model(), threshold=min(THRESHOLDS))
    result: dict[str, float] = {}
    for name, scenes in _sets(None if data is None else Path(data) / "photo", asked.set).items():
        for height_px in asked.heights:
            result |= _by_condition(detector, name, height_px, list(scenes(height_px)))
    result |= _cameras(detector)
    asked.json.parent.mkdir(parents=True, exist_ok=True)
    asked.json.write_text(json.dumps(result, indent=1) + "\n")
    print(f"written to {asked.json}")


def _sets(photos: Path | None, other: Path | None) -> dict[str, Callable[[float], Iterator[Scene]]]:
    """What makes the scenes of each set for a height of faces."""
    found: dict[str, Callable[[float], Iterator[Scene]]] = {}
    if photos is not None:
        faces = list(_scenes(photos / "faces"))
        streets: list[Pixels] = [np.asarray(image) for image, _ in labelled(photos / "plates-eu")]
        cutouts = [cut for scene in faces for cut in cut_out(scene)]
        found["photos"] = lambda height_px: _made_small(faces, height_px)
        found["streets"] = lambda height_px: on_streets(cutouts, streets, height_px, np.random.default_rng(1))
    if other is not None:
        others = list(_scenes(other))
        found[other.name] = lambda height_px: _made_small(others, height_px)
    return found


def _scenes(folder: Path) -> Iterator[Scene]:
    for image, labels in labelled(folder):
        yield Scene(np.asarray(image), tuple(corners(*label) for label in labels))


def _made_small(scenes: list[Scene], height_px: float) -> Iterator[Scene]:
    for scene in scenes:
        yield scene.scaled(height_px / float(np.median([face[2, 1] - face[0, 1] for face in scene.faces])))


def _by_condition(detector: FaceDetector, name: str, height_px: float, scenes: list[Scene]) -> dict[str, float]:
    """Faces taken out under each condition and threshold, and the share of the pictures that goes; prints a table."""
    count = sum(len(scene.faces) for scene in scenes)
    print(f"{name}, {count} faces of {height_px:.0f} px: how many go, and what share of the pictures")
    result: dict[str, float] = {}
    for condition, changed in CONDITIONS.items():
        hits, shares = dict.fromkeys(THRESHOLDS, 0), dict.fromkeys(THRESHOLDS, 0.0)
        for scene in scenes:
            seen = changed(scene, height_px, np.random.default_rng(5))
            found = detector.faces(seen.pixels)
            for threshold in THRESHOLDS:
                mask = covered([face for face in found if face.score > threshold], seen.pixels.shape)
                hits[threshold] += sum(_is_gone(mask.astype(np.uint8), face) for face in seen.faces)
                shares[threshold] += float(mask.mean()) / len(scenes)
        told = "  ".join(f"{t}: {hits[t]:3} ({shares[t]:5.1%})" for t in THRESHOLDS)
        print(f"  {condition:18} {told}", flush=True)
        result[f"redact.{name}_{height_px:.0f}px_{condition}"] = round(hits[DEVICE_THRESHOLD] / count, 3)
    return result


def _is_gone(mask: Labels, face: Corners) -> bool:
    label = np.zeros(mask.shape, np.uint8)
    cv2.fillConvexPoly(label, np.rint(face).astype(np.int32), 1)
    return bool(label.any()) and float(mask[label > 0].mean()) >= COVERED


def _cameras(detector: FaceDetector) -> dict[str, float]:
    hits: dict[str, list[float]] = {}
    for drawn in drawn_cameras():
        hits.setdefault(drawn.kind, []).append(hit_score(detector, drawn))
    print(f"drawn cameras and lamps taken for a face, of {SIZES_PX[0]} to {SIZES_PX[-1]} px, by the score")
    for kind, scores in hits.items():
        told = "  ".join(f"{t}: {sum(score > t for score in scores)}" for t in THRESHOLDS)
        print(f"  {kind:22} of {len(scores)}  {told}  highest {max(scores):.3f}")
    domes = [score for kind in DOMES for score in hits[kind]]
    return {"redact.domes_taken_for_faces": sum(score > DEVICE_THRESHOLD for score in domes) / len(domes)}


if __name__ == "__main__":
    main()
