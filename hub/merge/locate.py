"""Where something stands, and how sure that is. A first, plain estimator; its doubt is wide on purpose.

Radio: the centroid of the hearings by linear power. Its spread is not computed but taken from a published simulation of
street cameras (one pass: median error 14.4 m, both pavements or several walks: about 7.3 m, few hearings: worse),
because a spread computed from the hearings of one walk is known to be far too small.
"""

from collections.abc import Iterable, Sequence
from math import atan2, cos, degrees, hypot, pi, sin, sqrt

from hub.merge.observe import GNSS_SD_M, Estimate
from hub.merge.place import Located, Mode, Region, Ring
from probe.contract.geodesy import degrees_off, moved, offset_m, wrap_longitude
from probe.contract.sighting import Hearing

ONE_WALK_SD_M, TWO_WALKS_SD_M, MANY_WALKS_SD_M, FEW_HEARINGS_SD_M = 12.0, 9.0, 8.0, 22.0
FEW_HEARINGS = 3
RADIUS50, RADIUS95 = 1.1774, 2.4477  # of a two-dimensional normal distribution, in standard deviations
_RING = tuple((cos(2 * pi * step / 36), sin(2 * pi * step / 36)) for step in range(36))


def from_hearings(hearings: Sequence[Hearing], walks: int) -> Estimate | None:
    """Where a transmitter stands by its hearings on so many walks; None without hearings."""
    if not hearings:
        return None
    origin = hearings[0].place
    weights = [_power(hearing) for hearing in hearings]
    offsets = [offset_m(origin.lat, origin.lon, hearing.place.lat, hearing.place.lon) for hearing in hearings]
    total = sum(weights)
    east = sum(weight * offset[0] for weight, offset in zip(weights, offsets, strict=True)) / total
    north = sum(weight * offset[1] for weight, offset in zip(weights, offsets, strict=True)) / total
    lat, lon = moved(origin.lat, origin.lon, east, north)
    variance = _radio_sd_m(len(hearings), walks) ** 2
    return Estimate(lat=lat, lon=lon, east=variance, north=variance)


def fuse(estimates: Iterable[Estimate], walks: int) -> Estimate:
    """The estimates of one camera as one, each weighing by its information.

    The fixes of a walk share their drift, so the result is never surer than the drift of its walks.
    """
    first, *others = estimates
    fused = first
    for other in others:
        fused = _fuse_pair(fused, other)
    floor = GNSS_SD_M**2 / max(1, walks)
    return Estimate(
        lat=fused.lat,
        lon=fused.lon,
        east=max(fused.east, floor),
        north=max(fused.north, floor),
        between=fused.between,
    )


def apart_m(one: Estimate, other: Estimate) -> float:
    """How far apart two estimates' middles are, in metres."""
    return hypot(*offset_m(one.lat, one.lon, other.lat, other.lon))


def region95(estimate: Estimate) -> tuple[Ring, float]:
    """The closed ring of (lon, lat) that holds the truth 95 times in 100, and its longest radius in metres."""
    major, _, ring = _ellipse(estimate, RADIUS95)
    return ring, round(major, 1)


def located(estimate: Estimate) -> Located:
    """Where a camera is by a normal distribution: one mode, and ellipses around it."""
    regions = []
    for radius in (RADIUS50, RADIUS95):
        major, minor, ring = _ellipse(estimate, radius)
        regions.append(Region(rings=(ring,), area_m2=pi * major * minor))
    mode = Mode(lat=estimate.lat, lon=estimate.lon, share=1.0)
    return Located(estimate=estimate, modes=(mode,), region50=regions[0], region95=regions[1])


def _ellipse(estimate: Estimate, radius: float) -> tuple[float, float, Ring]:
    """The half axes in metres, and the closed ring of (lon, lat), of an ellipse of so many standard deviations."""
    middle = (estimate.east + estimate.north) / 2
    half = hypot((estimate.east - estimate.north) / 2, estimate.between)
    major, minor = sqrt(middle + half) * radius, sqrt(max(0.01, middle - half)) * radius
    angle = 0.5 * atan2(2 * estimate.between, estimate.east - estimate.north)
    # Flat over these few metres: what the sphere would change is less than the last digit.
    (lat_x, lon_x), (lat_y, lon_y) = (
        degrees_off(estimate.lat, length * cos(towards), length * sin(towards))
        for length, towards in ((major, angle), (minor, angle + pi / 2))
    )
    ring = [
        (
            round(wrap_longitude(estimate.lon + x * lon_x + y * lon_y), 7),
            round(max(-90.0, min(90.0, estimate.lat + x * lat_x + y * lat_y)), 7),  # nothing lies beyond a pole
        )
        for x, y in _RING
    ]
    return major, minor, (*ring, ring[0])


def mahalanobis2(a: Estimate, b: Estimate) -> float:
    """The squared distance of two estimates in units of their joint doubt."""
    dx, dy = offset_m(a.lat, a.lon, b.lat, b.lon)
    see, snn, sen = a.east + b.east, a.north + b.north, a.between + b.between
    det = see * snn - sen * sen
    return (dx * dx * snn - 2 * dx * dy * sen + dy * dy * see) / det


def fused_height(heights: Iterable[tuple[float, float]]) -> tuple[float, float] | None:
    """Some heights with their standard deviations as one, each weighing by its information; None without any.

    Where they differ by more than they say, the result is as doubtful as they differ.
    """
    weighed = [(value, 1 / sd**2) for value, sd in heights]
    if not weighed:
        return None
    total = sum(weight for _, weight in weighed)
    value = sum(value * weight for value, weight in weighed) / total
    off = sum(weight * (each - value) ** 2 for each, weight in weighed)
    return value, sqrt(max(1.0, off / max(1, len(weighed) - 1)) / total)


def mean_bearing(bearings: Sequence[float]) -> float | None:
    """The middle of some bearings in degrees; None where there are none or they point every way."""
    east = sum(sin(bearing / 180 * pi) for bearing in bearings)
    north = sum(cos(bearing / 180 * pi) for bearing in bearings)
    return middle_bearing(east, north, len(bearings))


def middle_bearing(east: float, north: float, bearings: int) -> float | None:
    """The same of so many bearings whose parts, east and north, were summed up before."""
    if not bearings or hypot(east, north) < 0.5 * bearings:
        return None
    return round(degrees(atan2(east, north)) % 360, 1) % 360


def _power(hearing: Hearing) -> float:
    return 10 ** ((-80.0 if hearing.signal_dbm is None else hearing.signal_dbm) / 10)


def _radio_sd_m(hearings: int, walks: int) -> float:
    if hearings < FEW_HEARINGS:
        return FEW_HEARINGS_SD_M
    return {1: ONE_WALK_SD_M, 2: TWO_WALKS_SD_M}.get(walks, MANY_WALKS_SD_M)


def _fuse_pair(a: Estimate, b: Estimate) -> Estimate:
    """Two independent estimates as one (the update step of a Kalman filter)."""
    dx, dy = offset_m(a.lat, a.lon, b.lat, b.lon)
    see, snn, sen = a.east + b.east, a.north + b.north, a.between + b.between
    det = see * snn - sen * sen
    kee, ken = (a.east * snn - a.between * sen) / det, (a.between * see - a.east * sen) / det
    kne, knn = (a.between * snn - a.north * sen) / det, (a.north * see - a.between * sen) / det
    lat, lon = moved(a.lat, a.lon, kee * dx + ken * dy, kne * dx + knn * dy)
    return Estimate(
        lat=lat,
        lon=lon,
        east=(1 - kee) * a.east - ken * a.between,
        north=(1 - knn) * a.north - kne * a.between,
        between=(1 - kee) * a.between - ken * a.north,
    )
