"""From bytes off the wire to the log, and to receipts: open, check, commit, and only then answer.

Every unit is judged by itself: one that cannot be taken never holds up the others. The same sighting may come any
number of times, also sealed anew; it is stored once and receipted each time. The same id with other content never
displaces the first. What comes from a revoked probe is stored and held for the operator.

What is stored is what we understood, encoded anew: nothing that the contract does not know takes room here.
"""

import hashlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from hub.errors import StoreError
from hub.ingest.areas import areas_of
from hub.ingest.doubles import same_content
from hub.ingest.limits import WITHDRAWAL_BYTES_PER_DAY, Limits, beyond_stored
from hub.ingest.unseal import Refused, Unsealer
from hub.keys import HubKeys
from hub.log.events import (
    Batch,
    Known,
    NewPicture,
    NewSighting,
    NewWithdrawal,
    Origin,
    RefusalKind,
    SetAside,
    StoredShare,
)
from hub.log.probes import Probe
from hub.store.registry import Registry
from hub.store.store import Store
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import (
    MAX_CONTENT_BYTES,
    Envelope,
    UnitType,
    encode,
    pack,
    read_picture,
    read_sighting,
    read_withdrawal,
)
from probe.contract.parcel import Receipt, Receipts, SignedKind, Unit, Verdict, decode_parcel
from probe.contract.sighting import Adapter, ClockSource, Sighting
from probe.detect.registry import Recogniser, unjustified

_log = logging.getLogger(__name__)

MAX_REASON = 200
RECEIPTS_PER_ANSWER = 512  # a probe reads no more than twice as many at once
MIN_FREE_BYTES = 256 << 20
_NOBODY = ""
_log = logging.getLogger(__name__)
_FROM_OUTSIDE = (ClockSource.GNSS, ClockSource.NTP)


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Intake:
    """What came of some messages, after the commit: the answers to send, and counts of units.

    `held` are those among the stored that wait for the operator; `doubles` were known already. `put_off` were left with
    their probes because of a limit; `over` says which and why, a sentence for each probe.
    """

    answers: tuple[Answer, ...]
    stored: int
    pictures: int
    held: int
    doubles: int
    set_aside: int
    put_off: int = 0
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenedUnit:
    """A unit whose seal and signature are good."""

    unit: Unit
    hash: bytes
    envelope: Envelope
    probe: Probe


@dataclass(slots=True)
class _Work:
    """What one commit will write, and the receipts to send after it."""

    batch: Batch = field(default_factory=Batch)
    receipts: dict[tuple[str, str], list[Receipt]] = field(default_factory=dict)  # by mailbox and probe
    doubles: int = 0
    free: int | None = None  # what the disk can still take
    shares: dict[str, StoredShare] = field(default_factory=dict)  # by probe, with what this commit adds
    put_off: int = 0
    over: dict[str, str] = field(default_factory=dict)  # by the probe's name
    days: dict[str, date] = field(default_factory=dict)  # the newest that a probe had from outside, by its id
    tags: dict[tuple[str, tuple[str, ...]], tuple[str, ...]] = field(default_factory=dict)  # by probe and areas


class _PutOff(Exception):
    """A good unit that a limit leaves with its probe for now."""


class UnitIngest:
    """Takes messages with sealed units in, a batch in one commit. Below `min_free_bytes` of room it takes nothing."""

    def __init__(
        self,
        store: Store,
        keys: HubKeys,
        registry: Registry,
        *,
        limits: Limits | None = None,
        recogniser: Recogniser | None = None,
        min_free_bytes: int = MIN_FREE_BYTES,
    ) -> None:
        self._store = store
        self._keys = keys
        self._unsealer = Unsealer(keys, registry)
        self._recogniser = recogniser or Recogniser()
        self._min_free_bytes = min_free_bytes
        self.limits = limits or Limits()

    def is_enrolled(self, mailbox: str) -> bool:
        """Whether an enrolled probe has this mailbox. Raises StoreError."""
        self._unsealer.reload_probes()
        return self._unsealer.probe_at(mailbox) is not None

    def receive(self, messages: Iterable[Incoming]) -> Intake:
        """Commit what is in the messages; returns what came of it. Raises StoreError where nothing was kept."""
        self._unsealer.reload_probes()
        work = _Work(free=self._require_room())
        for message in messages:
            self._open_message(message, work)
        batch = work.batch
        if batch:
            self._store.append(batch)
            self._hold_what_was_revoked_meanwhile()
        if work.days:
            try:
                self._keys.hear_days(work.days)
            except OSError as problem:  # what was kept is kept, and gets its receipts
                _log.error("the hub's keys cannot be looked after: %s", problem)
        answers = [
            self._answer(mailbox, probe, tuple(receipts[start : start + RECEIPTS_PER_ANSWER]))
            for (mailbox, probe), receipts in work.receipts.items()
            if probe != _NOBODY
            for start in range(0, len(receipts), RECEIPTS_PER_ANSWER)
        ]
        return Intake(
            answers=tuple(answers),
            stored=len(batch.sightings),
            pictures=len(batch.pictures),
            held=sum(new.held is not None for new in batch.sightings.values())
            + sum(new.held is not None for new in batch.pictures.values()),
            doubles=work.doubles,
            set_aside=len(batch.aside),
            put_off=work.put_off,
            over=tuple(f"{name}: {why}" for name, why in work.over.items()),
        )

    def _hold_what_was_revoked_meanwhile(self) -> None:
        """Another process may have revoked a probe between our look and our commit, and held what was there by then."""
        before = self._unsealer.revoked
        if self._unsealer.reload_probes():
            for probe in self._unsealer.revoked.values():
                if probe.id not in before:
                    day = probe.lost_on or self._keys.day
                    self._store.hold_since(probe.id, day, f"{probe.name} is revoked; lost on {day}")

    def _require_room(self) -> int | None:
        """What the disk can still take. Raises StoreError where that is too little."""
        free = self._store.free_bytes()
        if free is not None and free < self._min_free_bytes:
            raise StoreError(
                f"less than {self._min_free_bytes >> 20} MiB are free on the disk of the hub's folder, so nothing is "
                "taken in; free some space"
            )
        return free

    def _answer(self, mailbox: str, probe: str, receipts: tuple[Receipt, ...]) -> Answer:
        body = Receipts(
            v=CONTRACT_VERSION,
            hub=self._keys.hub_id,
            probe=probe,
            day=self._keys.day,
            epoch=self._keys.epoch,
            serial=self._keys.serial,
            receipts=receipts,
        )
        signed = self._keys.sign(SignedKind.RECEIPTS, pack(body))
        return Answer(mailbox=mailbox, probe=probe, signed=signed, receipts=receipts)

    def _open_message(self, message: Incoming, work: _Work) -> None:
        owner = self._unsealer.probe_at(message.mailbox)
        if not message.by_hand:
            sender = message.mailbox or "no mailbox"
            if not self.limits.allow(sender, len(message.payload), enrolled=owner is not None):
                return
        if message.mailbox is None:
            work.batch.aside.append(_aside(RefusalKind.UNKNOWN, "unknown topic", message, message.payload))
            return
        try:
            parcel = decode_parcel(message.payload)
        except ContractError as problem:
            work.batch.aside.append(_aside(RefusalKind.NOT_CONTRACT, str(problem), message, message.payload))
            return
        if parcel.newest is not None:
            self._outgrow(parcel.newest)
        opened: list[_OpenedUnit] = []
        for unit in parcel.units:
            try:
                envelope, probe = self._unsealer.open(unit)
            except Refused as refusal:
                self._refuse(unit, refusal, message, owner, work)
            else:
                opened.append(_OpenedUnit(unit=unit, hash=unit.hash, envelope=envelope, probe=probe))
        for kind in UnitType:
            self._judge([one for one in opened if one.envelope.type is kind], kind, message, work)

    def _outgrow(self, word: bytes) -> None:
        try:
            if self._keys.outgrow(word):
                _log.warning("a probe knows a later time of this hub than its backup: its serial goes beyond that now")
        except StoreError as problem:
            _log.error("%s", problem)

    def _judge(self, opened: list[_OpenedUnit], kind: UnitType, message: Incoming, work: _Work) -> None:
        if not opened:
            return
        known = self._store.known(kind, [one.envelope.id for one in opened])
        # Sealed anew, the same sighting has another hash: its body tells. That is rare, and costs a look only then.
        changed = [
            one.envelope.id
            for one in opened
            if (before := known.get(one.envelope.id)) is not None and before.hash != one.hash
        ]
        bodies = self._store.bodies(changed) if changed and kind is UnitType.SIGHTING else {}
        for one in opened:
            self._judge_unit(one, known.get(one.envelope.id), bodies.get(one.envelope.id), message, work)

    def _judge_unit(
        self, one: _OpenedUnit, known: Known | None, body: bytes | None, message: Incoming, work: _Work
    ) -> None:
        batch, envelope = work.batch, one.envelope
        if known is None:
            known = _pending(envelope, batch)
            if known is not None and envelope.type is UnitType.SIGHTING:
                body = batch.sightings[envelope.id].body
        verdict = Verdict.HELD if (known.held if known else one.probe.revoked) else Verdict.STORED
        try:
            if known is None:
                self._keep(one, message, work)
            elif known.hash == one.hash or _said_before(envelope, known, body):
                work.doubles += 1
            else:
                raise Refused(RefusalKind.OTHER_CONTENT, "another sighting has this id")
        except ContractError as problem:
            self._refuse(one.unit, Refused(RefusalKind.NOT_CONTRACT, str(problem)), message, one.probe.id, work)
        except Refused as refusal:
            self._refuse(one.unit, refusal, message, one.probe.id, work)
        except _PutOff as problem:
            work.put_off += 1
            work.over[one.probe.name] = str(problem)
        else:
            receipt = Receipt(hash=one.hash, verdict=verdict)
            work.receipts.setdefault((message.mailbox or "", one.probe.id), []).append(receipt)

    def _keep(self, one: _OpenedUnit, message: Incoming, work: _Work) -> None:
        """Note what the unit holds for the commit. Raises Refused, ContractError, _PutOff."""
        envelope, probe, batch = one.envelope, one.probe, work.batch
        held = f"{probe.name} is revoked" if probe.revoked else None
        if envelope.type is UnitType.SIGHTING:
            sighting = read_sighting(envelope)
            reason = unjustified(sighting, self._recogniser)
            if reason is not None:
                raise Refused(RefusalKind.NO_RULE, reason)
            body = encode(sighting)
            if len(body) > MAX_CONTENT_BYTES:  # 0 becomes 0.0
                raise Refused(RefusalKind.OVERSIZED, f"{len(body)} octets; a sighting has {MAX_CONTENT_BYTES} at most")
            new = NewSighting(
                id=envelope.id,
                hash=one.hash,
                body=body,
                origin=Origin.PROBE,
                sender=probe.id,
                held=held,
                contributor_tags=self._tags(probe, sighting, work),
            )
            self._weigh(probe, new.octets, message, work)
            batch.sightings[envelope.id] = new
            day = None if probe.revoked else _day_from_outside(sighting)
            if day is not None:
                work.days[probe.id] = max(day, work.days.get(probe.id, day))
        elif envelope.type is UnitType.PHOTO:
            jpeg = read_picture(envelope).jpeg
            sha256 = hashlib.sha256(jpeg).hexdigest()
            picture = NewPicture(id=envelope.id, hash=one.hash, sha256=sha256, jpeg=jpeg, sender=probe.id, held=held)
            self._weigh(probe, picture.octets, message, work)
            batch.pictures[envelope.id] = picture
        else:
            sightings = read_withdrawal(envelope).sightings
            # Even a withdrawal waits when its probe is revoked: it could erase what the walker had sent before.
            sightings = () if probe.revoked else sightings
            withdrawal = NewWithdrawal(id=envelope.id, hash=one.hash, sender=probe.id, sightings=sightings)
            self._weigh(probe, withdrawal.octets, message, work, beyond=WITHDRAWAL_BYTES_PER_DAY)
            batch.withdrawals[envelope.id] = withdrawal

    def _tags(self, probe: Probe, sighting: Sighting, work: _Work) -> tuple[str, ...]:
        """The tags of a probe where a sighting is. Those of one commit are made once, and forgotten after it."""
        areas = areas_of(sighting)
        tags = work.tags.get((probe.id, areas))
        if tags is None:
            tags = work.tags[probe.id, areas] = self._keys.contributor_tags(probe.id, areas)
        return tags

    def _weigh(self, probe: Probe, octets: int, message: Incoming, work: _Work, *, beyond: int = 0) -> None:
        """Add to the probe's share what is about to be stored. Raises _PutOff where that would be too much."""
        share = work.shares.get(probe.id) or self._store.share(probe.id)
        per_day = None if message.by_hand else self.limits.stored_per_day + beyond
        free = None if work.free is None else work.free + beyond
        why = beyond_stored(share, octets, free=free, per_day=per_day)
        if why is not None:
            work.shares[probe.id] = share
            raise _PutOff(why)
        work.shares[probe.id] = StoredShare(today=share.today + octets, in_all=share.in_all + octets)

    def _refuse(self, unit: Unit, refusal: Refused, message: Incoming, owner: str | None, work: _Work) -> None:
        work.batch.aside.append(_aside(refusal.kind, refusal.reason, message, unit.data))
        # A probe may be unknown here because this hub came back from a backup: no receipt, so that nothing is lost.
        probe = _NOBODY if refusal.kind is RefusalKind.UNKNOWN else owner or _NOBODY
        receipt = Receipt(hash=unit.hash, verdict=Verdict.REFUSED, reason=refusal.reason[:MAX_REASON])
        work.receipts.setdefault((message.mailbox or "", probe), []).append(receipt)


def _day_from_outside(sighting: Sighting) -> date | None:
    """The day of a live sighting whose probe had the time from satellites or the network: it has come. A recording, a
    camera or a clock that somebody set proves nothing."""
    time, made = sighting.time, sighting.made
    if time is None or time.source not in _FROM_OUTSIDE or made.adapter is not Adapter.REAL or made.composed:
        return None
    return time.utc.date()


def _said_before(envelope: Envelope, known: Known, body: bytes | None) -> bool:
    """Whether a unit with another hash holds what is known under its id. An erased body cannot be compared, and stays
    erased: its probe is told that all is well, or it would offer the sighting for ever."""
    if envelope.type is UnitType.PHOTO:
        return hashlib.sha256(read_picture(envelope).jpeg).hexdigest() == known.picture
    return known.erased is not None or (body is not None and same_content(body, envelope.body))


def _pending(envelope: Envelope, batch: Batch) -> Known | None:
    """What this very commit is going to write under the id."""
    new: NewSighting | NewPicture | NewWithdrawal | None
    if envelope.type is UnitType.SIGHTING:
        new = batch.sightings.get(envelope.id)
    elif envelope.type is UnitType.PHOTO:
        new = batch.pictures.get(envelope.id)
    else:
        new = batch.withdrawals.get(envelope.id)
    if new is None:
        return None
    held = getattr(new, "held", None) is not None
    return Known(hash=new.hash, held=held, picture=getattr(new, "sha256", None))


def _aside(kind: RefusalKind, reason: str, message: Incoming, data: bytes) -> SetAside:
    return SetAside(kind=kind, reason=reason[:MAX_REASON], topic=message.topic, size=len(data), data=data)
