"""What uv.lock says, as pip reads it: with hashes, for the extras that are asked for. uv reads the lock, no network."""

import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]


def uv() -> str:
    """The program uv: this environment's, else the machine's. Raises FileNotFoundError with a sentence."""
    found = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")
    if found is None:
        raise FileNotFoundError("uv is missing, which reads uv.lock; run `make setup`")
    return found


def requirements(*selection: str) -> str:
    """A file for `pip install --require-hashes --requirement`, such as of `--extra probe`."""
    export = (uv(), "export", "--quiet", "--frozen", "--no-default-groups", "--no-emit-project", "--no-header")
    command = [*export, "--no-annotate", *selection]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
