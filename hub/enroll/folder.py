"""What a hub and a probe that never comes on line leave each other on a stick, beside parcels and receipts."""

import contextlib
from dataclasses import dataclass, field
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
    stick = Path(to.removeprefix("folder:"))
    if not stick.is_dir():
        # Made here, it would lie on this machine's own disk: a stick that is not in, or another name.
        raise BadInput(f"--to {to}: there is no such folder; is the stick in, and is this its name?")
    path = stick / CARD
    _, card = pairing.card(name)
    write_durably(path, card)
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class PairedProbe:
    """A probe that came by hand: its name, the words to compare, and its name until then where it had another."""

    name: str
    words: str
    was: str | None = None


@dataclass(slots=True)
class Requests:
    """What came of the requests on a stick; `troubles` and `notes` are sentences."""

    paired: list[PairedProbe] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def answer_requests(stick: Path, pairing: Pairing) -> Requests:
    """Answer the probes whose requests lie on a stick."""
    found = Requests()
    for path in sorted(stick.glob(f"*{REQUEST_SUFFIX}")):
        try:
            with path.open("rb") as file:
                request = file.read(MAX_PAIRING_FILE_BYTES)
        except OSError as problem:
            found.troubles.append(f"{path}: cannot be read ({problem.strerror})")
            continue
        answered = pairing.answered(request, by_hand=True)
        if answered is None:
            found.notes.append(f"{path}: no request that this hub can open; another hub's, or damaged")
            continue
        if answered.refused is not None and answered.known:
            continue  # it came by this request long ago, and has its answer
        try:
            write_durably(path.with_suffix(ANSWER_SUFFIX), answered.data)
        except StoreError as problem:
            found.troubles.append(f"{problem} The probe has no account until the hub's answer lies there.")
        if answered.revoked:
            # No fault of whoever brings the stick: the probe makes a new key, and its next request lies here instead.
            found.notes.append(
                f"{path}: of a revoked key, which is never taken again; the answer there tells its probe"
            )
        elif answered.refused is not None:
            found.troubles.append(f"{path}: refused, as {answered.refused}")
        elif answered.enrolment is not None:
            one = answered.enrolment
            found.paired.append(PairedProbe(name=one.name, words=one.words or "", was=one.was))
    return found


def lay_home(stick: Path, keys: HubKeys) -> None:
    """Lay the hub's newest keys on a stick, for probes to take along."""
    with contextlib.suppress(StoreError):  # a locked stick still gives what is on it
        write_durably(stick / HOME, home_packet(keys))
