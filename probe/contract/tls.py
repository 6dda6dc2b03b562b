"""How a broker's TLS certificate says whose it is: by an attestation, the hub's signature over the certificate's key.

The probe checks the attestation before it sends anything, and nothing else: no names, no dates (a probe may
wake up in 2019), no authorities. TLS itself proves that the broker holds the certificate's private key.
"""

from probe.contract.base import ContractError
from probe.contract.envelope import signed_bytes

OID = "2.25.248517390653720884173266489180146305523"  # ours for good: drawn at random, as 2.25 allows
_KEY, _SIGNATURE = 32, 64


def tls_signing_input(hub: str, public_key_info: bytes) -> bytes:
    """What the hub signs: the certificate's SubjectPublicKeyInfo (DER)."""
    return signed_bytes("contrechamp tls 1", hub.encode(), public_key_info)


def write_attestation(hub_public: bytes, signature: bytes) -> bytes:
    """The attestation, as the content of the certificate's extension."""
    return hub_public + signature


def read_attestation(content: bytes) -> tuple[bytes, bytes]:
    """The hub's public key and signature in an extension. Raises ContractError."""
    if len(content) != _KEY + _SIGNATURE:
        raise ContractError("a certificate with a damaged word of the hub")
    return content[:_KEY], content[_KEY:]
