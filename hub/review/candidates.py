"""Which other cameras a camera could be: those within their joint region of doubt, the likeliest first."""

from collections.abc import Sequence
from math import cos, radians

from hub.merge.grid import Grid
from hub.merge.locate import mahalanobis2
from hub.merge.observe import Estimate
from hub.publish.view import CameraDetail, Reason
from hub.review.duplicates import differ_in_kind, probably_same, turned
from hub.review.known import place_of
from hub.review.question import Candidate
from probe.contract.geodesy import bearing_deg, distance_m

JOINT95 = 5.99  # chi-square, 2 degrees of freedom
MOST = 3
LETTERS = "ABC"
SAME_WAY_DEG, OTHER_WAY_DEG = 45.0, 60.0
DIRECTION_SD_DEG = 28.0
KIND_CONFLICT = 9.0
BOX_DEG = 0.002  # some 220 m, far more than what `Grid` looks at


class Neighbourhood:
    """Cameras by where they stand, to ask what is near one of them. What was rejected is no neighbour."""

    def __init__(self, cameras: Sequence[CameraDetail]) -> None:
        self._cameras = [detail for detail in cameras if detail.camera.review != "rejected"]
        self._places = [place_of(detail.camera) for detail in self._cameras]
        self._place_of = {detail.camera.id: place for detail, place in zip(self._cameras, self._places, strict=True)}
        self._by_id = {detail.camera.id: detail for detail in self._cameras}
        self._grid = Grid()
        self._found: dict[str, tuple[Candidate, ...]] = {}
        for number, place in enumerate(self._places):
            self._grid.put(number, place)

    def near(self, detail: CameraDetail, within_m: float) -> list[tuple[float, CameraDetail]]:
        """The others within so many metres, 60 at most, with their distance; the nearest first."""
        here = detail.camera
        found = []
        for number in self._grid.near(self._place(detail)):
            there = self._cameras[number].camera
            apart_m = distance_m(here.lat, here.lon, there.lat, there.lon)
            if there.id != here.id and apart_m <= within_m:
                found.append((apart_m, self._cameras[number]))
        return sorted(found, key=lambda one: (one[0], one[1].camera.id))

    def candidates(self, detail: CameraDetail) -> tuple[Candidate, ...]:
        """Those that it could be, three at most, with letters."""
        known = self._found.get(detail.camera.id)
        if known is None:
            known = self._found[detail.camera.id] = self._find(detail)
        return known

    def find(self, camera_id: str) -> CameraDetail | None:
        """The camera with an id."""
        return self._by_id.get(camera_id)

    def _place(self, detail: CameraDetail) -> Estimate:
        return self._place_of.get(detail.camera.id) or place_of(detail.camera)

    def _find(self, detail: CameraDetail) -> tuple[Candidate, ...]:
        place = self._place(detail)
        found: list[tuple[float, CameraDetail]] = []
        for number in self._grid.near(place):
            other = self._cameras[number]
            if other.camera.id != detail.camera.id and other.camera.id not in detail.told_apart:
                apart = mahalanobis2(place, self._places[number])
                if apart <= JOINT95 or probably_same(detail, other):
                    found.append((apart + _unlike(detail, other), other))
        for camera_id in detail.same_address:  # also beyond a grid's reach
            other_one = self._by_id.get(camera_id)
            if other_one is not None and all(other.camera.id != camera_id for _, other in found):
                found.append((0.0, other_one))
        ranked = sorted(found, key=lambda one: (probably_same(detail, one[1]) is None, one[0], one[1].camera.id))
        return tuple(
            candidate(letter, detail, other, cost=cost)
            for letter, (cost, other) in zip(LETTERS, ranked[:MOST], strict=False)
        )


def around(detail: CameraDetail, cameras: Sequence[CameraDetail]) -> Neighbourhood:
    """The neighbourhood of one camera alone: of all others it takes those that could be near, and its kin."""
    here = detail.camera
    others = (other.camera for doubt in detail.doubts for other in doubt.others if other.camera is not None)
    kin = frozenset((*detail.same_address, *others, detail.camera.id))
    width = BOX_DEG / max(0.01, cos(radians(here.lat)))
    near = [
        other
        for other in cameras
        if other.camera.id in kin
        or (
            abs(other.camera.lat - here.lat) < BOX_DEG
            and abs((other.camera.lon - here.lon + 180.0) % 360.0 - 180.0) < width
        )
    ]
    return Neighbourhood(near)


def distinct(one: CameraDetail, other: CameraDetail) -> bool:
    """Whether two cameras are clearly not one: a walk saw both, they look different ways, or are never of one kind."""
    turn = turned(one, other)
    return (
        other.camera.id in one.told_apart or differ_in_kind(one, other) or (turn is not None and turn > OTHER_WAY_DEG)
    )


def _unlike(one: CameraDetail, other: CameraDetail) -> float:
    turn = turned(one, other)
    return (1.0 if turn is None else (turn / DIRECTION_SD_DEG) ** 2) + KIND_CONFLICT * differ_in_kind(one, other)


def candidate(
    letter: str,
    detail: CameraDetail,
    other: CameraDetail,
    *,
    cost: float = 0.0,
    percent: int | None = None,
    here: bool = False,
) -> Candidate:
    """Another camera as what is asked about could be: how far it is, what they agree about and what not."""
    asked, there = detail.camera, other.camera
    agrees, conflicts = _compared(detail, other)
    return Candidate(
        letter=letter,
        camera=other,
        distance_m=round(distance_m(asked.lat, asked.lon, there.lat, there.lon), 1),
        bearing_deg=round(bearing_deg(asked.lat, asked.lon, there.lat, there.lon)) % 360,
        turn_deg=turned(detail, other),
        cost=round(cost, 2),
        agrees=tuple(agrees),
        conflicts=tuple(conflicts),
        duplicate=None if percent is not None else probably_same(detail, other),
        percent=percent,
        here=here,
    )


def _compared(one: CameraDetail, other: CameraDetail) -> tuple[list[Reason], list[Reason]]:
    """What two cameras agree about, and what speaks against their being one."""
    agrees: list[Reason] = []
    conflicts: list[Reason] = []
    here, there = one.camera, other.camera
    if here.title_kind != "camera" and there.title_kind != "camera":
        same = here.title_kind == there.title_kind
        (agrees if same else conflicts).append(Reason(code="desk_kind_same" if same else "desk_kind_other"))
    if here.mount is not None and there.mount is not None:
        same = here.mount == there.mount
        (agrees if same else conflicts).append(Reason(code="desk_mount_same" if same else "desk_mount_other"))
    if here.vendor is not None and there.vendor is not None:
        same = here.vendor == there.vendor
        (agrees if same else conflicts).append(Reason(code="desk_vendor_same" if same else "desk_vendor_other"))
    turn = turned(one, other)
    if turn is not None:
        same = turn <= SAME_WAY_DEG
        code = "desk_direction_same" if same else "desk_direction_other"
        (agrees if same else conflicts).append(Reason(code=code, params={"turn_deg": round(turn)}))
    return agrees, conflicts
