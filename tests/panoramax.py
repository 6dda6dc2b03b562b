"""Panoramax's own reader of geotags, in an environment of its own under build/: part of setting the project up.

It brings code under the GPL, and packages that our own do not go with: so it is never installed beside them. Without a
network, the test that needs it skips and says so.
"""

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

HOME = Path(__file__).parents[1] / "build" / "panoramax"
PYTHON = HOME / "bin" / "python"
WANTED = "geopic_tag_reader==1.10.1"
_STAMP = HOME / "wanted.txt"
_READ = """
import json, sys
from dataclasses import asdict
from geopic_tag_reader.reader import readPictureMetadata
read = asdict(readPictureMetadata(open(sys.argv[1], "rb").read()))
print(json.dumps(read, default=str))
"""


def is_here() -> bool:
    return _STAMP.is_file() and _STAMP.read_text() == WANTED


def fetch() -> bool:
    """Bring it here; returns whether it is here."""
    if is_here():
        return True
    venv.create(HOME, with_pip=True, clear=True)
    pip = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--quiet", WANTED]
    if subprocess.run(pip, check=False).returncode != 0:
        return False
    _STAMP.write_text(WANTED)
    return True


def read(path: Path) -> dict[str, Any]:
    """What it reads of a picture, with its warnings under `tagreader_warnings`."""
    done = subprocess.run([PYTHON, "-I", "-c", _READ, path], check=True, capture_output=True, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    sys.exit(not fetch())
