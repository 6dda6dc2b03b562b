"""What a probe says to a hub about one camera-like thing, once: the body of every unit.

A sighting is a fact about an observation, never about a camera: which camera it speaks of is the hub's conclusion.
Where the walker stood (`observer`) is kept apart from where the thing is said to be (`subject`), and each thing that is
said of it is a claim of its own, with its evidence and strength. What was not measured is absent, never 0.

Units: degrees (WGS 84; bearings clockwise from true north), metres, dBm, MHz, seconds. Times are UTC and aware.
Fields are added, never reused or renamed; a reader ignores the ones it does not know.
"""

from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from msgspec import Meta

from probe.contract.base import (
    MAX_HEARINGS,
    MAX_ITEMS,
    MOST,
    Bearing,
    Bssid,
    Cell,
    ChannelMhz,
    Count,
    Degrees,
    Digest,
    Elevation,
    HeightMetres,
    Id,
    Latitude,
    Longitude,
    MagneticBearing,
    Metres,
    Part,
    SignalDbm,
    Text,
    Version,
)
from probe.contract.evidence import Evidence


class Kind(StrEnum):
    RADIO = "radio"
    PHOTO = "photo"
    PIN = "pin"
    SURVEY = "survey"


class Adapter(StrEnum):
    """How the observation reached the probe. A fake never passes for the real thing. `hand`: no probe, a person put a
    marker on a hub's map."""

    REAL = "real"
    REPLAY = "replay"
    SCRIPTED = "scripted"
    IMPORT = "import"
    HAND = "hand"


class Strength(StrEnum):
    STRONG = "strong"
    WEAK = "weak"


class ClockSource(StrEnum):
    GNSS = "gnss"
    NTP = "ntp"
    RTC = "rtc"
    CAPTURE = "capture"
    EXIF = "exif"
    LOG = "log"


class CameraKind(StrEnum):
    FIXED = "fixed"
    DOME = "dome"
    PANNING = "panning"
    ALPR = "alpr"
    BRIDGE = "bridge"
    GUNSHOT_DETECTOR = "gunshot_detector"
    # Added later: a hub of before sets a sighting aside that claims one of them.
    PANORAMIC = "panoramic"  # one lens, or several behind one, that see all around
    MULTI_SENSOR = "multi_sensor"  # several lenses in one housing, each with a direction of its own


class Mount(StrEnum):
    WALL = "wall"
    POLE = "pole"
    CEILING = "ceiling"
    STREET_LAMP = "street_lamp"
    TREE = "tree"


class Moment(Part, frozen=True, kw_only=True):
    """When, by which clock, and how sure (`sd_s`, one standard deviation in seconds)."""

    utc: datetime
    source: ClockSource
    sd_s: Annotated[float, Meta(ge=0)] | None = None

    def __post_init__(self) -> None:
        if self.utc.tzinfo is None:
            raise ValueError("time without a zone; give UTC")
        if self.utc.utcoffset() != UTC.utcoffset(None):
            raise ValueError("time must be UTC")


class Place(Part, frozen=True, kw_only=True):
    """A point on WGS 84; `accuracy_m` is the 68 % radius."""

    lat: Latitude
    lon: Longitude
    accuracy_m: Metres | None = None


class SubjectHow(StrEnum):
    """How the subject's place or bearing was estimated; `marked`: a person marked it on a map."""

    BEARING = "bearing"
    BEARING_AND_DISTANCE = "bearing-and-distance"
    HEARINGS = "hearings"
    LOG_ESTIMATE = "log-estimate"
    STANDING_UNDER = "standing-under"
    MARKED = "marked"


class Subject(Part, frozen=True, kw_only=True):
    """Where the thing is said to be: a place, or a bearing from the observer, or both.

    The bearing is the thing's own, not that of the lens's axis, and so is the elevation above the horizon, as seen from
    the lens. Where the declination is not known, `magnetic_bearing_deg` stands instead of `bearing_deg`, and
    `bearing_sd_deg` is that one's.
    """

    how: SubjectHow
    place: Place | None = None
    bearing_deg: Bearing | None = None
    bearing_sd_deg: Degrees | None = None
    distance_m: Metres | None = None
    distance_sd_m: Metres | None = None
    magnetic_bearing_deg: MagneticBearing | None = None
    elevation_deg: Elevation | None = None
    elevation_sd_deg: Degrees | None = None


class Making(Part, frozen=True, kw_only=True):
    """How the sighting was made. `composed` marks input that was written, not received: demos and tests."""

    adapter: Adapter
    software: Text
    rule: Text | None = None
    rule_version: Annotated[int, Meta(ge=1, le=MOST)] | None = None
    composed: bool = False


# Claims: one thing said of the subject, each with the evidence it rests on (indices into `Sighting.evidence`).

EvidenceIndex = Annotated[int, Meta(ge=0, lt=MAX_ITEMS)]


class PresentClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="present"):
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class GoneClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="gone"):
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class KindClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="kind"):
    value: CameraKind
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class MountClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="mount"):
    value: Mount
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class DirectionClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="direction"):
    """Where the camera looks, not where the walker looked."""

    value: Bearing
    sd_deg: Degrees | None = None
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class HeightClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="height"):
    """How high the camera hangs above the ground below it, in metres."""

    value: HeightMetres
    sd_m: Metres | None = None
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class VendorClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="vendor"):
    value: Text
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class OperatorClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="operator"):
    value: Text
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


class PrivateDwellingClaim(Part, frozen=True, kw_only=True, tag_field="about", tag="private-dwelling"):
    value: bool
    strength: Strength
    evidence: tuple[EvidenceIndex, ...] = ()


Claim = (
    PresentClaim
    | GoneClaim
    | KindClaim
    | MountClaim
    | DirectionClaim
    | HeightClaim
    | VendorClaim
    | OperatorClaim
    | PrivateDwellingClaim
)

# Parts, one for each kind of sighting.


class Hearing(Part, frozen=True, kw_only=True):
    """One averaged hearing: where the probe was, how loud, on which channel, from how many frames."""

    place: Place
    signal_dbm: SignalDbm | None = None
    channel_mhz: ChannelMhz | None = None
    frames: Annotated[int, Meta(ge=1, le=MOST)] = 1


class Silence(Part, frozen=True, kw_only=True):
    """A nearby stretch that was listened to on the transmitter's channel without hearing it."""

    start: Place
    end: Place


class Radio(Part, frozen=True, kw_only=True):
    """What was heard of one transmitter; hearings in the order of the walk, about one every 2 m."""

    transmitter: Bssid
    hearings: Annotated[tuple[Hearing, ...], Meta(max_length=MAX_HEARINGS)] = ()
    silences: Annotated[tuple[Silence, ...], Meta(max_length=MAX_HEARINGS)] = ()


class Box(Part, frozen=True, kw_only=True):
    """The reticle, in shares of the picture's width and height, from the upper left corner."""

    left: Annotated[float, Meta(ge=0, le=1)]
    top: Annotated[float, Meta(ge=0, le=1)]
    width: Annotated[float, Meta(gt=0, le=1)]
    height: Annotated[float, Meta(gt=0, le=1)]


class Photo(Part, frozen=True, kw_only=True):
    """The redacted pictures, by their hashes, and how the lens was held: bearing and pitch are those of its axis.

    `content_sha256` is the scene, `reticle_sha256` what stood in the reticle, in more pixels than the scene has of it.
    Where the declination is not known, `magnetic_bearing_deg` stands instead of `bearing_deg`, and `bearing_sd_deg` is
    that one's. `attitude_sd_deg` is that of pitch and roll, absent where nobody measured it.
    """

    content_sha256: Digest
    reticle_sha256: Digest | None = None
    bearing_deg: Bearing | None = None
    bearing_sd_deg: Degrees | None = None
    magnetic_bearing_deg: MagneticBearing | None = None
    pitch_deg: Annotated[float, Meta(ge=-90, le=90)] | None = None
    roll_deg: Annotated[float, Meta(ge=-180, le=180)] | None = None
    attitude_sd_deg: Degrees | None = None
    field_of_view_deg: Annotated[float, Meta(gt=0, le=360)] | None = None
    reticle: Box | None = None


class PhotoNotKept(StrEnum):
    """Why a photo left a pin and no picture. `camera`: it, or the file it left, gave no picture that can be read."""

    NO_REDACTOR = "no-redactor"
    SELF_TEST = "self-test"
    WALKER = "walker"
    MEMORY = "memory"
    CAMERA = "camera"


class Pin(Part, frozen=True, kw_only=True):
    """A walker marked a place. Where a picture was taken but not kept, `photo_not_kept` says why."""

    photo_not_kept: PhotoNotKept | None = None


class ChannelListened(Part, frozen=True, kw_only=True):
    """How long one channel was listened to in a cell, rounded to 10 s, and how many frames were heard (two digits)."""

    mhz: ChannelMhz
    seconds: Count
    frames: Count = 0


class Listened(Part, frozen=True, kw_only=True):
    """One cell that was walked while listening; seconds are rounded to 10, frames and drops to two digits.

    `drops` are frames that are known to have been lost before they were read: a lower bound.
    """

    cell: Cell
    channels_mhz: Annotated[tuple[ChannelMhz, ...], Meta(max_length=MAX_ITEMS)]
    seconds: Count | None = None
    channels: Annotated[tuple[ChannelListened, ...], Meta(max_length=MAX_ITEMS)] = ()
    drops: Count | None = None


class Flood(Part, frozen=True, kw_only=True):
    """More camera-like transmitters in one cell than there can be cameras: somebody sent them out.

    None of them became a sighting. `transmitters` is a rough count: once it is a flood, one may be counted again.
    """

    cell: Cell
    transmitters: Count
    frames: Count
    rules: Annotated[tuple[Text, ...], Meta(max_length=MAX_ITEMS)] = ()


class Survey(Part, frozen=True, kw_only=True):
    """What was walked and listened to, as coarse cells, day only: absence needs an observation."""

    day: date | None = None
    cells: Annotated[tuple[Listened, ...], Meta(max_length=4096)] = ()
    floods: Annotated[tuple[Flood, ...], Meta(max_length=MAX_ITEMS)] = ()


class Sighting(Part, frozen=True, kw_only=True):
    """One observation. The part named by `kind` is there, the other three are not."""

    PARTS: ClassVar[dict[Kind, str]] = {
        Kind.RADIO: "radio",
        Kind.PHOTO: "photo",
        Kind.PIN: "pin",
        Kind.SURVEY: "survey",
    }

    v: Version
    id: Id
    walk: Id
    kind: Kind
    made: Making
    time: Moment | None = None
    observer: Place | None = None
    subject: Subject | None = None
    evidence: Annotated[tuple[Evidence, ...], Meta(max_length=MAX_ITEMS)] = ()
    claims: Annotated[tuple[Claim, ...], Meta(max_length=MAX_ITEMS)] = ()
    radio: Radio | None = None
    photo: Photo | None = None
    pin: Pin | None = None
    survey: Survey | None = None

    def __post_init__(self) -> None:
        for kind, name in self.PARTS.items():
            if (getattr(self, name) is None) is (kind is self.kind):
                there = "lacks" if kind is self.kind else "has"
                raise ValueError(f"a {self.kind} sighting {there} the part '{name}'")
        items = len(self.evidence)
        for claim in self.claims:
            if claim.evidence and max(claim.evidence) >= items:
                raise ValueError(f"the claim '{claim_about(claim)}' points at evidence that is not there")


def claim_about(claim: Claim) -> str:
    """The claim's name on the wire, such as `direction`."""
    tag: Any = type(claim).__struct_config__.tag
    return str(tag)
