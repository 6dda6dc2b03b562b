"""Distance, bearing, the date line, and the one definition of a *cell*.

A sphere of mean radius is used: over the 500 m that matter here it differs from the ellipsoid by at most 0.6 %, less
than any fix. Degrees in, metres and degrees out.
"""

from math import asin, asinh, atan, atan2, cos, degrees, floor, hypot, pi, radians, sin, sinh, sqrt, tan

EARTH_RADIUS_M = 6_371_008.8
CELL_ZOOM = 17
_MERCATOR_LIMIT_DEG = 85.05112878


def wrap_longitude(lon: float) -> float:
    """The same meridian in [-180, 180)."""
    return lon if -180.0 <= lon < 180.0 else (lon + 180.0) % 360.0 - 180.0


def wrap_bearing(bearing_deg: float) -> float:
    """The same direction in [0, 360)."""
    wrapped = bearing_deg % 360.0
    return 0.0 if wrapped >= 360.0 else wrapped  # -1e-17 % 360 is 360.0


def turn_deg(a_deg: float, b_deg: float) -> float:
    """The smallest angle between two bearings, 0 to 180."""
    return abs((a_deg - b_deg + 180.0) % 360.0 - 180.0)


def distance_m(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Great-circle distance in metres; correct across the date line and at the poles."""
    half_lat = sin(radians(lat2 - lat1) / 2)
    half_lon = sin(radians(lon2 - lon1) / 2)
    h = half_lat * half_lat + cos(radians(lat1)) * cos(radians(lat2)) * half_lon * half_lon
    return 2 * EARTH_RADIUS_M * asin(min(1.0, sqrt(h)))


def bearing_deg(lat1: float, lon1: float, lat2: float, lon2: float) -> float:
    """Initial bearing from the first point to the second, clockwise from true north, in [0, 360)."""
    dlon = radians(lon2 - lon1)
    y = sin(dlon) * cos(radians(lat2))
    x = cos(radians(lat1)) * sin(radians(lat2)) - sin(radians(lat1)) * cos(radians(lat2)) * cos(dlon)
    return wrap_bearing(degrees(atan2(y, x)))


def destination(lat: float, lon: float, bearing: float, metres: float) -> tuple[float, float]:
    """The point (lat, lon) that lies so many metres away on this bearing."""
    arc = metres / EARTH_RADIUS_M
    rlat, rbear = radians(lat), radians(bearing)
    lat2 = asin(max(-1.0, min(1.0, sin(rlat) * cos(arc) + cos(rlat) * sin(arc) * cos(rbear))))
    dlon = atan2(sin(rbear) * sin(arc) * cos(rlat), cos(arc) - sin(rlat) * sin(lat2))
    return degrees(lat2), wrap_longitude(lon + degrees(dlon))


def offset_m(lat0: float, lon0: float, lat: float, lon: float) -> tuple[float, float]:
    """Metres (east, north) of a point as seen from an origin near by; correct across the date line."""
    scale = radians(1.0) * EARTH_RADIUS_M
    return wrap_longitude(lon - lon0) * scale * cos(radians(lat0)), (lat - lat0) * scale


def degrees_off(lat0: float, east_m: float, north_m: float) -> tuple[float, float]:
    """Some metres east and north as degrees (of latitude, of longitude) at a latitude: the inverse of `offset_m`."""
    scale = radians(1.0) * EARTH_RADIUS_M
    return north_m / scale, east_m / (scale * max(1e-9, cos(radians(lat0))))


def moved(lat0: float, lon0: float, east_m: float, north_m: float) -> tuple[float, float]:
    """The point (lat, lon) so many metres east and north of an origin near by."""
    metres = hypot(east_m, north_m)
    return destination(lat0, lon0, degrees(atan2(east_m, north_m)), metres) if metres else (lat0, lon0)


def cell(lat: float, lon: float) -> str:
    """The cell a point lies in: the web-Mercator tile `17/x/y`, 306 m wide at the equator, 200 m at 49 degrees."""
    x, y = cell_numbers(lat, lon)
    return f"{CELL_ZOOM}/{x}/{y}"


def cell_numbers(lat: float, lon: float) -> tuple[int, int]:
    """Column and row of the cell a point lies in."""
    size = 1 << CELL_ZOOM
    limited = max(-_MERCATOR_LIMIT_DEG, min(_MERCATOR_LIMIT_DEG, lat))
    x = floor((wrap_longitude(lon) + 180.0) / 360.0 * size)
    y = floor((1.0 - asinh(tan(radians(limited))) / pi) / 2.0 * size)
    return min(size - 1, max(0, x)), min(size - 1, max(0, y))


def cell_bounds(name: str) -> tuple[float, float, float, float]:
    """West, south, east and north of a cell, in degrees."""
    zoom, x, y = (int(part) for part in name.split("/"))
    size = 1 << zoom

    def lat_of(row: int) -> float:
        return degrees(atan(sinh(pi * (1 - 2 * row / size))))

    return x / size * 360.0 - 180.0, lat_of(y + 1), (x + 1) / size * 360.0 - 180.0, lat_of(y)
