"""A file system of its own with as little room as a test wants."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, option: str) -> Iterator[Path]:
    """A file system of its own, with so little room."""
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", option, "tmpfs", folder], check=False).returncode:
        pytest.skip("needs root: a full disk is a small tmpfs")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)
