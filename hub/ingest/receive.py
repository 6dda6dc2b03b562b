"""From bytes off the wire to the log, and to receipts: decode, check, commit, and only then answer.

Every unit is judged by itself: one that is not of the contract never holds up the others. The same unit may come any
number of times; it is stored once and receipted each time. The same id with other bytes never displaces the first.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from hub.log.events import NewSighting, Origin, SetAside
from hub.store.store import Store
from probe.contract.base import CONTRACT_VERSION
from probe.contract.envelope import (
    ContractError,
    Receipt,
    Receipts,
    Unit,
    Verdict,
    decode_parcel,
    open_unit,
    read_body,
)
from probe.detect.registry import Recogniser, unjustified

MAX_REASON = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Incoming:
    """One message: where it came from, and its bytes. `mailbox` is None on a topic that is none of ours."""

    topic: str
    mailbox: str | None
    payload: bytes


@dataclass(slots=True)
class _Batch:
    """What one commit will write, and the receipts to send after it."""

    new: dict[str, NewSighting] = field(default_factory=dict)
    aside: list[SetAside] = field(default_factory=list)
    receipts: dict[tuple[str, str], list[Receipt]] = field(default_factory=dict)  # by mailbox and probe


class Receiver:
    """Takes messages in, in batches of one commit each."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._recogniser = Recogniser()

    def receive(self, messages: Iterable[Incoming]) -> list[tuple[str, Receipts]]:
        """Commit what is in the messages; returns the receipts by mailbox. Raises StoreError where nothing was kept."""
        batch = _Batch()
        for message in messages:
            self._take(message, batch)
        if batch.new or batch.aside:
            self._store.append(list(batch.new.values()), batch.aside)
        return [
            (mailbox, Receipts(v=CONTRACT_VERSION, hub=self._store.hub_id, probe=probe, receipts=tuple(receipts)))
            for (mailbox, probe), receipts in batch.receipts.items()
        ]

    def _take(self, message: Incoming, batch: _Batch) -> None:
        if message.mailbox is None:
            batch.aside.append(_aside("unknown topic", message.topic, None, message.payload))
            return
        try:
            parcel = decode_parcel(message.payload)
        except ContractError as problem:
            batch.aside.append(_aside(str(problem), message.topic, None, message.payload))
            return
        known = self._store.known([unit.id for unit in parcel.units])
        for unit in parcel.units:
            self._judge(unit, message, known, batch)

    def _judge(self, unit: Unit, message: Incoming, known: dict[str, str], batch: _Batch) -> None:
        mailbox = message.mailbox or ""
        digest = unit.hash
        probe = mailbox
        try:
            envelope = open_unit(unit)
            probe = envelope.probe
            sighting = read_body(envelope)
            reason = unjustified(sighting, self._recogniser)
        except ContractError as problem:
            reason, envelope = str(problem), None
        pending = batch.new.get(unit.id)
        stored_as = known.get(unit.id) or (pending.hash if pending else None)
        if reason is None and stored_as not in (None, digest):
            reason = "another sighting has this id"
        if reason is not None or envelope is None:
            batch.aside.append(_aside(reason or "", message.topic, unit.id, unit.data))
            receipt = Receipt(id=unit.id, hash=digest, verdict=Verdict.REFUSED, reason=(reason or "")[:MAX_REASON])
        else:
            if stored_as is None:
                batch.new[unit.id] = NewSighting(
                    id=unit.id, hash=digest, body=bytes(envelope.body), origin=Origin.PROBE, sender=probe
                )
            receipt = Receipt(id=unit.id, hash=digest, verdict=Verdict.STORED)
        batch.receipts.setdefault((mailbox, probe), []).append(receipt)


def _aside(reason: str, topic: str, unit_id: str | None, payload: bytes) -> SetAside:
    return SetAside(reason=reason[:MAX_REASON], topic=topic, unit_id=unit_id, size=len(payload), start=payload)
