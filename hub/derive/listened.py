"""What surveys say of where and for how long somebody listened, and who says that a camera is gone: kept in memory, and
asked which cameras were not heard again."""

from array import array
from calendar import monthrange
from collections.abc import Iterable, Sequence
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
_MOST_S = 65_535


@dataclass(frozen=True, slots=True)
class _Once:
    """A cell, once listened to. `seconds` are pairs of a channel in MHz and its seconds."""

    walk: str
    day: date
    contributor: str | None
    contributor_tags: tuple[str, ...]
    seconds: "array[int]"


@dataclass(frozen=True, slots=True)
class _Said:
    """What was said of a camera last: by which sightings, and how often its cells were listened to and it was reported
    (both only grow)."""

    mark: tuple[int, ...]
    watched: Watched | None
    times: tuple[int, int]
    absence: Absence | None


class Listenings:
    """What was listened to by cell, and what was said to be gone by place. What has no room is left out and counted."""

    def __init__(self) -> None:
        self._cells: dict[str, list[_Once]] = {}
        self._reports: list[tuple[Estimate, GoneReport]] = []
        self._shares = Shares(LISTENED, LISTENED_EACH)
        self._report_shares = Shares(REPORTS, REPORTS_EACH)
        self._said: dict[str, _Said] = {}  # by camera
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
        self._reports.append((place, said))

    def absences(self, cameras: Sequence[Camera]) -> dict[str, Absence]:
        """Of the cameras that later walks did not hear, or that somebody says are gone, how probable it is, by id."""
        if not self._cells and not self._reports:
            return {}
        reports = self._by_camera(cameras)
        kept: dict[str, _Said] = {}
        for camera in cameras:
            said = reports.get(camera.id, [])
            if said or any(member.transmitter is not None for member in camera.members):
                kept[camera.id] = self._say(camera, said)
        self._said = kept
        return {key: one.absence for key, one in kept.items() if one.absence is not None}

    def _say(self, camera: Camera, reports: Sequence[GoneReport]) -> _Said:
        """What is said of a camera: again only where it, or what was listened to in its cells, is other than before."""
        mark = tuple(member.seq for member in camera.observations)
        last = self._said.get(camera.id)
        known = last.watched if last is not None and last.mark == mark else watched(camera.observations)
        cells = () if known is None else known.cells
        times = sum(len(self._cells.get(name, ())) for name in cells), len(reports)
        if last is not None and (last.mark, last.times) == (mark, times):
            return last
        missed = None if known is None or not any(times) else absence(known, self._of_cells(cells), reports)
        return _Said(mark, known, times, missed)

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

    def _by_camera(self, cameras: Sequence[Camera]) -> dict[str, list[GoneReport]]:
        """The reports of each camera, by id: one that may be of several says nothing of any."""
        if not self._reports:
            return {}
        grid = Grid()
        for number, camera in enumerate(cameras):
            grid.put(number, camera.estimate)
        found: dict[str, list[GoneReport]] = {}
        for place, report in self._reports:
            near = sorted((_apart_m(place, cameras[number].estimate), number) for number in grid.near(place))
            clear = len(near) == 1 or (near and near[1][0] >= near[0][0] + CLEARLY_NEARER_M)
            if clear and near[0][0] <= REPORT_WITHIN_M:
                found.setdefault(cameras[near[0][1]].id, []).append(report)
        return found


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
    if not came:
        return True
    year, month = int(came[:4]), int(came[5:7])
    return day <= date(year, month, monthrange(year, month)[1])
