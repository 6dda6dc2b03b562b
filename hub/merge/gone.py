"""Whether a camera is gone, by later walks that listened where it was heard and did not hear it. Pure.

Only listening counts: where nobody listened, nothing is known, and a camera that nobody has heard, but photographed, is
never gone by the radio. What speaks for it is the silence of passes in the cells from which it was heard before, on its
channels, for ten seconds at least. How much, depends on how often such passes have heard it while it was there.

The model. A camera stops being heard at some time after it was last known, at a constant rate; then it is gone, or it
still hangs there and no longer sends. A pass hears one that sends with probability q s(t): q is the camera's own, of a
beta distribution, as a cell is 200 m wide and streets differ; s grows with the seconds listened. q is integrated out:
many silent passes down one street never prove what one pass down another would refute. Whoever looks and says that it
is gone is right mostly.

Nobody's word alone makes a camera gone. Several passes of one contributor within a quarter of a year count as one, and
with fewer than two contributors the probability is never above `WORTH_A_LOOK`. Nothing follows by itself: it becomes a
question to people. Whose passes nobody knows, as those of imports, are left out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from math import exp, prod
from typing import TypeVar

from hub.merge.contributors import Contributed, area_of, at_least, comparable
from hub.merge.observe import Observation
from probe.contract.geodesy import cell
from probe.contract.sighting import Strength

# Assumptions: nobody has measured how long cameras stay. The rate per day at which one stops being heard, and the share
# of these that is taken down. What radio alone can say is bounded by that share.
STOPS_PER_DAY = 0.10 / 365.25
GONE_SHARE = 0.6
# q before anything is known of a camera, as a beta distribution: half of the passes hear it, widely spread.
PRIOR_HEARD, PRIOR_MISSED = 1.5, 1.5
LEAST_S = 10  # a survey's seconds are rounded to ten; fewer are no listening
ENOUGH_S = 8.0  # so long on its channel, a pass has 63 % of the chance that any length would give
# How much likelier somebody says so of one that is gone than of one that is there: a weak word, and a strong one.
REPORTED = {Strength.WEAK: 4.0, Strength.STRONG: 15.0}
WORTH_A_LOOK = 0.5
MOST_PASSES = 64  # the newest are weighed, and as many earlier ones: more would not change what is asked
_NODES = 40
_TINY = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """What one survey says of one cell: on which day it was listened to, by whom, and for how many seconds on each
    channel (MHz)."""

    cell: str
    walk: str
    day: date
    contributor: str | None
    contributor_tags: tuple[str, ...]
    seconds: Mapping[int, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class GoneReport:
    """A walker looked and says that the camera is gone."""

    day: date
    strength: Strength
    contributor: str | None
    contributor_tags: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What is known of a camera's presence: the day on which it was last known to be there, the cells in which it was
    heard and the channels (MHz), and the walks that heard it. No cells where only people saw it."""

    last_known: date
    last_heard: date | None
    cells: frozenset[str]
    channels: frozenset[int]
    walks: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """How probable it is that a camera is gone, on the day of the last pass or report.

    `surveys` are the silent passes that count, of so many `listeners` at least, and `reports` the words of people who
    looked; `contributors` is how many people all of these are of, at least; `last_heard` is the day on which it was
    heard last, None where it never was.
    """

    probability: float
    surveys: int
    contributors: int
    last_heard: date | None
    listeners: int = 0
    reports: int = 0

    @property
    def is_borne_out(self) -> bool:
        """Whether it rests on more than one contributor."""
        return self.contributors > 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pass:
    """One walk through a camera's cells on one day: how long on its channels, by whom, and whether it heard it."""

    day: date
    walk: str
    seconds: float
    heard: bool
    contributor: str | None
    contributor_tags: tuple[str, ...]

    @property
    def detected(self) -> float:
        """s(t): the share of the chance to hear it that so many seconds give."""
        return 1.0 - exp(-self.seconds / ENOUGH_S)


_One = TypeVar("_One", _Pass, GoneReport)


def watched(members: Iterable[Observation]) -> Watched | None:
    """What a camera's sightings say of its presence; None where none says on which day."""
    days: list[date] = []
    heard: list[date] = []
    cells: set[str] = set()
    channels: set[int] = set()
    walks: set[str] = set()
    for member in members:
        if member.day is not None:
            days.append(member.day)
        if member.transmitter is None:
            continue
        walks.add(member.walk)
        if member.day is not None:
            heard.append(member.day)
        for hearing in member.hearings:
            cells.add(cell(hearing.place.lat, hearing.place.lon))
            if hearing.channel_mhz is not None:
                channels.add(hearing.channel_mhz)
    if not days:
        return None
    return Watched(
        last_known=max(days),
        last_heard=max(heard, default=None),
        cells=frozenset(cells),
        channels=frozenset(channels),
        walks=frozenset(walks),
    )


def absence(camera: Watched, listenings: Iterable[Listening], reports: Iterable[GoneReport] = ()) -> Absence | None:
    """How probable it is that a camera is gone; None where nobody listened for it, or looked, since it was last known.

    `listenings` are those of the camera's cells; others do not matter. The order does not matter.
    """
    passes = _passes(camera, listenings)
    silent = _best_of_each([one for one in passes if one.day > camera.last_known and not one.heard])[-MOST_PASSES:]
    said = _strongest_of_each([one for one in reports if one.day > camera.last_known and _is_somebodys(one)])[
        -MOST_PASSES:
    ]
    if not silent and not said:
        return None
    record = _record([one for one in passes if one.day <= camera.last_known])
    gone, still = _weights(camera.last_known, record, silent, said)
    probability = gone / max(gone + still, _TINY)
    contributors = at_least((*silent, *said))
    return Absence(
        probability=probability if contributors > 1 else min(probability, WORTH_A_LOOK),
        surveys=len(silent),
        listeners=at_least(silent),
        contributors=contributors,
        last_heard=camera.last_heard,
        reports=len(said),
    )


def _passes(camera: Watched, listenings: Iterable[Listening]) -> list[_Pass]:
    """The walks that listened on the camera's channels in its cells for long enough, by day, of known contributors."""
    of_walk: dict[tuple[date, str], list[Listening]] = {}
    for one in listenings:
        if one.cell in camera.cells and _is_somebodys(one):
            of_walk.setdefault((one.day, one.walk), []).append(one)
    areas = {area_of(name) for name in camera.cells}
    found = []
    for (day, walk), some in sorted(of_walk.items()):
        # Said twice of one cell, it was listened to once.
        longest: dict[str, float] = {}
        for one in some:
            seconds = sum(one.seconds.get(channel, 0.0) for channel in camera.channels)
            longest[one.cell] = max(longest.get(one.cell, 0.0), seconds)
        if sum(longest.values()) >= LEAST_S:
            tags = sorted({tag for one in some for tag in one.contributor_tags if _area(tag) in areas})
            found.append(
                _Pass(
                    day=day,
                    walk=walk,
                    seconds=sum(longest.values()),
                    heard=walk in camera.walks,
                    contributor=min((one.contributor for one in some if one.contributor is not None), default=None),
                    contributor_tags=tuple(tags),
                )
            )
    return found


def _is_somebodys(one: Contributed) -> bool:
    return one.contributor is not None or bool(one.contributor_tags)


def _area(tag: str) -> str:
    return comparable(tag).partition("/")[2]


def _grouped(some: Sequence[_One]) -> list[list[_One]]:
    """These, by contributor and quarter, as far as anybody can know: who has a tag in common is one; where there are no
    tags, the probe."""
    groups: list[tuple[set[str], list[_One]]] = []
    for one in some:
        keys, its = set(one.contributor_tags) or {one.contributor or ""}, [one]
        apart: list[tuple[set[str], list[_One]]] = []
        for known, group in groups:
            if known.isdisjoint(keys):
                apart.append((known, group))
            else:
                keys, its = keys | known, group + its
        apart.append((keys, its))
        groups = apart
    return [group for _, group in groups]


def _best_of_each(silent: Sequence[_Pass]) -> list[_Pass]:
    """Of each contributor and quarter the pass that listened longest, by day."""
    best = [max(group, key=lambda one: (one.seconds, one.day, one.walk)) for group in _grouped(silent)]
    return sorted(best, key=lambda one: (one.day, one.walk))


def _strongest_of_each(reports: Sequence[GoneReport]) -> list[GoneReport]:
    """Of each contributor and quarter the strongest word, by day."""
    ordered = sorted(reports, key=lambda one: (one.day, one.contributor_tags, one.contributor or ""))
    best = [max(group, key=lambda one: REPORTED[one.strength]) for group in _grouped(ordered)]
    return sorted(best, key=lambda one: (one.day, one.contributor_tags, one.contributor or ""))


def _record(earlier: Sequence[_Pass]) -> list[_Pass]:
    """The passes while it was there that tell how often it is heard: each contributor's first in a quarter, by day,
    without the one that found it, for else nobody would know of it."""
    firsts = sorted((group[0] for group in _grouped(earlier)), key=lambda one: (one.day, one.walk))
    found = next((number for number, one in enumerate(firsts) if one.heard), None)
    return [one for number, one in enumerate(firsts) if number != found][-MOST_PASSES:]


def _weights(
    last_known: date, record: Sequence[_Pass], silent: Sequence[_Pass], said: Sequence[GoneReport]
) -> tuple[float, float]:
    """How likely all that was heard, not heard and said is, where the camera is gone by the end and where it is not:
    integrated over how often it is heard, and over when it stopped."""
    events: list[_Pass | GoneReport] = [*silent, *said]
    events.sort(key=lambda one: one.day)
    gone = still = 0.0
    for node in range(_NODES):
        q = (node + 0.5) / _NODES
        weight = q ** (PRIOR_HEARD - 1.0) * (1.0 - q) ** (PRIOR_MISSED - 1.0)
        for one in record:
            weight *= q * one.detected if one.heard else 1.0 - q * one.detected
        words = prod(REPORTED[report.strength] for report in said)  # those that are still to come
        since = last_known
        for event in events:  # it stopped before this one and after the one before
            stopped = weight * (_sends(last_known, since) - _sends(last_known, event.day))
            gone += GONE_SHARE * stopped * words
            still += (1.0 - GONE_SHARE) * stopped
            if isinstance(event, GoneReport):
                words /= REPORTED[event.strength]
            else:
                weight *= 1.0 - q * event.detected
            since = event.day
        still += weight * _sends(last_known, since)
    largest = max(gone, still, _TINY)
    return gone / largest, still / largest


def _sends(last_known: date, day: date) -> float:
    """The probability that it still sends on a day, before anybody listened."""
    return exp(-STOPS_PER_DAY * (day - last_known).days)
