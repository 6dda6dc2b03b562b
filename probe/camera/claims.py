"""What a person said of a camera, as claims: no more than was said, and nothing where nothing was. Pure.

The evidence of each is the look itself, number 0.
"""

import re
from collections.abc import Iterable, Mapping

from probe.camera.tags import LIST, Tags, tags_of
from probe.contract.sighting import (
    CameraKind,
    Claim,
    DirectionClaim,
    GoneClaim,
    HeightClaim,
    KindClaim,
    Mount,
    MountClaim,
    PresentClaim,
    Strength,
)
from probe.errors import BadInput

DIRECTION_SD_DEG = 20.0
HEIGHT_SD_M = 1.0  # by eye

_KINDS = {
    "fixed": CameraKind.FIXED,
    "dome": CameraKind.DOME,
    "panning": CameraKind.PANNING,
    "alpr": CameraKind.ALPR,
    "gunshot_detector": CameraKind.GUNSHOT_DETECTOR,
    # OpenStreetMap's camera:type has no word for these two; some write one all the same.
    "panoramic": CameraKind.PANORAMIC,
    "multi_sensor": CameraKind.MULTI_SENSOR,
}
_MOUNTS = {mount.value: mount for mount in Mount}
# OpenStreetMap's words in front of a key whose thing is no longer there, or is there and does not work any more.
_GONE = {"removed", "was", "demolished", "razed", "destroyed", "dismantled", "historic", "ruins"}
_OUT_OF_USE = {"disused", "abandoned"}
_CAMERA_KEYS = {"camera:type", "camera:mount", "camera:direction", "camera:angle"}
_NO = {"", "no", "none", "false", "0"}
# What watches and is no camera: a person. Nobody is put on the map.
_NO_DEVICE = {"guard"}
_LIST_MARKS = (LIST, ",", "|", "/")
_POINTS = ("N", "NNE", "NE", "ENE", "E", "ESE", "SE", "SSE", "S", "SSW", "SW", "WSW", "W", "WNW", "NW", "NNW")
_METRES = re.compile(r"(\d{1,3}(?:\.\d{1,10})?) ?m?", re.ASCII)
_DEGREES = re.compile(r"(\d{1,3}(?:\.\d{1,10})?) ?(?:°|deg)?", re.ASCII)

# What a walker says in one word, and the tag that it stands for.
_WORDS = {
    **{kind: f"camera:type={kind}" for kind in ("fixed", "dome", "panning", "panoramic", "multi_sensor")},
    **{kind: f"surveillance:type={kind}" for kind in ("alpr", "gunshot_detector")},
    **{mount: f"camera:mount={mount}" for mount in _MOUNTS},
}
WORDS = (*_WORDS, "gone")


def tags_of_words(words: Iterable[str]) -> Tags:
    """The tags of what a walker says of the camera in front of them: one of WORDS each, or a tag as `key=value`.

    Whoever takes a photo with a probe says that there is a camera, or was. Raises BadInput for another word.
    """
    captions = []
    gone = False
    for word in words:
        short = word.strip().lower().replace("-", "_").replace(" ", "_")
        if short == "gone":
            gone = True
        elif short in _WORDS:
            captions.append(_WORDS[short])
        elif "=" in word:
            captions.append(word)
        else:
            raise BadInput(
                f"{word!r} says nothing of a camera; say {', '.join(WORDS)}, or a tag as camera:direction=120"
            )
    return tags_of(["removed:man_made=surveillance" if gone else "man_made=surveillance", *captions])


def claims_of(tags: Mapping[str, str]) -> tuple[Claim, ...]:
    """The claims in a photo's tags; none where they do not speak of a camera."""
    gone = _gone(tags)
    if gone is not None:
        return (GoneClaim(strength=gone, evidence=(0,)),)
    if not any(_speaks(key, value) for key, value in tags.items()) or _one(tags, "surveillance:type") in _NO_DEVICE:
        return ()
    claims: list[Claim] = [PresentClaim(strength=Strength.STRONG, evidence=(0,))]
    kind = _kind(tags)
    if kind is not None:
        claims.append(KindClaim(value=kind, strength=Strength.STRONG, evidence=(0,)))
    mount = _MOUNTS.get(_one(tags, "camera:mount"))
    if mount is not None:
        claims.append(MountClaim(value=mount, strength=Strength.STRONG, evidence=(0,)))
    direction = _direction(tags)
    if direction is not None:
        claims.append(DirectionClaim(value=direction, sd_deg=DIRECTION_SD_DEG, strength=Strength.STRONG, evidence=(0,)))
    height = _METRES.fullmatch(tags.get("height", ""))
    if height is not None and float(height[1]) > 0:
        claims.append(HeightClaim(value=float(height[1]), sd_m=HEIGHT_SD_M, strength=Strength.STRONG, evidence=(0,)))
    return tuple(claims)


def _speaks(key: str, value: str) -> bool:
    """Whether a tag speaks of a camera; other `camera:` keys are what cameras write of themselves."""
    if value.lower() in _NO:
        return False
    return _is_surveillance(key, value) or key in _CAMERA_KEYS or key.partition(":")[0] == "surveillance"


def _is_surveillance(key: str, value: str) -> bool:
    return key == "man_made" and "surveillance" in value.lower().split(LIST)


def is_silent(tags: Mapping[str, str]) -> bool:
    """Whether tags say nothing of surveillance at all, not even that there is none."""
    words = (word for key in tags for word in (key, key.partition(":")[2]))
    return not any(word == "man_made" or word in _CAMERA_KEYS or word.startswith("surveillance") for word in words)


def _gone(tags: Mapping[str, str]) -> Strength | None:
    """How sure it is that a camera is gone; weakly, where it hangs there still and is out of use."""
    if any(_is_surveillance(key, value) for key, value in tags.items()):
        words = {key for key, value in tags.items() if value.lower() == "yes"}
    else:
        words = {key.partition(":")[0] for key, value in tags.items() if _speaks(key.partition(":")[2], value)}
    if words & _GONE:
        return Strength.STRONG
    return Strength.WEAK if words & _OUT_OF_USE else None


def _one(tags: Mapping[str, str], key: str) -> str:
    """The value of a key in lower case, empty where it is none or a list: one of several is not what was said."""
    value = tags.get(key, "").lower()
    return "" if any(mark in value for mark in _LIST_MARKS) else value


def _kind(tags: Mapping[str, str]) -> CameraKind | None:
    """The type of surveillance says more than the shape of the housing: an ALPR is an ALPR in a dome, too."""
    kind = _one(tags, "surveillance:type")
    if not kind and tags.get("surveillance:type"):
        return None  # several types: of which the housing is, nobody said
    return _KINDS.get(kind) or _KINDS.get(_one(tags, "camera:type"))


def _direction(tags: Mapping[str, str]) -> float | None:
    """One direction in degrees; OpenStreetMap's tools read both keys, and two that differ are not one."""
    stated = [tags[key] for key in ("camera:direction", "direction") if key in tags]
    read = {_degrees(text) for text in stated}
    return read.pop() if len(read) == 1 else None


def _degrees(text: str) -> float | None:
    """One direction out of `120` or `SSW`; ranges and lists are left out, because they are not one."""
    if text.upper() in _POINTS:
        return _POINTS.index(text.upper()) * 22.5
    found = _DEGREES.fullmatch(text)
    value = float(found[1]) if found is not None else -1.0
    return value % 360.0 if 0 <= value <= 360 else None
