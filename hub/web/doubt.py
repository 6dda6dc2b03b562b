"""What is unsure of a camera, in words: which of its sightings may be of another one, and at which places it may be."""

from collections.abc import Callable, Mapping
from typing import Any

from hub.publish.view import CameraDetail, CameraView, DoubtView, OtherView, region
from hub.review.doubts import own_percent
from hub.review.question import Unsure
from hub.web.words import Words
from probe.contract.geodesy import bearing_deg, distance_m

AT_THE_MARK_M = 0.5
Find = Callable[[str], CameraDetail | None]


def doubt_told(doubt: DoubtView, camera: CameraView, find: Find, say: Words) -> str:
    """Such as "One sighting is of this camera with 62 %, of the one 4 m east with 30 %, or of another with 8 %"."""
    parts = [say("doubt_here", n=len(doubt.sightings), percent=doubt.here)]
    parts += [_other(other, camera, find, say) for other in doubt.others]
    first = ", ".join(parts[:-1])
    return say("doubt_told", first=first, last=parts[-1]) if first else say("doubt_told_alone", first=parts[-1])


def odds(unsure: Unsure, letters: Mapping[str, str], say: Words) -> str:
    """Such as "A 62 %, B 30 %, its own 8 %": by the letters that the desk gave to cameras, by their ids."""
    home = unsure.camera.camera.id
    alone = len(unsure.seen.sighting_ids) == len(unsure.camera.sighting_ids)
    own = own_percent(unsure.doubt, alone=alone)
    named = [(other.camera, other.percent) for other in unsure.doubt.others if other.camera is not None]
    if not alone:
        named = [(home, unsure.doubt.here), *named]
    parts = [
        say("odds_of", who=letters.get(camera) or say("odds_here" if camera == home else "odds_near"), percent=share)
        for camera, share in named
    ]
    if own:
        parts.append(say("odds_of", who=say("odds_own"), percent=own))
    return ", ".join(parts)


def _other(other: OtherView, camera: CameraView, find: Find, say: Words) -> str:
    found = None if other.camera is None else find(other.camera)
    if other.camera is None:
        return say("doubt_of_own", percent=other.percent)
    if found is None:  # not for who asks, or no more
        return say("doubt_of_unnamed", percent=other.percent)
    there = found.camera
    return say(
        "doubt_of",
        distance=say.length(distance_m(camera.lat, camera.lon, there.lat, there.lon)),
        sector=say.compass(bearing_deg(camera.lat, camera.lon, there.lat, there.lon), "sectors"),
        percent=other.percent,
    )


def places_told(detail: CameraDetail, say: Words) -> str | None:
    """At which two places it may be, from its mark; None where there is one."""
    if len(detail.modes) < 2:
        return None
    first, second = (_from_mark(detail.camera, mode.lat, mode.lon, say) for mode in detail.modes[:2])
    percent, other = (mode.percent for mode in detail.modes[:2])
    return say("places_told", first=first, second=second, percent=percent, other=other)


def _from_mark(camera: CameraView, lat: float, lon: float, say: Words) -> str:
    away = distance_m(camera.lat, camera.lon, lat, lon)
    if away < AT_THE_MARK_M:
        return say("place_at_mark")
    sector = say.compass(bearing_deg(camera.lat, camera.lon, lat, lon), "sectors")
    return say("place_off_mark", distance=say.length(away), sector=sector)


def places_drawn(detail: CameraDetail) -> dict[str, Any]:
    """What the map draws of a camera that was chosen, beyond what it draws of all: region50, and places where there are
    several."""
    modes = detail.modes if len(detail.modes) > 1 else ()
    return {
        "region50": region(detail.region50) if detail.region50 else None,
        "modes": [{"at": [mode.lon, mode.lat], "percent": mode.percent} for mode in modes],
    }
