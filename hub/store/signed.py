"""A file that bears a signature over what it says, so that no bit of it changes unnoticed."""

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from probe.contract.envelope import signed_bytes


class _SignedText(msgspec.Struct):
    says: msgspec.Raw
    signature: bytes


def sign_text(key: Ed25519PrivateKey, what: str, content: bytes) -> bytes:
    """The text of a file that says `content` (JSON), signed as `what` it is."""
    return msgspec.json.encode(_SignedText(says=msgspec.Raw(content), signature=key.sign(signed_bytes(what, content))))


def open_text(key: Ed25519PrivateKey, what: str, text: bytes) -> bytes | None:
    """What a file says; None where it was written without a signature, as earlier versions did. Raises ValueError where
    file or key have changed since."""
    try:
        signed = msgspec.json.decode(text, type=_SignedText)
    except msgspec.ValidationError:
        return None
    content = bytes(signed.says)
    try:
        key.public_key().verify(signed.signature, signed_bytes(what, content))
    except InvalidSignature as problem:
        raise ValueError("its signature is not the hub's, so a bit of it or of the hub's key has changed") from problem
    return content
