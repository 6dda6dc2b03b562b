"""What the walker's page shows of a walk at one moment: the JSON between a probe and its walker's phone.

It lives in memory alone. What is not known is absent, never 0. Sentences are told by their code and their values, as
the page has them in two languages (`probe/page/words/`); where a part has a sentence of its own it stands in `detail`,
in English, for makers.

Units: degrees (WGS 84; bearings clockwise from true north), metres, seconds, dBm, octets.
"""

from enum import StrEnum

from msgspec import Struct, field


class Phase(StrEnum):
    """How far the walk is."""

    STARTING = "starting"
    WALKING = "walking"
    PAUSED = "paused"
    ENDING = "ending"
    ENDED = "ended"


class PartHealth(StrEnum):
    """How a part of the probe is. `absent`: the kit has none, and nothing is wrong."""

    GOOD = "good"
    STARTING = "starting"
    TROUBLE = "trouble"
    ABSENT = "absent"


class PartName(StrEnum):
    """The parts of a probe that a walker hears of."""

    RADIO = "radio"
    POSITION = "position"
    HEADING = "heading"
    CAMERA = "camera"
    OUTBOX = "outbox"
    DELIVERY = "delivery"
    BUTTON = "button"
    SIGNALS = "signals"
    POWER = "power"
    NETWORK = "network"
    PAGE = "page"


class View(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all of it: immutable, by keyword; absent fields are left out."""


class Note(View, frozen=True, kw_only=True):
    """A sentence by its code, such as `no-satellite`, and its values. `detail` is English, from the part itself."""

    code: str
    values: dict[str, str | int | float] = field(default_factory=dict)
    detail: str | None = None


class Part(View, frozen=True, kw_only=True):
    """One part: how it is, and what to do, where there is anything to do."""

    name: PartName
    health: PartHealth
    note: Note | None = None


class Here(View, frozen=True, kw_only=True):
    """Where the probe is, where it knows. `still`: the walker stands; `heading_deg` where the lens points just now."""

    lat: float
    lon: float
    accuracy_m: float | None = None
    age_s: float = 0.0
    still: bool = False
    heading_deg: float | None = None


class Trend(StrEnum):
    WARMER = "warmer"
    COLDER = "colder"
    SAME = "same"


class Heard(View, frozen=True, kw_only=True):
    """One transmitter that a rule knows as a camera's. `key` is of this session alone and says nothing of its address.

    `vendor` is named where strong evidence does, `sure` says that it is a camera's beyond a hint. `why` are the reasons
    of the rule, the strongest first; `followed`: its walker has locked on: its meter is shown. `number`: in the order
    in which they were heard first on this walk, which is also that of the rows; `loudest`: of those that are shown.
    """

    key: str
    rule: str
    vendor: str | None = None
    sure: bool = False
    why: tuple[Note, ...] = ()
    signal_dbm: int | None = None
    trend: Trend = Trend.SAME
    ago_s: float = 0.0
    bluetooth: bool = False
    followed: bool = False
    number: int = 0
    loudest: bool = False


class Thing(StrEnum):
    """What has happened on a walk that its walker may want to see or undo."""

    PHOTO = "photo"
    PIN = "pin"
    HEARD = "heard"


class Lately(View, frozen=True, kw_only=True):
    """One thing that happened, the newest first. `picture`: there is a small redacted picture at `/picture/<number>`.

    `at` is where, where that is known. `undone` ones are shown struck through. `hidden`: it lies in the hidden cell and
    goes nowhere.
    """

    number: int
    thing: Thing
    ago_s: float
    words: tuple[str, ...] = ()
    note: Note | None = None
    picture: bool = False
    undoable: bool = False
    undone: bool = False
    hidden: bool = False
    at: tuple[float, float] | None = None
    key: str | None = None  # of what was heard


class Stand(View, frozen=True, kw_only=True):
    """Where to stand next, and for what: a thing that was heard (`key`), or a place that the hub wants looked at."""

    lat: float
    lon: float
    distance_m: float
    bearing_deg: float
    note: Note
    key: str | None = None


class Power(View, frozen=True, kw_only=True):
    """What the probe knows of its power. `low`: the voltage has fallen, or little is left."""

    low: bool
    share: float | None = None
    hours_left: float | None = None


class Tally(View, frozen=True, kw_only=True):
    """The walk in numbers, of this walk alone. `waiting` units are not at the hub, None where that is not known;
    `delivered` are; `kept_back` go nowhere before the walk has ended, `hidden` never do."""

    seconds: float = 0.0
    metres: float = 0.0
    photos: int = 0
    pins: int = 0
    heard: int = 0
    cells: int = 0
    waiting: int | None = None
    kept_back: int = 0
    hidden: int = 0
    delivered: int = 0
    lost: int = 0


class Machine(View, frozen=True, kw_only=True):
    """The machine, for makers: memory of the service, octets that it has written on this walk and by the hour;
    `disk_bytes` are those of all programs on its disk."""

    rss_bytes: int | None = None
    peak_rss_bytes: int | None = None
    written_bytes: int | None = None
    written_per_hour: float | None = None
    disk_bytes: int | None = None


class Check(View, frozen=True, kw_only=True):
    """One line of the self-test. `reference` is a place in the kit's pages, such as `hardware/bring-up#compass`."""

    name: str
    passed: bool | None  # None: it is being tried, or could not be
    note: Note | None = None
    reference: str | None = None


class Calibrating(View, frozen=True, kw_only=True):
    """The compass as it is being calibrated: how much of the turning is done (0 to 1), and how good it came out.

    `quality` is `good`, `fair` or `poor`, None before the end; `seen` counts the sides of the sphere seen, of 12.
    """

    share: float
    seen: int = 0
    quality: str | None = None
    heading_sd_deg: float | None = None
    note: Note | None = None


class WalkView(View, frozen=True, kw_only=True):
    """All that the page shows, but for the ways and streets of its map, which it fetches apart.

    `hidden` is why nothing of this place is kept (`start`: near where the walk began; `no-fix-yet`; `workbench`: it was
    started to be looked at), None where it is.
    `composed` says that this is a walk that was written, not walked: a demonstration.
    `ends_shown`: nothing of where it starts and ends is hidden. A `forgotten` one has no numbers, and no way back.
    """

    serial: int  # another where anything has changed
    software: str
    phase: Phase
    parts: tuple[Part, ...]
    tally: Tally
    composed: bool = False
    debug: bool = False
    ends_shown: bool = False
    forgotten: bool = False
    hidden: str | None = None
    here: Here | None = None
    heard: tuple[Heard, ...] = ()
    lately: tuple[Lately, ...] = ()
    stands: tuple[Stand, ...] = ()
    power: Power | None = None
    machine: Machine = field(default_factory=Machine)
    checks: tuple[Check, ...] = ()
    calibrating: Calibrating | None = None
    words: tuple[str, ...] = ()  # the tags that the next photo bears
    camera_busy: bool = False
    told: tuple[Note, ...] = ()  # what is to be known beside all that: of walks before, of why following ended
    advice: tuple[Note, ...] = ()  # at the end: what to do better next time
