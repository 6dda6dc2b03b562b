"""The end of a walk in sentences: what was found, what was covered, and what to do better next time."""

from probe.camera.claims import WORDS
from probe.session.heard import HeardBook
from probe.session.notebook import Made
from probe.session.noticing import Noticing
from probe.session.seen import Seen
from probe.session.view import Note, PartHealth, PartName
from probe.session.way import Way

_MINUTE_S = 60.0
_LEAST_S = 60.0  # what lasted for less is not worth a sentence

_TAGGED = {
    "fixed": "found-fixed",
    "dome": "found-dome",
    "panning": "found-panning",
    "alpr": "found-alpr",
    "gunshot_detector": "found-gunshot-detector",
    "panoramic": "found-panoramic",
    "multi_sensor": "found-multi-sensor",
    "wall": "found-wall",
    "pole": "found-pole",
    "ceiling": "found-ceiling",
    "street_lamp": "found-street-lamp",
    "tree": "found-tree",
    "gone": "found-gone",
}
_REFUSED = {
    "photo-pin-no-redactor": "improve-no-redactor",
    "photo-pin-self-test": "improve-self-test",
    "photo-pin-memory": "improve-memory",
    "photo-pin-camera": "improve-camera",
    "photo-pin-walker": "improve-camera",
    "photo-failed": "improve-camera",
    "photo-lost": "improve-room",
    "pin-lost": "improve-room",
}
_TROUBLED = {
    PartName.RADIO: "improve-radio",
    PartName.POSITION: "improve-position",
    PartName.HEADING: "improve-heading",
    PartName.CAMERA: "improve-camera-part",
    PartName.OUTBOX: "improve-outbox",
    PartName.BUTTON: "improve-button",
    PartName.SIGNALS: "improve-signals",
    PartName.POWER: "improve-power-part",
}


def summary(seen: Seen, way: Way, heard: HeardBook, made: Made, noticed: Noticing) -> tuple[Note, ...]:
    """All of it, in this order; of what there was none nothing is said."""
    return (*_found(heard, made), _covered(way, noticed), *_improve(seen, heard, made, noticed), *seen.advice)


def _found(heard: HeardBook, made: Made) -> list[Note]:
    counts = {"found-heard": heard.count, "found-photos": made.photos, "found-pins": made.pins}
    notes = [Note(code=code, values={"count": count}) for code, count in counts.items() if count > 0]
    notes += [Note(code=_TAGGED[word], values={"count": made.words[word]}) for word in WORDS if made.words[word] > 0]
    return notes or [Note(code="found-nothing")]


def _covered(way: Way, noticed: Noticing) -> Note:
    minutes = round(noticed.walked_s / _MINUTE_S)
    return Note(code="covered", values={"metres": round(way.metres), "minutes": minutes, "cells": way.cells})


def _improve(seen: Seen, heard: HeardBook, made: Made, noticed: Noticing) -> list[Note]:
    notes = []
    if noticed.no_fix_s >= _LEAST_S:
        notes.append(Note(code="improve-no-fix", values={"minutes": round(noticed.no_fix_s / _MINUTE_S)}))
    refused: dict[str, int] = {}
    for code, count in made.refused.items():
        advice = _REFUSED.get(code, "improve-camera")
        refused[advice] = refused.get(advice, 0) + count
    # What the probe lost for want of room holds the photos and pins that were.
    refused["improve-room"] = max(refused.get("improve-room", 0), seen.lost)
    notes += [Note(code=code, values={"count": count}) for code, count in sorted(refused.items()) if count > 0]
    without = heard.count - heard.photographed
    if without > 0:
        notes.append(Note(code="improve-no-photo", values={"count": without, "of": heard.count}))
    has_compass = any(part.name is PartName.HEADING and part.health is not PartHealth.ABSENT for part in seen.parts)
    if made.undirected > 0 and has_compass:
        notes.append(Note(code="improve-no-direction", values={"count": made.undirected}))
    if noticed.low_power:
        notes.append(Note(code="improve-power"))
    for name, code in _TROUBLED.items():
        if noticed.trouble_s.get(name, 0.0) >= _LEAST_S:
            notes.append(Note(code=code, values={"minutes": round(noticed.trouble_s[name] / _MINUTE_S)}))
    if seen.never > 0:
        notes.append(Note(code="hidden-never", values={"count": seen.never}))
    return notes
