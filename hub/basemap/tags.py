"""What of OpenStreetMap is drawn, in which layer, and from which zoom level on. Pure: tags in, answers out."""

from collections.abc import Mapping
from dataclasses import dataclass

from hub.basemap.fold import MAX_NAME
from probe.contract.streets import WayClass

Tags = Mapping[str, str]
KEYS = ("highway", "railway", "waterway", "natural", "water", "building", "landuse", "leisure", "place", "man_made",
        "addr:housenumber")  # fmt: skip
MAX_ZOOM = 14  # from there on the page draws the same tiles larger; an octet more would be below half a metre
LAYERS = ("ground", "green", "water", "squares", "streets", "buildings", "numbers", "places")

_STREETS = {
    "motorway": ("motorway", 6), "trunk": ("motorway", 6), "primary": ("main", 8), "secondary": ("main", 9),
    "tertiary": ("middle", 11), "unclassified": ("minor", 12), "residential": ("minor", 12),
    "living_street": ("minor", 12), "road": ("minor", 12), "pedestrian": ("pedestrian", 12),
    "service": ("service", 13), "track": ("path", 13), "footway": ("path", 13), "path": ("path", 13),
    "cycleway": ("path", 13), "bridleway": ("path", 13), "steps": ("steps", 13),
}  # fmt: skip
_RAILS = {"rail": ("rail", 9), "light_rail": ("rail", 11), "tram": ("rail", 12), "narrow_gauge": ("rail", 11)}
_BESIDE = {"sidewalk", "crossing", "traffic_island"}  # as lines beside their streets they hide what they belong to
_GREEN = {
    "leisure": {"park", "garden", "nature_reserve", "golf_course", "pitch", "playground", "dog_park"},
    "landuse": {"forest", "grass", "meadow", "cemetery", "village_green", "recreation_ground", "allotments", "orchard",
                "vineyard"},
    "natural": {"wood", "scrub", "heath", "grassland", "wetland"},
}  # fmt: skip
_PLACES = {"city": 5, "town": 8, "village": 10, "suburb": 11, "hamlet": 12, "quarter": 12, "neighbourhood": 13,
           "island": 10, "islet": 13, "square": 14}  # fmt: skip
_WIDE_WATER = {"river": 8, "canal": 10}
_WALKERS = {
    "motorway": WayClass.FAST, "main": WayClass.MAIN, "middle": WayClass.MAIN, "minor": WayClass.STREET,
    "pedestrian": WayClass.STREET, "service": WayClass.PATH, "path": WayClass.PATH, "steps": WayClass.PATH,
    "rail": WayClass.RAIL,
}  # fmt: skip
HIDDEN_LEVELS = ("tunnel", "indoor")


@dataclass(frozen=True, slots=True)
class Drawn:
    """Where something is drawn: the layer, its kind there, and the least zoom level."""

    layer: str
    kind: str
    min_zoom: int


def street(tags: Tags) -> Drawn | None:
    """How a way is drawn as a street or a railway; None where it is none."""
    found = _STREETS.get(tags.get("highway", "").removesuffix("_link"))
    if found is None and tags.get("highway") is None:
        found = _RAILS.get(tags.get("railway", ""))
    if found is None or tags.get("area") == "yes" or tags.get("footway") in _BESIDE:
        return None
    return Drawn("streets", *found)


def walkers_class(drawn: Drawn) -> WayClass | None:
    """What a line is in the walker's street map; None where it is not in it: brooks are too many."""
    if drawn.layer == "water":
        return WayClass.WATER if drawn.min_zoom in _WIDE_WATER.values() else None
    return _WALKERS.get(drawn.kind)


def stream(tags: Tags) -> Drawn | None:
    """How a way is drawn as running water."""
    kind = tags.get("waterway")
    if kind not in ("river", "canal", "stream", "ditch", "drain") or tags.get("tunnel") == "culvert":
        return None
    return Drawn("water", "stream", _WIDE_WATER.get(kind, 13))


def surface(tags: Tags) -> Drawn | None:
    """How an area is drawn."""
    if tags.get("building", "no") != "no":
        return Drawn("buildings", "building", 13)
    if tags.get("natural") in ("water", "bay") or tags.get("waterway") in ("riverbank", "dock", "basin"):
        return None if tags.get("natural") == "bay" else Drawn("water", "water", 7)
    if tags.get("landuse") in ("reservoir", "basin"):
        return Drawn("water", "water", 9)
    if tags.get("leisure") in ("marina", "swimming_pool"):
        return Drawn("water", "pool", 14) if tags["leisure"] == "swimming_pool" else None
    if (tags.get("highway") in ("pedestrian", "footway") and tags.get("area") != "no") or tags.get("place") == "square":
        return Drawn("squares", "square", 13)
    if tags.get("man_made") in ("pier", "breakwater", "groyne"):
        return Drawn("squares", "pier", 12)
    if any(tags.get(key) in kinds for key, kinds in _GREEN.items()):
        return Drawn("green", "green", 9)
    return None


def place(tags: Tags) -> Drawn | None:
    """How a point is drawn as the name of a place."""
    kind = tags.get("place", "")
    return Drawn("places", kind, _PLACES[kind]) if kind in _PLACES and named(tags) else None


def named(tags: Tags) -> dict[str, str]:
    """The names of a thing, by `name`, `name_fr`, `name_en`; those that are like the first are left out."""
    names = {key.replace(":", "_"): tags[key][:MAX_NAME] for key in ("name", "name:fr", "name:en") if tags.get(key)}
    return {key: name for key, name in names.items() if key == "name" or name != names.get("name")}


def is_below(tags: Tags) -> bool:
    """Whether a street runs where nobody on the street above walks: no camera up there stands in it."""
    return any(tags.get(key, "no") not in ("no", "building_passage") for key in HIDDEN_LEVELS)
