"""What the views of a camera say about the questions of the desk."""

from hub.merge.locate import RADIUS95
from hub.merge.observe import Estimate
from hub.publish.view import CameraDetail, CameraView
from probe.contract.geodesy import offset_m

MISSED = 0.3  # so probable it has to be that it is gone before anybody is asked


def place_of(camera: CameraView) -> Estimate:
    """Where a camera stands, with the doubt that its region tells."""
    ring = camera.region95[:-1]
    if not ring:
        variance = max(0.1, camera.radius95_m / RADIUS95) ** 2
        return Estimate(lat=camera.lat, lon=camera.lon, east=variance, north=variance)
    # The ring is an ellipse in equal steps: the mean of its squares is half of its covariance.
    away = [offset_m(camera.lat, camera.lon, lat, lon) for lon, lat in ring]
    scale = 2 / RADIUS95**2 / len(away)
    return Estimate(
        lat=camera.lat,
        lon=camera.lon,
        east=max(0.01, scale * sum(east * east for east, _ in away)),
        north=max(0.01, scale * sum(north * north for _, north in away)),
        between=scale * sum(east * north for east, north in away),
    )


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


def is_missed(detail: CameraDetail) -> bool:
    """Whether to ask if it is gone: by what walks of several people did not hear, or because somebody looked."""
    absence = detail.absence
    if absence is None:
        return False
    return absence.reports > 0 or (absence.contributors > 1 and absence.probability >= MISSED)


def is_ambiguous(detail: CameraDetail) -> bool:
    """Whether the merge could not decide between cameras."""
    return any(reason.code == "ambiguous" for reason in detail.reasons)


def disputed(detail: CameraDetail) -> list[str]:
    """What sightings disagree about: kind, mount."""
    values: dict[str, set[object]] = {}
    for claim in detail.claims:
        if claim.about in ("kind", "mount") and claim.strength == "strong":
            values.setdefault(claim.about, set()).add(claim.value)
    return [about for about, said in values.items() if len(said) > 1]
