"""TLS to a broker that is known by the hub's attestation in its certificate, checked before anything is sent."""

import ssl
from collections.abc import Callable
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from probe.contract import tls as attestation
from probe.contract.base import ContractError
from probe.contract.pairing import fingerprint


class NotOurHub(ssl.SSLCertVerificationError):
    """Somebody else's broker."""


def pinned(is_ours: Callable[[str], bool], refused: Callable[[str], None] = lambda _why: None) -> ssl.SSLContext:
    """A context that accepts only a broker whose certificate bears the attestation of a hub that `is_ours` (by id).

    `refused` hears why another was not.
    """

    class Pinned(ssl.SSLSocket):
        def do_handshake(self, *args: Any, **kwargs: Any) -> None:
            super().do_handshake(*args, **kwargs)
            try:
                if not is_ours(hub_of(self.getpeercert(binary_form=True) or b"")):
                    raise ContractError("it belongs to another hub")
            except ContractError as problem:
                refused(str(problem))
                self.close()  # whoever wraps a socket forgets it when this fails
                raise NotOurHub(str(problem)) from problem

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    # No authority and no date is asked: the hub's own key is, above.
    context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = Pinned
    return context


def hub_of(certificate: bytes) -> str:
    """The id of the hub that vouches for a certificate (DER). Raises ContractError where none does."""
    try:
        read = x509.load_der_x509_certificate(certificate)
        extension: Any = read.extensions.get_extension_for_oid(x509.ObjectIdentifier(attestation.OID))
        public, signature = attestation.read_attestation(extension.value.value)
        info = read.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        hub = fingerprint(public)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, attestation.tls_signing_input(hub, info))
    except x509.ExtensionNotFound as problem:
        raise ContractError("no hub vouches for its certificate") from problem
    except InvalidSignature as problem:
        raise ContractError("its certificate bears a forged word of a hub") from problem
    except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion, x509.DuplicateExtension) as problem:
        raise ContractError(f"its certificate cannot be read: {problem}") from problem
    return hub
