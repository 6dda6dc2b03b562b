"""Signs what a probe makes and seals it to its hub, by HPKE.

Only public keys of the hub are here: what was sealed cannot be opened again on the probe.
"""

import secrets
from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from probe.contract.base import CONTRACT_VERSION
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
    SealingKey,
    fingerprint,
)
from probe.contract.parcel import Unit
from probe.contract.sighting import Sighting

SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


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
        signed_bytes = envelope_signing_input(hub=self.hub, probe=self.probe, type=kind, id=unit_id, body=body)
        envelope = Envelope(
            v=CONTRACT_VERSION,
            hub=self.hub,
            probe=self.probe,
            type=kind,
            id=unit_id,
            body=body,
            signature=self._signing.sign(signed_bytes),
        )
        return Unit(key=self.key_id, data=SUITE.encrypt(frame(pack(envelope), sizes), self._to, self._info))
