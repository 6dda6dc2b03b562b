"""What OpenStreetMap would say of a camera: its tag names, for people who review before they publish. Pure.

A tag says what was claimed, and no more: where nobody said of which type a thing is, `surveillance:type` is absent.
A weak claim, or one that as many sightings contradict, is no tag and is among `weak_claims`.
"""

from collections import Counter
from typing import Any

from hub.publish.view import CameraDetail
from probe.contract.sighting import CameraKind, Strength

# Each kind in OpenStreetMap's words, where it has some: it has none for what sees all around or has several lenses, and
# a dome or a panning camera is another thing. A bridge only relays pictures: it is an antenna, and watches nobody.
_SURVEILLANCE = {"man_made": "surveillance"}
TAGS: dict[str, dict[str, str]] = {
    CameraKind.FIXED: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "fixed"},
    CameraKind.DOME: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "dome"},
    CameraKind.PANNING: {**_SURVEILLANCE, "surveillance:type": "camera", "camera:type": "panning"},
    CameraKind.PANORAMIC: {**_SURVEILLANCE, "surveillance:type": "camera"},
    CameraKind.MULTI_SENSOR: {**_SURVEILLANCE, "surveillance:type": "camera"},
    CameraKind.ALPR: {**_SURVEILLANCE, "surveillance:type": "ALPR"},
    CameraKind.GUNSHOT_DETECTOR: {**_SURVEILLANCE, "surveillance:type": "gunshot_detector"},
    CameraKind.BRIDGE: {"man_made": "antenna"},
}
_Value = str | float | bool | None


def tags(detail: CameraDetail) -> dict[str, Any]:
    """What the claims bear out, as tags; of one that is gone, `removed:man_made` stands in place of `man_made`."""
    kind = _majority_value(detail, "kind")
    found: dict[str, Any] = dict(TAGS.get(kind, {})) if isinstance(kind, str) else {}
    bridge = any(claim.value == CameraKind.BRIDGE for claim in detail.claims if claim.about == "kind")
    # Also where it is said weakly: a hint is exported to be looked into, and `contrechamp:weak` says that it is one.
    if not found and not bridge and count_claims(detail, "present"):
        found = dict(_SURVEILLANCE)
    if found.get("man_made") == "surveillance":
        direction = detail.camera.direction if count_claims(detail, "direction", Strength.STRONG) else None
        found["camera:mount"] = _majority_value(detail, "mount")
        found["camera:direction"] = None if direction is None else round(direction) % 360
        found["height"] = detail.camera.height_m
        found["operator:type"] = detail.camera.operator_type
    if found:
        found["manufacturer"] = _no_formula(_majority_value(detail, "vendor"))
    if detail.camera.gone is not None and "man_made" in found:
        found = {"removed:man_made": found.pop("man_made"), **found}
    return {name: value for name, value in found.items() if value is not None}


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


def weak_claims(detail: CameraDetail) -> list[str]:
    """The claims that bear out no tag, such as `kind=alpr` or `present`."""
    weak = set()
    for claim in detail.claims:
        if claim.about in ("present", "direction", "height"):
            borne_out = count_claims(detail, claim.about, Strength.STRONG) > 0
        else:
            borne_out = claim.value == _majority_value(detail, claim.about)
        if claim.about in ("present", "kind", "mount", "direction", "height", "vendor") and not borne_out:
            weak.add(claim.about if claim.value is None else f"{claim.about}={claim.value}")
    return sorted(weak)


def count_claims(detail: CameraDetail, about: str, strength: Strength | None = None) -> int:
    """How many sightings make a claim."""
    matching = [claim for claim in detail.claims if claim.about == about and strength in (None, claim.strength)]
    return sum(claim.sightings for claim in matching)
