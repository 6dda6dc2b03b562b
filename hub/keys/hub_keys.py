"""The hub's keys: one to sign with, for good, and sealing keys that are rotated.

Kept as files in the data folder, readable by the hub's user alone. A sealing key is in use for about 60 days and opens
what was sealed to it for about 90 days more; then it is overwritten and deleted, and what is still sealed to it is lost
to everybody. Disks may keep old blocks all the same: that is what disk encryption is for.

Keys are taken into use on a day that is believed, and destroyed on one that is certain (`hub.keys.day`): a clock that
leaps destroys nothing, however often it is looked at.
"""

import contextlib
import logging
import secrets
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hub.errors import BadInput, StoreError
from hub.keys.contributors import (
    destroy_ended,
    is_over,
    make_contributor_key,
    read_contributor_keys,
    tags_by,
    term_for,
)
from hub.keys.day import FIRST_DAY, LAST_DAY, Certain, Clock, Judgement, Reading, is_possible, machine_clock
from hub.keys.sealing import destroy_key, make_key, path_of, public_of, read_keys
from hub.keys.state import STATE, State, StateFile, serial_at
from hub.keys.terms import (
    bring_forward,
    follow,
    followed,
    has_to_turn,
    hear,
    is_due,
    is_stale,
    newest_first,
    newest_key,
    overdue,
    take_into_use,
    take_word,
)
from hub.store.durable import write_durably
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.pairing import Descriptor, SealingKey, decode_descriptor, fingerprint
from probe.contract.parcel import Receipts, Signed, SignedKind, decode_receipts, decode_signed, hub_signing_input
from probe.files.private import NotOurs, close_files, close_folder, make_folder

FOLDER, SIGNING_KEY = "keys", "signing.key"
SERIAL_GAP = 1000  # far more than a hub gives between two backups, and no more than its clock does in a second
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)

_log = logging.getLogger(__name__)


class SealedElsewhere(Exception):
    """No key of this hub opens it: sealed for another hub, or damaged."""


class KeyNotHere(SealedElsewhere):
    """It is sealed to a key that this hub does not have: another hub's, or one that was destroyed."""


class KeyDamaged(SealedElsewhere):
    """It is sealed to a key of this hub whose file has changed. A backup may bring it back."""


class HubKeys:
    """The keys in a hub's data folder, made where they are missing. Safe to use from several threads and processes."""

    def __init__(self, data: Path, *, clock: Clock = machine_clock) -> None:
        self.folder = data / FOLDER
        self._clock = clock
        self._mutex = threading.RLock()
        self._warned: Judgement = Judgement.BELIEVED
        try:
            make_folder(self.folder)
            close_folder(self.folder)
            close_files(path for path in self.folder.iterdir() if path.is_symlink() or not path.is_dir())
            self._signing = Ed25519PrivateKey.from_private_bytes(self._signing_key())
            self.public = self._signing.public_key().public_bytes_raw()
            self.hub_id = fingerprint(self.public)
            self._file = StateFile(self.folder, self._signing)
            with self._changing() as (state, reading):
                self._turn(state, reading)
            self._warn()
        except StoreError:
            raise
        except NotOurs as problem:
            raise StoreError(f"{self.folder}: the hub's keys cannot be used ({problem})") from problem
        except (OSError, ValueError, msgspec.MsgspecError) as problem:
            raise StoreError(
                f"{self.folder}: the hub's keys cannot be used ({problem}); restore them from a backup"
            ) from problem

    @property
    def epoch(self) -> str:
        """A random name for the time since this hub was made or last restored."""
        return self._state.epoch

    @property
    def serial(self) -> int:
        """Grows with every change of the keys; what the hub says bears it, so that probes know what is newer."""
        return self._state.serial

    @property
    def day(self) -> date:
        """The day to go by: the clock's where it can be believed, else the last one that is certain."""
        reading = self._clock()
        return self._state.certain_at(reading).believed(reading.day)

    @property
    def certain_day(self) -> date:
        """A day that has come for certain; today is that or later."""
        return self._state.certain_at(self._clock()).day

    @property
    def arrival_day(self) -> date:
        """The day to write beside what arrives: a wrong one is rather too late than too early."""
        reading = self._clock()
        return max(reading.day, self._state.certain_at(reading).day)

    @property
    def doubt(self) -> str | None:
        """Why the clock is not believed and what to do, in a sentence; None where it is."""
        reading = self._clock()
        return _doubt(self._state.certain_at(reading), reading.day)

    def sealing_terms(self) -> list[tuple[str, date, date]]:
        """The sealing keys, newest first: id, in use since, destroyed after."""
        state = self._state
        return [(n, state.terms[n].since, state.terms[n].destroyed) for n in newest_first(state, self._private)]

    def rotate(self) -> bool:
        """Take a new sealing key into use when it is time, and destroy what is overdue; returns whether any changed.

        Also takes over what another process has changed. Raises StoreError, OSError.
        """
        with self._mutex:
            before = self._state.epoch, self._state.serial
            reading = self._clock()
            ended = any(is_over(term, self._state.certain_at(reading).day) for term in self._contributor_keys)
            if ended or self._file.changed() or is_due(self._state, self._private, reading):
                with self._changing() as (state, reading):
                    self._turn(state, reading)
            self._warn()
            return (self._state.epoch, self._state.serial) != before

    def hear_days(self, days: Mapping[str, date]) -> None:
        """Take in the newest days that enrolled probes had from satellites or the network, by the probes' ids.

        One probe's word moves nothing; two that agree make a day certain, never beyond this machine's own clock.
        Raises StoreError.
        """
        with self._mutex:
            reading = self._clock()
            certain, said = self._state.certain_at(reading), self._state.said
            news = {p: day for p, day in days.items() if day != said.get(p) and certain.says_more(day, reading.day)}
            if not news:
                return
            with self._changing() as (state, reading):
                before = state.certain_at(reading).day
                moved = hear(state, news, reading)
                after = state.certain_at(reading).day
                if moved and before != after:
                    state.serial += 1
                    _log.warning("two probes bear out that it is %s; until now only %s was certain", after, before)
                self._turn(state, reading)
            self._warn()

    def disown(self, probe: str) -> None:
        """Forget what a probe has said of the day: it is not trusted any more. Raises StoreError."""
        with self._mutex, self._changing() as (state, _):
            state.said.pop(probe, None)

    def lost_by(self, day: date) -> int:
        """How many keys would be destroyed if the operator said that it is a day."""
        reading = self._clock()
        state = msgspec.json.decode(msgspec.json.encode(self._state), type=State)
        before = set(overdue(state, state.certain_at(reading).day))
        take_word(state, day, reading)
        name_of_newest = newest_key(state, self._private)
        late = overdue(state, state.certain_at(reading).day)
        return len([name for name in late if name != name_of_newest and name not in before])

    def take_word(self, day: date) -> None:
        """Take the operator's word that it is a day, by a calendar on the wall. Raises BadInput, StoreError."""
        if not is_possible(day):
            raise BadInput(f"{day}: no hub runs on such a day; give today's, between {FIRST_DAY} and {LAST_DAY}")
        with self._mutex:
            with self._changing() as (state, reading):
                take_word(state, day, reading)
                state.serial += 1
                self._turn(state, reading)
            self._warn()

    def renew_epoch(self) -> None:
        """Start a new epoch: this hub came back from a backup, and may have forgotten what it receipted."""
        with self._mutex, self._changing() as (state, reading):
            state.epoch = secrets.token_hex(16)
            # Beyond any serial that the lost hub may have reached since, also where it had come back from this copy.
            state.serial = max(serial_at(state.certain_at(reading), reading), state.serial + SERIAL_GAP)

    def outgrow(self, word: bytes) -> bool:
        """Go beyond a serial that this hub has given in another epoch, by its own signed word for it; returns whether
        there was need. That is where it came back from a copy by a clock that was wrong. What another has signed
        changes nothing, so nobody can drive the serials up. Raises StoreError."""
        try:
            said = self._said(decode_signed(word))
        except (ContractError, InvalidSignature):
            return False
        with self._mutex:
            if said.serial is None or said.epoch == self.epoch or said.serial < self.serial:
                return False
            with self._changing() as (state, _):
                state.serial = max(state.serial, said.serial + SERIAL_GAP)
        return True

    def _said(self, signed: Signed) -> Descriptor | Receipts:
        """The receipts or the descriptor in a word of this hub. Raises InvalidSignature, ContractError."""
        public = self._signing.public_key()
        try:
            public.verify(signed.signature, hub_signing_input(SignedKind.RECEIPTS, self.hub_id, signed.body))
        except InvalidSignature:
            public.verify(signed.signature, hub_signing_input(SignedKind.DESCRIPTOR, self.hub_id, signed.body))
            return decode_descriptor(signed.body)
        return decode_receipts(signed.body)

    def sign(self, what: SignedKind, body: bytes) -> bytes:
        """A body with this hub's signature, as it travels."""
        signature = self._signing.sign(hub_signing_input(what, self.hub_id, body))
        return pack(Signed(v=CONTRACT_VERSION, hub=self.hub_id, body=body, signature=signature))

    def sign_raw(self, message: bytes) -> bytes:
        """The signature over a message that names its own context."""
        return self._signing.sign(message)

    def descriptor(self) -> bytes:
        """Who this hub is and what to seal to, signed."""
        state, private = self._state, self._private
        names = newest_first(state, private)[:8]
        body = Descriptor(
            v=CONTRACT_VERSION,
            public=self.public,
            serial=state.serial,
            day=self.day,
            epoch=state.epoch,
            keys=tuple(
                SealingKey(
                    id=name,
                    public=public_of(private[name]),
                    since=state.terms[name].since,
                    destroyed=state.terms[name].destroyed,
                )
                for name in names
            ),
        )
        return self.sign(SignedKind.DESCRIPTOR, pack(body))

    def open(self, key: str, data: bytes, info: bytes) -> bytes:
        """What was sealed to one of this hub's keys. Raises SealedElsewhere."""
        private = self._private.get(key)
        if private is None and self._file.changed():  # another process has taken it into use
            self.rotate()
            private = self._private.get(key)
        if private is None and path_of(self.folder, key).exists():
            raise KeyDamaged("sealed to a key of this hub that is damaged")
        if private is None:
            raise KeyNotHere("sealed to a key that this hub does not have, or not any more")
        try:
            return _SUITE.decrypt(data, private, info)
        except (InvalidTag, ValueError) as problem:
            raise SealedElsewhere("damaged, or sealed for another hub") from problem

    def contributor_tags(self, probe: str, areas: Sequence[str]) -> tuple[str, ...]:
        """What says of sightings in these areas, in this quarter of the year, that they are of one contributor, and
        not of which (see `hub.keys.contributors`). Raises StoreError."""
        day = self.day
        with self._mutex:
            term = term_for(self._contributor_keys, day) or self._contributor_term(day)
            return tags_by(term, self._contributor_keys[term], probe, areas)

    def seal_answer(self, reply: bytes, data: bytes, info: bytes) -> bytes:
        """Seal an answer to the key that came with a request. Raises ValueError for an invalid key."""
        return _SUITE.encrypt(data, X25519PublicKey.from_public_bytes(reply), info)

    def _signing_key(self) -> bytes:
        path = self.folder / SIGNING_KEY
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another process was faster
                write_durably(path, secrets.token_bytes(32), secret=True, new=True)
        return path.read_bytes()

    def _contributor_term(self, day: date) -> str:
        """The term of a day's quarter, with a key that another process has made, or a new one. Raises StoreError."""
        try:
            with self._changing() as (state, reading):
                self._turn(state, reading)
                term = term_for(self._contributor_keys, day)
                if term is None:
                    term, key = make_contributor_key(self.folder, day)
                    self._contributor_keys[term] = key
                return term
        except StoreError:
            raise
        except OSError as problem:
            raise StoreError(f"{self.folder}: the hub's keys cannot be used ({problem})") from problem

    @contextmanager
    def _changing(self) -> Iterator[tuple[State, Reading]]:
        """The state and the clocks, for this process alone; what was changed counts once it is written down."""
        reading = self._clock()
        with self._file.locked():
            state = self._file.read(reading)
            before = msgspec.json.encode(state)
            bring_forward(state, reading)
            self._private = read_keys(self.folder)
            yield state, reading
            if msgspec.json.encode(state) != before or is_stale(state, reading):
                state.certain = state.certain_at(reading)
                self._file.write(state)
            self._state = state

    def _turn(self, state: State, reading: Reading) -> None:
        """Whatever it is time for. A key without a term, left by a crash, gets one; a term without its key is over."""
        before = msgspec.json.encode(state.terms)
        state.terms = {name: term for name, term in state.terms.items() if name in self._private}
        if followed(state, reading):
            follow(state, reading)
        day = state.certain_at(reading).believed(reading.day)
        for name in self._private.keys() - state.terms.keys():
            take_into_use(state, name, day, before=None)
        if has_to_turn(state, self._private, day):
            before_it = newest_key(state, self._private)
            name, key = make_key(self.folder)
            self._private = {**self._private, name: key}
            take_into_use(state, name, day, before=before_it)
        for name in overdue(state, state.certain_at(reading).day):
            destroy_key(self.folder, name)
            del state.terms[name]
            self._private = {known: key for known, key in self._private.items() if known != name}
        kept = read_contributor_keys(self.folder)
        self._contributor_keys = destroy_ended(self.folder, kept, state.certain_at(reading).day)
        if msgspec.json.encode(state.terms) != before:
            state.serial += 1

    def _warn(self) -> None:
        """Say once that the clock is not believed, and again when it has come and gone."""
        reading = self._clock()
        certain = self._state.certain_at(reading)
        judged = certain.judge(reading.day)
        if judged is not self._warned and (doubt := _doubt(certain, reading.day)) is not None:
            _log.warning("%s", doubt)
        self._warned = judged


def doubt_of(data: Path, *, clock: Clock = machine_clock) -> str | None:
    """Why a hub does not believe its machine's clock, for whoever only looks; None where it does, or has no keys.

    Raises StoreError.
    """
    if not (data / FOLDER / STATE).exists():
        return None
    reading = clock()
    try:
        signing = Ed25519PrivateKey.from_private_bytes((data / FOLDER / SIGNING_KEY).read_bytes())
        certain = StateFile(data / FOLDER, signing).read(reading).certain_at(reading)
    except StoreError:
        raise
    except (OSError, ValueError) as problem:
        raise StoreError(f"{data / FOLDER}: the hub's keys cannot be read ({problem})") from problem
    return _doubt(certain, reading.day)


def _doubt(certain: Certain, shown: date) -> str | None:
    judged = certain.judge(shown)
    if judged is Judgement.BELIEVED:
        return None
    if judged is Judgement.AHEAD:
        return (
            f"This machine's clock shows {shown}, and only {certain.day} is certain: until that is settled, no key is "
            "turned or destroyed by the clock; all else goes on. If it is right: contrechamp-hub keys --today-is "
            f"{shown}; if not, set it. Two probes that come home with the time from outside settle it as well."
        )
    return (
        f"This machine's clock shows {shown}, but {certain.day} has come already, so the clock is not believed; all "
        f"else goes on. Set the clock; if it is right all the same: contrechamp-hub keys --today-is {shown}"
    )
