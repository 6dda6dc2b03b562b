"""What a hub and a probe that never comes on line leave each other on a stick, beside parcels and receipts."""

import contextlib
from datetime import UTC, datetime
from pathlib import Path

from hub.data import HubFolder
from hub.errors import BadInput, StoreError
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import pack
from probe.contract.folder import ANSWER_SUFFIX, ASIDE_SUFFIX, CARD, HOME, MAX_PAIRING_FILE_BYTES, REQUEST_SUFFIX
from probe.contract.home import HomePacket
from probe.contract.parcel import SignedKind


def lay_card(folder: HubFolder, name: str, to: str) -> Path:
    """Invite a probe by a card on a stick; returns the card's path. `to` is folder:DIR. Raises BadInput, StoreError."""
    if not to.startswith("folder:") or not to.removeprefix("folder:"):
        raise BadInput(f"--to {to}: write folder:DIR, the stick's folder")
    path = Path(to.removeprefix("folder:")) / CARD
    _, card = folder.pairing().card(name)
    _write(path, card)
    return path


def answer_requests(stick: Path, folder: HubFolder) -> int:
    """Answer the probes whose requests lie on a stick, and lay the newest keys there; returns how many came."""
    pairing, answered = folder.pairing(), 0
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


def lay_home(stick: Path, folder: HubFolder) -> None:
    """Lay the hub's newest keys on a stick, for probes to take along."""
    packet = HomePacket(
        v=CONTRACT_VERSION,
        hub=folder.keys.hub_id,
        day=datetime.now(UTC).date(),
        descriptor=folder.keys.descriptor(),
    )
    with contextlib.suppress(StoreError):  # a locked stick still gives what is on it
        _write(stick / HOME, folder.keys.sign(SignedKind.HOME, pack(packet)))


def _write(path: Path, data: bytes) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(ASIDE_SUFFIX)
        aside.write_bytes(data)
        aside.replace(path)
    except OSError as problem:
        raise StoreError(f"{path}: cannot be written ({problem.strerror}); is the stick locked or full?") from problem
