"""Checks what a hub has signed: nobody but the hub's own key is believed."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from probe.contract.base import ContractError
from probe.contract.pairing import Descriptor, decode_descriptor, fingerprint, key_id
from probe.contract.parcel import Signed, SignedKind, decode_signed, hub_signing_input


def verified_body(hub_public: bytes, what: SignedKind, data: bytes) -> bytes:
    """The body of what a hub has signed. Raises ContractError where another than this hub's key signed it."""
    signed = decode_signed(data)
    verify_signed(hub_public, what, signed)
    return signed.body


def verify_signed(hub_public: bytes, what: SignedKind, signed: Signed) -> None:
    """Raises ContractError where another than this hub's key signed."""
    hub = fingerprint(hub_public)
    try:
        if signed.hub != hub:
            raise ContractError("signed in another hub's name")
        Ed25519PublicKey.from_public_bytes(hub_public).verify(
            signed.signature, hub_signing_input(what, hub, signed.body)
        )
    except (InvalidSignature, ValueError) as problem:
        raise ContractError(str(problem) or "signed by another than the hub's key") from problem


def verified_descriptor(data: bytes, hub_public: bytes | None = None) -> Descriptor:
    """The descriptor of this hub, or of one that is not known yet, signed by the key that it names.

    Each sealing key bears its own name: what is sealed to a key under another's name, its hub cannot open. Raises
    ContractError.
    """
    signed = decode_signed(data)
    descriptor = decode_descriptor(signed.body)
    verify_signed(hub_public or descriptor.public, SignedKind.DESCRIPTOR, signed)
    if hub_public not in (None, descriptor.public):
        raise ContractError("the descriptor names another hub's key")
    for key in descriptor.keys:
        if key.id != key_id(key.public):
            raise ContractError("a sealing key under another key's name")
    return descriptor
