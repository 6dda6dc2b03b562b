"""The frozen parameters, as data: what is not in these two files is not drawn."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


@cache
def merging() -> dict[str, Any]:
    """The parameters of the walks that merging is judged by."""
    return tomllib.loads((HERE / "merging.toml").read_text())


@cache
def locating() -> dict[str, Any]:
    """The parameters of the passes that locating is judged by."""
    return tomllib.loads((HERE / "locating.toml").read_text())
