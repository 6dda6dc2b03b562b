"""Cameras as GeoJSON (RFC 7946), for programs of all kinds and for OpenStreetMap's tools."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hub.publish.exported import Exported, Ids, exported
from hub.publish.view import CameraDetail


def export(cameras: Iterable[CameraDetail], *, everything: bool, ids: Ids | None = None) -> bytes:
    """A FeatureCollection of what `exported` lets through."""
    features = [_feature(one) for one in exported(cameras, everything=everything, ids=ids)]
    return msgspec.json.format(msgspec.json.encode({"type": "FeatureCollection", "features": features}), indent=1)


def _feature(one: Exported) -> dict[str, Any]:
    return {
        "type": "Feature",
        **({} if one.id is None else {"id": one.id}),
        "geometry": {"type": "Point", "coordinates": [one.lon, one.lat]},
        "properties": one.properties,
    }
