"""Once a day: what was kept long enough is erased. By the day that is certain, which no leaping clock makes later."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from hub.errors import BadInput
from hub.log.decisions import DecisionKind
from hub.log.events import Erasure
from hub.log.retention import LEAST_DAYS, MOST_DAYS, Expired, Terms
from hub.publish.view import CameraDetail
from hub.store.store import Store
from probe.contract.base import ContractError
from probe.contract.envelope import decode_sighting
from probe.contract.sighting import Kind


def expire(store: Store, cameras: Sequence[CameraDetail], today: date) -> Expired:
    """Erase what is due. `cameras` are all, also those that no map shows, each with all of its sightings. Raises
    StoreError."""
    terms = store.terms()
    gone = store.expire(terms, today)
    kept = {one for camera in cameras if _is_settled(camera) for one in camera.sighting_ids}
    overdue = list(_older(store, today - timedelta(days=terms.unreviewed), kept))
    unreviewed = store.erase(overdue, Erasure.EXPIRED) if overdue else 0
    pictures = _private_pictures(store, cameras, today - timedelta(days=terms.private_pictures))
    for sha256 in pictures:
        store.pictures.delete(sha256)
    return replace(gone, unreviewed=unreviewed, private_pictures=len(pictures))


def changed(terms: Terms, settings: Sequence[str]) -> Terms:
    """The terms with some changed, each as NAME=DAYS. Raises BadInput."""
    days: dict[str, int] = {name: getattr(terms, name) for name in Terms.__struct_fields__}
    for setting in settings:
        name, _, said = setting.partition("=")
        name = name.strip().replace("-", "_")
        if name not in days:
            raise BadInput(f"{setting}: nothing is kept by that name; one of {', '.join(sorted(days))}")
        if not (said.isascii() and said.isdecimal() and LEAST_DAYS <= int(said) <= MOST_DAYS):
            raise BadInput(f"{setting}: say how many days, {LEAST_DAYS} to {MOST_DAYS}, as in {name}=90")
        days[name] = int(said)
    return Terms(**days)


def _is_settled(camera: CameraDetail) -> bool:
    """Whether a person has decided about a camera: then what it rests on stays, also so that a private dwelling or what
    is no camera is known when it is sighted again."""
    return camera.camera.review != "waiting" or camera.camera.private or camera.camera.follow_up


def _older(store: Store, before: date, kept: set[str]) -> Iterator[int]:
    """The places in the log of sightings that came in a month that ended before a day, and that no settled camera rests
    on: an old log that was imported yesterday is not old. Surveys stay: they say where nothing was heard, by coarse
    cells, and name no place where anybody was at a time."""
    month, after = f"{before:%Y-%m}", 0
    while rows := store.read(after):
        after = rows[-1].seq
        for row in rows:
            if not row.came or row.came >= month:
                continue
            try:
                sighting = decode_sighting(row.body)
            except ContractError:
                continue
            if sighting.kind is not Kind.SURVEY and sighting.id not in kept:
                yield row.seq


def _private_pictures(store: Store, cameras: Sequence[CameraDetail], before: date) -> list[str]:
    """The pictures of cameras that nobody will see: since a person decided so, or since they came, days have passed."""
    unseen = [one for one in cameras if one.camera.review == "rejected" or one.camera.private]
    if not unseen:
        return []
    decided = _decided_on(store)
    found = []
    for camera in unseen:
        day = max((decided[one] for one in camera.sighting_ids if one in decided), default=None)
        for picture in store.pictures.named_by(camera.sighting_ids):
            since = day or store.pictures.came(picture.sha256)
            if since is not None and since < before:
                found.append(picture.sha256)
    return list(dict.fromkeys(found))


def _decided_on(store: Store) -> dict[str, date]:
    """The day on which somebody last said of a sighting's camera that nobody is to see it."""
    days: dict[str, date] = {}
    after = 0
    while some := store.decisions.read(after):
        after = some[-1].number
        for one in some:
            if one.what.kind in (DecisionKind.REJECT, DecisionKind.PRIVATE):
                days |= dict.fromkeys(one.what.sightings, one.at.date())
    return days
