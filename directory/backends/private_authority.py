"""A private authority and one server certificate, so that outside applications reach the embedded slapd over TLS.

The authority signs nothing else: its key stays with the product (mode 0400), slapd gets only its own. Certificates
after RFC 5280, names after RFC 6125: the subjectAltName alone counts. Keys are P-256.
"""

import contextlib
import ipaddress
import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_AUTHORITY_LIFE = timedelta(days=3650)
_SERVER_LIFE = timedelta(days=397)
_RENEW_BEFORE = timedelta(days=30)
_BACKDATE = timedelta(minutes=5)  # the clocks of readers differ


def ensure_certificate(
    keys: Path, public: Path, *, names: tuple[str, ...], owner: tuple[int, int], now: datetime
) -> bool:
    """Make sure that `public` holds a certificate of our authority for all these names; say whether it is new.

    `keys` gets ldap-ca.key, `public` gets ca.pem, server.pem and server.key (mode 0400, given to `owner`: uid and
    gid). What expires within 30 days, is for other names or does not fit together is made anew; a new authority
    means a new ca.pem, which readers must then be given.
    """
    authority_key, authority = _authority(keys / "ldap-ca.key", public / "ca.pem", now)
    if _good(public / "server.pem", public / "server.key", authority, names, now):
        return False
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = (
        _builder(names[0], authority.subject, key.public_key(), now, _SERVER_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False)
        .sign(authority_key, hashes.SHA256())
    )
    write_private(public / "server.key", _pem(key), owner=owner)
    _write_public(public / "server.pem", certificate.public_bytes(Encoding.PEM))
    return True


def write_private(path: Path, octets: bytes, *, owner: tuple[int, int] | None = None) -> None:
    """Write a secret in one step with mode 0400; give it to `owner` (uid, gid) where that is somebody else."""
    temporary = path.with_name(path.name + ".new")
    with contextlib.suppress(FileNotFoundError):
        temporary.unlink()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o400)
    try:
        with open(descriptor, "wb", closefd=False) as file:
            file.write(octets)
        os.fsync(descriptor)
        if owner is not None and owner[0] != os.getuid():
            os.fchown(descriptor, *owner)
    finally:
        os.close(descriptor)
    temporary.replace(path)


def _authority(
    key_file: Path, certificate_file: Path, now: datetime
) -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    with contextlib.suppress(FileNotFoundError, ValueError):
        key = load_pem_private_key(key_file.read_bytes(), None)
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        lasts = certificate.not_valid_after_utc - now > _SERVER_LIFE
        if isinstance(key, ec.EllipticCurvePrivateKey) and key.public_key() == certificate.public_key() and lasts:
            return key, certificate
    fresh = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"Truename directory {now:%Y-%m-%d}")])
    certificate = (
        _builder(name, name, fresh.public_key(), now, _AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(fresh.public_key()), critical=False)
        .sign(fresh, hashes.SHA256())
    )
    write_private(key_file, _pem(fresh))
    _write_public(certificate_file, certificate.public_bytes(Encoding.PEM))
    return fresh, certificate


def _builder(
    subject: str | x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    if isinstance(subject, str):
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, subject[:64])])
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATE)
        .not_valid_after(now + life)
    )


def _good(
    certificate_file: Path, key_file: Path, authority: x509.Certificate, names: tuple[str, ...], now: datetime
) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
        certificate.verify_directly_issued_by(authority)
        covered = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (FileNotFoundError, ValueError, TypeError, InvalidSignature, x509.ExtensionNotFound):
        return False
    return (
        key.public_key() == certificate.public_key()
        and set(covered) == {_general_name(name) for name in names}
        and certificate.not_valid_after_utc - now > _RENEW_BEFORE
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write_public(path: Path, octets: bytes) -> None:
    temporary = path.with_name(path.name + ".new")
    temporary.write_bytes(octets)
    temporary.chmod(0o444)
    temporary.replace(path)
