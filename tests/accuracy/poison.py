"""What one hostile contributor can do, and what not, measured: the same town without and with what they send.

They know the town, and send under many walks, over four quarters of a year: invented pins and transmitters, real
cameras moved by 15 to 30 m, "listened, and silent" over all of it, and "it is gone". The link to their probe has
expired: what the hub has is tags (`hub/keys/contributors.py`), as for everybody else.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

import numpy as np

from hub.ingest.areas import areas_of
from hub.merge.camera import Camera
from hub.merge.cameras import derive
from hub.merge.contributors import area_of, at_least
from hub.merge.gone import Absence, GoneReport, Listening, absence, watched
from hub.merge.observe import Observation, observe
from hub.publish.describe import describe_all
from hub.review.candidates import Neighbourhood
from hub.review.known import MISSED
from hub.review.queue import is_safe
from probe.contract.geodesy import cell, distance_m
from probe.contract.sighting import Sighting, Strength
from tests.accuracy.hostile import ATTACKS, CHANNEL, MALLORY, Town, frozen, hostile_walks, pin, town_of

Figures = dict[str, float | int | str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one attack did. `invented` cameras rest on nothing else: of these so many were said to be of more than one
    contributor, `seen` on the map by a look, and `offered` to be confirmed by one answer for several. `moved_m` is how
    far real cameras went: median, 90th percentile, most. `lost` have no camera of their own any more, `merged` cameras
    hold two real ones, `split` real ones are several: more than before. Of the real ones, so many were asked about as
    gone by what several people did not hear or found, so many by one person's word, and for so many it was noted that
    one person's walks did not hear them."""

    attack: str
    sent: int
    invented: int
    invented_of_several: int
    seen: int
    offered: int
    moved_m: tuple[float, float, float]
    lost: int
    merged: int
    split: int
    asked_gone: int
    asked_by_a_word: int
    worth_a_look: int


def measure(full: bool) -> tuple[list[Row], Figures]:
    """One row for each attack alone, and one for all at once; and the figures `poison.*`."""
    there = town_of(frozen()["town"]["cameras" if full else "small_cameras"])
    before = _cameras_of(there, [])
    rows = [_judged(there, before, name, attack(there)) for name, attack in ATTACKS.items()]
    rows.append(_judged(there, before, "all", [one for attack in ATTACKS.values() for one in attack(there)]))
    figures: Figures = {"poison.cameras": len(there.cameras), "poison.honest": len(there.honest)}
    for row in rows:
        said = {name: getattr(row, name) for name in Row.__dataclass_fields__ if name not in ("attack", "moved_m")}
        said |= dict(zip(("moved_median_m", "moved_p90_m", "moved_most_m"), row.moved_m, strict=True))
        figures |= {f"poison.{row.attack}.{name}": value for name, value in said.items()}
    figures["poison.elsewhere.moved_m"] = moved_elsewhere(there)
    return rows, figures


def text(rows: Sequence[Row], figures: Figures) -> str:
    """The table for the page, with what it says in words."""
    lines = [
        f"One hostile contributor in a town of {figures['poison.cameras']} cameras that three honest walkers reported "
        f"({figures['poison.honest']} sightings): {frozen()['hostile']['walks']} walks in four quarters.",
        "",
        "| what they send | sightings | invented | … said to be of several people | … offered to be confirmed together "
        "| real ones moved, median / p90 / most | lost | merged | split | inferred to be gone "
        "| asked about by one person's word |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows:
        median, p90, most = row.moved_m
        lines.append(
            f"| {WORDS[row.attack]} | {row.sent} | {row.invented} | {row.invented_of_several} | {row.offered} "
            f"| {median:.1f} / {p90:.1f} / {most:.1f} m | {row.lost} | {row.merged} | {row.split} "
            f"| {row.asked_gone} | {row.asked_by_a_word} |"
        )
    return "\n".join(lines)


WORDS = {
    "phantom_pins": "invented pins",
    "phantom_radio": "invented transmitters",
    "shifted_looks": "real cameras, pinned 15-30 m off",
    "shifted_radio": "real transmitters, heard 15-30 m off",
    "false_surveys": "“listened, and silent”, and “it is gone”",
    "all": "**all of it**",
}


OF_THE_HEARD = ("shifted_radio",)  # who is moved by these is counted among those that were heard


def _tags(sighting: Sighting, who: str, day: date) -> tuple[str, ...]:
    """A contributor's tags, as a hub writes them: one key for each quarter, one tag for each area."""
    term = f"{day.year}q{(day.month + 2) // 3}-00000000"
    return tuple(
        f"{term}/{area}/{sha256(f'{who} {term} {area}'.encode()).hexdigest()[:24]}" for area in areas_of(sighting)
    )


def _observed(some: Sequence[tuple[Sighting, str]]) -> list[Observation]:
    found = []
    for seq, (one, who) in enumerate(some, 1):
        day = one.time.utc.date() if one.time is not None else date(2026, 1, 1)
        seen = observe(seq, one, None, _tags(one, who, day))
        if seen is not None:
            found.append(seen)
    return found


def _cameras_of(there: Town, hostile: Sequence[Sighting]) -> list[Camera]:
    return derive(_observed([*there.honest, *((one, MALLORY) for one in hostile)]))[0]


def _judged(there: Town, before: Sequence[Camera], attack: str, hostile: Sequence[Sighting]) -> Row:
    after = _cameras_of(there, hostile) if hostile else list(before)
    invented = [
        camera for camera in after if not any(one.sighting.id in there.of_camera for one in camera.observations)
    ]
    details = describe_all(after)
    near = Neighbourhood(details)
    ids = {camera.id for camera in invented}
    of_invented = [detail for detail in details if detail.camera.id in ids]
    lies = _absences(there, after) if attack in ("false_surveys", "all") else []
    was, now = _home_of(there, before), _home_of(there, after)
    moved = [
        distance_m(was[n].estimate.lat, was[n].estimate.lon, now[n].estimate.lat, now[n].estimate.lon)
        for n in was.keys() & now.keys()
        if attack not in OF_THE_HEARD or n in there.transmitters
    ]
    return Row(
        attack=attack,
        sent=len(hostile) + (_lies_sent(there) if lies else 0),
        invented=len(invented),
        invented_of_several=sum(at_least(camera.observations) > 1 for camera in invented),
        seen=sum(detail.camera.standing == "seen" for detail in of_invented),
        offered=sum(is_safe(detail, near) for detail in of_invented),
        moved_m=(
            round(float(np.median(moved)), 2),
            round(float(np.percentile(moved, 90)), 2),
            round(float(max(moved)), 2),
        ),
        lost=_known(was) - _known(now),
        merged=_of_two(there, after) - _of_two(there, before),
        split=_of_several(there, after) - _of_several(there, before),
        asked_gone=sum(said.is_borne_out and said.probability >= MISSED for said in lies),
        asked_by_a_word=sum(said.reports > 0 for said in lies),
        worth_a_look=sum(not said.is_borne_out for said in lies),
    )


def _honest_of(there: Town, camera: Camera) -> Counter[int]:
    """How many honest sightings of each real camera it holds."""
    ids = (one.sighting.id for one in camera.observations)
    return Counter(there.of_camera[one] for one in ids if one in there.of_camera)


def _home_of(there: Town, cameras: Sequence[Camera]) -> dict[int, Camera]:
    """For each real camera the one that holds most of its honest sightings."""
    best: dict[int, tuple[int, str, Camera]] = {}
    for camera in cameras:
        for number, count in _honest_of(there, camera).items():
            known = best.get(number)
            if known is None or (-count, camera.id) < (-known[0], known[1]):
                best[number] = count, camera.id, camera
    return {number: camera for number, (_, _, camera) in best.items()}


def _known(home: dict[int, Camera]) -> int:
    """How many real cameras have one that is not another's as well."""
    return len({camera.id for camera in home.values()})


def _of_two(there: Town, cameras: Sequence[Camera]) -> int:
    return sum(len(_honest_of(there, camera)) > 1 for camera in cameras)


def _of_several(there: Town, cameras: Sequence[Camera]) -> int:
    held = Counter(number for camera in cameras for number in _honest_of(there, camera))
    return sum(count > 1 for count in held.values())


def _lies_sent(there: Town) -> int:
    """Surveys of the whole town, and words about each camera."""
    hostile = frozen()["hostile"]
    return int(len(hostile["survey_days"]) + hostile["reports"] * len(there.cameras))


def _absences(there: Town, cameras: Sequence[Camera]) -> list[Absence]:
    """What comes of "listened, and silent" in every cell, and of "it is gone", said of every real camera again and
    again. Words count in `asked_gone` only where they are of several people."""
    hostile = frozen()["hostile"]
    found = []
    for camera in {id(one): one for one in _home_of(there, cameras).values()}.values():
        known = watched(camera.observations)
        if known is None:
            continue
        here = cell(camera.estimate.lat, camera.estimate.lon)
        lies = [
            Listening(
                cell=name,
                walk=f"{MALLORY} {days}",
                day=known.last_known + timedelta(days=days),
                contributor=None,
                contributor_tags=(_tag(known.last_known + timedelta(days=days), name),),
                seconds={CHANNEL: hostile["survey_s"]},
            )
            for name in sorted(known.cells)
            for days in hostile["survey_days"]
        ]
        words = [
            GoneReport(
                day=(day := known.last_known + timedelta(days=60 * n)),
                strength=Strength.STRONG,
                contributor=None,
                contributor_tags=(_tag(day, here),),
            )
            for n in range(1, hostile["reports"] + 1)
        ]
        said = absence(known, lies, words)
        if said is not None:
            found.append(said)
    return found


def _tag(day: date, cell_name: str) -> str:
    term = f"{day.year}q{(day.month + 2) // 3}-00000000"
    area = area_of(cell_name)
    return f"{term}/{area}/{sha256(f'{MALLORY} {term} {area}'.encode()).hexdigest()[:24]}"


def moved_elsewhere(there: Town) -> float:
    """How far the town's cameras go, at most, by what is sent of another town: nothing is learnt from what is sent, so
    0. A camera that is another one than before counts as infinitely far."""
    before = {camera.id: camera for camera in _cameras_of(there, [])}
    pins = [
        pin(f"far {n}", walk, day, one.lat + 2.0, one.lon)
        for n, one in enumerate(there.cameras[:40])
        for walk, day in hostile_walks()
    ]
    far = {one.id for one in pins}
    most = 0.0
    after = [one for one in _cameras_of(there, pins) if not any(each.sighting.id in far for each in one.observations)]
    if {camera.id for camera in after} != before.keys():
        return float("inf")
    for camera in after:
        was = before[camera.id].estimate
        most = max(most, distance_m(was.lat, was.lon, camera.estimate.lat, camera.estimate.lon))
    return most
