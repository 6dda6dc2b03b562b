"""Signs what a probe makes and seals it to its hub, and checks what is said in the hub's name.

Only public keys of the hub are here: what was sealed cannot be opened again on the probe.
"""

import secrets
from collections.abc import Sequence

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from probe.contract.base import CONTRACT_VERSION, ContractError
from probe.contract.envelope import (
    PHOTO_BYTES,
    SIGHTING_BYTES,
    Envelope,
    Picture,
    UnitType,
    Withdrawal,
    encode,
    envelope_signing_input,
    frame,
    pack,
    seal_info,
)
from probe.contract.pairing import (
    Descriptor,
    PairAnswer,
    PairRequest,
    PairSealed,
    SealingKey,
    decode_answer,
    decode_descriptor,
    fingerprint,
    pairing_info,
    request_signing_input,
)
from probe.contract.parcel import Signed, SignedKind, Unit, decode_signed, hub_signing_input
from probe.contract.sighting import Sighting

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def new_key() -> bytes:
    """A new signing key, as the 32 octets that make it."""
    return secrets.token_bytes(32)


def public_of(key: bytes) -> bytes:
    """The public half of a signing key."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


class Sealer:
    """Makes units. `key` is the probe's signing key, `hub` the hub's id, `to` the hub's key that is in use."""

    def __init__(self, key: bytes, hub: str, to: SealingKey) -> None:
        self._signing = Ed25519PrivateKey.from_private_bytes(key)
        self._to = X25519PublicKey.from_public_bytes(to.public)
        self._info = seal_info(hub)
        self.hub, self.key_id = hub, to.id
        self.probe = fingerprint(public_of(key))

    def sighting(self, sighting: Sighting) -> Unit:
        """The unit of a sighting. Raises ContractError where it is too large for one."""
        return self._unit(UnitType.SIGHTING, sighting.id, encode(sighting), (SIGHTING_BYTES,))

    def picture(self, picture: Picture) -> Unit:
        """The unit of a redacted picture. Raises ContractError where it is too large for one."""
        return self._unit(UnitType.PHOTO, picture.id, pack(picture), PHOTO_BYTES)

    def withdrawal(self, unit_id: str, sightings: Sequence[str]) -> Unit:
        """The unit that takes sightings back."""
        body = encode(Withdrawal(v=CONTRACT_VERSION, id=unit_id, sightings=tuple(sightings)))
        return self._unit(UnitType.WITHDRAWAL, unit_id, body, (SIGHTING_BYTES,))

    def _unit(self, kind: UnitType, unit_id: str, body: bytes, sizes: tuple[int, ...]) -> Unit:
        said = envelope_signing_input(hub=self.hub, probe=self.probe, type=kind, id=unit_id, body=body)
        envelope = Envelope(
            v=CONTRACT_VERSION,
            hub=self.hub,
            probe=self.probe,
            type=kind,
            id=unit_id,
            body=body,
            signature=self._signing.sign(said),
        )
        return Unit(key=self.key_id, data=_SUITE.encrypt(frame(pack(envelope), sizes), self._to, self._info))


def verified_body(hub_public: bytes, what: SignedKind, data: bytes) -> bytes:
    """The body of what a hub said. Raises ContractError where another than this hub's key signed it."""
    signed = decode_signed(data)
    verify_signed(hub_public, what, signed)
    return signed.body


def verify_signed(hub_public: bytes, what: SignedKind, signed: Signed) -> None:
    """Raises ContractError where another than this hub's key signed."""
    hub = fingerprint(hub_public)
    try:
        if signed.hub != hub:
            raise ContractError("said in another hub's name")
        Ed25519PublicKey.from_public_bytes(hub_public).verify(
            signed.signature, hub_signing_input(what, hub, signed.body)
        )
    except (InvalidSignature, ValueError) as problem:
        raise ContractError(str(problem) or "signed by another than the hub's key") from problem


def verified_descriptor(data: bytes) -> Descriptor:
    """The descriptor of a hub that is not known yet, signed by the key that it names. Raises ContractError."""
    signed = decode_signed(data)
    descriptor = decode_descriptor(signed.body)
    verify_signed(descriptor.public, SignedKind.DESCRIPTOR, signed)
    return descriptor


class PairingAsk:
    """A request to be paired, and the key that opens the answer to it."""

    def __init__(self, key: bytes, descriptor: Descriptor, token: str) -> None:
        self._reply = X25519PrivateKey.generate()
        self._hub_public = descriptor.public
        self._hub = hub = fingerprint(descriptor.public)
        public, reply = public_of(key), self._reply.public_key().public_bytes_raw()
        signature = Ed25519PrivateKey.from_private_bytes(key).sign(request_signing_input(hub, token, public, reply))
        request = PairRequest(v=CONTRACT_VERSION, token=token, public=public, reply=reply, signature=signature)
        to = descriptor.keys[0]
        data = _SUITE.encrypt(pack(request), X25519PublicKey.from_public_bytes(to.public), pairing_info(hub))
        self.message = pack(PairSealed(v=CONTRACT_VERSION, key=to.id, data=data))
        self.probe = fingerprint(public)

    @property
    def reply_key(self) -> bytes:
        """The private key for the answer, to be kept where the answer comes by hand."""
        return self._reply.private_bytes_raw()

    def answer(self, data: bytes) -> PairAnswer:
        """What the hub answered. Raises ContractError."""
        return open_answer(self._hub_public, self.reply_key, self.probe, data)


def open_answer(hub_public: bytes, reply_key: bytes, probe: str, data: bytes) -> PairAnswer:
    """The hub's answer to a request. Raises ContractError where it is not for this probe, or not from this hub."""
    sealed = verified_body(hub_public, SignedKind.ANSWER, data)
    try:
        plain = _SUITE.decrypt(
            sealed, X25519PrivateKey.from_private_bytes(reply_key), pairing_info(fingerprint(hub_public))
        )
    except (InvalidTag, ValueError) as problem:
        raise ContractError("an answer to another request") from problem
    answer = decode_answer(plain)
    if answer.probe != probe:
        raise ContractError("an answer for another probe")
    return answer
