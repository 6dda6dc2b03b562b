"""What the merge needs of a sighting: where it puts something, how sure it is, and what it says of it."""

from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from math import cos, radians, sin, tan
from typing import TypeVar

import msgspec

from probe.contract.evidence import CatalogueEvidence, Evidence
from probe.contract.geodesy import destination
from probe.contract.sighting import (
    Claim,
    DirectionClaim,
    GoneClaim,
    Hearing,
    HeightClaim,
    Kind,
    KindClaim,
    Making,
    MountClaim,
    OperatorClaim,
    PresentClaim,
    PrivateDwellingClaim,
    Sighting,
    Strength,
    Subject,
    VendorClaim,
)

# Per-axis standard deviations in metres. A walker who gives no distance stands about so far away.
USUAL_DISTANCE_M, USUAL_DISTANCE_SD_M = 8.0, 6.0
USUAL_BEARING_SD_DEG = 15.0
# Of a distance that does not say how good it is.
LEAST_DISTANCE_SD_M, DISTANCE_SD_SHARE = 2.0, 0.3
GNSS_SD_M = 3.0
NO_BEARING_SD_M = 10.0
# Of a height that does not say: a guess by eye. Nobody knows one better than the least.
USUAL_HEIGHT_SD_M, LEAST_HEIGHT_SD_M = 1.0, 0.1
# Fractions of a per-axis deviation: a 68 % radius is 1.51 of them.
RADIUS68 = 1.51

MAX_CLAIMS = 32  # of one sighting, beside the first of each kind; a probe of ours makes seven at most
# What an observation takes in memory, in octets, measured with CPython 3.11.
_BARE_OCTETS, _HEARING_OCTETS, _CLAIM_OCTETS, _SILENCE_OCTETS, _BEARING_OCTETS = 1500, 260, 120, 400, 260

_C = TypeVar("_C")

_shared = lru_cache(4096)(str)  # the same text, once: walks and contributors come again and again


@lru_cache(4096)
def _shared_making(made: Making) -> Making:
    """How a walk's sightings were made, once."""
    return msgspec.structs.replace(made, software=_shared(made.software))


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A place in degrees with its covariance in square metres (east, north, and between them)."""

    lat: float
    lon: float
    east: float
    north: float
    between: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """From where a walker looked at something, and where to: degrees, metres; None is "not known"."""

    lat: float
    lon: float
    accuracy_m: float | None
    bearing_deg: float
    bearing_sd_deg: float
    distance_m: float | None = None
    distance_sd_m: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A sighting as the merge sees it. `seq` is its place in the log; `estimate` None where it has no place.

    `look` is there where it was seen in a direction, `accuracy_m` where it says how good its place is; `marked` where
    it says a place of the thing itself, and not only where somebody stood. `contributor` is the probe that sent it,
    while that is known; `contributor_tags` are what stays (see `hub.merge.contributors`).

    Of `sighting` there is what a camera can be told of: the rest stays in the log (see `_what_counts`).
    """

    seq: int
    sighting: Sighting
    contributor: str | None
    estimate: Estimate | None
    transmitter: str | None
    hearings: tuple[Hearing, ...] = field(repr=False)
    kind: str | None
    mount: str | None
    direction: float | None
    direction_sd: float | None = None
    look: Look | None = None
    accuracy_m: float | None = None
    marked: bool = False
    contributor_tags: tuple[str, ...] = ()

    @property
    def walk(self) -> str:
        return self.sighting.walk

    @property
    def day(self) -> date | None:
        return None if self.sighting.time is None else self.sighting.time.utc.date()

    @property
    def place(self) -> Estimate:
        """Its estimate. Raises ValueError where it has none."""
        if self.estimate is None:
            raise ValueError("an observation without a place")
        return self.estimate

    @property
    def octets(self) -> int:
        """About how much memory it takes."""
        kept = self.sighting
        texts = sum(len(claim.value) for claim in kept.claims if isinstance(claim, VendorClaim | OperatorClaim))
        texts += sum(len(item.row) + len(item.vendor) for item in kept.evidence if isinstance(item, CatalogueEvidence))
        places = 0 if kept.radio is None else _SILENCE_OCTETS * len(kept.radio.silences)
        places += _HEARING_OCTETS * len(self.hearings) + (0 if self.look is None else _BEARING_OCTETS)
        return _BARE_OCTETS + places + _CLAIM_OCTETS * len(kept.claims) + texts


def observe(
    seq: int, sighting: Sighting, contributor: str | None, contributor_tags: tuple[str, ...] = ()
) -> Observation | None:
    """The observation in a sighting; None for a survey, and for one that only says that a camera is gone."""
    if sighting.kind is Kind.SURVEY:
        return None
    if _claim_of(sighting.claims, GoneClaim) is not None and _claim_of(sighting.claims, PresentClaim) is None:
        return None
    radio = sighting.radio
    kind = _claim_of(sighting.claims, KindClaim)
    mount = _claim_of(sighting.claims, MountClaim)
    direction = _claim_of(sighting.claims, DirectionClaim)
    return Observation(
        seq=seq,
        sighting=_what_counts(sighting),
        contributor=None if contributor is None else _shared(contributor),
        estimate=None if radio is not None and not sighting.subject else estimate_of(sighting),
        transmitter=None if radio is None else radio.transmitter,
        hearings=() if radio is None else radio.hearings,
        kind=None if kind is None else str(kind.value),
        mount=None if mount is None else str(mount.value),
        direction=None if direction is None else direction.value,
        direction_sd=None if direction is None else direction.sd_deg,
        look=_look(sighting),
        accuracy_m=_accuracy_m(sighting),
        marked=_is_marked(sighting.subject),
        contributor_tags=tuple(map(_shared, contributor_tags)),
    )


def vendor_of(sighting: Sighting) -> str | None:
    """The maker that a sighting names on strong evidence."""
    claim = _claim_of(sighting.claims, VendorClaim)
    return claim.value if claim is not None and claim.strength is Strength.STRONG else None


def operator_of(sighting: Sighting) -> str | None:
    """Who runs the camera, where a sighting names them on strong evidence."""
    claim = _claim_of(sighting.claims, OperatorClaim)
    return claim.value if claim is not None and claim.strength is Strength.STRONG else None


def says_private(sighting: Sighting) -> bool:
    """Whether a sighting says that the camera belongs to a private dwelling."""
    claim = _claim_of(sighting.claims, PrivateDwellingClaim)
    return claim is not None and claim.value


def height_of(sighting: Sighting) -> tuple[float, float] | None:
    """How high the camera hangs by what a sighting says for certain, and its standard deviation, in metres."""
    claim = _claim_of(sighting.claims, HeightClaim)
    if claim is None or claim.strength is not Strength.STRONG:
        return None
    return claim.value, max(LEAST_HEIGHT_SD_M, USUAL_HEIGHT_SD_M if claim.sd_m is None else claim.sd_m)


def _what_counts(sighting: Sighting) -> Sighting:
    """The sighting without what no camera is told of: it may be a hundred times as large as the rest."""
    evidence: tuple[Evidence, ...] = tuple(e for e in sighting.evidence if isinstance(e, CatalogueEvidence))[:1]
    radio = sighting.radio
    return msgspec.structs.replace(
        sighting,
        walk=_shared(sighting.walk),
        made=_shared_making(sighting.made),
        observer=None,
        subject=None,
        evidence=evidence if sighting.kind is Kind.RADIO else (),
        claims=(_distinct_shared if len(sighting.claims) <= _SHARED_CLAIMS else _distinct)(sighting.claims),
        radio=None if radio is None else msgspec.structs.replace(radio, hearings=()),
    )


def _distinct(claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
    """Each thing that is claimed, once, however often: the first of each kind, and a bounded number of others."""
    firsts: dict[type[Claim], Claim] = {}
    for claim in claims:
        firsts.setdefault(type(claim), claim)
    distinct = dict.fromkeys(msgspec.structs.replace(claim, evidence=()) for claim in (*firsts.values(), *claims))
    return tuple(distinct)[: len(firsts) + MAX_CLAIMS]


# Most sightings of a kind claim the very same: they share it.
_SHARED_CLAIMS = 8
_distinct_shared = lru_cache(4096)(_distinct)


def _claim_of(claims: tuple[Claim, ...], kind: type[_C]) -> _C | None:
    return next((claim for claim in claims if isinstance(claim, kind)), None)


def _look(sighting: Sighting) -> Look | None:
    subject, observer = sighting.subject, sighting.observer
    if subject is None or subject.bearing_deg is None or observer is None:
        return None
    distance_sd_m = subject.distance_sd_m
    if distance_sd_m is None and subject.distance_m is not None:
        distance_sd_m = max(LEAST_DISTANCE_SD_M, DISTANCE_SD_SHARE * subject.distance_m)
    return Look(
        lat=observer.lat,
        lon=observer.lon,
        accuracy_m=observer.accuracy_m,
        bearing_deg=subject.bearing_deg,
        bearing_sd_deg=min(60.0, subject.bearing_sd_deg or USUAL_BEARING_SD_DEG),
        distance_m=subject.distance_m,
        distance_sd_m=distance_sd_m,
    )


def _is_marked(subject: Subject | None) -> bool:
    return subject is not None and subject.place is not None and subject.bearing_deg is None


def _accuracy_m(sighting: Sighting) -> float | None:
    """How good the place is that the sighting rests on, as a 68 % radius; None where it does not say."""
    subject, observer = sighting.subject, sighting.observer
    if subject is not None and subject.place is not None and _is_marked(subject):
        return subject.place.accuracy_m
    return None if observer is None else observer.accuracy_m


def estimate_of(sighting: Sighting) -> Estimate | None:
    """Where a sighting says that its subject is; None where it says nothing of a place."""
    subject, observer = sighting.subject, sighting.observer
    if subject is not None and subject.place is not None and subject.bearing_deg is None:
        sd_m = max(GNSS_SD_M, (subject.place.accuracy_m or 2 * GNSS_SD_M) / RADIUS68)
        return Estimate(lat=subject.place.lat, lon=subject.place.lon, east=sd_m**2, north=sd_m**2)
    if observer is None:
        return None
    stand = max(GNSS_SD_M, (observer.accuracy_m or 0.0) / RADIUS68) ** 2
    if subject is None or subject.bearing_deg is None:
        variance = stand + NO_BEARING_SD_M**2
        return Estimate(lat=observer.lat, lon=observer.lon, east=variance, north=variance)
    return _on_bearing(observer.lat, observer.lon, subject, subject.bearing_deg, stand)


def _on_bearing(lat: float, lon: float, subject: Subject, bearing_deg: float, stand: float) -> Estimate:
    """The place on a bearing: long along it, narrow across it, blurred by where the walker stood."""
    distance_m = USUAL_DISTANCE_M if subject.distance_m is None else subject.distance_m
    along_sd = subject.distance_sd_m
    if along_sd is None:
        usual = max(LEAST_DISTANCE_SD_M, DISTANCE_SD_SHARE * distance_m)
        along_sd = USUAL_DISTANCE_SD_M if subject.distance_m is None else usual
    bearing_sd = min(60.0, subject.bearing_sd_deg or USUAL_BEARING_SD_DEG)
    along, across = along_sd**2, (distance_m * tan(radians(bearing_sd))) ** 2
    s, c = sin(radians(bearing_deg)), cos(radians(bearing_deg))
    place = destination(lat, lon, bearing_deg, distance_m)
    return Estimate(
        lat=place[0],
        lon=place[1],
        east=along * s * s + across * c * c + stand,
        north=along * c * c + across * s * s + stand,
        between=(along - across) * s * c,
    )
