"""Waypoints of cameras in a GPX file, as apps for walkers write it (topografix.com/GPX/1/1, and 1.0).

A waypoint counts where it says itself that it is a camera: by OpenStreetMap tags in any of its texts, by a word for one
in its type or symbol, or by such a word at the beginning of its name. Speed traps and webcams are other things. A track
alone says where somebody walked, which is nothing of cameras. Entities are refused, and nothing is kept but the few
texts of the waypoint being read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from probe.camera.claims import claims_of
from probe.camera.tags import Tags, tags_of
from probe.errors import BadInput
from probe.importer import rows
from probe.importer.rows import RowCounts
from probe.importer.stream import CutShort, LogStream

MOST_WAYPOINTS = 50_000
_BLOCK, _LONGEST_MARK = 64 * 1024, 1 << 20
_LONGEST_TEXT, _DEEPEST, _MOST_TEXTS = 1000, 32, 24
_TEXTS = {"name", "desc", "cmt", "type", "sym", "time"}
_WORD = re.compile(
    r"\b(cctv|surveillance|vid[eé]osurveillance|cam[eé]ras?|[uü]berwachungskameras?|kameras?|c[aá]maras?|telecamer[ae])"
    r"\b",
    re.IGNORECASE,
)
_OTHER = re.compile(r"\b(speed|radars?|web-?cam|blitzer|viewpoint|photo spot|cameras? (shop|store))\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Waypoint:
    """A camera that somebody marked: where (degrees), when, and the tags that say what it is."""

    lat: float
    lon: float
    at: datetime | None
    tags: Tags
    number: int


@dataclass(slots=True)
class GpxCounts:
    """What else is in the file."""

    waypoints: int = 0
    silent: int = 0
    placeless: int = 0
    track_points: int = 0


class _Gpx:
    """What the parser tells; `done` holds the waypoints that have ended."""

    def __init__(self, path: Path, counts: GpxCounts) -> None:
        self.done: list[tuple[dict[str, str], list[tuple[str, str]]]] = []
        self.told = 0
        self._path, self._counts = path, counts
        self._where: list[str] = []
        self._attributes: dict[str, str] = {}
        self._texts: list[tuple[str, str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.told += 1
        name = tag.rpartition("}")[2]
        self._where.append(name)
        if len(self._where) == 1 and name != "gpx":
            raise BadInput(f"{self._path}: not a GPX file (it begins with <{rows.said(name)[:40]}>)")
        if len(self._where) > _DEEPEST:
            raise BadInput(f"{self._path}: not a GPX file ({_DEEPEST} elements deep)")
        if self._where == ["gpx", "wpt"]:
            self._attributes, self._texts = {key: attributes.get(key, "")[:40] for key in ("lat", "lon")}, []
        elif name in ("trkpt", "rtept"):
            self._counts.track_points += 1
        elif self._where[1:2] == ["wpt"] and len(self._texts) < _MOST_TEXTS:
            self._texts.append((name, ""))

    def data(self, text: str) -> None:
        self.told += 1
        if len(self._where) > 2 and self._where[1] == "wpt" and self._texts:
            name, before = self._texts[-1]
            if name == self._where[-1] and len(before) < _LONGEST_TEXT:
                self._texts[-1] = name, (before + text)[:_LONGEST_TEXT]

    def end(self, _tag: str) -> None:
        self.told += 1
        if self._where == ["gpx", "wpt"]:
            self.done.append((self._attributes, self._texts))
        self._where.pop()

    def close(self) -> None:
        """The parser asks for this; nothing is left to give."""


def is_gpx(start: bytes) -> bool:
    """Whether a file that begins so is GPX."""
    return re.search(rb"<([A-Za-z_]{1,20}:)?gpx[\s>]", start.replace(b"\0", b"")) is not None


def read_gpx(stream: LogStream, counts: GpxCounts, faults: RowCounts) -> Iterator[Waypoint]:
    """The waypoints that say that they are cameras. What cannot be used of a file is told in `faults`.

    Raises BadInput where it is none.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException

    parsed = _Gpx(stream.path, counts)
    try:
        for attributes, texts in _waypoints(stream, parsed):
            counts.waypoints += 1
            faults.rows += 1
            if (waypoint := _camera(attributes, texts, counts)) is not None:
                yield waypoint
            if counts.waypoints >= MOST_WAYPOINTS:
                faults.faults.append(f"more than {MOST_WAYPOINTS:,} waypoints; only the first were read, split it")
                return
    except DefusedXmlException as problem:
        raise BadInput(
            f"{stream.path}: holds a document type or entities, which no GPX has; export it again"
        ) from problem
    except (ParseError, CutShort) as problem:
        if not parsed.told:
            raise BadInput(f"{stream.path}: not a GPX file ({rows.said(problem)}); export it again") from problem
        why = str(problem) if isinstance(problem, CutShort) else "it is damaged or cut short"
        faults.faults.append(f"{why}; the {counts.waypoints} waypoints before that were read")


def nothing_said(path: Path, counts: GpxCounts) -> str:
    """Why a file gave no camera, and what to do."""
    if counts.waypoints:
        return (
            f"{path}: none of its {counts.waypoints:,} waypoints says that it is a camera; give these the type Camera, "
            "or a description such as man_made=surveillance"
        )
    if counts.track_points:
        return (
            f"{path}: a track of {counts.track_points:,} points and no waypoint; a track alone says nothing of "
            "cameras, so nothing of it is kept"
        )
    return f"{path}: there is no waypoint in it; export it again"


def _waypoints(stream: LogStream, parsed: _Gpx) -> Iterator[tuple[dict[str, str], list[tuple[str, str]]]]:
    from defusedxml.ElementTree import XMLParser

    parser = XMLParser(target=parsed, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    silent = 0
    while block := stream.read(_BLOCK):
        told = parsed.told
        parser.feed(block)
        silent = silent + len(block) if parsed.told == told else 0
        if silent > _LONGEST_MARK:
            raise BadInput(f"{stream.path}: not a GPX file (a tag of more than {_LONGEST_MARK >> 20} MB)")
        yield from parsed.done
        parsed.done.clear()
    parser.close()


def _camera(attributes: dict[str, str], texts: list[tuple[str, str]], counts: GpxCounts) -> Waypoint | None:
    place = rows.position(rows.number(attributes["lat"]), rows.number(attributes["lon"]))
    if place is None:
        counts.placeless += 1
        return None
    tags = tags_of(text for _, text in texts)
    if not claims_of(dict(tags)):
        if not _says_camera(dict(reversed(texts))):
            counts.silent += 1
            return None
        tags = (*tags, ("man_made", "surveillance"))
    at = next((rows.time(text) for name, text in texts if name == "time"), None)
    return Waypoint(lat=place[0], lon=place[1], at=at, tags=tags, number=counts.waypoints)


def _says_camera(texts: dict[str, str]) -> bool:
    name, labels = texts.get("name", "").strip(), f"{texts.get('type', '')} {texts.get('sym', '')}"
    if _OTHER.search(f"{name} {labels}"):
        return False
    return _WORD.search(labels) is not None or _WORD.match(name) is not None
