"""What surveys say of where and for how long somebody listened, and who says that a camera is gone: kept in memory, and
asked which cameras were not heard again."""

from array import array
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from hub.derive.bounds import Shares
from hub.log.events import StoredSighting
from hub.merge.camera import Camera
from hub.merge.contributors import area_of, comparable
from hub.merge.gone import Absence, GoneReport, Listening, Watched, absence, watched
from hub.merge.grid import Grid
from hub.merge.observe import Estimate, estimate_of
from probe.contract.geodesy import distance_m
from probe.contract.sighting import GoneClaim, Listened, PresentClaim, Sighting

# Cells of surveys, each time they were listened to: some 500 octets each.
LISTENED, LISTENED_EACH = 100_000, 20_000
REPORTS, REPORTS_EACH = 20_000, 1_000
# A report is of the camera that is this near, where no other one is nearly as near.
REPORT_WITHIN_M, CLEARLY_NEARER_M = 20.0, 8.0
LONGEST_OFF_DAYS = 366
_MOST_S = 65_535


@dataclass(frozen=True, slots=True)
class _Once:
    """A cell, once listened to. `seconds` are pairs of a channel in MHz and its seconds."""

    walk: str
    day: date
    contributor: str | None
    contributor_tags: tuple[str, ...]
    seconds: "array[int]"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """Where a camera is, and what there is to watch of it: None where nobody said on which day it was there."""

    place: Estimate
    watched: Watched | None


class Listenings:
    """What was listened to by cell, and what was said to be gone by place. What has no room is left out and counted."""

    def __init__(self) -> None:
        self._cells: dict[str, list[_Once]] = {}
        self._reports: list[tuple[Estimate, GoneReport]] = []
        self._shares = Shares(LISTENED, LISTENED_EACH)
        self._report_shares = Shares(REPORTS, REPORTS_EACH)
        self._report_places, self._places = Grid[int](), Grid[str]()
        self._known: dict[str, _Known] = {}  # by camera
        self._watching: dict[str, set[str]] = {}  # cameras, by the cells in which they were heard
        self._touched: set[str] = set()
        self.left_out = 0

    def add(self, row: StoredSighting, sighting: Sighting) -> None:
        """Take in a survey. One of no day, or of a day after the month in which it came, says nothing of absence."""
        survey = sighting.survey
        if survey is None or survey.day is None or not _is_somebodys(row) or not _has_come(survey.day, row.came):
            return
        for listened in survey.cells:
            seconds = _seconds(listened)
            if not seconds:
                continue
            if not self._shares.take(row.sender, 1):
                self.left_out += 1
                continue
            area = area_of(listened.cell)
            tags = tuple(tag for tag in row.contributor_tags if comparable(tag).endswith(f"/{area}"))
            once = _Once(sighting.walk, survey.day, row.sender, tags, seconds)
            self._cells.setdefault(listened.cell, []).append(once)
            self._touched.update(self._watching.get(listened.cell, ()))

    def add_report(self, row: StoredSighting, sighting: Sighting) -> None:
        """Take in what only says that a camera is gone; any other sighting says nothing here."""
        claim = next((one for one in sighting.claims if isinstance(one, GoneClaim)), None)
        if claim is None or any(isinstance(one, PresentClaim) for one in sighting.claims) or sighting.time is None:
            return
        place, day = estimate_of(sighting), sighting.time.utc.date()
        if place is None or not _is_somebodys(row) or not _has_come(day, row.came):
            return
        if not self._report_shares.take(row.sender, 1):
            self.left_out += 1
            return
        said = GoneReport(
            day=day, strength=claim.strength, contributor=row.sender, contributor_tags=row.contributor_tags
        )
        self._report_places.put(len(self._reports), place)
        self._reports.append((place, said))
        self._touched.update(self._places.around(place))

    def put(self, camera: Camera) -> None:
        """A camera that is new, or other than before."""
        self.take_out(camera.id)
        place = camera.estimate
        known = watched(camera.observations)
        self._known[camera.id] = _Known(place=place, watched=known)
        self._places.put(camera.id, place)
        for cell in () if known is None else known.cells:
            self._watching.setdefault(cell, set()).add(camera.id)
        self._touched.add(camera.id)
        self._touch_reported(place)

    def take_out(self, camera_id: str) -> None:
        """A camera that is no more; nothing where it was not there."""
        known = self._known.pop(camera_id, None)
        if known is None:
            return
        self._places.take_out(camera_id)
        for cell in () if known.watched is None else known.watched.cells:
            self._watching[cell].discard(camera_id)
            if not self._watching[cell]:
                del self._watching[cell]
        self._touch_reported(known.place)

    def touched(self) -> set[str]:
        """The cameras of whose absence other things may be said than when this was asked last."""
        touched, self._touched = self._touched, set()
        return touched.intersection(self._known)

    def of(self, camera_id: str) -> Absence | None:
        """How probable it is that a camera is gone, where later walks did not hear it or somebody says so. Raises
        KeyError where it is not there."""
        one = self._known[camera_id]
        if one.watched is None:
            return None
        reports = self._reports_of(camera_id, one.place)
        if not reports and not any(name in self._cells for name in one.watched.cells):
            return None
        return absence(one.watched, self._of_cells(one.watched.cells), reports)

    def _reports_of(self, camera_id: str, place: Estimate) -> list[GoneReport]:
        """What somebody says of a camera: what may be of several says nothing of any."""
        found = []
        for number in self._report_places.near(place) if self._reports else ():
            where, report = self._reports[number]
            if self._camera_of(where) == camera_id:
                found.append(report)
        return found

    def _camera_of(self, place: Estimate) -> str | None:
        near = sorted((_apart_m(place, self._known[key].place), key) for key in self._places.near(place))
        clear = len(near) == 1 or (near and near[1][0] >= near[0][0] + CLEARLY_NEARER_M)
        return near[0][1] if clear and near[0][0] <= REPORT_WITHIN_M else None

    def _touch_reported(self, place: Estimate) -> None:
        """Where a camera comes or goes, reports near it may be of another one."""
        for number in self._report_places.around(place) if self._reports else ():
            self._touched.update(self._places.around(self._reports[number][0]))

    def _of_cells(self, cells: Iterable[str]) -> list[Listening]:
        return [
            Listening(
                cell=name,
                walk=once.walk,
                day=once.day,
                contributor=once.contributor,
                contributor_tags=once.contributor_tags,
                seconds=dict(zip(once.seconds[::2], once.seconds[1::2], strict=True)),
            )
            for name in cells
            for once in self._cells.get(name, ())
        ]


def _apart_m(one: Estimate, other: Estimate) -> float:
    return distance_m(one.lat, one.lon, other.lat, other.lon)


def _is_somebodys(row: StoredSighting) -> bool:
    """Whether anybody knows whose it is: what was imported never speaks of absence."""
    return row.sender is not None or bool(row.contributor_tags)


def _seconds(listened: Listened) -> "array[int]":
    """How long each channel was listened to, in pairs; where that is not said, the cell's seconds in equal parts."""
    pairs = array("H")
    if listened.channels:
        for channel in listened.channels:
            if channel.seconds > 0:
                pairs.extend((channel.mhz, min(_MOST_S, channel.seconds)))
    elif listened.seconds and listened.channels_mhz:
        each = min(_MOST_S, listened.seconds // len(listened.channels_mhz))
        for mhz in listened.channels_mhz if each else ():
            pairs.extend((mhz, each))
    return pairs


def _has_come(day: date, came: str) -> bool:
    """Whether a day was over by the end of the month in which its sighting came, such as 2026-05: a day to come would
    count as later for ever. Where nobody knows when it came, it is believed."""
    return not came or day <= _end_of_month(came)


def can_have_come(day: date, came: str) -> bool:
    """Whether a day can have been, by the month in which its sighting came. A hub that was off for months goes by a day
    that lies behind until somebody bears out another; one that was off for a year is asked too much."""
    return not came or (day - _end_of_month(came)).days <= LONGEST_OFF_DAYS


def _end_of_month(came: str) -> date:
    year, month = int(came[:4]), int(came[5:7])
    return date(year, month, monthrange(year, month)[1])
