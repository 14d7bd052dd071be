import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509

from directory.backends.private_authority import ensure_certificate, write_private

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("localhost", "127.0.0.1", "::1", "ldap.city.example")


@pytest.fixture
def places(tmp_path) -> tuple[Path, Path]:
    (tmp_path / "keys").mkdir()
    (tmp_path / "tls").mkdir()
    return tmp_path / "keys", tmp_path / "tls"


def ensure(places: tuple[Path, Path], now: datetime = NOW, names: tuple[str, ...] = NAMES) -> bool:
    return ensure_certificate(*places, names=names, owner=(os.getuid(), os.getgid()), now=now)


def certificate(places: tuple[Path, Path]) -> x509.Certificate:
    return x509.load_pem_x509_certificate((places[1] / "server.pem").read_bytes())


def test_the_certificate_carries_all_names_and_is_signed_by_the_authority(places):
    """RFC 6125: names and addresses stand in the subjectAltName."""
    assert ensure(places)

    made = certificate(places)
    names = made.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    made.verify_directly_issued_by(x509.load_pem_x509_certificate((places[1] / "ca.pem").read_bytes()))
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "ldap.city.example"]
    assert [str(address) for address in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1"]


def test_openssl_accepts_key_and_certificate(places):
    """They are of one pair, in a form that others read."""
    ensure(places)

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(places[1] / "server.pem", places[1] / "server.key")


def test_keys_are_private(places):
    """Mode 0400, and the authority's key does not lie beside the server's."""
    ensure(places)

    for key in (places[0] / "ldap-ca.key", places[1] / "server.key"):
        assert stat.S_IMODE(key.stat().st_mode) == 0o400
    assert not (places[1] / "ldap-ca.key").exists()


def test_what_is_good_stays(places):
    ensure(places)
    before = certificate(places)

    assert not ensure(places, NOW + timedelta(days=300))
    assert certificate(places) == before


def test_renewal_30_days_before_the_end_keeps_the_authority(places):
    """Readers that were given ca.pem go on without a change."""
    ensure(places)
    authority = (places[1] / "ca.pem").read_bytes()
    late = certificate(places).not_valid_after_utc - timedelta(days=29)

    assert ensure(places, late)
    assert certificate(places).not_valid_after_utc > late + timedelta(days=300)
    assert (places[1] / "ca.pem").read_bytes() == authority


def test_another_listener_gets_another_certificate(places):
    ensure(places)

    assert ensure(places, names=("localhost", "192.0.2.1"))


@pytest.mark.parametrize("broken", ["keys/ldap-ca.key", "tls/ca.pem", "tls/server.pem", "tls/server.key"])
@pytest.mark.parametrize("octets", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_a_damaged_file_is_made_anew(places, broken, octets):
    """Whatever does not fit together is replaced: the directory must start."""
    ensure(places)
    file = places[0].parent / broken
    file.unlink()
    file.write_bytes(octets)

    assert ensure(places)
    certificate(places).verify_directly_issued_by(x509.load_pem_x509_certificate((places[1] / "ca.pem").read_bytes()))
    assert not ensure(places)


def test_a_secret_is_replaced_in_one_step(tmp_path):
    """A file that a broken-off attempt left behind is no obstacle."""
    (tmp_path / "secret.new").write_bytes(b"half")
    write_private(tmp_path / "secret", b"one")
    write_private(tmp_path / "secret", b"two")

    assert (tmp_path / "secret").read_bytes() == b"two"
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]
