"""The certificate by which the page is asked for by HTTPS: one of the operator's, or one that the hub makes.

The hub's own names the addresses under which the page is reached. No authority has signed it, so a browser warns once:
whoever compares its fingerprint with what `serve` prints knows that it is this hub.
"""

import ipaddress
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from hub.errors import BadInput, StoreError
from hub.keys import HubKeys
from hub.store.durable import write_durably

LASTS_DAYS, RENEWED_DAYS = 800, 60  # some browsers believe none that lasts longer than 825 days
CERTIFICATE, KEY = "page.crt", "page.key"
_NOT_ONE = (OSError, ValueError, TypeError, x509.ExtensionNotFound)


@dataclass(frozen=True, slots=True)
class PageCertificate:
    """A certificate in use: `own` where the hub has made it; `names` are the host names that it is for, and
    `fingerprint` the SHA-256 of its octets as browsers show it."""

    context: ssl.SSLContext
    names: tuple[str, ...]
    fingerprint: str
    own: bool


def given(cert: Path, key: Path) -> PageCertificate:
    """The operator's. Raises BadInput."""
    context = _context()
    try:
        context.load_cert_chain(cert, key, password=_no_password)
        read = x509.load_pem_x509_certificate(cert.read_bytes())
    except OSError as problem:  # an SSLError is one
        why = problem.strerror or "they are no certificate and its key"
        named = problem.filename or f"{cert}, {key}"
        raise BadInput(
            f"--cert and --key: {named}: cannot be used ({why}); give a certificate with its chain, and its key"
        ) from problem
    except (ValueError, TypeError) as problem:
        raise BadInput(f"--cert {cert}: no PEM certificate ({problem}); give one with its chain") from problem
    if read.not_valid_after_utc < datetime.now(UTC):
        raise BadInput(f"--cert {cert}: it was valid until {read.not_valid_after_utc:%Y-%m-%d}; renew it")
    return PageCertificate(context, _names(read), _fingerprint(read), own=False)


def own(keys: HubKeys, hosts: Sequence[str]) -> PageCertificate:
    """The hub's own for some host names and addresses, made anew where it lacks one of them or soon ends. Raises
    StoreError."""
    cert, key = keys.folder / CERTIFICATE, keys.folder / KEY
    today = datetime(keys.day.year, keys.day.month, keys.day.day, tzinfo=UTC)
    try:
        if not _is_good(cert, hosts, today):
            _make(cert, key, hosts, today)
        context = _context()
        try:
            context.load_cert_chain(cert, key, password=_no_password)
        except (OSError, ValueError):  # one half of it is damaged, or of another hub
            _make(cert, key, hosts, today)
            context.load_cert_chain(cert, key)
    except OSError as problem:
        raise StoreError(f"{cert}: the page's certificate cannot be written ({problem})") from problem
    read = x509.load_pem_x509_certificate(cert.read_bytes())
    return PageCertificate(context, _names(read), _fingerprint(read), own=True)


def _no_password() -> bytes:
    raise ValueError("the key has a passphrase, which nobody is there to type")


def _context() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _is_good(cert: Path, hosts: Sequence[str], today: datetime) -> bool:
    try:
        read = x509.load_pem_x509_certificate(cert.read_bytes())
        ends = read.not_valid_after_utc
    except _NOT_ONE:
        return False
    return set(hosts) <= set(_names(read)) and read.not_valid_before_utc <= today < ends - timedelta(days=RENEWED_DAYS)


def _make(cert: Path, key: Path, hosts: Sequence[str], today: datetime) -> None:
    private = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "contrechamp")])  # neutral: anybody may see it
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(private.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=LASTS_DAYS))
        .add_extension(x509.SubjectAlternativeName([_general_name(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(private, hashes.SHA256())
    )
    pem, pkcs8, bare = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    write_durably(key, private.private_bytes(pem, pkcs8, bare), secret=True)
    write_durably(cert, made.public_bytes(pem), secret=True)


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _names(read: x509.Certificate) -> tuple[str, ...]:
    try:
        found: Any = read.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except _NOT_ONE:
        return ()
    addresses = [str(one) for one in found.get_values_for_type(x509.IPAddress)]
    return (*found.get_values_for_type(x509.DNSName), *addresses)


def _fingerprint(read: x509.Certificate) -> str:
    return read.fingerprint(hashes.SHA256()).hex(":").upper()
