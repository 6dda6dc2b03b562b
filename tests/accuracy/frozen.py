"""The frozen parameters, as data: what is not in these two files is not drawn."""

import tomllib
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
# Instead of those in locating.toml, where passes are drawn by other laws (`laws.py`).
OTHER_LAWS: ContextVar[dict[str, Any] | None] = ContextVar("OTHER_LAWS", default=None)


@cache
def merging() -> dict[str, Any]:
    """The parameters of the walks that merging is judged by."""
    return tomllib.loads((HERE / "merging.toml").read_text())


def locating() -> dict[str, Any]:
    """The parameters of the passes that locating is judged by."""
    return OTHER_LAWS.get() or _locating()


@cache
def _locating() -> dict[str, Any]:
    return tomllib.loads((HERE / "locating.toml").read_text())
