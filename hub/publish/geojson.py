"""Cameras as GeoJSON (RFC 7946) with OpenStreetMap's tag names, for people who review before they publish.

A tag says what was claimed, and no more: where nobody said of which type a thing is, `surveillance:type` is absent.
A weak claim, or one that as many sightings contradict, is no tag and stands in `contrechamp:weak`.
"""

from collections import Counter
from collections.abc import Iterable
from typing import Any

import msgspec

from hub.publish.view import CameraDetail
from probe.contract.sighting import CameraKind, Strength

# Each kind in OpenStreetMap's words. A bridge only relays pictures: it is an antenna, and watches nobody.
_SURVEILLANCE = {"man_made": "surveillance"}
TAGS: dict[str, dict[str, str]] = {
    CameraKind.FIXED: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "fixed"},
    CameraKind.DOME: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "dome"},
    CameraKind.PANNING: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "panning"},
    CameraKind.ALPR: {**_SURVEILLANCE, "surveillance:type": "ALPR"},
    CameraKind.GUNSHOT_DETECTOR: {**_SURVEILLANCE, "surveillance:type": "gunshot_detector"},
    CameraKind.BRIDGE: {"man_made": "antenna"},
}
_Value = str | float | bool | None


def export(cameras: Iterable[CameraDetail], *, everything: bool) -> bytes:
    """A FeatureCollection. `everything` adds the cameras nobody has reviewed, and what each rests on.

    No camera has been reviewed while this version has no review: without `everything` the collection is empty.
    """
    features = [_feature(detail) for detail in cameras] if everything else []
    return msgspec.json.format(msgspec.json.encode({"type": "FeatureCollection", "features": features}), indent=1)


def _feature(detail: CameraDetail) -> dict[str, Any]:
    camera = detail.camera
    properties: dict[str, Any] = {
        **_tags(detail),
        "check_date": camera.last_seen if camera.standing == "seen" else None,  # heard is not checked
        "contrechamp:standing": camera.standing,
        "contrechamp:composed": "yes" if camera.composed else None,
        "contrechamp:weak": _weak_claims(detail) or None,
        "contrechamp:gone": _count_claims(detail, "gone") or None,
        "contrechamp:sightings": camera.sightings,
        "contrechamp:sighting_ids": list(detail.sighting_ids),  # the first 500
        "contrechamp:region95": {"type": "Polygon", "coordinates": [camera.region95]},
        "contrechamp:reasons": [reason.code for reason in detail.reasons],
    }
    return {
        "type": "Feature",
        "id": camera.id,
        "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        "properties": {name: value for name, value in properties.items() if value is not None},
    }


def _tags(detail: CameraDetail) -> dict[str, Any]:
    """What the claims bear out, as tags."""
    kind = _majority_value(detail, "kind")
    tags: dict[str, Any] = dict(TAGS.get(kind, {})) if isinstance(kind, str) else {}
    bridge = any(claim.value == CameraKind.BRIDGE for claim in detail.claims if claim.about == "kind")
    # Also where it is said weakly: a hint is exported to be looked into, and `contrechamp:weak` says that it is one.
    if not tags and not bridge and _count_claims(detail, "present"):
        tags = dict(_SURVEILLANCE)
    if tags.get("man_made") == "surveillance":
        direction = detail.camera.direction if _count_claims(detail, "direction", Strength.STRONG) else None
        tags["camera:mount"] = _majority_value(detail, "mount")
        tags["camera:direction"] = None if direction is None else round(direction) % 360
        tags["height"] = detail.camera.height_m
    if tags:
        tags["manufacturer"] = _no_formula(_majority_value(detail, "vendor"))
    return tags


def _no_formula(value: _Value) -> _Value:
    """A text without what makes a spreadsheet compute it, once the export has become a table; None where none is left.

    No maker's name begins so.
    """
    return (value.lstrip("=+-@ ") or None) if isinstance(value, str) else value


def _majority_value(detail: CameraDetail, about: str) -> _Value:
    """What most sightings say strongly; None where none does, or as many say otherwise."""
    counted: Counter[_Value] = Counter()
    for claim in detail.claims:
        if claim.about == about and claim.strength == Strength.STRONG:
            counted[claim.value] += claim.sightings
    first, *second = counted.most_common(2) or [(None, 0)]
    return None if second and second[0][1] == first[1] else first[0]


def _weak_claims(detail: CameraDetail) -> list[str]:
    """The claims that bear out no tag, such as `kind=alpr` or `present`."""
    weak = set()
    for claim in detail.claims:
        if claim.about in ("present", "direction", "height"):
            borne_out = _count_claims(detail, claim.about, Strength.STRONG) > 0
        else:
            borne_out = claim.value == _majority_value(detail, claim.about)
        if claim.about in ("present", "kind", "mount", "direction", "height", "vendor") and not borne_out:
            weak.add(claim.about if claim.value is None else f"{claim.about}={claim.value}")
    return sorted(weak)


def _count_claims(detail: CameraDetail, about: str, strength: Strength | None = None) -> int:
    """How many sightings make a claim."""
    matching = [claim for claim in detail.claims if claim.about == about and strength in (None, claim.strength)]
    return sum(claim.sightings for claim in matching)
