"""What the page and the exports get of a camera: the shapes of the hub's JSON."""

from typing import Any

from msgspec import Struct


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
    radius95_m: float
    region95: tuple[tuple[float, float], ...]  # closed ring of (lon, lat)
    composed: bool
    # What people at the hub decided.
    review: str = "waiting"  # confirmed; rejected: it is no camera
    private: bool = False  # of a private dwelling
    gone: str | None = None  # the day until which it was there
    follow_up: bool = False
    operator: str | None = None
    operator_type: str | None = None  # public, private
    site: str | None = None  # the pole or facade that it shares with others


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
    """A camera with everything it rests on. `same_address` and `told_apart` are other cameras: those that have the
    address of a transmitter of this one (the address itself stays in the log), and those that are another one for
    sure. They are for the desk: they link the cameras of a walk, and are never published. `decided` are the kinds of
    decisions about it that hold, such as "private". `absence` is for the desk, and is never published."""

    camera: CameraView
    reasons: tuple[Reason, ...]
    claims: tuple[ClaimView, ...]
    evidence: tuple[EvidenceView, ...]
    sighting_ids: tuple[str, ...]
    same_address: tuple[str, ...] = ()
    told_apart: tuple[str, ...] = ()
    decided: tuple[str, ...] = ()
    absence: AbsenceView | None = None


class Status(Struct, frozen=True, kw_only=True):
    """The hub at a glance. What was left out is in the log, and not on the map: see `hub/derive/bounds.py`."""

    cameras: int
    sightings: int
    unplaced: int
    unrecognised: int = 0
    floods: int = 0
    left_out: int = 0
    cameras_left_out: int = 0
    cells_left_out: int = 0
    quarantined: int
    revision: int
    composed: bool


def feature(camera: CameraView) -> dict[str, Any]:
    """The GeoJSON feature of a camera for the page, with its region of doubt as the member `region95`."""
    hidden = {"lat", "lon", "region95"}
    properties = {name: getattr(camera, name) for name in camera.__struct_fields__ if name not in hidden}
    return {
        "type": "Feature",
        "id": camera.id,
        "geometry": {"type": "Point", "coordinates": [camera.lon, camera.lat]},
        "properties": properties,
        "region95": {"type": "Polygon", "coordinates": [camera.region95]},
    }
