"""How far magnetic north is from true north, by the World Magnetic Model: true bearing = magnetic + declination."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple


class Declination(NamedTuple):
    """Degrees that magnetic north is east of true north, and one standard deviation of that."""

    deg: float
    sd_deg: float


def declination(lat: float, lon: float, at: datetime) -> Declination | None:
    """The declination; None where it is not known: beside the poles, before 2015, after the model's end (2030).

    The ground's own iron is in its standard deviation, a lamp post beside the compass is not.
    """
    try:
        model = _model(_model_year(at.astimezone(UTC).year))
        result = model.calculate(glat=lat, glon=lon, alt=0.0, time=_year(at))
        sd_deg = float(result.calculate_uncertainty().d)
    except ImportError:  # pygeomag
        return None
    except ValueError:  # by the model's own word: it does not hold at this time
        return None
    return None if result.in_blackout_zone else Declination(float(result.d), sd_deg)


def true_bearing(magnetic_deg: float, lat: float, lon: float, at: datetime) -> tuple[float, float] | None:
    """A bearing from true north in [0, 360), and the declination's standard deviation; None where it is not known."""
    found = declination(lat, lon, at)
    return None if found is None else (round(magnetic_deg + found.deg, 1) % 360.0, found.sd_deg)


def _year(at: datetime) -> float:
    """A time as a year with decimals."""
    at = at.astimezone(UTC)
    start, end = datetime(at.year, 1, 1, tzinfo=UTC), datetime(at.year + 1, 1, 1, tzinfo=UTC)
    return at.year + (at - start) / (end - start)


def _model_year(year: int) -> int:
    return year - year % 5


@cache
def _model(year: int) -> Any:
    """The model that begins in a year. Raises ValueError where there is none, ImportError without pygeomag."""
    from pygeomag import GeoMag

    return GeoMag(base_year=datetime(year, 7, 1, tzinfo=UTC))
