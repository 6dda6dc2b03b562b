"""The broker's TLS key and certificate, with the hub's attestation; and how the hub itself recognises its broker."""

import ssl
import warnings
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hub.errors import StoreError
from hub.keys import HubKeys
from hub.store.durable import write_durably
from probe.contract import tls as attestation

_DAMAGED = (
    ValueError,
    TypeError,
    AttributeError,
    InvalidSignature,
    UnsupportedAlgorithm,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
)
_ALWAYS = datetime(2000, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)


def certificate(keys: HubKeys) -> tuple[Path, Path]:
    """The files with the broker's certificate and key (PEM), made where they are missing. Raises StoreError where any
    bit of them has changed."""
    cert, key = keys.folder / "broker.crt", keys.folder / "broker.key"
    if cert.exists() and key.exists():
        _check(keys, cert, key)
    if not (cert.exists() and key.exists()):
        private = ec.generate_private_key(ec.SECP256R1())
        write_durably(
            key,
            private.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            ),
            secret=True,
        )
        write_durably(cert, _make_certificate(keys, private).public_bytes(serialization.Encoding.PEM), secret=True)
    return cert, key


def _make_certificate(keys: HubKeys, private: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    public = private.public_key()
    info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    content = attestation.write_attestation(
        keys.public, keys.sign_raw(attestation.tls_signing_input(keys.hub_id, info))
    )
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "broker")])  # neutral: anybody may see it
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(_ALWAYS[0])
        .not_valid_after(_ALWAYS[1])
        .add_extension(x509.UnrecognizedExtension(x509.ObjectIdentifier(attestation.OID), content), critical=False)
        .sign(private, hashes.SHA256())
    )


def _check(keys: HubKeys, cert: Path, key: Path) -> None:
    """Raises StoreError where certificate, key and hub do not belong together: every probe would be turned away."""
    try:
        with warnings.catch_warnings(action="ignore"):  # what is wrong with it is said below
            there = x509.load_pem_x509_certificate(cert.read_bytes())
        there.verify_directly_issued_by(there)
        # Nothing signs how many bits of the signature's last octet count, which are all.
        if not there.public_bytes(serialization.Encoding.DER).endswith(b"\0" + there.signature):
            raise ValueError("the signature's length has changed")
        extension: Any = there.extensions.get_extension_for_oid(x509.ObjectIdentifier(attestation.OID))
        public = there.public_key()
        info = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        signed = keys.sign_raw(attestation.tls_signing_input(keys.hub_id, info))
        private: Any = serialization.load_pem_private_key(key.read_bytes(), password=None)
        public.verify(private.sign(b"", ec.ECDSA(hashes.SHA256())), b"", ec.ECDSA(hashes.SHA256()))  # type: ignore[union-attr, call-arg, arg-type]
        if extension.value.value != attestation.write_attestation(keys.public, signed):
            raise ValueError("the hub has not signed this certificate")
    except _DAMAGED as problem:
        raise StoreError(
            f"{cert.parent}: broker.crt or broker.key is damaged, or they do not belong together and to this hub; "
            "restore them from a backup, or delete both: they are made anew, and a broker of your own then needs "
            "`contrechamp-hub broker-config` again"
        ) from problem


def own_broker_context(keys: HubKeys) -> ssl.SSLContext:
    """A TLS context that accepts no broker but the one with this hub's certificate."""
    expected = x509.load_pem_x509_certificate(certificate(keys)[0].read_bytes())
    der = expected.public_bytes(serialization.Encoding.DER)

    class HubBrokerSocket(ssl.SSLSocket):
        def do_handshake(self, *args: Any, **kwargs: Any) -> None:
            super().do_handshake(*args, **kwargs)
            if self.getpeercert(binary_form=True) != der:
                raise ssl.SSLCertVerificationError("the broker has another certificate than `broker-config` wrote")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the very certificate is compared instead
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.sslsocket_class = HubBrokerSocket
    return context
