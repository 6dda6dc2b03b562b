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
    Room("walk", "one outing, live or recorded"),
    Room("importer", "other people's logs"),
    Room("outbox", "what waits for a receipt"),
    Room("uplink", "the ways to a hub"),
    Room("pairing", "how a probe comes to its hub"),
    Room("listen", "the live view"),
    Room("service", "a probe that runs"),
    Room("cli", "the commands"),
)

HUB = (
    Room("errors", "what can go wrong and is no bug"),
    Room("config", "where things are kept"),
    Room("log", "the events; one only adds"),
    Room("store", "protocols, and SQLite behind them"),
    Room("keys", "the hub's keys"),
    Room("broker", "embedded, or mosquitto"),
    Room("merge", "which camera, and where; pure"),
    Room("publish", "exports, and cameras in words"),
    Room("derive", "the cameras kept up to date"),
    Room("data", "a hub's folder, opened"),
    Room("enroll", "probes come and go"),
    Room("ingest", "checks, commits, receipts"),
    Room("backup", "copies and their return"),
    Room("web", "the page"),
    Room("photo", "pictures: private, covered, deleted"),
    Room("service", "a hub that runs"),
    Room("demo", "the fictional town"),
    Room("cli", "the commands"),
)
