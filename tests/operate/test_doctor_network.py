"""What may be wrong with ports, the kernel, and the directory."""

import dataclasses
import os
import socket
import time
from datetime import UTC, datetime

import pytest

from operate import doctor_network
from operate.doctor_finding import Level, Patient
from operate.doctor_network import Port, check_directory, check_ports, check_udp_drops, owner_of, try_port


@pytest.fixture
def patient(operator):
    """Give an installation that asks for no port in particular."""
    radius = dataclasses.replace(operator.settings.radius, listen=("127.0.0.1",), auth_port=0, acct_port=0)
    return Patient(dataclasses.replace(operator.settings, radius=radius), running=False)


def _with(patient, section, **values):
    changed = dataclasses.replace(getattr(patient.settings, section), **values)
    return Patient(dataclasses.replace(patient.settings, **{section: changed}), patient.running)


def test_a_taken_port_is_named_with_its_owner(patient):
    """Which port, which setting, and who has it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        (finding,) = check_ports(_with(patient, "radius", auth_port=port))

    assert finding.level is Level.WRONG
    assert f"{port} (radius.auth_port)" in finding.says.english
    assert f"({os.getpid()})" in finding.says.english


def test_free_ports_are_fine(patient):
    """Nothing is left bound afterwards."""
    assert [finding.level for finding in check_ports(patient)] == [Level.FINE]


def test_an_address_of_another_machine_is_wrong(patient):
    """192.0.2.0/24 belongs to nobody (RFC 5737)."""
    (first, *_) = check_ports(_with(patient, "radius", listen=("192.0.2.1",)))

    assert first.level is Level.WRONG
    assert "no address 192.0.2.1" in first.says.english


def test_ports_of_a_running_service_are_its_own(patient):
    """They are taken, and that is right."""
    assert list(check_ports(Patient(patient.settings, running=True))) == []


def test_tcp_ports_are_tried_too():
    """The health address and ldaps:// are TCP."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = Port("truename.health", socket.SOCK_STREAM, "127.0.0.1", taken.getsockname()[1])
        assert try_port(port) is not None
        assert str(os.getpid()) in owner_of(port)


def test_dropped_datagrams_are_counted(patient, monkeypatch):
    """The kernel's count of a full receive buffer is a warning with a remedy."""
    monkeypatch.setattr(doctor_network, "kernel_drops", lambda ports: dict.fromkeys(ports, 7))
    findings = list(check_udp_drops(_with(patient, "radius", auth_port=1812, receive_buffer=65536)))

    assert [finding.level for finding in findings] == [Level.WARNING]
    assert "7" in findings[0].says.chinese


def test_an_embedded_directory_that_is_down(patient):
    """No error while the service is down; one while it runs."""
    assert [one.level for one in check_directory(patient)][-1] is Level.NOTE
    assert [one.level for one in check_directory(Patient(patient.settings, running=True))][-1] is Level.WRONG


def test_an_old_copy_of_slapd_is_found(patient, monkeypatch):
    """An unpacked copy gets no security updates by itself."""
    monkeypatch.setattr(doctor_network, "newer_packages", lambda _home: {"slapd": ("2.5.13-1", "2.5.13-2")})

    findings = [one for one in check_directory(patient) if one.level is Level.WARNING]
    assert "2.5.13-2" in findings[0].says.english


def test_an_existing_directory_that_does_not_answer(patient, tmp_path):
    """Its own words are told; the password file may be missing too."""
    (tmp_path / "ca.pem").write_text("", "ascii")
    foreign = _with(
        patient,
        "directory",
        kind="openldap",
        uris=("ldaps://127.0.0.1:1",),
        bind_dn="cn=reader",
        ca_file=str(tmp_path / "ca.pem"),
        password_file=str(tmp_path / "password"),
    )
    assert [one.level for one in check_directory(foreign)] == [Level.WRONG]
    (tmp_path / "password").write_text("x", "ascii")
    assert [one.level for one in check_directory(foreign)] == [Level.WRONG]


def test_the_directorys_clock_is_compared():
    """The time of its last change is in contextCSN (RFC 4533 leaves it to the server; OpenLDAP's form)."""
    later = datetime.fromtimestamp(time.time() + 600, UTC).strftime("%Y%m%d%H%M%S.123456Z#000000#001#000000")

    assert doctor_network._csn_time(later.encode()) > time.time() + 500
    assert doctor_network._csn_time(b"nonsense") == 0.0
