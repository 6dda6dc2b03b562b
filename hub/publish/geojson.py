"""Cameras as GeoJSON (RFC 7946) with OpenStreetMap's tag names, for people who review before they publish."""

from collections.abc import Iterable
from typing import Any

import msgspec

from hub.publish.view import CameraDetail

_CAMERA_TYPES = {"fixed", "dome", "panning"}


def export(cameras: Iterable[CameraDetail], *, everything: bool) -> bytes:
    """A FeatureCollection. `everything` adds the cameras nobody has reviewed, and what each rests on.

    No camera has been reviewed while this version has no review: without `everything` the collection is empty.
    """
    features = [_feature(detail) for detail in cameras] if everything else []
    return msgspec.json.format(msgspec.json.encode({"type": "FeatureCollection", "features": features}), indent=1)


def _feature(detail: CameraDetail) -> dict[str, Any]:
    camera = detail.camera
    properties: dict[str, Any] = {
        "man_made": "surveillance",
        "surveillance:type": "ALPR" if camera.title_kind == "alpr" else "camera",
        "camera:type": camera.title_kind if camera.title_kind in _CAMERA_TYPES else None,
        "camera:mount": camera.mount,
        "camera:direction": None if camera.direction is None else round(camera.direction) % 360,
        "manufacturer": camera.vendor,
        "check_date": camera.last_seen,
        "contrechamp:standing": camera.standing,
        "contrechamp:composed": "yes" if camera.composed else None,
        "contrechamp:sighting_ids": list(detail.sighting_ids),
        "contrechamp:region95": {"type": "Polygon", "coordinates": [camera.region95]},
        "contrechamp:reasons": [reason.code for reason in detail.reasons],
    }
    return {
        "type": "Feature",
        "id": camera.id,
        "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }
