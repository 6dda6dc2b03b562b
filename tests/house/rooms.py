"""The rooms of the house, from the ground up: the boundary test and the drawing go by these lists.

A room imports only rooms that stand before it in its list. A module at the root of `probe/` or `hub/` is a room of one
file.
"""

from typing import NamedTuple


class Room(NamedTuple):
    """A folder or a module of `probe/` or `hub/`, and what it is for, in a few words."""

    name: str
    purpose: str


PROBE = (
    Room("errors", "what can go wrong and is no bug"),
    Room("config", "where things are kept"),
    Room("files", "for this user alone"),
    Room("contract", "what probe and hub say to each other"),
    Room("detect", "rules over a dated catalogue; pure"),
    Room("redact", "takes people out of pictures"),
    Room("radio", "adapters and decoders"),
    Room("position", "fixes and headings"),
    Room("aim", "where the pictured thing is"),
    Room("camera", "photos and their tags"),
    Room("seal", "signs, seals, checks"),
    Room("sweep", "what was heard where"),
    Room("guide", "where to stand next; pure"),
    Room("walk", "one outing, live or recorded"),
    Room("importer", "other people's logs"),
    Room("outbox", "what waits for a receipt"),
    Room("home", "what the hub gave along"),
    Room("uplink", "the ways to a hub"),
    Room("pairing", "how a probe comes to its hub"),
    Room("listen", "the live view"),
    Room("device", "button, signals, power, card"),
    Room("session", "a walk as its walker has it"),
    Room("selftest", "each part, tried"),
    Room("page", "the walker's phone"),
    Room("run", "its parts, each kept going"),
    Room("service", "a probe that runs"),
    Room("card", "a card that becomes a probe"),
    Room("cli", "the commands"),
)

HUB = (
    Room("errors", "what can go wrong and is no bug"),
    Room("config", "where things are kept"),
    Room("log", "the events; one only adds"),
    Room("store", "the tables, in SQLite or PostgreSQL"),
    Room("keys", "the hub's keys"),
    Room("broker", "embedded, or mosquitto"),
    Room("merge", "which camera, and where; pure"),
    Room("basemap", "streets with no internet"),
    Room("publish", "exports, and cameras in words"),
    Room("review", "what people decided; pure"),
    Room("derive", "the cameras kept up to date"),
    Room("data", "a hub's folder, opened"),
    Room("enroll", "probes come and go"),
    Room("ingest", "checks, commits, receipts"),
    Room("erase", "a volunteer leaves; what is kept how long"),
    Room("upload", "what people bring to the page"),
    Room("move", "a log changes its engine"),
    Room("backup", "copies and their return"),
    Room("people", "accounts, sessions, passkeys"),
    Room("web", "the page"),
    Room("photo", "pictures: private, covered, deleted"),
    Room("front", "the page's parts, put together"),
    Room("service", "a hub that runs"),
    Room("demo", "the fictional town"),
    Room("cli", "the commands"),
)

HARDWARE = (
    Room("data", "parts, kits, wires"),
    Room("parts", "read, added up, told"),
    Room("wiring", "drawn wires"),
    Room("enclosure", "the case, checked"),
    Room("pictures", "each step, rendered"),
    Room("drawings", "kinds of cameras"),
    Room("pages", "what makers read"),
    Room("site", "a site, and PDF"),
    Room("build", "all of it, listed"),
)
