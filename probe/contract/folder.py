"""What a probe and a hub lay down for each other in a folder: on a stick, on an SD card.

    hub.card         the hub's invitation to pair        from `contrechamp-hub enroll NAME --to folder:DIR`
    PROBE.request    the probe's request to be paired    from `contrechamp-probe pair folder:DIR`
    PROBE.answer     the hub's answer to it              from `contrechamp-hub ingest DIR`
    CONTENT.parcel   sealed units                        from `contrechamp-probe send --to folder:DIR`
    CONTENT.receipts what became of a parcel's units     from `contrechamp-hub ingest DIR`
    CONTENT-1.receipts  the same, of units signed by another key than the first
    hub.home         the hub's newest keys and offers    from `contrechamp-hub ingest DIR`
    hub.streets      the walker's street map             from `contrechamp-hub ingest DIR`
    *.part           a file that is not whole yet; it gets its own name when it is

PROBE and CONTENT are the starts of the probe's id and of the parcel's hash.
"""

import hashlib

from probe.contract.parcel import MAX_PARCEL_BYTES

CARD, HOME, WALKERS_STREETS = "hub.card", "hub.home", "hub.streets"
REQUEST_SUFFIX, ANSWER_SUFFIX = ".request", ".answer"
PARCEL_SUFFIX, RECEIPTS_SUFFIX = ".parcel", ".receipts"
ASIDE_SUFFIX = ".part"

MAX_PAIRING_FILE_BYTES = 64 * 1024  # of a card, a request, an answer
MAX_RECEIPTS_FILE_BYTES = 4 * 1024 * 1024
MAX_HOME_FILE_BYTES = 4 * 1024 * 1024
MAX_PARCEL_FILE_BYTES = MAX_PARCEL_BYTES

_NAME_LENGTH = 16


def request_name(probe: str) -> str:
    """The name of the request of the probe with this id."""
    return f"{probe[:_NAME_LENGTH]}{REQUEST_SUFFIX}"


def answer_name(probe: str) -> str:
    """The name of the answer to the probe with this id."""
    return f"{probe[:_NAME_LENGTH]}{ANSWER_SUFFIX}"


def parcel_name(parcel: bytes) -> str:
    """The name of a parcel with this content: the same parcel has the same name, another one another."""
    return f"{hashlib.sha256(parcel).hexdigest()[:_NAME_LENGTH]}{PARCEL_SUFFIX}"
