"""What there is to tell a camera's place by, walk by walk. Pure, and without NumPy."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import msgspec

from hub.merge.contributors import weights_of_walks, who
from hub.merge.observe import (
    GNSS_SD_M,
    NO_BEARING_SD_M,
    RADIUS68,
    USUAL_BEARING_SD_DEG,
    Estimate,
    Observation,
)
from hub.merge.which.accuracy import split_of_accuracy
from probe.contract.geodesy import moved, wrap_bearing
from probe.contract.sighting import Hearing, Place, Silence

# A receiver that does not say how accurate it is: a 68 % radius in metres.
USUAL_ACCURACY_M = 2 * GNSS_SD_M
# Between two looks the receiver drifts: this share of its deviation is each look's own.
OWN_SHARE = 0.35
MOST_WALKS = 24  # of one camera, by which it is located


@dataclass(frozen=True, slots=True, kw_only=True)
class Bearing:
    """A bearing from where the walker stood, in degrees from true north; the distance in metres where it was told."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    bearing_deg: float
    sd_deg: float = USUAL_BEARING_SD_DEG
    distance_m: float | None = None
    distance_sd_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """A place that was marked, with its own covariance in square metres, and the variance per axis (`common`) that it
    shares with all that its walk says near by."""

    lat: float
    lon: float
    east: float
    north: float
    between: float = 0.0
    common: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bias:
    """What the receiver of a walk was off here, as estimated, in metres, and the variance per axis left of it."""

    east: float
    north: float
    variance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WalkEvidence:
    """What one walk says of one camera. `bias` is None where nobody knows it; `weight` is how much it counts beside the
    other walks, above 0 and up to 1."""

    walk: str
    hearings: tuple[Hearing, ...] = ()
    silences: tuple[Silence, ...] = ()
    bearings: tuple[Bearing, ...] = ()
    marked: tuple[Marked, ...] = ()
    bias: Bias | None = None
    weight: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Street:
    """A straight piece of the middle of a street, in degrees, as an operator's extract has it."""

    start: tuple[float, float]  # latitude, longitude
    end: tuple[float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """All walks' evidence of one camera, each walk once, and the streets near by, where they are known."""

    walks: tuple[WalkEvidence, ...]
    streets: tuple[Street, ...] = ()


def evidence_of(
    observations: Iterable[Observation],
    streets: Sequence[Street] | None = None,
    bias: dict[str, Bias] | None = None,
) -> Evidence:
    """The evidence in the observations of one camera; `bias` is that of walks by their name.

    Where several contributors were there, each counts once a quarter, however many walks they made. Of very many walks,
    those that say most are taken, from every contributor in turn.
    """
    by_walk: dict[str, list[Observation]] = {}
    for observation in observations:
        by_walk.setdefault(observation.walk, []).append(observation)
    by_walk = {walk: by_walk[walk] for walk in _chosen(by_walk)}
    weights = weights_of_walks({walk: own[0] for walk, own in by_walk.items()})
    walks = tuple(_of_walk(walk, by_walk[walk], (bias or {}).get(walk), weights[walk]) for walk in sorted(by_walk))
    return Evidence(walks=walks, streets=tuple(streets or ()))


def _chosen(by_walk: Mapping[str, Sequence[Observation]]) -> list[str]:
    """The walks to take: each costs some milliseconds, and the thirtieth tells little more."""
    if len(by_walk) <= MOST_WALKS:
        return list(by_walk)
    turn: Counter[str | None] = Counter()
    ranked: list[tuple[int, int, int, str]] = []
    for looks, heard, walk in sorted(
        (
            -sum(one.look is not None or one.marked for one in own),
            -sum(len(one.hearings) for one in own),
            walk,
        )
        for walk, own in by_walk.items()
    ):
        contributor = who(by_walk[walk][0])
        turn[contributor] += 1
        ranked.append((turn[contributor], looks, heard, walk))
    return [walk for *_, walk in sorted(ranked)[:MOST_WALKS]]


def _of_walk(walk: str, observations: Sequence[Observation], bias: Bias | None, weight: float) -> WalkEvidence:
    hearings: list[Hearing] = []
    silences: list[Silence] = []
    bearings: list[Bearing] = []
    marked: list[Marked] = []
    for observation in sorted(observations, key=lambda one: one.sighting.id):
        hearings += observation.hearings
        radio = observation.sighting.radio
        silences += () if radio is None else radio.silences
        bearing = _bearing(observation)
        if bearing is not None:
            bearings.append(bearing)
        elif observation.estimate is not None and not observation.hearings:
            marked.append(_marked(observation, observation.estimate))
    return WalkEvidence(
        walk=walk,
        hearings=tuple(hearings),
        silences=tuple(silences),
        bearings=tuple(bearings),
        marked=tuple(marked),
        bias=bias,
        weight=weight,
    )


def _marked(observation: Observation, estimate: Estimate) -> Marked:
    """A place by what its accuracy divides into; where somebody only stood near by, that is added."""
    own, common, _ = split_of_accuracy(observation.accuracy_m)
    doubt = 0.0 if observation.marked else NO_BEARING_SD_M**2
    return Marked(lat=estimate.lat, lon=estimate.lon, east=own + doubt, north=own + doubt, common=common)


def _bearing(observation: Observation) -> Bearing | None:
    look = observation.look
    if look is None:
        return None
    return Bearing(
        lat=look.lat,
        lon=look.lon,
        accuracy_m=look.accuracy_m,
        bearing_deg=wrap_bearing(look.bearing_deg),
        sd_deg=look.bearing_sd_deg,
        distance_m=look.distance_m,
        distance_sd_m=look.distance_sd_m,
    )


def corrected(walk: WalkEvidence) -> WalkEvidence:
    """The walk with all its places moved against its bias, of which only the variance is left."""
    bias = walk.bias
    if bias is None or (bias.east == 0.0 and bias.north == 0.0):
        return walk

    def back(lat: float, lon: float) -> dict[str, float]:
        at = moved(lat, lon, -bias.east, -bias.north)
        return {"lat": at[0], "lon": at[1]}

    def place(one: Place) -> Place:
        return Place(**back(one.lat, one.lon), accuracy_m=one.accuracy_m)

    return replace(
        walk,
        hearings=tuple(msgspec.structs.replace(one, place=place(one.place)) for one in walk.hearings),
        silences=tuple(Silence(start=place(one.start), end=place(one.end)) for one in walk.silences),
        bearings=tuple(replace(one, **back(one.lat, one.lon)) for one in walk.bearings),
        marked=tuple(replace(one, **back(one.lat, one.lon)) for one in walk.marked),
        bias=Bias(east=0.0, north=0.0, variance=bias.variance),
    )


def drift_variance(walk: WalkEvidence) -> float:
    """The variance per axis, in square metres, of what all places of a walk are off together; of what is left of it,
    where the walk's bias is known."""
    if walk.bias is not None:
        return max(0.25, walk.bias.variance)
    places: list[Place | Bearing] = [*(one.place for one in walk.hearings), *walk.bearings]
    told = sorted(USUAL_ACCURACY_M if one.accuracy_m is None else one.accuracy_m for one in places)
    if told:
        return max(GNSS_SD_M, min(100.0, told[len(told) // 2]) / RADIUS68) ** 2
    common = sorted(one.common for one in walk.marked)
    return common[len(common) // 2] if common else GNSS_SD_M**2


def own_variance(walk: WalkEvidence) -> float:
    """The variance per axis, in square metres, of what each place of a walk is off by itself: of the drift between two
    looks, or where the walk's bias is known, of what the stated accuracy leaves to each."""
    if walk.bias is None:
        return OWN_SHARE**2 * drift_variance(walk)
    told = sorted(one.accuracy_m for one in walk.bearings if one.accuracy_m is not None)
    return split_of_accuracy(told[len(told) // 2] if told else None)[0]
