"""From bytes off the wire to the log, and to receipts: open, check, commit, and only then answer.

Every unit is judged by itself: one that cannot be taken never holds up the others. The same unit may come any number of
times; it is stored once and receipted each time. The same id with another unit never displaces the first. What comes
from a revoked probe is stored and held for the operator.
"""

import hashlib
import logging
import shutil
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from hub.errors import StoreError
from hub.ingest.limits import Limits
from hub.ingest.unseal import Opener, Refused
from hub.keys import HubKeys
from hub.log.events import Batch, Known, NewPicture, NewSighting, NewWithdrawal, Origin, SetAside, Why
from hub.log.probes import Probe
from hub.store.sqlite.registry import Registry
from hub.store.store import Store
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import (
    Envelope,
    UnitType,
    pack,
    read_picture,
    read_sighting,
    read_withdrawal,
)
from probe.contract.parcel import Receipt, Receipts, SignedKind, Unit, Verdict, decode_parcel
from probe.detect.registry import Recogniser, unjustified

_log = logging.getLogger(__name__)

MAX_REASON = 200
RECEIPTS_PER_ANSWER = 512  # a probe reads no more than twice as many at once
MIN_FREE_BYTES = 256 << 20
_TABLE = {UnitType.SIGHTING: "sighting", UnitType.PHOTO: "picture", UnitType.WITHDRAWAL: "withdrawal"}
_NOBODY = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message: where it came from, and its bytes. `mailbox` is None on a topic that is none of ours.

    `by_hand` is a file that the operator has brought: no limits, and no mailbox that could tell who it is from.
    """

    topic: str
    mailbox: str | None
    payload: bytes
    by_hand: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """Signed receipts for a mailbox, as they travel."""

    mailbox: str
    probe: str
    signed: bytes
    receipts: tuple[Receipt, ...]


@dataclass(slots=True)
class _Work:
    """What one commit will write, and the receipts to send after it."""

    batch: Batch = field(default_factory=Batch)
    receipts: dict[tuple[str, str], list[Receipt]] = field(default_factory=dict)  # by mailbox and probe


class Receiver:
    """Takes messages in, in batches of one commit each."""

    def __init__(
        self,
        store: Store,
        keys: HubKeys,
        registry: Registry,
        limits: Limits | None = None,
        recogniser: Recogniser | None = None,
    ) -> None:
        self._store = store
        self._keys = keys
        self._opener = Opener(keys, registry)
        self._recogniser = recogniser or Recogniser()
        self.limits = limits or Limits()

    def receive(self, messages: Iterable[Incoming]) -> list[Answer]:
        """Commit what is in the messages; returns the receipts. Raises StoreError where nothing was kept."""
        self._opener.look_again()
        self._room()
        work = _Work()
        for message in messages:
            self._take(message, work)
        if work.batch:
            self._store.append(work.batch)
        return [
            self._answer(mailbox, probe, tuple(receipts[start : start + RECEIPTS_PER_ANSWER]))
            for (mailbox, probe), receipts in work.receipts.items()
            if probe != _NOBODY
            for start in range(0, len(receipts), RECEIPTS_PER_ANSWER)
        ]

    def _room(self) -> None:
        if shutil.disk_usage(self._store.path.parent).free < MIN_FREE_BYTES:
            raise StoreError(
                f"{self._store.path.parent}: less than {MIN_FREE_BYTES >> 20} MiB are free, so nothing is taken in; "
                "free some space"
            )

    def _answer(self, mailbox: str, probe: str, receipts: tuple[Receipt, ...]) -> Answer:
        body = Receipts(
            v=CONTRACT_VERSION,
            hub=self._keys.hub_id,
            probe=probe,
            day=datetime.now(UTC).date(),
            epoch=self._keys.epoch,
            receipts=receipts,
        )
        signed = self._keys.sign(SignedKind.RECEIPTS, pack(body))
        return Answer(mailbox=mailbox, probe=probe, signed=signed, receipts=receipts)

    def _take(self, message: Incoming, work: _Work) -> None:
        owner = self._opener.probe_at(message.mailbox)
        if not message.by_hand:
            sender = message.mailbox or "no mailbox"
            if not self.limits.allow(sender, len(message.payload), enrolled=owner is not None):
                return
        if message.mailbox is None:
            work.batch.aside.append(_aside(Why.UNKNOWN, "unknown topic", message, message.payload))
            return
        try:
            units = decode_parcel(message.payload).units
        except ContractError as problem:
            work.batch.aside.append(_aside(Why.NOT_CONTRACT, str(problem), message, message.payload))
            return
        opened: list[tuple[Unit, bytes, Envelope, Probe]] = []
        for unit in units:
            try:
                opened.append((unit, unit.hash, *self._opener.open(unit)))
            except Refused as refusal:
                self._refuse(unit, refusal, message, owner, work)
        for kind, table in _TABLE.items():
            some = [one for one in opened if one[2].type is kind]
            known = self._store.known(table, [envelope.id for _, _, envelope, _ in some]) if some else {}
            for unit, digest, envelope, probe in some:
                self._judge(unit, digest, envelope, probe, message, known.get(envelope.id), work)

    def _judge(
        self,
        unit: Unit,
        digest: bytes,
        envelope: Envelope,
        probe: Probe,
        message: Incoming,
        known: Known | None,
        work: _Work,
    ) -> None:
        known = known or _pending(envelope, work.batch)
        verdict = Verdict.HELD if (known.held if known else probe.revoked) else Verdict.STORED
        try:
            if known is not None and known.hash != digest:
                raise Refused(Why.OTHER_CONTENT, "another sighting has this id")
            if known is None:
                self._keep(digest, envelope, probe, work.batch)
        except ContractError as problem:
            self._refuse(unit, Refused(Why.NOT_CONTRACT, str(problem)), message, probe.id, work)
        except Refused as refusal:
            self._refuse(unit, refusal, message, probe.id, work)
        else:
            receipt = Receipt(hash=digest, verdict=verdict)
            work.receipts.setdefault((message.mailbox or "", probe.id), []).append(receipt)

    def _keep(self, digest: bytes, envelope: Envelope, probe: Probe, batch: Batch) -> None:
        """Note what the unit holds for the commit. Raises Refused, ContractError."""
        held = f"{probe.name} is revoked" if probe.revoked else None
        if envelope.type is UnitType.SIGHTING:
            sighting = read_sighting(envelope)
            reason = unjustified(sighting, self._recogniser)
            if reason is not None:
                raise Refused(Why.NO_RULE, reason)
            batch.sightings[envelope.id] = NewSighting(
                id=envelope.id, hash=digest, body=envelope.body, origin=Origin.PROBE, sender=probe.id, held=held
            )
        elif envelope.type is UnitType.PHOTO:
            picture = read_picture(envelope)
            sha256 = hashlib.sha256(picture.jpeg).hexdigest()
            batch.pictures[envelope.id] = NewPicture(
                id=envelope.id, hash=digest, sha256=sha256, jpeg=picture.jpeg, sender=probe.id, held=held
            )
        else:
            withdrawal = read_withdrawal(envelope)
            # Of a revoked probe even this waits: it could otherwise erase what its walker had sent before.
            sightings = () if probe.revoked else withdrawal.sightings
            batch.withdrawals[envelope.id] = NewWithdrawal(
                id=envelope.id, hash=digest, sender=probe.id, sightings=sightings
            )

    def _refuse(self, unit: Unit, refusal: Refused, message: Incoming, owner: str | None, work: _Work) -> None:
        work.batch.aside.append(_aside(refusal.why, refusal.reason, message, unit.data))
        # Who is not known here may be so because this hub came back from a backup: no receipt, so nothing is lost.
        probe = _NOBODY if refusal.why is Why.UNKNOWN else owner or _NOBODY
        receipt = Receipt(hash=unit.hash, verdict=Verdict.REFUSED, reason=refusal.reason[:MAX_REASON])
        work.receipts.setdefault((message.mailbox or "", probe), []).append(receipt)


def _pending(envelope: Envelope, batch: Batch) -> Known | None:
    """What this very commit is going to write under the id."""
    new: NewSighting | NewPicture | NewWithdrawal | None
    if envelope.type is UnitType.SIGHTING:
        new = batch.sightings.get(envelope.id)
    elif envelope.type is UnitType.PHOTO:
        new = batch.pictures.get(envelope.id)
    else:
        new = batch.withdrawals.get(envelope.id)
    return None if new is None else Known(hash=new.hash, held=getattr(new, "held", None) is not None)


def _aside(why: Why, reason: str, message: Incoming, data: bytes) -> SetAside:
    return SetAside(why=why, reason=reason[:MAX_REASON], topic=message.topic, size=len(data), data=data)
