"""Cameras by what was heard alone: sightings of one transmitter are one camera, as far as its signal may carry."""

from collections.abc import Sequence
from datetime import date
from math import sqrt

from hub.merge.camera import Camera
from hub.merge.locate import from_hearings
from hub.merge.observe import Estimate, Observation
from probe.contract.geodesy import distance_m
from probe.contract.sighting import Hearing

SAME_TRANSMITTER_M = 150.0
FARTHEST_HEARD_M = 500.0
MOVES_WITHIN_DAYS = 7
MAX_PLACES = 32  # an address that was heard in more says nothing of any place: it moves, or many things have it

_Cluster = list[tuple[Observation, Estimate]]


def by_transmitter(observations: Sequence[Observation]) -> tuple[list[Camera], int]:
    """The cameras that were heard, and how many observations have no place."""
    by_address: dict[str, list[Observation]] = {}
    for observation in observations:
        by_address.setdefault(observation.transmitter or "", []).append(observation)
    cameras: list[Camera] = []
    unplaced = 0
    for group in by_address.values():
        places = [(observation, _radio_place([observation])) for observation in group]
        unplaced += sum(place is None for _, place in places)
        clusters = _clusters(places)
        if len(clusters) > MAX_PLACES or _moves(clusters):
            continue
        cameras += [_radio_camera(cluster, far_apart=len(clusters) > 1) for cluster in clusters]
    return cameras, unplaced


def _clusters(places: Sequence[tuple[Observation, Estimate | None]]) -> list[_Cluster]:
    """The passes by place; one place too many ends it."""
    clusters: list[_Cluster] = []
    # The loudest pass says best where a transmitter is: the others are compared with it.
    for observation, place in sorted(places, key=_loudness):
        if place is not None:
            _add_to_cluster(clusters, observation, place)
        if len(clusters) > MAX_PLACES:
            break
    return clusters


def _loudest_dbm(observation: Observation) -> float | None:
    signals = [hearing.signal_dbm for hearing in observation.hearings if hearing.signal_dbm is not None]
    return max(signals, default=None)


def _loudness(placed: tuple[Observation, Estimate | None]) -> tuple[float, str]:
    loudest = _loudest_dbm(placed[0])
    return 999.0 if loudest is None else -loudest, placed[0].sighting.id


def _add_to_cluster(clusters: list[_Cluster], observation: Observation, place: Estimate) -> None:
    for cluster in clusters:
        anchor = cluster[0][1]
        doubt_m = 3 * (sqrt(anchor.east) + sqrt(place.east))
        reach_m = max(SAME_TRANSMITTER_M + doubt_m, _free_space_m(_loudest_dbm(observation)))
        if distance_m(anchor.lat, anchor.lon, place.lat, place.lon) <= reach_m:
            cluster.append((observation, place))
            return
    clusters.append([(observation, place)])


def _moves(clusters: list[_Cluster]) -> bool:
    """Whether one transmitter was in two places within days: what moves is no camera. Months apart, it was moved."""
    days = [sorted(day for member, _ in cluster if (day := member.day) is not None) for cluster in clusters]
    known: list[tuple[date, date]] = [(days[0], days[-1]) for days in days if days]
    return any(
        (later[0] - earlier[1]).days <= MOVES_WITHIN_DAYS and (earlier[0] - later[1]).days <= MOVES_WITHIN_DAYS
        for place, earlier in enumerate(known)
        for later in known[place + 1 :]
    )


def _free_space_m(signal_dbm: float | None) -> float:
    """How far away a transmitter may be at most that is heard this faintly: 20 dBm sent, nothing in between."""
    return 0.0 if signal_dbm is None else min(FARTHEST_HEARD_M, 10 ** ((-20.0 - signal_dbm) / 20))


def _radio_camera(cluster: _Cluster, *, far_apart: bool) -> Camera:
    members = [observation for observation, _ in cluster]
    estimate = _radio_place(members) or cluster[0][1]
    return Camera(estimate=estimate, members=members, far_apart=far_apart)


def _radio_place(members: Sequence[Observation]) -> Estimate | None:
    """By the hearings of all walks together; by a log's own estimate where there are none."""
    hearings: list[Hearing] = [hearing for member in members for hearing in member.hearings]
    if hearings:
        return from_hearings(hearings, len({member.walk for member in members if member.hearings}))
    estimates = [member.estimate for member in members if member.estimate is not None]
    return min(estimates, key=lambda estimate: estimate.east + estimate.north) if estimates else None
