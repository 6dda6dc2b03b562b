"""What a hub and a probe that never comes on line leave each other on a stick, beside parcels and receipts."""

import contextlib
from pathlib import Path

from hub.enroll.home import home_packet
from hub.enroll.pairing import Pairing
from hub.errors import BadInput, StoreError
from hub.keys import HubKeys
from hub.store.durable import write_durably
from probe.contract.folder import ANSWER_SUFFIX, CARD, HOME, MAX_PAIRING_FILE_BYTES, REQUEST_SUFFIX


def lay_card(pairing: Pairing, name: str, to: str) -> Path:
    """Invite a probe by a card on a stick; returns the card's path. `to` is folder:DIR. Raises BadInput, StoreError."""
    if not to.startswith("folder:") or not to.removeprefix("folder:"):
        raise BadInput(f"--to {to}: write folder:DIR, the stick's folder")
    path = Path(to.removeprefix("folder:")) / CARD
    _, card = pairing.card(name)
    _write(path, card)
    return path


def answer_requests(stick: Path, pairing: Pairing) -> int:
    """Answer the probes whose requests lie on a stick; returns how many there are."""
    answered = 0
    for path in sorted(stick.glob(f"*{REQUEST_SUFFIX}")):
        try:
            with path.open("rb") as file:
                request = file.read(MAX_PAIRING_FILE_BYTES)
        except OSError:
            continue
        answer = pairing.answer(request)
        if answer is not None:
            with contextlib.suppress(StoreError):
                _write(path.with_suffix(ANSWER_SUFFIX), answer)
            answered += 1
    return answered


def lay_home(stick: Path, keys: HubKeys) -> None:
    """Lay the hub's newest keys on a stick, for probes to take along."""
    with contextlib.suppress(StoreError):  # a locked stick still gives what is on it
        _write(stick / HOME, home_packet(keys))


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise StoreError(f"{path}: cannot be written ({problem.strerror}); is the stick locked or full?") from problem
    write_durably(path, data)
