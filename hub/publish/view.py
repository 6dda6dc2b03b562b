"""What the page and the exports get of a camera: the shapes of the hub's JSON."""

from math import hypot
from typing import Any

from msgspec import Struct

from hub.merge.place import Ring
from probe.contract.geodesy import offset_m


class Reason(Struct, frozen=True, kw_only=True):
    """Why something is so: a code that the page has words for in each language, and the values to put in."""

    code: str
    params: dict[str, str | float] = {}


class ClaimView(Struct, frozen=True, kw_only=True):
    """One thing said of a camera, by how many sightings; or `decided` by people, in the place of what sightings say."""

    about: str
    value: str | float | bool | None
    strength: str
    sightings: int
    decided: bool = False


class EvidenceView(Struct, frozen=True, kw_only=True):
    """One sighting behind a camera, without address or network name."""

    kind: str
    made_by: str
    reason: Reason
    rule: str | None
    rule_version: int | None
    day: str | None
    walk_label: str
    composed: bool


class CameraView(Struct, frozen=True, kw_only=True):
    """A camera as the map shows it. Degrees, metres; None is "not known"."""

    id: str
    lat: float
    lon: float
    title_kind: str
    mount: str | None
    direction: float | None
    height_m: float | None
    height_sd_m: float | None
    vendor: str | None
    standing: str  # hint: radio alone; seen: a walker looked at it
    walks: int
    contributors: int | None
    sightings: int
    first_seen: str | None
    last_seen: str | None
    radius95_m: float  # of a circle as large as region95, also where that is of several rings
    region95: tuple[Ring, ...]  # closed rings of (lon, lat) beside each other: it stands in one of them
    composed: bool
    unsure: bool = False  # some of its sightings may be of another one
    # What people at the hub decided.
    review: str = "waiting"  # confirmed; rejected: it is no camera
    private: bool = False  # of a private dwelling
    gone: str | None = None  # the day until which it was there
    follow_up: bool = False
    operator: str | None = None
    operator_type: str | None = None  # public, private
    site: str | None = None  # the pole or facade that it shares with others

    @property
    def reach95_m(self) -> float:
        """How far all of region95 lies from its mark at most: a circle around the mark that holds it 95 times in 100.
        It is larger than `radius95_m` where the region is long, or of several rings."""
        away = (offset_m(self.lat, self.lon, lat, lon) for ring in self.region95 for lon, lat in ring)
        return max((hypot(*one) for one in away), default=self.radius95_m)


class ModeView(Struct, frozen=True, kw_only=True):
    """A place where a camera probably is, in degrees, and the share of the probability that lies about there, in
    percent."""

    lat: float
    lon: float
    percent: int


class OtherView(Struct, frozen=True, kw_only=True):
    """What sightings may be of instead: another camera, by its id, or None: a camera of its own."""

    camera: str | None
    percent: int


class DoubtView(Struct, frozen=True, kw_only=True):
    """Sightings of a camera that may be of another one: with so many percent of this one (`here`), else of `others`,
    the likeliest first. What is left to 100 lies with cameras that are not worth naming. The rest is what these
    sightings alone say; None is "not known". `heard`: nobody has looked, only the radio told."""

    sightings: tuple[str, ...]
    here: int
    others: tuple[OtherView, ...]
    lat: float | None = None
    lon: float | None = None
    title_kind: str = "camera"
    mount: str | None = None
    direction: float | None = None
    heard: bool = False


class AbsenceView(Struct, frozen=True, kw_only=True):
    """Why a camera may be gone: on how many later walks it was not heard, by how many `listeners` at least, how many
    reports say so, and how many `contributors` these are of, at least. `probability` is never above a half where that
    is one; `last_heard` is a day."""

    probability: float
    surveys: int
    listeners: int
    reports: int
    contributors: int
    last_heard: str | None


class CameraDetail(Struct, frozen=True, kw_only=True):
    """A camera with everything it rests on. `region50` is like its region95, for 50 times in 100; of `modes`, the
    likeliest first, there are two where it may be on either side of a street, for example; `doubts` are its sightings
    that may be of another one. `same_address` and `told_apart` are other cameras: those that have the
    address of a transmitter of this one (the address itself stays in the log), and those that are another one for
    sure. They are for the desk: they link the cameras of a walk, and are never published. `decided` are the kinds of
    decisions about it that hold, such as "private". `absence` is for the desk, and is never published."""

    camera: CameraView
    reasons: tuple[Reason, ...]
    claims: tuple[ClaimView, ...]
    evidence: tuple[EvidenceView, ...]
    sighting_ids: tuple[str, ...]
    region50: tuple[Ring, ...] = ()
    modes: tuple[ModeView, ...] = ()
    doubts: tuple[DoubtView, ...] = ()
    same_address: tuple[str, ...] = ()
    told_apart: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    absence: AbsenceView | None = None


class Status(Struct, frozen=True, kw_only=True):
    """The hub at a glance. What was left out is in the log, and not on the map: see `hub/derive/bounds.py`.

    `cameras_parted` are less than a window found, as its neighbours had it otherwise; `windows_cut` held too much to be
    resolved at once: see `hub/merge/windows/`. While `reading` is a percentage, the hub reads its log again after a
    start: the cameras are those that were saved, and what only a derivation tells is not known.
    """

    cameras: int
    sightings: int
    unplaced: int | None = None
    unrecognised: int = 0
    floods: int = 0
    left_out: int = 0
    cameras_left_out: int = 0
    cells_left_out: int = 0
    cameras_parted: int = 0
    windows_cut: int = 0
    quarantined: int
    revision: int
    composed: bool
    reading: int | None = None


def feature(camera: CameraView) -> dict[str, Any]:
    """The GeoJSON feature of a camera for the page, with its region of doubt as the member `region95`."""
    hidden = {"lat", "lon", "region95"}
    properties = {name: getattr(camera, name) for name in camera.__struct_fields__ if name not in hidden}
    return {
        "type": "Feature",
        "id": camera.id,
        "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        "properties": properties,
        "region95": region(camera.region95),
    }


def region(rings: tuple[Ring, ...]) -> dict[str, Any]:
    """Closed rings beside each other as a GeoJSON geometry: one is a Polygon, several are a MultiPolygon."""
    if len(rings) == 1:
        return {"type": "Polygon", "coordinates": [rings[0]]}
    return {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}
