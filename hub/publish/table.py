"""Cameras as a table: CSV with a header, in UTF-8. No cell is a formula, whatever a sighting says."""

import csv
import io
from collections.abc import Iterable
from typing import Any

import msgspec

from hub.publish.exported import Ids, exported
from hub.publish.view import CameraDetail

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> bytes:
    """A row for each camera that `exported` lets through, a column for each thing said of any; lists by semicolons.

    Their ids are a column where any has one.
    """
    found = exported(cameras, everything=everything, ids=ids)
    columns = sorted({name for one in found for name in one.properties}, key=lambda name: (":" in name, name))
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\r\n")
    with_ids = any(one.id is not None for one in found)
    table.writerow([*(["id"] if with_ids else []), "lat", "lon", *columns])
    for one in found:
        values = [one.properties.get(name) for name in columns]
        table.writerow([*([one.id or ""] if with_ids else []), one.lat, one.lon, *map(_cell, values)])
    return text.getvalue().encode()


def _cell(value: Any) -> str | float:
    """A value in a cell; a text that a spreadsheet would compute gets the mark that keeps it a text."""
    if isinstance(value, bool | int | float):
        return value
    if isinstance(value, dict):
        return msgspec.json.encode(value).decode()
    text = "" if value is None else ";".join(map(str, value)) if isinstance(value, list) else str(value)
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULA) else text
