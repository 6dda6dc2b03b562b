"""The hub's keys: one to sign with, for good, and sealing keys that are rotated.

Kept as files in the data folder, readable by the hub's user alone. A sealing key is in use for about 60 days and opens
what was sealed to it for about 90 days more; then it is overwritten and deleted, and what is still sealed to it is lost
to everybody. Disks may keep old blocks all the same: that is what disk encryption is for.
"""

import contextlib
import os
import secrets
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from hub.errors import StoreError
from hub.store.durable import write_durably
from hub.store.signed import open_text, sign_text
from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import pack
from probe.contract.pairing import Descriptor, SealingKey, decode_descriptor, fingerprint, key_id
from probe.contract.parcel import Receipts, Signed, SignedKind, decode_receipts, decode_signed, hub_signing_input

FOLDER, SIGNING_KEY, STATE = "keys", "signing.key", "state.json"
IN_USE_DAYS = 60
OPENS_DAYS = 90
TRUSTED_GAP_DAYS = 45
SERIAL_GAP = 1000  # far more than a hub gives between two backups, and no more than its clock does in a second
_STATE = "contrechamp hub state 1"
_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class SealedElsewhere(Exception):
    """No key of this hub opens it: sealed for another hub, or damaged."""


class KeyNotHere(SealedElsewhere):
    """It is sealed to a key that this hub does not have: another hub's, or one that was destroyed."""


class _Term(msgspec.Struct):
    """A sealing key's time: in use from a day on, destroyed after another."""

    since: date
    destroyed: date


class _State(msgspec.Struct):
    """What is not secret. `last_day` is the newest day on which a hub ran with these keys; terms by key id."""

    serial: int
    epoch: str
    last_day: date
    terms: dict[str, _Term]


class HubKeys:
    """The keys in a hub's data folder, made where they are missing."""

    def __init__(self, data: Path, *, today: Callable[[], date] = lambda: datetime.now(UTC).date()) -> None:
        self.folder = data / FOLDER
        self._today = today
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._signing = Ed25519PrivateKey.from_private_bytes(self._signing_key())
            self.public = self._signing.public_key().public_bytes_raw()
            self.hub_id = fingerprint(self.public)
            self._state = self._read_state()
            self._private_keys = self._read_keys()
            self.rotate()
        except StoreError:
            raise
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

    def rotate(self) -> bool:
        """Take a new sealing key into use when it is time, and destroy what is overdue; returns whether any changed."""
        today, terms = self._today(), self._state.terms
        newest = max(terms.values(), key=lambda term: term.since, default=None)
        # A clock that leapt ahead must not destroy anything: only a day soon after the last one is plausible.
        plausible = timedelta(0) <= today - self._state.last_day <= timedelta(days=TRUSTED_GAP_DAYS)
        changed = False
        if newest is None or today - newest.since >= timedelta(days=IN_USE_DAYS):
            if newest is not None:
                newest.destroyed = max(newest.destroyed, today + timedelta(days=OPENS_DAYS))
            self._add_sealing_key(today)
            changed = True
        if plausible:
            for name in [name for name, term in terms.items() if term.destroyed < today]:
                self._destroy_sealing_key(name)
                changed = True
        if changed:
            self._state.serial += 1
        if changed or today != self._state.last_day:
            self._state.last_day = today
            self._write_state()
        return changed

    def renew_epoch(self, now_s: float | None = None) -> None:
        """Start a new epoch: this hub came back from a backup, and may have forgotten what it receipted. `now_s` is
        Unix time, by this machine's clock where it is not given."""
        self._state.epoch = secrets.token_hex(16)
        # Beyond any serial that the lost hub may have reached since, also where it had come back from this copy before.
        self._state.serial = max(_clock_serial(now_s), self._state.serial + SERIAL_GAP)
        self._write_state()

    def outgrow(self, word: bytes) -> bool:
        """Go beyond a serial that this hub has given in another epoch, by its own signed word for it; returns whether
        there was need. That is where it came back from a copy by a clock that was wrong. What another has signed
        changes nothing, so nobody can drive the serials up. Raises StoreError."""
        try:
            signed = decode_signed(word)
            said = self._said(signed)
        except (ContractError, InvalidSignature):
            return False
        if said.serial is None or said.epoch == self.epoch or said.serial < self._state.serial:
            return False
        self._state.serial = said.serial + SERIAL_GAP
        self._write_state()
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
        terms = sorted(self._state.terms.items(), key=lambda item: (item[1].since, item[0]), reverse=True)
        keys = tuple(
            SealingKey(id=name, public=_public(self._private_keys[name]), since=term.since, destroyed=term.destroyed)
            for name, term in terms
            if name in self._private_keys
        )
        body = Descriptor(
            v=CONTRACT_VERSION,
            public=self.public,
            serial=self._state.serial,
            day=self._today(),
            epoch=self.epoch,
            keys=keys[:8],
        )
        return self.sign(SignedKind.DESCRIPTOR, pack(body))

    def open(self, key: str, data: bytes, info: bytes) -> bytes:
        """What was sealed to one of this hub's keys. Raises SealedElsewhere."""
        private = self._private_keys.get(key)
        if private is None:
            raise KeyNotHere("sealed to a key that this hub does not have, or not any more")
        try:
            return _SUITE.decrypt(data, private, info)
        except (InvalidTag, ValueError) as problem:
            raise SealedElsewhere("damaged, or sealed for another hub") from problem

    def seal_answer(self, reply: bytes, data: bytes, info: bytes) -> bytes:
        """Seal an answer to the key that came with a request. Raises ValueError for an invalid key."""
        return _SUITE.encrypt(data, X25519PublicKey.from_public_bytes(reply), info)

    def _signing_key(self) -> bytes:
        path = self.folder / SIGNING_KEY
        if not path.exists():
            with contextlib.suppress(FileExistsError):  # another process was faster
                write_durably(path, secrets.token_bytes(32), secret=True, new=True)
        return path.read_bytes()

    def _read_state(self) -> _State:
        path = self.folder / STATE
        if not path.exists():
            return _State(serial=_clock_serial(), epoch=secrets.token_hex(16), last_day=self._today(), terms={})
        text = path.read_bytes()
        try:
            says = open_text(self._signing, _STATE, text)
            state = msgspec.json.decode(text if says is None else says, type=_State)
        except (ValueError, msgspec.MsgspecError) as problem:
            raise ValueError(f"{STATE} is damaged: {problem}") from problem
        if says is None:
            write_durably(path, sign_text(self._signing, _STATE, text), secret=True)
        return state

    def _write_state(self) -> None:
        text = sign_text(self._signing, _STATE, msgspec.json.encode(self._state))
        write_durably(self.folder / STATE, text, secret=True)

    def _read_keys(self) -> dict[str, X25519PrivateKey]:
        """The sealing keys by id. Raises ValueError where one is not the key that its file's name says."""
        keys = {}
        for path in self.folder.glob("sealing-*.key"):
            octets = path.read_bytes()
            if not any(octets):
                continue  # it was being destroyed when the hub was ended
            key = X25519PrivateKey.from_private_bytes(octets)
            name = key_id(_public(key))
            if path.name != f"sealing-{name}.key":
                raise ValueError(f"{path.name} is damaged: another key is in it")
            keys[name] = key
        newest = max(self._state.terms.items(), key=lambda item: item[1].since, default=None)
        if newest is not None and newest[0] not in keys:
            raise ValueError(f"sealing-{newest[0]}.key is missing")
        return keys

    def _add_sealing_key(self, today: date) -> None:
        key = X25519PrivateKey.generate()
        name = key_id(_public(key))
        write_durably(self.folder / f"sealing-{name}.key", key.private_bytes_raw(), secret=True, new=True)
        self._private_keys[name] = key
        self._state.terms[name] = _Term(since=today, destroyed=today + timedelta(days=IN_USE_DAYS + OPENS_DAYS))

    def _destroy_sealing_key(self, name: str) -> None:
        del self._state.terms[name]
        self._private_keys.pop(name, None)
        path = self.folder / f"sealing-{name}.key"
        if not path.exists():
            return
        with path.open("r+b") as file:
            file.write(b"\0" * path.stat().st_size)
            file.flush()
            os.fsync(file.fileno())
        path.unlink()


def _clock_serial(now_s: float | None = None) -> int:
    """Where the serials of an epoch begin that begins now: a millisecond is more than a hub needs for one."""
    return max(0, int((time.time() if now_s is None else now_s) * 1000))


def _public(key: X25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()
