"""What the views of a camera say about the questions of the desk."""

from itertools import pairwise

from hub.merge.locate import RADIUS95
from hub.merge.observe import Estimate
from hub.publish.view import CameraDetail, CameraView
from probe.contract.geodesy import offset_m

LEAST_AREA_M2 = 0.01


def place_of(camera: CameraView) -> Estimate:
    """Where a camera stands, with the doubt that its region tells."""
    area = east = north = between = 0.0
    for ring in camera.region95:
        corners = [offset_m(camera.lat, camera.lon, lat, lon) for lon, lat in ring]
        for (x, y), (u, v) in pairwise(corners):
            cross = x * v - u * y  # twice the triangle with the mark, and below its second moments about the mark
            area += cross / 2
            east += cross * (x * x + x * u + u * u) / 12
            north += cross * (y * y + y * v + v * v) / 12
            between += cross * (x * v + 2 * x * y + 2 * u * v + u * y) / 24
    if abs(area) < LEAST_AREA_M2:
        variance = max(0.1, camera.radius95_m / RADIUS95) ** 2
        return Estimate(lat=camera.lat, lon=camera.lon, east=variance, north=variance)
    # The moment of a flat ellipse is a quarter of its half axis squared; that is 2.4477 deviations.
    scale = 4 / RADIUS95**2 / area
    east, north, between = max(0.01, scale * east), max(0.01, scale * north), scale * between
    return Estimate(lat=camera.lat, lon=camera.lon, east=east, north=north, between=between)


def walks_that_saw(detail: CameraDetail) -> int:
    """On how many walks people looked at it."""
    return len({item.walk_label for item in detail.evidence if item.kind != "radio"})


def photos(detail: CameraDetail) -> int:
    """How many photos of it were kept."""
    return sum(item.kind == "photo" for item in detail.evidence)


def by_radio_alone(detail: CameraDetail) -> bool:
    """Whether nobody has looked: such a camera is never confirmed at a desk."""
    return all(item.kind == "radio" for item in detail.evidence)


def says(detail: CameraDetail, about: str) -> bool:
    """Whether some sighting claims it, and does not claim that it is not so."""
    return any(claim.about == about and claim.value is not False for claim in detail.claims)


def disputed(detail: CameraDetail) -> list[str]:
    """What sightings disagree about: kind, mount."""
    values: dict[str, set[object]] = {}
    for claim in detail.claims:
        if claim.about in ("kind", "mount") and claim.strength == "strong":
            values.setdefault(claim.about, set()).add(claim.value)
    return [about for about, said in values.items() if len(said) > 1]
