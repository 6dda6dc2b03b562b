"""An aim in the contract's words: what a sighting says of where the pictured camera is, and how high. Pure."""

from probe.aim.bearing import Aim
from probe.aim.height import Height, Measured
from probe.contract.geodesy import destination
from probe.contract.sighting import HeightClaim, Place, Strength, Subject, SubjectHow


def subject_of(
    aim: Aim, observer: Place, distance: Measured | None = None, *, elevation_known: bool = True
) -> Subject | None:
    """Where an aimed thing is said to be; None where no bearing is known. `elevation_known` is false where the pitch
    was only guessed, for its doubt."""
    if aim.bearing_sd_deg is None:
        return None
    place = None
    if distance is not None and aim.bearing_deg is not None:
        lat, lon = destination(observer.lat, observer.lon, aim.bearing_deg, distance.m)
        place = Place(lat=round(lat, 7), lon=round(lon, 7))
    return Subject(
        how=SubjectHow.BEARING if distance is None else SubjectHow.BEARING_AND_DISTANCE,
        place=place,
        bearing_deg=_rounded(aim.bearing_deg),
        magnetic_bearing_deg=_rounded(aim.magnetic_bearing_deg),
        bearing_sd_deg=_sd(aim.bearing_sd_deg),
        elevation_deg=round(aim.elevation_deg, 2) if elevation_known else None,
        elevation_sd_deg=_sd(aim.elevation_sd_deg) if elevation_known else None,
        distance_m=None if distance is None else round(distance.m, 2),
        distance_sd_m=None if distance is None else _sd(distance.sd_m),
    )


def height_claim(height: Height, evidence: tuple[int, ...] = (0,)) -> HeightClaim:
    """What two shots say of how high the camera hangs."""
    return HeightClaim(
        value=round(height.height.m, 2),
        sd_m=_sd(height.height.sd_m),
        strength=Strength.STRONG,
        evidence=evidence,
    )


def _rounded(bearing_deg: float | None) -> float | None:
    return None if bearing_deg is None else round(bearing_deg, 2) % 360.0


def _sd(sd: float) -> float:
    """Never rounded to 0, which would say that it is exact."""
    return max(0.01, round(sd, 2))
