"""What changes on the shared map, and when. Pure: clock and lots come from outside.

What appears or changes waits a day or two, each camera as long as its lot says, and then for the batch of a day: who
compares two batches learns neither which cameras were seen on one walk nor which were reviewed in one evening. What
must not be seen any more leaves at once.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from random import Random

import msgspec

from hub.log.public import Held, PublicRow
from hub.publish.public import PublicCamera, all_composed, public_form, publishable, publishable_cameras
from hub.publish.view import CameraDetail

DAY_S = 86_400.0
WAIT_S = (DAY_S, 2 * DAY_S)  # between these a change waits
BATCH_HOUR, BATCH_SPREAD_S = 3, 3 * 3600.0  # UTC; a batch comes between three and six in the morning
FALL = 3  # one camera in so many may vanish without anybody's decision
GROWTH = 10  # so many times as many cameras may there be from one batch to the next
FEW = 10  # below, a map may grow to GROWTH times this

PicturesOf = Callable[[CameraDetail], Sequence[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciled:
    """Rows that are other than before, and those of which no camera is left although nobody decided so."""

    changed: tuple[PublicRow, ...]
    vanished: tuple[PublicRow, ...]


def reconciled(
    rows: Sequence[PublicRow], details: Sequence[CameraDetail], pictures: PicturesOf, now_s: float, random: Random
) -> Reconciled:
    """Bring the rows in line with all cameras of the hub, those among them that the public may not know of.

    A public id stays with the camera that has most of its sightings; where several come to be one, the others lead to
    it. `pictures` gives the public ids of a camera's pictures that may be shown.
    """
    composed = all_composed(details)
    overlaps = _overlaps({sighting: row.id for row in rows for sighting in row.sightings}, details)
    by_camera: dict[str, list[PublicRow]] = {}
    vanished = []
    for row in rows:
        if row.id in overlaps:
            by_camera.setdefault(_most(overlaps[row.id]), []).append(row)
        elif row.body is not None or row.coming is not None:
            vanished.append(row)
    after = {row.id: row for row in rows}
    for detail in details:
        if not publishable(detail, composed=composed):
            for row in by_camera.get(detail.camera.id, ()):
                after[row.id] = emptied(row)
    refused = {one.camera.id: one for one in details if one.camera.private or one.camera.review == "rejected"}
    owned = {sighting for row in rows for sighting in row.sightings}
    given: set[str] = set()
    for detail in publishable_cameras(details):
        mine = by_camera.get(detail.camera.id)
        if mine:
            keeper = min(mine, key=_precedence)
            keeper = replace(keeper, sightings=keeper.sightings.union(set(detail.sighting_ids) - owned))
            for row in mine:
                after[row.id] = replace(emptied(row), merged_into=keeper.id)
        else:  # where it is a part of another camera, that one keeps its public id
            keeper = PublicRow(id=new_id(random), sightings=frozenset(detail.sighting_ids))
            given |= keeper.sightings
        keeper = _without(keeper, [refused[one] for one in overlaps.get(keeper.id, ()) if one in refused])
        form = public_form(detail, keeper.id, pictures(detail))
        keeper = replace(keeper, merged_into=None, body=_without_withdrawn(keeper.body, form.pictures))
        after[keeper.id] = _waiting(keeper, msgspec.json.encode(form), now_s, random)
    known = {row.id: row for row in rows}
    settled = [
        replace(row, sightings=row.sightings - given) if row.id in known and given else row for row in after.values()
    ]
    changed = tuple(row for row in settled if known.get(row.id) != row)
    return Reconciled(changed=changed, vanished=tuple(vanished))


def ripe(rows: Iterable[PublicRow], now_s: float) -> list[PublicRow]:
    """The rows that a batch changes now, as they are after it, by id: in no order that tells."""
    due = (row for row in rows if row.coming is not None and row.ripe_s is not None and row.ripe_s <= now_s)
    return sorted((replace(row, body=row.coming, coming=None, ripe_s=None) for row in due), key=lambda row: row.id)


def postponed(rows: Iterable[PublicRow], by_s: float) -> list[PublicRow]:
    """The rows that wait, each by so much longer: where a clock leaps ahead, no time has passed."""
    return [replace(row, ripe_s=row.ripe_s + by_s) for row in rows if row.ripe_s is not None]


def fallen(shown: int, vanished: int) -> Held | None:
    """What is to be held where more than a third of the cameras vanish and nobody decided so."""
    fell = vanished > 1 and vanished * FALL > shown
    return Held(before=shown, after=shown - vanished) if fell else None


def grown(shown: int, after: int) -> Held | None:
    """What is to be held where a batch would show an order of magnitude more cameras than the one before."""
    most = GROWTH * max(shown, FEW)
    return Held(before=shown, after=after) if shown > 0 and after > most else None


def next_batch_s(now_s: float, random: Random) -> float:
    """When the next day's batch is due."""
    return first_batch_s(now_s) + random.uniform(0, BATCH_SPREAD_S)


def first_batch_s(now_s: float) -> float:
    """When the next day's batch comes at the earliest."""
    return (now_s // DAY_S + 1) * DAY_S + BATCH_HOUR * 3600


def latest_batch_s(ripe_s: float, due_s: float) -> float:
    """When a change that may be seen from `ripe_s` on is there at the latest; the next batch is due at `due_s`."""
    if ripe_s <= due_s:
        return due_s
    from_s = BATCH_HOUR * 3600
    return ceil((ripe_s - from_s) / DAY_S) * DAY_S + from_s + BATCH_SPREAD_S


def closed(rows: Iterable[PublicRow]) -> list[PublicRow]:
    """The rows that are other once the shared map is closed: what was seen comes at once where it is opened again."""
    return [replace(row, body=None, coming=row.coming or row.body, ripe_s=0.0) for row in rows if row.body is not None]


def by_keeper(rows: Sequence[PublicRow], *, without: frozenset[str]) -> dict[str, frozenset[str]]:
    """The sightings of each public id, with those of all ids that lead to it; an id that leads elsewhere has none."""
    leads = {row.id: row.merged_into for row in rows}
    found: dict[str, frozenset[str]] = {row.id: frozenset() for row in rows}
    for row in rows:
        keeper, ways = row.id, 0
        while (further := leads.get(keeper)) is not None and further in found and ways < len(rows):
            keeper, ways = further, ways + 1
        found[keeper] |= row.sightings - without
    return found


def new_id(random: Random) -> str:
    """A public id, by lot."""
    return f"{random.getrandbits(64):016x}"


def ids_of(rows: Sequence[PublicRow], details: Sequence[CameraDetail]) -> dict[str, str]:
    """The public ids of cameras, by their own, where they have one: the same that `reconciled` keeps for them."""
    overlaps = _overlaps({sighting: row.id for row in rows for sighting in row.sightings}, details)
    by_camera: dict[str, list[PublicRow]] = {}
    for row in rows:
        if row.id in overlaps:
            by_camera.setdefault(_most(overlaps[row.id]), []).append(row)
    kept = {camera_id: min(mine, key=_precedence) for camera_id, mine in by_camera.items()}
    return {
        camera_id: row.id if row.merged_into is None or row.merged_into in overlaps else row.merged_into
        for camera_id, row in kept.items()
    }


def _overlaps(owners: dict[str, str], details: Sequence[CameraDetail]) -> dict[str, Counter[str]]:
    """For each public id, how many of its sightings are of which camera."""
    overlaps: dict[str, Counter[str]] = {}
    for detail in details:
        for sighting in detail.sighting_ids:
            if sighting in owners:
                overlaps.setdefault(owners[sighting], Counter())[detail.camera.id] += 1
    return overlaps


def _most(overlap: Counter[str]) -> str:
    return min(overlap, key=lambda camera_id: (-overlap[camera_id], camera_id))


def _precedence(row: PublicRow) -> tuple[bool, bool, int, str]:
    """Which of several public ids a camera keeps: one that is seen, that leads nowhere else, on which most rests."""
    return row.body is None, row.merged_into is not None, -len(row.sightings), row.id


def emptied(row: PublicRow) -> PublicRow:
    """A row of which the public sees nothing, now and with the next batch."""
    return replace(row, body=None, coming=None, ripe_s=None)


def _without(row: PublicRow, refused: Sequence[CameraDetail]) -> PublicRow:
    """A row without the sightings of cameras that are refused by now, and without what it showed: that may be their
    place."""
    if not refused:
        return row
    theirs = {sighting for one in refused for sighting in one.sighting_ids}
    return replace(emptied(row), sightings=row.sightings - theirs)


def _waiting(row: PublicRow, wanted: bytes, now_s: float, random: Random) -> PublicRow:
    """A row that is to become what is wanted; what waits already waits no longer for being another now."""
    if wanted == row.body:
        return replace(row, coming=None, ripe_s=None)
    if row.coming is None or row.ripe_s is None or row.ripe_s > now_s + WAIT_S[1]:  # by a clock that had leapt ahead
        return replace(row, coming=wanted, ripe_s=now_s + random.uniform(*WAIT_S))
    return replace(row, coming=wanted)


def _without_withdrawn(body: bytes | None, allowed: Sequence[str]) -> bytes | None:
    """What the public sees, without pictures that may not be shown any more."""
    if body is None:
        return None
    seen = msgspec.json.decode(body, type=PublicCamera)
    kept = tuple(one for one in seen.pictures if one in allowed)
    return body if kept == seen.pictures else msgspec.json.encode(msgspec.structs.replace(seen, pictures=kept))
