"""What a hub and a probe that never comes on line leave each other on a stick, beside parcels and receipts.

Whoever holds the stick on its way can exchange what lies on it. The words tell of it in the end, where people compare
them; what the hub sees by itself, it says: another hub's card, and a request that is not for it beside its own card.
"""

import contextlib
import filecmp
from dataclasses import dataclass, field
from pathlib import Path

from hub.enroll.home import WayBack, home_packet
from hub.enroll.pairing import Pairing
from hub.errors import BadInput, StoreError
from hub.keys import HubKeys
from hub.log.probes import Enrolment
from hub.store.durable import write_durably
from probe.contract.base import ContractError
from probe.contract.code import hub_letters
from probe.contract.folder import (
    ANSWER_SUFFIX,
    CARD,
    HOME,
    MAX_PAIRING_FILE_BYTES,
    REQUEST_SUFFIX,
    WALKERS_STREETS,
)
from probe.contract.pairing import PairCard, decode_card, decode_descriptor, fingerprint
from probe.contract.parcel import decode_signed


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
    """What came of the requests on a stick, of which there were `seen`; `troubles` and `notes` are sentences."""

    seen: int = 0
    paired: list[PairedProbe] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def answer_requests(stick: Path, pairing: Pairing) -> Requests:
    """Answer the probes whose requests lie on a stick, and look at the card that invited them."""
    found, unopened, waiting = Requests(), list[Path](), pairing.waiting()
    for path in sorted(stick.glob(f"*{REQUEST_SUFFIX}")):
        found.seen += 1
        try:
            request = _read(path)
        except OSError as problem:
            found.troubles.append(f"{path}: cannot be read ({problem.strerror})")
            continue
        answered = pairing.answered(request, by_hand=True)
        if answered is None:
            unopened.append(path)
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
    unused = _judge_card(stick / CARD, pairing, waiting, found)
    for path in unopened:
        said = f"{path}: no request that this hub can open; another hub's, or damaged"
        if unused is None:
            found.notes.append(said)
        else:
            found.troubles.append(
                f"{said}. It lies beside this hub's card for {unused.name}, which nobody has used: its probe may have "
                f"read another card, and be paired with a stranger's hub. {_WHAT_TO_TRY}"
            )
    return found


_WHAT_TO_TRY = "Compare the hub's letters with `contrechamp-probe status` there, write a new card, and pair again."


def _judge_card(path: Path, pairing: Pairing, waiting: list[Enrolment], found: Requests) -> Enrolment | None:
    """Say what is wrong with the card on a stick; returns the enrolment of a card of ours that nobody has used.

    `waiting` are the enrolments that nobody had used before this stick came.
    """
    awaited = ", ".join(sorted(one.name for one in waiting))
    sentences = found.troubles if waiting else found.notes
    try:
        card = decode_card(_read(path))
        hub = _hub_of(card)
    except FileNotFoundError:
        return None
    except OSError as problem:
        found.troubles.append(f"{path}: cannot be read ({problem.strerror})")
        return None
    except ContractError:
        sentences.append(
            f"{path}: damaged, so no probe can be paired by it; let `contrechamp-hub enroll` write it anew"
        )
        return None
    if hub != pairing.hub_id:
        said = f"{path}: another hub's card, of the hub {hub_letters(hub)}; this one is {hub_letters(pairing.hub_id)}"
        meant = f". While {awaited} is awaited here, somebody may have exchanged it: the probe that read it is paired "
        sentences.append(f"{said}{meant}with that hub. {_WHAT_TO_TRY}" if waiting else said)
        return None
    invited = pairing.invited_by(card)
    if invited is None or invited.used_by is not None:
        return None
    if pairing.ended(invited):
        found.notes.append(f"{path}: the card for {invited.name} was never used, and has expired; enroll it again")
    else:
        found.notes.append(f"{path}: the card for {invited.name} has not been used yet")
    return invited


def _hub_of(card: PairCard) -> str:
    """The id of the hub that a card names. Raises ContractError."""
    return fingerprint(decode_descriptor(decode_signed(card.descriptor).body).public)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_PAIRING_FILE_BYTES)


def lay_home(stick: Path, keys: HubKeys, way_back: WayBack | None = None) -> None:
    """Lay the hub's newest keys on a stick, for probes to take along; with a `way_back` all that they are given.

    A stick that is locked or full still gives what is on it."""
    with contextlib.suppress(StoreError):
        write_durably(stick / HOME, home_packet(keys) if way_back is None else way_back.whole())
        if way_back is not None:
            _lay_streets(way_back.streets, stick / WALKERS_STREETS)


def _lay_streets(streets: Path, target: Path) -> None:
    """Megabytes are not written to a stick that has them already."""
    with contextlib.suppress(OSError):
        if not streets.is_file():
            target.unlink(missing_ok=True)
        elif not (target.is_file() and filecmp.cmp(streets, target, shallow=False)):
            write_durably(target, streets.read_bytes())
